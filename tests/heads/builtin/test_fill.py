import numpy as np
import pytest

from facescale.heads.builtin.fill import BiLaplacianFill, umbrella
from facescale.heads.builtin.topology import skin_topology

SIDE = 9


def grid():
    ids = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    quads = np.stack([ids[:-1, :-1], ids[:-1, 1:], ids[1:, 1:], ids[1:, :-1]], axis=-1).reshape(-1, 4)
    border = np.unique(np.concatenate([ids[0], ids[-1], ids[:, 0], ids[:, -1]]))
    return ids, quads, border


def random_weights(rng):
    """Controls on the border, as a corner of a grid has no neighbour inside, and on a few places within."""
    _, _, border = grid()
    weights = np.where(rng.random(SIDE * SIDE) < 0.15, 10 ** rng.uniform(-2, 2, SIDE * SIDE), 0)
    weights[border] = 10 ** rng.uniform(-2, 1, len(border))
    return weights


def dense(quads, weights, controls, free):
    """The same minimum from a stacked least-squares problem, without sparse matrices or normal equations."""
    count = len(weights)
    neighbours = [set() for _ in range(count)]
    for quad in quads.tolist():
        for one, other in zip(quad, quad[1:] + quad[:1], strict=True):
            neighbours[one].add(other)
            neighbours[other].add(one)
    laplacian = -np.eye(count)
    for vertex, near in enumerate(neighbours):
        laplacian[vertex, list(near)] = 1 / len(near)
    laplacian[free] = 0
    root = np.sqrt(weights)[:, None]
    rows = np.concatenate([laplacian, np.diag(root[:, 0])])
    return np.linalg.lstsq(rows, np.concatenate([np.zeros_like(controls), root * controls]), rcond=None)[0]


@pytest.mark.parametrize("seed", range(3))
def test_the_fill_equals_a_dense_least_squares_solve(seed):
    rng = np.random.default_rng(seed)
    _, quads, border = grid()
    weights, wanted = random_weights(rng), rng.normal(size=(SIDE * SIDE, 4))
    free = border if seed else border[:3]
    ours = BiLaplacianFill(quads, weights, free=free)(wanted)
    np.testing.assert_allclose(ours, dense(quads, weights, wanted, free), atol=1e-9)


def test_the_fill_is_linear_and_deaf_to_what_has_no_weight():
    rng = np.random.default_rng(3)
    _, quads, border = grid()
    weights = random_weights(rng)
    fill = BiLaplacianFill(quads, weights, free=border)
    one, other = rng.normal(size=(2, SIDE * SIDE, 3))
    np.testing.assert_allclose(fill(2 * one - other), 2 * fill(one) - fill(other), atol=1e-10)
    noisy = np.where(weights[:, None] > 0, one, 1e6)
    np.testing.assert_array_equal(fill(noisy), fill(one))


def test_heavy_controls_are_reproduced_and_light_ones_give_way():
    rng = np.random.default_rng(4)
    _, quads, border = grid()
    weights, wanted = random_weights(rng), rng.normal(size=(SIDE * SIDE, 3))
    typed = weights > 0
    met = [
        np.abs(BiLaplacianFill(quads, factor * weights, free=border)(wanted) - wanted)[typed].max()
        for factor in (1, 1e3, 1e8)
    ]
    assert met[0] > 0.1
    assert met[2] < 1e-5
    assert met[0] > met[1] > met[2]


def test_a_flat_grid_held_at_its_border_is_filled_by_its_affine_function():
    ids, quads, border = grid()
    weights = np.zeros(SIDE * SIDE)
    weights[border] = 0.7
    y, x = np.divmod(ids.ravel(), SIDE)
    plane = np.column_stack([2.0 * x - y + 3, 0.5 * y])
    np.testing.assert_allclose(BiLaplacianFill(quads, weights, free=border)(plane), plane, atol=1e-9)


def test_mirrored_controls_give_the_mirrored_shape():
    topology = skin_topology()
    rng = np.random.default_rng(5)
    weights = np.where(rng.random(topology.num_vertices) < 0.3, 1.0, 0)
    weights = np.maximum(weights, weights[topology.mirror])
    weights[topology.grid[0]] = 20
    fill = BiLaplacianFill(topology.quads, weights, free=topology.grid[0])
    wanted = rng.normal(size=(topology.num_vertices, 3))
    other = np.empty_like(wanted)
    other[topology.mirror] = wanted * [-1, 1, 1]
    np.testing.assert_allclose(fill(other)[topology.mirror], fill(wanted) * [-1, 1, 1], atol=1e-8)


def test_the_umbrella_is_zero_on_constants_and_is_the_mean_of_neighbours_less_the_vertex():
    ids, quads, _ = grid()
    laplacian = umbrella(quads, SIDE * SIDE).toarray()
    np.testing.assert_allclose(laplacian.sum(axis=1), 0, atol=1e-14)
    inner = ids[3, 4]
    row = np.zeros(SIDE * SIDE)
    row[[ids[2, 4], ids[4, 4], ids[3, 3], ids[3, 5]]] = 0.25
    row[inner] = -1
    np.testing.assert_array_equal(laplacian[inner], row)
    assert laplacian[ids[0, 0], ids[0, 1]] == 0.5
