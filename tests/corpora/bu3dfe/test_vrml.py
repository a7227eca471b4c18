import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.bu3dfe.vrml import read_vrml
from facescale.structures import CaptureRejected
from tests.corpora.scan_corpora import damaged

GOLDEN = b"""#VRML V2.0 utf8
# Coordinate { point [ 9 9 9 ] } in a comment is none
Shape {
 geometry IndexedFaceSet {
  coord Coordinate
  {
   point
   [
    -1.5 2 3e1,   4 5 6, 7 8 9,
    10 11 12
   ]
  }
  coordIndex [ 0, 1, 2, -1,
   0, 2, 3, 1, -1 2 3 0 ]
  texCoord TextureCoordinate { point [ 0 0, 1 1 ] }
  texCoordIndex [ 0, 1, 1, -1 ]
 }
}
"""


def test_points_and_polygons_are_read_however_they_are_laid_out():
    found = read_vrml(GOLDEN)
    np.testing.assert_array_equal(found.vertices, [[-1.5, 2, 30], [4, 5, 6], [7, 8, 9], [10, 11, 12]])
    # a triangle, a quad as a fan, and a last triangle that nothing ends
    np.testing.assert_array_equal(found.faces, [[0, 1, 2], [0, 2, 3], [0, 3, 1], [2, 3, 0]])
    assert found.faces.dtype == np.int32
    in_one = read_vrml(GOLDEN.replace(b"\n    10", b" 10").replace(b"Coordinate\n  {", b"Coordinate {"))
    np.testing.assert_array_equal(in_one.vertices, found.vertices)


def test_texture_coordinates_are_never_taken_for_points():
    with pytest.raises(CaptureRejected, match="not-a-mesh"):
        read_vrml(b"#VRML V2.0 utf8\ntexCoord TextureCoordinate { point [ 0 0 0 ] }")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"", "not-a-mesh"),
        (b"ply\n", "not-a-mesh"),
        (GOLDEN[: GOLDEN.index(b"10 11")], "truncated"),
        (GOLDEN.replace(b"5 6,", b"5,"), "not-a-mesh"),
        (GOLDEN.replace(b"5 6,", b"5 x,"), "not-a-mesh"),
        (GOLDEN.replace(b"0, 1, 2, -1", b"0, 1.5, 2, -1"), "not-a-mesh"),
        (GOLDEN.replace(b"0, 1, 2, -1", b"0, 99999999999, 2, -1"), "not-a-mesh"),
    ],
)
def test_text_that_is_cut_off_or_no_vrml_is_refused(bad, reason):
    with pytest.raises(CaptureRejected, match=reason):
        read_vrml(bad)


@settings(deadline=None)
@given(damaged(GOLDEN) | st.binary(max_size=99))
def test_damage_is_a_mesh_or_a_refusal(data):
    try:
        mesh = read_vrml(data)
    except CaptureRejected:
        return
    assert mesh.vertices.shape[1] == 3
    assert mesh.faces.shape[1] == 3
