import numpy as np
import pytest

from facescale.rendering.clustering import cluster
from facescale.structures import Mesh
from tests.rendering.solids import ball

ORIGIN = (0.0, 0.0, 0.0)


def test_a_large_mesh_keeps_its_surface_within_a_cell():
    mesh = ball(rows=200, columns=300)
    found = cluster(mesh, cell=0.02, centre=ORIGIN, radius=2.0)
    assert len(found.vertices) < 0.6 * len(mesh.vertices)
    assert np.abs(np.linalg.norm(found.vertices, axis=1) - 1).max() < 0.02
    a, b, c = (found.vertices[found.faces[:, k]] for k in range(3))
    assert np.einsum("fk,fk->f", a, np.cross(b, c)).sum() / 6 == pytest.approx(4 / 3 * np.pi, rel=0.01)


def test_what_lies_outside_is_left_out():
    found = cluster(ball(rows=200, columns=300), cell=0.02, centre=(0.0, 0.0, 1.0), radius=0.5)
    assert len(found.faces)
    assert (np.abs(found.vertices - [0, 0, 1]) <= 0.5).all()


def test_a_cloud_stays_a_cloud_and_keeps_colours():
    mesh = ball(rows=200, columns=300)
    red = np.full(mesh.vertices.shape, (255, 0, 0), np.uint8)
    cloud = Mesh(vertices=mesh.vertices, faces=np.zeros((0, 3), np.int32), colours=red)
    found = cluster(cloud, cell=0.05, centre=ORIGIN, radius=2.0)
    assert found.faces.shape == (0, 3)
    assert found.colours.shape == found.vertices.shape
    assert (found.colours == (255, 0, 0)).all()


def test_a_small_mesh_comes_back_as_it_is():
    mesh = ball()
    assert cluster(mesh, cell=0.5, centre=ORIGIN, radius=2.0) is mesh
