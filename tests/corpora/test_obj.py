import numpy as np
import pytest

from facescale.corpora import obj
from facescale.corpora.obj import read_obj
from facescale.structures import CaptureRejected
from tests.corpora.shapes import bumpy_sheet, obj_text


@pytest.mark.parametrize("corner", ["{0}", "{0}/{0}", "{0}//{0}", "{0}/{0}/{0}"])
def test_every_form_of_corner_gives_the_file_s_own_vertices(corner):
    mesh = bumpy_sheet()
    found = read_obj(obj_text(mesh, corner))
    np.testing.assert_array_equal(found.vertices, mesh.vertices)
    np.testing.assert_array_equal(found.faces, mesh.faces)


def test_texture_seams_do_not_split_vertices():
    text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 1 1 0\nvt 0 0\nvt 1 1\nf 1/1 2/1 3/1\nf 2/2 4/2 3/2\n"
    found = read_obj(text.encode())
    assert found.vertices.shape == (4, 3)
    assert found.faces.tolist() == [[0, 1, 2], [1, 3, 2]]


def test_relative_indices_count_back_from_where_they_stand():
    text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf -3 -2 -1\nv 5 0 0\nv 6 0 0\nv 5 1 0\nf -3 -2 -1\nf 1 2 3\n"
    assert read_obj(text.encode()).faces.tolist() == [[0, 1, 2], [3, 4, 5], [0, 1, 2]]


def test_index_zero_is_invalid_and_stays_so():
    text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 0 1 2\n"
    assert read_obj(text.encode()).faces.min() == -1


def test_relative_and_zero_indices_together_do_not_hide_the_zero():
    text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf -1 0 -2\n"
    assert read_obj(text.encode()).faces.min() == -1


def test_polygons_comments_line_ends_and_continuations_are_read():
    text = "# x\r\nv 0 0 0 # first\r\nv 1 0 0\r\nv 1 1 0\r\nv 0 1 0\r\ng a\r\nf 1 2 \\\r\n3 4 # quad\r\n"
    found = read_obj(text.encode())
    assert found.faces.tolist() == [[0, 1, 2], [0, 2, 3]]


@pytest.mark.parametrize(("row", "scale"), [("0 0.5 1", 255), ("0 128 255", 1)])
def test_colours_on_vertex_lines_are_read(row, scale):
    del scale
    found = read_obj("".join(f"v {i} 0 0 {row}\n" for i in range(3)).encode())
    assert found.colours is not None
    assert found.colours[0].tolist() == [0, 128, 255]


def test_rows_of_different_width_keep_their_positions():
    found = read_obj(b"v 1 2 3 0 0 0\nv 4 5 6\nv 7 8 9 1.0\n")
    assert found.vertices.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert found.colours is None


@pytest.mark.parametrize("piece", [1, 7, 40, 1000])
def test_where_the_file_is_cut_into_pieces_does_not_matter(monkeypatch, piece):
    mesh = bumpy_sheet()
    text = obj_text(mesh, "{0}/{0}").replace(b"f 1/1 ", b"f -42/1 \\\n ")
    text += b"v 1 2 3\nv 1 2 4\nv 1 3 3\nf -1 -2 \\\r\n-3\nf 1 2 3 4"
    whole = obj.read_obj(text)
    monkeypatch.setattr(obj, "_PIECE", piece)
    cut = obj.read_obj(text)
    np.testing.assert_array_equal(cut.vertices, whole.vertices)
    np.testing.assert_array_equal(cut.faces, whole.faces)
    np.testing.assert_array_equal(whole.faces[: len(mesh.faces)], mesh.faces)
    assert whole.faces[-3:].tolist() == [[44, 43, 42], [0, 1, 2], [0, 2, 3]]


def test_an_index_before_the_first_vertex_is_invalid():
    assert read_obj(b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf -4 -2 -1\n").faces.min() == -1


@pytest.mark.parametrize(
    "text", ["v 1 2\n", "v a b c\n", "hello world\n", "v 1 2 3\nf 1 x 3\n", "v 1 2 3\nf 1.5 2 3\n"]
)
def test_nonsense_is_not_a_mesh(text):
    with pytest.raises(CaptureRejected, match="not-a-mesh"):
        read_obj(text.encode())
