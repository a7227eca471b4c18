import numpy as np
import pytest

from facescale.geometry.laplacian import stiffness_and_areas
from facescale.geometry.sparse_factor import SparseFactor


def sheet(side=9, *, stretch=1.0):
    """A plane sheet of side - 1 squares, each two triangles, with one unit between vertices across."""
    x, y = np.meshgrid(np.arange(side) * stretch, np.arange(side), indexing="ij")
    vertices = np.stack([x.ravel(), y.ravel(), np.zeros(side * side)], axis=1)
    corner = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    faces = np.concatenate(
        [
            np.stack([corner, corner + side, corner + side + 1], axis=1),
            np.stack([corner, corner + side + 1, corner + 1], axis=1),
        ]
    )
    return vertices, faces


@pytest.mark.parametrize("stretch", [1.0, 0.5])
def test_the_energy_of_a_plane_function_is_its_squared_slope_times_the_area(stretch):
    vertices, faces = sheet(stretch=stretch)
    stiffness, areas = stiffness_and_areas(vertices, faces)
    total = 64.0 * stretch
    assert areas.sum() == pytest.approx(total)
    for slope in (np.array([1.0, 0, 0]), np.array([0.3, -2.0, 0])):
        values = vertices @ slope
        # right angles have a cotangent of zero, which is lifted a little
        assert values @ (stiffness @ values) == pytest.approx(total * slope @ slope, rel=0.04)


def test_a_constant_costs_nothing_and_the_matrix_is_symmetric_and_semi_definite():
    rng = np.random.default_rng(0)
    vertices, faces = sheet()
    stiffness, _ = stiffness_and_areas(vertices + rng.normal(0, 0.2, vertices.shape), faces)
    dense = stiffness.toarray()
    assert np.abs(dense.sum(axis=1)).max() < 1e-12
    assert np.array_equal(dense, dense.T)
    assert np.linalg.eigvalsh(dense).min() > -1e-9
    off = dense - np.diag(np.diag(dense))
    assert off.max() <= 0  # a maximum principle: what is smoothed stays between its neighbours


def test_a_factor_solves_as_a_dense_matrix_does_for_any_number_of_columns():
    vertices, faces = sheet()
    stiffness, areas = stiffness_and_areas(vertices, faces)
    matrix = stiffness + np.diag(0.1 * areas)
    rng = np.random.default_rng(1)
    import scipy.sparse as sp

    factor = SparseFactor(sp.csr_array(matrix))
    for shape in ((81,), (81, 3), (81, 3, 4)):
        right = rng.normal(size=shape)
        wanted = np.linalg.solve(matrix, right.reshape(81, -1)).reshape(shape)
        assert np.abs(factor.solve(right) - wanted).max() < 1e-10
    assert factor.entries >= np.count_nonzero(np.tril(matrix))


def test_a_singular_matrix_is_refused():
    import scipy.sparse as sp

    with pytest.raises(ValueError, match="expected a positive definite matrix"):
        SparseFactor(sp.csr_array(np.zeros((3, 3))))
