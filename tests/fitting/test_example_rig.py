import numpy as np
import pytest

from facescale.fitting.example_rig import RefineSettings, fitted_shapes, fitted_weights, refined
from facescale.geometry.deformation_transfer import TransferSolver


def sheet(n=14):
    x, y = np.meshgrid(np.arange(n, dtype=float), np.arange(n, dtype=float), indexing="ij")
    at = np.arange(n * n).reshape(n, n)
    a, b, c, d = (p.ravel() for p in (at[:-1, :-1], at[1:, :-1], at[1:, 1:], at[:-1, 1:]))
    rest = np.stack([x, y, 0.2 * np.sin(x)], -1).reshape(-1, 3)
    border = np.zeros((n, n), bool)
    border[[0, -1]] = border[:, [0, -1]] = True
    return rest, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]), border.ravel()


@pytest.fixture(scope="module")
def case():
    """A template's bumps, a subject whose bumps are larger and elsewhere, and what it was seen doing."""
    rest, faces, border = sheet()
    rng = np.random.default_rng(0)
    centres, ways = rng.uniform(4, 9, size=(5, 2)), rng.normal(size=(5, 1, 3))

    def bumps(centres, width, gain):
        away = np.square(rest[None, :, :2] - centres[:, None]).sum(axis=-1)
        return gain * ways * np.exp(-away / width)[..., None] * ~border[None, :, None]

    prior, truth = bumps(centres, 4.0, 1.0), bumps(centres + 0.4, 5.0, 1.3)
    weights = rng.uniform(size=(8, 5))
    examples = np.einsum("ek,kvd->evd", weights, truth)
    return TransferSolver(rest, faces, border), prior, truth, examples, weights


def error(moved, truth):
    return np.sqrt(np.square(moved - truth).sum(axis=-1).mean())


def test_examples_bring_shapes_nearer_to_the_truth(case):
    solver, prior, truth, examples, weights = case
    found = refined(solver, prior, examples, weights)
    assert error(found.moved, truth) < 0.65 * error(prior, truth)
    assert found.after_mm < 0.25 * found.before_mm


def test_weights_that_are_only_about_right_do_nearly_as_well(case):
    solver, prior, truth, examples, weights = case
    guess = np.clip(weights + 0.15 * np.random.default_rng(1).normal(size=weights.shape), 0, 1)
    found = refined(solver, prior, examples, guess)
    assert error(found.moved, truth) < 0.65 * error(prior, truth)
    assert (found.weights >= 0).all()
    assert (found.weights <= 1).all()


def test_examples_that_the_prior_explains_change_nothing(case):
    solver, prior, _, _, weights = case
    examples = np.einsum("ek,kvd->evd", weights, prior)
    found = refined(solver, prior, examples, weights)
    np.testing.assert_allclose(found.moved, prior, atol=1e-9)
    np.testing.assert_allclose(found.weights, weights, atol=1e-6)


def test_a_shape_that_no_example_shows_stays_as_it_was(case):
    solver, prior, truth, _, weights = case
    without = weights.copy()
    without[:, 2] = 0
    examples = np.einsum("ek,kvd->evd", without, truth)
    moved = fitted_shapes(solver, prior, examples, without, 0.1, 0.1)
    np.testing.assert_allclose(moved[2], prior[2], atol=1e-12)
    assert error(moved[0], truth[0]) < error(prior[0], truth[0])


def test_shapes_are_those_of_one_dense_least_squares_problem_a_triangle(case):
    solver, prior, _, examples, weights = case
    moved = fitted_shapes(solver, prior, examples, weights, 0.3, 0.1)
    # of the sides of one triangle before they are integrated: the change is in the prior's metric
    one = np.array([[0, 1, 2]])
    rest = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    single = TransferSolver(rest, one, np.array([True, False, False]))
    rng = np.random.default_rng(2)
    own, seen = rng.normal(size=(2, 3, 3)), rng.normal(size=(4, 3, 3))
    own[:, 0] = seen[:, 0] = 0
    mix = rng.uniform(size=(4, 2))
    found = fitted_shapes(single, own, seen, mix, 0.3, 0.1)
    # all of the triangle's shapes are at their largest, so that each may change alike
    dense = np.linalg.solve(
        mix.T @ mix + 0.3 * np.eye(2), mix.T @ seen.reshape(4, -1) + 0.3 * own.reshape(2, -1)
    )
    np.testing.assert_allclose(found.reshape(2, -1), dense, atol=1e-12)
    assert np.isfinite(moved).all()


def test_weights_are_found_within_their_bounds(case):
    _, prior, _, _, _ = case
    true = np.array([[0.0, 1, 0.5, 0, 0.2]])
    examples = np.einsum("ek,kvd->evd", true, prior)
    np.testing.assert_allclose(fitted_weights(prior, examples, np.zeros((1, 5)), 1e-9), true, atol=1e-5)
    beyond = fitted_weights(prior, 3 * examples, np.zeros((1, 5)), 1e-9)
    assert beyond.max() == pytest.approx(1)


def test_settings_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="at least one round, got 0"):
        RefineSettings(rounds=0)
