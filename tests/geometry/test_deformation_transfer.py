import numpy as np
import pytest

from facescale.geometry.deformation_transfer import Ties, TransferSolver, cotangent_weights, face_maps
from facescale.geometry.deformation_transfer_reference import transferred
from facescale.geometry.rotations import rotation_from_vector


def dome(n=7, seed=0):
    """A bumpy square sheet, and a deformation of it that leaves its border where it is."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(n, dtype=float), np.arange(n, dtype=float), indexing="ij")
    z = np.sin(x) * np.cos(0.7 * y) + 0.1 * rng.normal(size=x.shape)
    at = np.arange(n * n).reshape(n, n)
    a, b, c, d = (p.ravel() for p in (at[:-1, :-1], at[1:, :-1], at[1:, 1:], at[:-1, 1:]))
    border = np.zeros((n, n), bool)
    border[[0, -1]] = border[:, [0, -1]] = True
    moved = rng.normal(size=(n * n, 3)) * ~border.reshape(-1, 1)
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    return np.stack([x, y, z], -1).reshape(-1, 3), moved, faces, border.ravel()


def solved(rest, moved, faces, held, target, given=None):
    solver = TransferSolver(rest, faces, held)
    (maps,) = face_maps(rest, moved[None], faces)
    given = np.zeros((1, *target.shape)) if given is None else given
    return solver.solve([solver.pull(maps, target)], given)[0]


def test_the_solver_is_the_dense_twin():
    rest, moved, faces, border = dome()
    target = 1.2 * rest + dome(seed=3)[1]
    expected = transferred((rest, rest + moved), target, faces, border)
    np.testing.assert_allclose(solved(rest, moved, faces, border, target), expected, atol=1e-11)


def test_a_shape_gets_its_own_deformation_back():
    rest, moved, faces, border = dome()
    np.testing.assert_allclose(solved(rest, moved, faces, border, rest), moved, atol=1e-12)


def test_a_larger_shape_gets_a_larger_deformation():
    rest, moved, faces, border = dome()
    np.testing.assert_allclose(solved(rest, moved, faces, border, 2.5 * rest + 7), 2.5 * moved, atol=1e-11)


def test_turning_source_and_target_turns_the_result():
    rest, moved, faces, border = dome()
    import torch

    turn = rotation_from_vector(torch.tensor([0.3, -0.8, 0.4], dtype=torch.float64)).numpy()
    target = rest + dome(seed=3)[1]
    plain = solved(rest, moved, faces, border, target)
    turned = solved(rest @ turn.T, moved @ turn.T, faces, border, target @ turn.T)
    np.testing.assert_allclose(turned, plain @ turn.T, atol=1e-11)


def test_held_vertices_go_where_they_are_told_and_carry_the_rest_along():
    rest, moved, faces, border = dome()
    shift = np.array([1.0, 2, 3])
    found = solved(rest, moved, faces, border, rest, given=np.broadcast_to(shift, (1, *rest.shape)))
    np.testing.assert_allclose(found, moved + shift, atol=1e-11)


def test_a_piece_that_nothing_holds_takes_the_mean_it_is_given():
    rest, moved, faces, _ = dome()
    given = np.full((1, *rest.shape), 4.0)
    found = solved(rest, moved, faces, np.zeros(len(rest), bool), 2 * rest, given)
    np.testing.assert_allclose(found.mean(axis=0), [4, 4, 4], atol=1e-11)
    np.testing.assert_allclose(found - found[0], 2 * (moved - moved[0]), atol=1e-11)


def test_a_triangle_without_area_does_no_harm():
    rest, moved, faces, border = dome()
    rest = rest.copy()
    rest[24] = rest[25]
    found = solved(rest, moved, faces, border, rest)
    assert np.isfinite(found).all()
    assert np.abs(found - moved).max() < 2


def test_ties_close_a_gap_that_the_triangles_would_leave():
    rest, moved, faces, border = dome()
    pair = np.array([[16, 32]])
    gap = rest[16] - rest[32]
    solver = TransferSolver(rest, faces, border, Ties(ends=pair, weight=np.array([1e6])))
    (maps,) = face_maps(rest, moved[None], faces)
    found = solver.solve([solver.pull(maps, rest, -gap[None])], np.zeros((1, *rest.shape)))[0]
    closed = (rest + found)[16] - (rest + found)[32]
    assert np.linalg.norm(closed) < 1e-4 * np.linalg.norm(gap)


def test_cotangents_of_an_equilateral_triangle():
    corners = np.array([[0, 0, 0], [1, 0, 0], [0.5, np.sqrt(0.75), 0]])
    weights = cotangent_weights(corners, np.array([[0, 1, 2]]))
    np.testing.assert_allclose(weights, np.full((1, 3), 0.5 / np.sqrt(3)))


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_a_shifted_part_has_no_maps(scale):
    rest, _, faces, _ = dome()
    (maps,) = face_maps(scale * rest, np.full((1, *rest.shape), 2.0), faces)
    assert len(maps.faces) == 0
