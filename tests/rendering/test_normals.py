import numpy as np

from facescale.rendering.normals import vertex_normals
from tests.rendering.solids import ball, turn


def test_normals_of_a_ball_point_out():
    mesh = ball()
    found = vertex_normals(mesh.vertices, mesh.faces)
    assert (found * mesh.vertices).sum(axis=1).min() > 0.999


def test_normals_turn_with_the_mesh():
    mesh, rotation = ball(rows=8, columns=9), turn(3)
    turned = vertex_normals(mesh.vertices @ rotation.T, mesh.faces)
    np.testing.assert_allclose(turned, vertex_normals(mesh.vertices, mesh.faces) @ rotation.T, atol=1e-5)


def test_a_vertex_without_a_face_has_none():
    vertices = np.concatenate([np.eye(3), [[5.0, 5.0, 5.0]]])
    found = vertex_normals(vertices, np.array([[0, 1, 2], [1, 1, 2]]))
    np.testing.assert_array_equal(found[3], 0)
    np.testing.assert_allclose(found[0], np.full(3, 3**-0.5), atol=1e-6)
