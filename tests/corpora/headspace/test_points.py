import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.headspace.points import read_landmarks, read_notes
from facescale.structures import CaptureRejected
from tests.corpora.scan_corpora import damaged

VERTICES = np.arange(300.0).reshape(100, 3)
LINES = "".join(f"{n}\n" for n in range(1, 70)).encode()


def test_the_first_line_is_the_first_vertex_counted_from_one():
    found = read_landmarks(LINES, VERTICES, order="ibug")
    assert (found.names[0], len(found.names)) == ("ibug_00", 68)
    np.testing.assert_array_equal(found.positions[0], [0, 1, 2])
    np.testing.assert_array_equal(found.positions[67], [201, 202, 203])
    assert read_landmarks(LINES, VERTICES, order="numbered").names[-1] == "headspace_69"


@pytest.mark.parametrize(
    "bad",
    [b"", LINES[:60], b"0\n" + LINES, LINES + b"101\n", LINES + b"1.5\n", LINES + b"-3\n", LINES + b"1 2\n"],
)
def test_numbers_that_are_no_vertices_are_refused(bad):
    with pytest.raises(CaptureRejected, match="bad-keypoints"):
        read_landmarks(bad, VERTICES, order="ibug")


def test_notes_are_keys_and_values():
    found = read_notes(b"id:00017\r\nage: 34 \r\nbeardDescriptor:none: really\r\n\r\nno colon\r\n:nothing\r\n")
    assert found == {"id": "00017", "age": "34", "beardDescriptor": "none: really"}


@settings(deadline=None)
@given(damaged(LINES) | st.binary(max_size=300))
def test_damage_is_refused_or_vertices_and_short_notes(data):
    with contextlib.suppress(CaptureRejected):
        assert len(read_landmarks(data, VERTICES, order="numbered").names) >= 68
    with contextlib.suppress(CaptureRejected):
        assert all(len(value) <= 200 for value in read_notes(data).values())
