import numpy as np
import pytest

from facescale.corpora.mesh_health import MeshHealth, mesh_health
from facescale.structures import Mesh
from tests.corpora.shapes import bumpy_sheet
from tests.rendering.solids import ball


def changed(mesh, faces):
    return Mesh(vertices=mesh.vertices, faces=np.asarray(faces, np.int32))


def test_a_closed_surface_has_no_border_and_looks_out():
    found = mesh_health(ball())
    assert found.boundary_edges == found.non_manifold_edges == found.flipped_edges == 0
    assert found.components == 1
    assert found.largest_component == 1
    assert found.outwardness == pytest.approx(1, abs=0.01)


def test_a_sheet_s_border_is_as_long_as_its_outline():
    assert mesh_health(bumpy_sheet(6, 7)).boundary_edges == 2 * (5 + 6)


def test_a_surface_inside_out_says_so_and_is_otherwise_fine():
    mesh = ball()
    found = mesh_health(changed(mesh, mesh.faces[:, ::-1]))
    assert found.outwardness == pytest.approx(-1, abs=0.01)
    assert found.flipped_edges == 0


def test_one_turned_face_winds_against_its_three_neighbours():
    mesh = ball()
    faces = mesh.faces.copy()
    faces[500] = faces[500, ::-1]
    assert mesh_health(changed(mesh, faces)).flipped_edges == 3


def test_a_third_face_on_an_edge_is_counted():
    mesh = ball()
    fin = [[*mesh.faces[0, :2], mesh.faces[2000, 0]]]
    assert mesh_health(changed(mesh, np.concatenate([mesh.faces, fin]))).non_manifold_edges == 1


def test_degenerate_faces_and_unused_vertices_are_counted():
    vertices = np.concatenate([np.eye(3), [[5.0, 5, 5], [6, 6, 6]]])
    found = mesh_health(Mesh(vertices=vertices, faces=np.array([[0, 1, 2], [0, 0, 1]], np.int32)))
    assert (found.degenerate_faces, found.unreferenced, found.components) == (1, 2, 1)


def test_parts_are_counted_and_the_largest_is_measured():
    a, b = ball(rows=20, columns=30), ball(rows=10, columns=10, centre=(9.0, 0.0, 0.0))
    both = Mesh(
        vertices=np.concatenate([a.vertices, b.vertices]),
        faces=np.concatenate([a.faces, b.faces + len(a.vertices)]).astype(np.int32),
    )
    found = mesh_health(both)
    assert found.components == 2
    assert found.largest_component == pytest.approx(len(a.vertices) / len(both.vertices))


def test_repeated_vertices_of_a_soup_are_one_surface():
    mesh = ball(rows=12, columns=16)
    soup = Mesh(
        vertices=mesh.vertices[mesh.faces].reshape(-1, 3),
        faces=np.arange(mesh.faces.size, dtype=np.int32).reshape(-1, 3),
    )
    found = mesh_health(soup)
    assert (found.boundary_edges, found.components) == (0, 1)


def test_a_flat_sheet_looks_neither_in_nor_out():
    sheet = bumpy_sheet()
    flat = Mesh(vertices=sheet.vertices * [1, 1, 0] + [3, 4, 5], faces=sheet.faces)
    assert abs(mesh_health(flat).outwardness) < 1e-6


def test_a_face_seen_from_the_front_alone_looks_out():
    mesh = ball()
    front = mesh.faces[mesh.vertices[mesh.faces].mean(axis=1)[:, 2] > 0.2]
    assert mesh_health(changed(mesh, front)).outwardness > 0.3
    assert mesh_health(changed(mesh, front[:, ::-1])).outwardness < -0.3


def test_a_point_cloud_has_nothing_to_count():
    assert mesh_health(Mesh(vertices=np.eye(3), faces=np.zeros((0, 3), np.int32))) == MeshHealth()
