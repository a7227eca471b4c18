import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.geometry.cameras.formats.colmap_points import read_points_binary, read_points_text
from facescale.structures.errors import CaptureRejected

TEXT = b"""# 3D point list with one line of data per point:
63390 1.67241 0.292931 0.609726 115 121 122 1.33927 16 6542 15 7345
63376 2.01848 0.108877 -0.0260841 102 209 250 1.73449 16 6519
"""
BINARY = (
    struct.pack("<Q", 2)
    + struct.pack("<Q3d3BdQ", 63390, 1.67241, 0.292931, 0.609726, 115, 121, 122, 1.33927, 2)
    + struct.pack("<4I", 16, 6542, 15, 7345)
    + struct.pack("<Q3d3BdQ", 63376, 2.01848, 0.108877, -0.0260841, 102, 209, 250, 1.73449, 1)
    + struct.pack("<2I", 16, 6519)
)


@pytest.mark.parametrize(("read", "data"), [(read_points_text, TEXT), (read_points_binary, BINARY)])
def test_points_are_read_without_their_tracks(read, data):
    """The two points are those of COLMAP's documentation."""
    points = read(data)
    assert points.ids.tolist() == [63390, 63376]
    assert points.positions[1].tolist() == [2.01848, 0.108877, -0.0260841]
    assert points.colours.tolist() == [[115, 121, 122], [102, 209, 250]]
    assert points.errors.tolist() == [1.33927, 1.73449]


def test_what_is_wrong_is_said():
    with pytest.raises(CaptureRejected, match="0 to 255"):
        read_points_text(b"1 0 0 0 256 0 0 1")
    with pytest.raises(CaptureRejected, match="8 numbers"):
        read_points_text(b"1 0 0 0 25")
    with pytest.raises(CaptureRejected, match="at most"):
        read_points_binary(b"\xff" * 60)


@pytest.mark.parametrize(("read", "data"), [(read_points_text, TEXT), (read_points_binary, BINARY)])
@settings(deadline=None, max_examples=150)
@given(cut=st.data())
def test_whatever_bytes_come_the_points_are_finite_or_refused(read, data, cut):
    start = cut.draw(st.integers(0, len(data)))
    end = cut.draw(st.integers(start, len(data)))
    put = cut.draw(st.binary(max_size=20))
    try:
        points = read(data[:start] + put + data[end:])
    except CaptureRejected:
        return
    assert np.isfinite(points.positions).all()
    assert len(points.ids) == len(points.colours) == len(points.errors)
