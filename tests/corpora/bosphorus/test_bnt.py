import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.bosphorus.bnt import mesh_of, read_bnt
from facescale.corpora.bosphorus.writing import bnt
from facescale.structures import CaptureRejected
from tests.corpora.scan_corpora import damaged

NOTHING = -1e9


def golden():
    """Two rows of three points typed in the file's order: all x, then all y, ..., each from the lowest row."""
    x = [0, 1, 2, 0, 1, 2]
    y = [0, 0, 0, 1, 1, 1]
    z = [5, 6, NOTHING, 7, 8, 40]
    u = [0.0, 0.5, 1.0, 0.0, 0.5, 1.0]
    v = [1, 1, 1, 0, 0, 0]
    return struct.pack("<HHdH3sI30d", 2, 3, NOTHING, 3, b"a.p", 30, *x, *y, *z, *u, *v)


def test_a_golden_range_image_is_upright_after_the_flip():
    found = read_bnt(golden())
    assert found.picture == "a.p"
    np.testing.assert_array_equal(found.positions[0], [[0, 1, 7], [1, 1, 8], [2, 1, 40]])
    np.testing.assert_array_equal(found.positions[1, :2], [[0, 0, 5], [1, 0, 6]])
    np.testing.assert_array_equal(found.seen, [[True, True, True], [True, True, False]])
    np.testing.assert_array_equal(found.texture[0], [[0, 0], [0.5, 0], [1, 0]])


def test_neighbours_become_triangles_that_face_the_sensor_but_not_over_a_jump_or_the_background():
    mesh = mesh_of(read_bnt(golden()))
    np.testing.assert_array_equal(mesh.vertices, [[0, 1, 7], [1, 1, 8], [2, 1, 40], [0, 0, 5], [1, 0, 6]])
    # of two squares only the left one is whole; its right neighbour lacks a corner and jumps
    np.testing.assert_array_equal(mesh.faces, [[0, 3, 4], [0, 4, 1]])
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > 0).all()


def test_what_is_written_comes_back():
    rows, columns = np.mgrid[0:7, 0:5]
    depth = 3.0 * np.sin(rows) + columns
    depth[2, 3] = np.nan
    found = read_bnt(bnt(depth, step=0.5, picture="bs000_N_N_0.png"))
    np.testing.assert_array_equal(found.seen, np.isfinite(depth))
    np.testing.assert_array_equal(found.positions[found.seen][:, 2], depth[np.isfinite(depth)])
    np.testing.assert_array_equal(found.positions[0, 0], [-1.0, 1.5, depth[0, 0]])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"", "empty-file"),
        (golden()[:10], "truncated"),
        (golden()[:16], "truncated"),
        (golden()[:-1], "truncated"),
        (b"\xff\xff\xff\xff" + golden()[4:], "not-a-mesh"),
        (b"\0\0" + golden()[2:], "not-a-mesh"),
        (golden()[:17] + struct.pack("<I", 2**32 - 1) + golden()[21:], "not-a-mesh"),
    ],
)
def test_sizes_are_held_against_the_bytes_that_are_there(bad, reason):
    with pytest.raises(CaptureRejected, match=reason):
        read_bnt(bad)


@settings(deadline=None)
@given(damaged(golden()) | st.binary(max_size=99))
def test_damage_is_a_mesh_or_a_refusal(data):
    try:
        mesh = mesh_of(read_bnt(data))
    except CaptureRejected:
        return
    assert mesh.faces.max(initial=-1) < len(mesh.vertices) <= len(data)
    assert np.isfinite(mesh.vertices).all()
