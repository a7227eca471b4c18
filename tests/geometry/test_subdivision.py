import numpy as np
import pytest

from facescale.geometry.subdivision import catmull_clark
from facescale.geometry.subdivision_reference import catmull_clark_reference
from tests.heads.builtin.surfaces import border_edges, volume

CUBE = np.array([[x, y, z] for x in (-1.0, 1) for y in (-1, 1) for z in (-1, 1)])
CUBE_QUADS = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])
ROWS, COLUMNS = 6, 7


def flat_grid():
    ids = np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS)
    quads = np.stack([ids[:-1, :-1], ids[:-1, 1:], ids[1:, 1:], ids[1:, :-1]], axis=-1).reshape(-1, 4)
    y, x = np.divmod(np.arange(ROWS * COLUMNS), COLUMNS)
    return np.stack([x, y, 0 * x], axis=-1).astype(float), quads


def random_meshes():
    """Closed with vertices of three quads, and open with ones of three and five."""
    rng = np.random.default_rng(0)
    grid, quads = flat_grid()
    cube = catmull_clark(CUBE_QUADS, 8)
    corner = cube.quads[~(cube.quads == 0).any(axis=1)]
    _, corner = np.unique(corner, return_inverse=True)
    yield CUBE_QUADS, rng.normal(size=(8, 3))
    yield quads, grid + rng.normal(size=grid.shape)
    yield corner.reshape(-1, 4), rng.normal(size=(corner.max() + 1, 3))


def interior(grid):
    """Places of the finer grid whose whole support lies inside the coarser one's border."""
    return ((grid[:, :2] > 1) & (grid[:, :2] < [COLUMNS - 2, ROWS - 2])).all(axis=1)


def test_one_step_equals_the_rules_applied_a_vertex_at_a_time():
    for quads, vertices in random_meshes():
        step = catmull_clark(quads, len(vertices))
        np.testing.assert_allclose(step(vertices), catmull_clark_reference(vertices, quads), rtol=0, atol=1e-14)


def test_weights_of_every_new_vertex_add_up_to_one_so_that_affine_maps_commute_with_it():
    for quads, vertices in random_meshes():
        step = catmull_clark(quads, len(vertices))
        np.testing.assert_allclose(step(np.ones(len(vertices))), 1, rtol=0, atol=1e-15)
        turn, shift = np.random.default_rng(1).normal(size=(3, 3)), np.array([3.0, -7, 100])
        np.testing.assert_allclose(step(vertices @ turn + shift), step(vertices) @ turn + shift, atol=1e-12)


def test_an_affine_function_on_a_regular_grid_is_reproduced_inside():
    grid, quads = flat_grid()
    step = catmull_clark(quads, len(grid))
    places = step(grid)
    slope = np.array([0.3, -2.0, 0])
    inside = interior(places)
    assert inside.sum() > 20
    np.testing.assert_allclose(step(grid @ slope + 5)[inside], (places @ slope + 5)[inside], atol=1e-14)
    np.testing.assert_allclose(places[inside] * 2 % 1, 0, atol=1e-14)


def test_a_square_grows_by_a_quarter_of_the_spacing_squared_as_under_cubic_splines():
    grid, quads = flat_grid()
    step = catmull_clark(quads, len(grid))
    places = step(grid)
    inside = interior(places)
    np.testing.assert_allclose(step(grid[:, 0] ** 2)[inside], places[inside, 0] ** 2 + 0.25, atol=1e-13)


def test_a_border_is_the_cubic_spline_of_its_own_vertices_whatever_lies_inside():
    grid, quads = flat_grid()
    step = catmull_clark(quads, len(grid))
    values = np.random.default_rng(2).normal(size=len(grid))
    on_border = np.unique(border_edges(quads))
    other = values.copy()
    other[np.setdiff1d(np.arange(len(grid)), on_border)] += 100
    finer_border = np.unique(border_edges(step.quads))
    assert len(finer_border) == 2 * len(on_border)
    np.testing.assert_array_equal(step(values)[finer_border], step(other)[finer_border])
    np.testing.assert_allclose(step(values)[2], (values[1] + 6 * values[2] + values[3]) / 8, atol=1e-15)
    edge = len(grid) + step.edges.tolist().index([1, 2])
    assert step(values)[edge] == pytest.approx((values[1] + values[2]) / 2, abs=1e-15)


def test_a_cube_tends_to_its_known_limit():
    """Limit weights at a vertex of n quads are n^2, 4 and 1 over n (n + 5) (Halstead et al. 1993)."""
    shape, quads = CUBE, CUBE_QUADS
    for _ in range(6):
        step = catmull_clark(quads, len(shape))
        shape, quads = step(shape), step.quads
    np.testing.assert_allclose(shape[:8], 0.5 * CUBE, atol=2e-4)
    faces = CUBE[CUBE_QUADS].mean(axis=1)
    np.testing.assert_allclose(shape[8 + 12 : 8 + 12 + 6], 68 / 81 * faces, atol=2e-4)
    assert len(quads) == 6 * 4**6
    assert 0.5**3 * 8 < volume(shape, quads) < (68 / 81) ** 3 * 8


def test_finer_quads_wind_like_the_old_ones_and_begin_with_their_corners():
    step = catmull_clark(CUBE_QUADS, 8)
    assert volume(CUBE, CUBE_QUADS) == pytest.approx(8)
    assert len(border_edges(step.quads)) == 0
    assert volume(step(CUBE), step.quads) > 0
    np.testing.assert_array_equal(step.quads[:, 0].reshape(-1, 4), CUBE_QUADS)
    np.testing.assert_array_equal(step.quads[:, 2].reshape(-1, 4), 20 + np.arange(6)[:, None].repeat(4, 1))


def test_values_of_any_shape_subdivide_as_their_components_do():
    step = catmull_clark(CUBE_QUADS, 8)
    bases = np.random.default_rng(3).normal(size=(8, 3, 5))
    whole = step(bases)
    assert whole.shape == (26, 3, 5)
    np.testing.assert_allclose(whole[:, 1, 4], step(bases[:, 1, 4]), atol=1e-15)
    np.testing.assert_allclose(
        step(2 * bases[..., 0] - bases[..., 1]), 2 * whole[..., 0] - whole[..., 1], atol=1e-14
    )


def test_branching_edges_and_lone_vertices_are_refused():
    with pytest.raises(ValueError, match="got 3 and"):
        catmull_clark(np.array([[0, 1, 2, 3], [1, 0, 4, 5], [0, 1, 6, 7]]), 8)
    with pytest.raises(ValueError, match="no lone vertex, got 1 and 0"):
        catmull_clark(np.array([[0, 1, 2, 3]]), 5)
