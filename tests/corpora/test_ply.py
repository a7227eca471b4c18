import io

import numpy as np
import pytest
import trimesh

from facescale.corpora.ply import read_ply, write_ply
from facescale.structures import CaptureRejected, Mesh
from tests.corpora.shapes import bumpy_sheet, polygon_ply

FORMS = ["ascii", "binary_little_endian", "binary_big_endian"]


@pytest.mark.parametrize("form", FORMS)
def test_polygons_of_different_sizes_become_fans_in_file_order(form):
    mesh = bumpy_sheet()
    found = read_ply(polygon_ply(mesh, [[0, 1, 8], [1, 2, 9, 8], [2, 3], [3, 4, 11, 10, 9]], form))
    np.testing.assert_array_equal(found.vertices, mesh.vertices)
    expected = [[0, 1, 8], [1, 2, 9], [1, 9, 8], [3, 4, 11], [3, 11, 10], [3, 10, 9]]
    assert found.faces.tolist() == expected
    assert found.vertices.dtype == np.float64
    assert found.faces.dtype == np.int32


@pytest.mark.parametrize("form", FORMS)
def test_equal_polygons_read_like_the_row_by_row_path(form):
    mesh = bumpy_sheet()
    quads = [[0, 1, 8, 7], [1, 2, 9, 8], [2, 3, 10, 9]]
    equal = read_ply(polygon_ply(mesh, quads, form))
    walked = read_ply(polygon_ply(mesh, [*quads, [3, 4, 11]], form))
    np.testing.assert_array_equal(walked.faces[:-1], equal.faces)


def test_what_is_written_is_read_back_bit_by_bit():
    mesh = bumpy_sheet()
    rng = np.random.default_rng(3)
    normals = rng.normal(size=mesh.vertices.shape).astype(np.float32)
    colours = rng.integers(0, 256, mesh.vertices.shape, dtype=np.uint8)
    full = Mesh(vertices=mesh.vertices / 3, faces=mesh.faces, normals=normals, colours=colours)
    found = read_ply(write_ply(full, {"error_mm": np.arange(len(mesh.vertices))}))
    for name in ("vertices", "faces", "normals", "colours"):
        np.testing.assert_array_equal(getattr(found, name), getattr(full, name))


def test_another_library_reads_the_same_mesh():
    mesh = bumpy_sheet()
    other = trimesh.load_mesh(io.BytesIO(write_ply(mesh)), file_type="ply", process=False)
    np.testing.assert_array_equal(other.vertices, mesh.vertices)
    np.testing.assert_array_equal(other.faces, mesh.faces)


@pytest.mark.parametrize("encoding", ["binary", "ascii"])
def test_files_of_another_library_are_read(encoding):
    sphere = trimesh.creation.icosphere(2)
    sphere.visual.vertex_colors = np.tile([[10, 20, 30, 255]], (len(sphere.vertices), 1))
    data = sphere.export(file_type="ply", encoding=encoding)
    found = read_ply(data)
    np.testing.assert_allclose(found.vertices, sphere.vertices, atol=1e-6)
    np.testing.assert_array_equal(found.faces, sphere.faces)
    np.testing.assert_array_equal(found.colours, np.tile([[10, 20, 30]], (len(sphere.vertices), 1)))


def test_a_texture_list_in_the_faces_is_passed_over():
    header = (
        b"ply\r\nformat binary_little_endian 1.0\r\nelement vertex 3\r\nproperty double x\r\n"
        b"property double y\r\nproperty double z\r\nelement face 2\r\nproperty list uchar uint vertex_index\r\n"
        b"property list uchar float texcoord\r\nend_header\r\n"
    )
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], "<f8").tobytes()
    with_uv = b"\x03" + np.array([0, 1, 2], "<u4").tobytes() + b"\x06" + np.zeros(6, "<f4").tobytes()
    without = b"\x03" + np.array([2, 1, 0], "<u4").tobytes() + b"\x00"
    assert read_ply(header + corners + with_uv + without).faces.tolist() == [[0, 1, 2], [2, 1, 0]]


def test_a_triangle_strip_is_cut_with_one_winding():
    header = (
        "ply\nformat ascii 1.0\nelement vertex 5\nproperty float x\nproperty float y\nproperty float z\n"
        "element tristrips 1\nproperty list int int vertex_indices\nend_header\n"
    )
    points = "0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 2 0\n"
    found = read_ply((header + points + "9 0 1 2 3 4 -1 0 1 2\n").encode())
    corners = found.vertices[found.faces]
    up = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2]
    assert len(found.faces) == 4
    assert (up > 0).all()


def test_float_colours_between_0_and_1_are_scaled():
    header = (
        "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n"
        "property float red\nproperty float green\nproperty float blue\nend_header\n"
    )
    assert read_ply((header + "0 0 0 0 0.5 1\n").encode()).colours.tolist() == [[0, 128, 255]]


@pytest.mark.parametrize("form", FORMS)
def test_every_prefix_of_a_file_is_refused(form):
    data = polygon_ply(bumpy_sheet(3, 3), [[0, 1, 4], [1, 2, 5, 4]], form)
    # The last number of an ascii file may lose digits unnoticed, so its last row is left out.
    for end in range(3, len(data.rstrip()) - 12):
        with pytest.raises(CaptureRejected) as caught:
            read_ply(data[:end])
        assert caught.value.reason in {"truncated", "not-a-mesh"}


@pytest.mark.parametrize("form", FORMS)
def test_a_count_without_bytes_behind_it_is_refused_before_it_is_allocated(form):
    header = f"ply\nformat {form} 1.0\nelement vertex 999999999999\nproperty double x\nproperty double y\n"
    data = (header + "property double z\nend_header\n").encode() + b"1 2 3\n"
    with pytest.raises(CaptureRejected, match="truncated"):
        read_ply(data)


@pytest.mark.parametrize(
    "line",
    [
        "element vertex -3",
        "property list float int a",
        "property half x",
        "format binary_middle_endian 1.0",
        "hello",
    ],
)
def test_a_nonsense_header_line_is_named(line):
    head = "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\n"
    with pytest.raises(CaptureRejected, match="not-a-mesh"):
        read_ply(f"{head}{line}\nend_header\n1 2 3\n".encode())
