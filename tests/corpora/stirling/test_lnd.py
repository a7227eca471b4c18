import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.stirling.lnd import read_lnd
from facescale.structures import NOW7, CaptureRejected
from tests.corpora.scan_corpora import damaged

GOLDEN = b"""0 -46.1 35.2 78.3
1 -17.0 33.0 86.0
2 17.0 33.0 86.0
3 46.0 35.0 78.0
4 0.5 -8.0 104.0
5 -25.0 -32.0 89.0
6 25.0 -32.0 89.0
"""


def test_seven_lines_are_the_seven_points_from_the_right_eye_on():
    found = read_lnd(GOLDEN)
    assert found.names == NOW7
    np.testing.assert_array_equal(found.positions[0], [-46.1, 35.2, 78.3])
    np.testing.assert_array_equal(found.positions[4], [0.5, -8.0, 104.0])


def test_the_index_says_which_point_a_line_is():
    lines = GOLDEN.splitlines()
    shuffled = b"\r\n".join([lines[3], *lines[:3], *lines[4:]])
    np.testing.assert_array_equal(read_lnd(shuffled).positions, read_lnd(GOLDEN).positions)


def test_indices_that_are_vertices_of_the_scan_say_nothing_of_the_order():
    lines = [b"%d %s" % (900 - 7 * n, line.split(b" ", 1)[1]) for n, line in enumerate(GOLDEN.splitlines())]
    np.testing.assert_array_equal(read_lnd(b"\n".join(lines)).positions, read_lnd(GOLDEN).positions)


@pytest.mark.parametrize("bad", [b"", GOLDEN[:-30], GOLDEN + GOLDEN[:18], GOLDEN.replace(b"104.0", b"nan")])
def test_anything_but_seven_rows_is_refused(bad):
    with pytest.raises(CaptureRejected, match="bad-keypoints"):
        read_lnd(bad)


@settings(deadline=None)
@given(damaged(GOLDEN) | st.binary(max_size=99))
def test_damage_is_refused_or_seven_finite_points(data):
    try:
        assert np.isfinite(read_lnd(data).positions).all()
    except CaptureRejected:
        return
