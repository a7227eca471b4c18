import numpy as np
import pytest

from facescale.synthesis.stand_in_topology import stand_in
from tests.rendering.solids import ball


def closed_ball():
    mesh = ball(100.0, rows=12, columns=16)
    return mesh.vertices.astype(np.float64), mesh.faces


@pytest.mark.parametrize("more", [0, 1, 100, 900])
def test_more_vertices_lie_on_the_surface_and_close_it_as_before(more):
    vertices, faces = closed_ball()
    found = stand_in(vertices, faces, len(vertices) + more)
    points = found.carried(vertices)
    assert len(points) == len(vertices) + more
    np.testing.assert_allclose(points[: len(vertices)], vertices, atol=1e-9)
    # each halved edge of a closed surface adds one vertex and two faces
    assert len(found.faces) == len(faces) + 2 * more
    assert set(found.faces.ravel()) == set(range(len(points))) - (
        set(range(len(vertices))) - set(faces.ravel())
    )
    assert abs(volume(points, found.faces) - volume(vertices, faces)) < 1e-6 * volume(vertices, faces)


@pytest.mark.parametrize("count", [20, 60, 120])
def test_fewer_vertices_are_some_of_the_head_and_keep_its_shape(count):
    vertices, faces = closed_ball()
    found = stand_in(vertices, faces, count)
    points = found.carried(vertices)
    assert points.shape == (count, 3)
    distances = np.linalg.norm(points[:, None] - vertices[None], axis=-1)
    assert distances.min(axis=1).max() < 1e-9
    assert len(np.unique(distances.argmin(axis=1))) == count
    # 20 points hold about half of a ball, winding outwards
    assert 0.4 < volume(points, found.faces) / volume(vertices, faces) < 1


def test_another_shape_of_the_head_is_carried_linearly():
    vertices, faces = closed_ball()
    found = stand_in(vertices, faces, len(vertices) + 50)
    shift = np.array([1.0, -2.0, 3.0])
    np.testing.assert_allclose(found.carried(2 * vertices + shift), 2 * found.carried(vertices) + shift)


def volume(vertices, faces):
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    return float(np.einsum("fi,fi->", a, np.cross(b, c)) / 6)
