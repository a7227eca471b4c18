import numpy as np
import pytest
import trimesh

from facescale.corpora.stl import read_stl
from facescale.structures import CaptureRejected
from tests.corpora.shapes import bumpy_sheet


def stl(encoding):
    mesh = bumpy_sheet()
    kind = "stl" if encoding == "binary" else "stl_ascii"
    data = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False).export(file_type=kind)
    return mesh, data if isinstance(data, bytes) else data.encode()


@pytest.mark.parametrize("encoding", ["binary", "ascii"])
def test_repeated_corners_become_one_vertex_and_the_surface_stays(encoding):
    mesh, data = stl(encoding)
    found = read_stl(data)
    assert len(found.vertices) == len(mesh.vertices)
    np.testing.assert_allclose(found.vertices[found.faces], mesh.vertices[mesh.faces], atol=1e-6)


def test_vertices_are_numbered_by_first_appearance():
    found = read_stl(stl("binary")[1])
    flat = found.faces.ravel()
    _, first = np.unique(flat, return_index=True)
    assert (np.diff(first) > 0).all()


def test_a_binary_file_that_begins_with_solid_is_read():
    data = stl("binary")[1]
    found = read_stl(b"solid" + data[5:])
    np.testing.assert_array_equal(found.faces, read_stl(data).faces)


@pytest.mark.parametrize("encoding", ["binary", "ascii"])
def test_a_cut_file_is_truncated(encoding):
    data = stl(encoding)[1]
    with pytest.raises(CaptureRejected, match="truncated"):
        read_stl(data[: len(data) // 2])


def test_bytes_after_the_last_triangle_are_passed_over():
    data = stl("binary")[1]
    np.testing.assert_array_equal(read_stl(data + b"trailer").faces, read_stl(data).faces)


def test_junk_is_not_a_mesh():
    with pytest.raises(CaptureRejected, match="not-a-mesh"):
        read_stl(np.random.default_rng(0).bytes(5000))
