import tracemalloc

import numpy as np
import pytest
import trimesh
from hypothesis import given
from hypothesis import strategies as st

from facescale.corpora.meshes import MESH_SUFFIXES, read_mesh
from facescale.corpora.ply import write_ply
from facescale.structures import CaptureRejected, Mesh
from tests.corpora.shapes import bumpy_sheet, obj_text, polygon_ply


def files():
    sheet = bumpy_sheet(3, 4)
    mesh = trimesh.Trimesh(sheet.vertices, sheet.faces, process=False)
    return [
        (".ply", write_ply(sheet)),
        (".ply", polygon_ply(sheet, [[0, 1, 5, 4], [1, 2, 6]], "binary_big_endian")),
        (".ply", polygon_ply(sheet, [[0, 1, 5, 4], [1, 2, 6]], "ascii")),
        (".obj", obj_text(sheet, "{0}/{0}")),
        (".stl", mesh.export(file_type="stl")),
        (".glb", mesh.export(file_type="glb")),
    ]


def refusal(mesh: Mesh) -> str:
    with pytest.raises(CaptureRejected) as caught:
        read_mesh(write_ply(mesh), ".ply")
    assert caught.value.detail
    return caught.value.reason


def of(vertices, faces=()):
    return Mesh(
        vertices=np.array(vertices, np.float64).reshape(-1, 3), faces=np.array(faces, np.int32).reshape(-1, 3)
    )


@pytest.mark.parametrize("suffix", MESH_SUFFIXES)
def test_the_same_mesh_comes_out_of_every_format(suffix):
    sheet = bumpy_sheet()
    data = trimesh.Trimesh(sheet.vertices, sheet.faces, process=False).export(file_type=suffix[1:])
    found = read_mesh(data if isinstance(data, bytes) else data.encode(), suffix.upper())
    corners = found.vertices[found.faces]
    np.testing.assert_allclose(corners, sheet.vertices[sheet.faces], atol=1e-6)
    assert found.vertices.dtype == np.float64
    assert found.faces.dtype == np.int32


def test_a_point_cloud_is_fine():
    found = read_mesh(write_ply(of(np.eye(3))), ".ply")
    assert found.faces.shape == (0, 3)


def test_every_bad_mesh_has_a_reason_of_its_own():
    sheet = bumpy_sheet()
    holed = sheet.vertices.copy()
    holed[3, 1] = np.nan
    assert refusal(of([])) == "empty-mesh"
    assert refusal(of(np.eye(3)[:2])) == "too-few-vertices"
    assert refusal(Mesh(vertices=holed, faces=sheet.faces)) == "not-finite"
    assert refusal(of(np.eye(3) * 1e13)) == "out-of-range"
    assert refusal(of(np.ones((5, 3)))) == "no-extent"
    assert refusal(of(np.eye(3), [[0, 1, 3]])) == "bad-face-index"
    assert refusal(of(np.eye(3), [[0, 1, -1]])) == "bad-face-index"


def test_infinity_is_not_finite_even_where_a_nan_stands_beside_it():
    assert refusal(of([[np.inf, 0, 0], [np.nan, 1, 1], [0, 0, 2]])) == "not-finite"


def test_an_empty_file_says_so():
    with pytest.raises(CaptureRejected, match="empty-file"):
        read_mesh(b"", ".obj")


def test_more_vertices_than_allowed_are_refused():
    with pytest.raises(CaptureRejected, match="too-large"):
        read_mesh(write_ply(bumpy_sheet()), ".ply", max_vertices=10)


@pytest.mark.parametrize("suffix", MESH_SUFFIXES)
def test_fifty_megabytes_of_junk_are_refused_without_taking_memory(suffix):
    junk = np.random.default_rng(7).bytes(50_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(CaptureRejected, match="not-a-mesh"):
            read_mesh(junk, suffix)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_fifty_megabytes_of_text_are_no_obj():
    with pytest.raises(CaptureRejected, match="not-a-mesh"):
        read_mesh(b"lorem ipsum dolor\n" * 2_800_000, ".obj")


@pytest.mark.parametrize(("suffix", "data"), files())
@given(draw=st.data())
def test_damaged_bytes_give_a_mesh_or_a_refusal_and_nothing_else(suffix, data, draw):
    damaged = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 6))):
        damaged[draw.draw(st.integers(0, len(damaged) - 1))] = draw.draw(st.integers(0, 255))
    end = draw.draw(st.one_of(st.just(len(damaged)), st.integers(1, len(damaged))))
    try:
        found = read_mesh(bytes(damaged[:end]), suffix)
    except CaptureRejected:
        return
    assert np.isfinite(found.vertices).all()
    assert found.faces.size == 0 or 0 <= found.faces.min() <= found.faces.max() < len(found.vertices)
