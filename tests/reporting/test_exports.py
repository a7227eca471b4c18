import io

import numpy as np
import pygltflib
import pytest
import trimesh

from facescale.corpora.meshes import read_mesh
from facescale.rendering.error_colours import NOT_MEASURED, error_colours
from facescale.reporting.exports import write_error_glb, write_parameters, write_ply
from facescale.structures import Mesh
from tests.rendering.solids import ball


@pytest.fixture
def mesh():
    shape = ball(90.0, rows=9, columns=11, centre=(5.0, -3.0, 800.0))
    return Mesh(vertices=shape.vertices.astype(np.float32), faces=shape.faces)


@pytest.fixture
def errors(mesh):
    values = np.linspace(0, 3, len(mesh.vertices))
    values[7] = np.nan
    return values


def test_a_ply_keeps_vertices_faces_and_scalars(tmp_path, mesh, errors):
    write_ply(tmp_path / "fit.ply", mesh, {"error_mm": errors})
    found = read_mesh((tmp_path / "fit.ply").read_bytes(), ".ply")
    np.testing.assert_array_equal(found.vertices, mesh.vertices)
    np.testing.assert_array_equal(found.faces, mesh.faces)
    other = trimesh.load_mesh(tmp_path / "fit.ply", process=False)
    given = np.asarray(other.metadata["_ply_raw"]["vertex"]["data"]["error_mm"]).ravel()
    np.testing.assert_array_equal(given, errors.astype(np.float32))


def test_another_library_opens_the_coloured_glb_in_metres(tmp_path, mesh, errors):
    write_error_glb(tmp_path / "error.glb", mesh, errors)
    scene = trimesh.load_scene(tmp_path / "error.glb", process=False)
    (found,) = scene.dump()
    np.testing.assert_allclose(found.vertices, mesh.vertices * 1e-3, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(found.faces, mesh.faces)
    assert (found.vertex_normals * (mesh.vertices - [5, -3, 800])).sum(axis=1).min() > 0


def test_our_own_reader_gets_the_colours_of_the_scale_back(tmp_path, mesh, errors):
    write_error_glb(tmp_path / "error.glb", mesh, errors)
    found = read_mesh((tmp_path / "error.glb").read_bytes(), ".glb")
    np.testing.assert_array_equal(found.colours, error_colours(errors))
    assert found.colours[7].tolist() == list(NOT_MEASURED)
    np.testing.assert_allclose(found.vertices, mesh.vertices * 1e-3, rtol=1e-6, atol=1e-6)


def test_the_glb_s_parts_are_what_the_standard_asks_for(tmp_path, mesh, errors):
    write_error_glb(tmp_path / "error.glb", mesh, errors)
    tree = pygltflib.GLTF2().load(str(tmp_path / "error.glb"))
    blob = tree.binary_blob()
    (primitive,) = tree.meshes[0].primitives
    position = tree.accessors[primitive.attributes.POSITION]
    assert position.min == mesh.vertices.min(axis=0).tolist()
    assert position.max == mesh.vertices.max(axis=0).tolist()
    assert all(view.byteOffset % 4 == 0 for view in tree.bufferViews)
    assert sum(view.byteLength for view in tree.bufferViews) == tree.buffers[0].byteLength <= len(blob)
    stored = tree.accessors[primitive.attributes._ERROR_MM]
    view = tree.bufferViews[stored.bufferView]
    values = np.frombuffer(blob, "<f4", stored.count, view.byteOffset)
    np.testing.assert_array_equal(values, np.where(np.isnan(errors), -1, errors).astype(np.float32))
    normal = tree.accessors[primitive.attributes.NORMAL]
    raw = np.frombuffer(blob, "<f4", 3 * normal.count, tree.bufferViews[normal.bufferView].byteOffset)
    np.testing.assert_allclose(np.linalg.norm(raw.reshape(-1, 3), axis=1), 1, atol=1e-5)


def test_a_vertex_without_a_face_still_has_a_unit_normal(tmp_path):
    lone = Mesh(
        vertices=np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [9, 9, 9]], np.float32),
        faces=np.array([[0, 1, 2]], np.int32),
    )
    write_error_glb(tmp_path / "e.glb", lone, np.zeros(4))
    found = read_mesh((tmp_path / "e.glb").read_bytes(), ".glb")
    np.testing.assert_allclose(np.linalg.norm(found.normals, axis=1), 1, atol=1e-6)


def test_errors_are_one_a_vertex(tmp_path, mesh):
    with pytest.raises(ValueError, match="one a vertex"):
        write_error_glb(tmp_path / "error.glb", mesh, np.zeros(3))


def test_parameters_are_read_without_a_pickle(tmp_path):
    given = {"identity": np.arange(5, dtype=np.float32), "rotation": np.eye(3), "unit": "mm", "scale": 1.0}
    write_parameters(tmp_path / "parameters.npz", given)
    with np.load(tmp_path / "parameters.npz", allow_pickle=False) as found:
        assert sorted(found) == sorted(given)
        np.testing.assert_array_equal(found["identity"], given["identity"])
        assert str(found["unit"]) == "mm"


def test_objects_are_no_parameters(tmp_path):
    with pytest.raises(ValueError, match="objects"):
        write_parameters(tmp_path / "p.npz", {"bad": np.array([{}, None], dtype=object)})


def test_nothing_is_left_beside_the_file(tmp_path, mesh):
    write_ply(tmp_path / "fit.ply", mesh)
    assert [path.name for path in tmp_path.iterdir()] == ["fit.ply"]
    assert io.BytesIO((tmp_path / "fit.ply").read_bytes()).read(3) == b"ply"
