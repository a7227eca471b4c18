import numpy as np
import pytest
import trimesh

from facescale.corpora.meshes import read_mesh
from facescale.reporting.obj_export import obj_bytes
from facescale.structures import Mesh
from tests.heads.seamed_head import seamed_head


@pytest.fixture
def head():
    return seamed_head()


@pytest.fixture
def mesh(head):
    return Mesh(vertices=head.mean_vertices().numpy(), faces=head.faces.numpy())


def written(head, mesh, **more):
    return obj_bytes(mesh, uv=head.uv.numpy(), faces_uv=head.faces_uv.numpy(), **more)


def test_our_own_reader_gets_every_float_and_face_back(head, mesh):
    for data in (obj_bytes(mesh), written(head, mesh), written(head, mesh, quads=head.quads.numpy())):
        found = read_mesh(data, ".obj")
        np.testing.assert_array_equal(found.vertices.astype(np.float32), mesh.vertices)
        np.testing.assert_array_equal(found.faces, mesh.faces)


def test_quads_are_quads_and_triangles_stay_triangles(head, mesh):
    lines = [line.split() for line in written(head, mesh, quads=head.quads.numpy()).decode().splitlines()]
    sizes = [len(words) - 1 for words in lines if words[0] == "f"]
    assert sizes == [4] * int(head.quads.sum()) + [3]


def test_texture_coordinates_of_every_corner_come_back_in_another_library(tmp_path, head, mesh):
    (tmp_path / "head.obj").write_bytes(written(head, mesh))
    other = trimesh.load_mesh(tmp_path / "head.obj", process=False)
    expected = head.uv.numpy()[head.faces_uv.numpy()]
    np.testing.assert_allclose(other.visual.uv[other.faces], expected, atol=1e-6)
    np.testing.assert_allclose(other.vertices[other.faces], mesh.vertices[mesh.faces], atol=1e-5)


def test_a_comment_cannot_become_a_line_of_the_format(mesh):
    data = obj_bytes(mesh, comments=["item: a\nv 1 2 3", "caf\u00e9\\"])
    assert data.splitlines()[:2] == [b"# item: a v 1 2 3", b"# caf\\xe9"]
    assert len(read_mesh(data, ".obj").vertices) == len(mesh.vertices)


def test_half_of_a_texture_is_refused(head, mesh):
    with pytest.raises(ValueError, match="together"):
        obj_bytes(mesh, uv=head.uv.numpy())
