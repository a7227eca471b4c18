import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.number_lines import number_lines, text_lines
from facescale.structures import CaptureRejected


def test_rows_are_read_whatever_ends_and_parts_them():
    found = number_lines(b"\xef\xbb\xbf1 2.5\t-3e1\r\n\r\n4,5, 6\r7 8 9", "marks", width=3)
    np.testing.assert_array_equal(found, [[1, 2.5, -30], [4, 5, 6], [7, 8, 9]])


@pytest.mark.parametrize(
    "bad", [b"1 2", b"1 2 x", b"1 2 nan", b"1 2 inf", b"1 2 3\0", b"1 2 3 4", b" " * (1 << 21)]
)
def test_rows_of_anything_else_are_refused(bad):
    with pytest.raises(CaptureRejected, match="bad-keypoints"):
        number_lines(bad, "marks", width=3)


def test_a_name_in_an_older_encoding_is_no_obstacle():
    assert text_lines("Müller: 1".encode("latin-1"), "notes") == ["Müller: 1"]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_refused(data):
    try:
        assert np.isfinite(number_lines(data, "marks", width=2)).all()
    except CaptureRejected:
        return
