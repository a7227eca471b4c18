import numpy as np
import pytest
import torch

from facescale.geometry.symmetric_dirichlet import SymmetricDirichlet

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.3, 0.8]])


def random_mesh(scale: float = 1.0):
    """Eight triangles around a square's middle, their rests random, the points moved a little."""
    rng = np.random.default_rng(5)
    turn = 2 * np.pi * np.arange(8) / 8
    points = np.concatenate([[[0.0, 0.0]], np.stack([np.cos(turn), np.sin(turn)], -1)])
    triangles = np.stack([np.zeros(8, int), 1 + np.arange(8), 1 + (np.arange(8) + 1) % 8], -1)
    rest = CORNERS + 0.2 * rng.normal(size=(8, 3, 2))
    moved = scale * (points + 0.1 * rng.normal(size=points.shape))
    return SymmetricDirichlet(triangles, rest, rng.uniform(0.5, 2, 8)), triangles, rest, moved


def energy_twin(
    points: torch.Tensor, triangles: np.ndarray, rest: np.ndarray, weights: np.ndarray
) -> torch.Tensor:
    """One triangle at a time, from the two inverses."""
    total = torch.zeros((), dtype=torch.float64)
    for corners, shape, weight in zip(triangles, torch.from_numpy(rest), weights, strict=True):
        a, b, c = points[corners]
        jacobian = torch.stack([b - a, c - a], 1) @ torch.linalg.inv(
            torch.stack([shape[1] - shape[0], shape[2] - shape[0]], 1)
        )
        total = total + weight * ((jacobian**2).sum() + (torch.linalg.inv(jacobian) ** 2).sum())
    return total


def test_value_and_gradient_agree_with_the_twin():
    energy, triangles, rest, points = random_mesh()
    at = torch.tensor(points, requires_grad=True)
    twin = energy_twin(at, triangles, rest, energy.weights)
    twin.backward()
    assert at.grad is not None
    gradient, _ = energy.expansion(points)
    assert energy.value(points) == pytest.approx(twin.item(), rel=1e-12)
    np.testing.assert_allclose(gradient, at.grad.numpy(), rtol=1e-10, atol=1e-10)


def test_the_hessian_is_exact_where_every_triangle_is_stretched():
    energy, triangles, rest, points = random_mesh(scale=6.0)
    assert np.linalg.svd(energy.jacobians(points))[1].min() > 1
    _, hessian = energy.expansion(points)
    twin = torch.autograd.functional.hessian(
        lambda x: energy_twin(x.reshape(-1, 2), triangles, rest, energy.weights),
        torch.tensor(points).reshape(-1),
    )
    np.testing.assert_allclose(hessian.toarray(), twin.numpy(), rtol=1e-8, atol=1e-8)


def test_the_hessian_is_positive_semi_definite_where_the_energy_is_not_convex():
    energy, _, _, points = random_mesh(scale=0.5)
    eigenvalues = np.linalg.eigvalsh(energy.expansion(points)[1].toarray())
    assert eigenvalues[0] > -1e-9 * eigenvalues[-1]


def test_an_isometry_costs_four_a_weight():
    rest = CORNERS[None]
    turned = CORNERS @ np.array([[0.6, 0.8], [-0.8, 0.6]]) + 3
    energy = SymmetricDirichlet(np.array([[0, 1, 2]]), rest, np.array([2.5]))
    assert energy.value(turned) == pytest.approx(10, rel=1e-12)


def test_a_triangle_turned_over_costs_infinitely_much():
    energy = SymmetricDirichlet(np.array([[0, 1, 2]]), CORNERS[None], np.ones(1))
    assert energy.value(CORNERS * [-1, 1]) == np.inf
