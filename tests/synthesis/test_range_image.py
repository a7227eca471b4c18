import numpy as np

from facescale.synthesis.range_image import heights
from tests.rendering.solids import ball


def test_a_slanted_plane_is_seen_exactly_and_where_it_is():
    square = np.array([[-2.0, -2.0, 0.0], [2.0, -2.0, 0.0], [2.0, 2.0, 0.0], [-2.0, 2.0, 0.0]])
    square[:, 2] = 3 + 0.5 * square[:, 0] - 0.25 * square[:, 1]
    found = heights(square, np.array([[0, 1, 2], [0, 2, 3]]), step=0.5, size=(13, 11))
    x, y = np.meshgrid(0.5 * (np.arange(11) - 5), 0.5 * (6 - np.arange(13)))
    inside = (np.abs(x) <= 2) & (np.abs(y) <= 2)
    np.testing.assert_allclose(found[inside], (3 + 0.5 * x - 0.25 * y)[inside], atol=1e-12)
    assert np.isnan(found[~inside]).all()


def test_of_a_ball_the_side_towards_the_sensor_is_seen():
    mesh = ball(100.0, rows=40, columns=60)
    found = heights(mesh.vertices.astype(np.float64), mesh.faces, step=10.0, size=(25, 25), middle=(0.0, 0.0))
    x, y = np.meshgrid(10.0 * (np.arange(25) - 12), 10.0 * (12 - np.arange(25)))
    within = np.hypot(x, y) < 80
    np.testing.assert_allclose(found[within], np.sqrt((1e4 - x**2 - y**2)[within]), atol=2)
    assert np.isnan(found[np.hypot(x, y) > 101]).all()


def test_a_grid_beside_the_mesh_sees_nothing():
    mesh = ball(1.0, rows=8, columns=8)
    assert np.isnan(
        heights(mesh.vertices.astype(np.float64), mesh.faces, step=1.0, size=(3, 3), middle=(9, 0))
    ).all()
