import numpy as np
import pytest
import torch

from facescale.geometry.alignment import align
from facescale.heads.builtin.correlation import correlation
from facescale.heads.builtin.eyelids import INNER_RING, MARGIN_RING
from facescale.heads.builtin.head import load_builtin
from facescale.heads.builtin.identity import EYELID_AXES, SPREAD, displacement, identity
from facescale.heads.builtin.identity_axes import CORRELATED, IDENTITY_AXES
from facescale.heads.builtin.masks import outer_skin
from facescale.heads.builtin.parts import FLIP
from facescale.heads.builtin.topology import skin_topology
from facescale.heads.prior import draw_prior
from tests.heads.builtin.posed import crossing_pairs

NAMES = identity().names
TOGETHER = correlation(NAMES, CORRELATED)
ASYMMETRIC = {"nose_deviation", "chin_deviation", "eye_height_difference"}


def axis(name):
    return identity().skin[NAMES.index(name)], identity().eyes[NAMES.index(name)]


def drawn(count, seed=0):
    rng, block = np.random.default_rng(seed), load_builtin().blocks[0]
    return np.stack([draw_prior(block, rng, truncation=2.5) for _ in range(count)])


def test_there_are_at_least_30_named_axes():
    assert len(set(NAMES)) == len(NAMES) >= 30
    assert tuple(IDENTITY_AXES) == NAMES
    assert identity().skin.shape == (len(NAMES), skin_topology().num_vertices, 3)
    assert set(NAMES) >= EYELID_AXES | ASYMMETRIC


@pytest.mark.parametrize("name", NAMES)
def test_every_axis_moves_the_outer_skin_by_what_a_standard_deviation_may_be(name):
    moved = np.linalg.norm(axis(name)[0][outer_skin(skin_topology())], axis=1)
    assert 0.25 < moved.max() < 7


@pytest.mark.parametrize("name", NAMES)
def test_axes_are_alike_on_both_sides_or_opposite_where_they_make_faces_askew(name):
    skin, eyes = axis(name)
    sign = -1 if name in ASYMMETRIC else 1
    np.testing.assert_allclose(skin[skin_topology().mirror] * FLIP, sign * skin, atol=1e-10)
    np.testing.assert_allclose(eyes[::-1] * FLIP, sign * eyes, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_eyeballs_follow_the_lids_and_the_sockets_follow_them(name):
    skin, eyes = axis(name)
    for side, shift in (("eye", eyes[0]), ("eye.right", eyes[1])):
        rings = skin_topology().rings[side]
        np.testing.assert_allclose(skin[rings[MARGIN_RING]].mean(axis=0), shift, atol=0.1)
        np.testing.assert_allclose(
            skin[rings[INNER_RING + 2 :]],
            np.broadcast_to(shift, (*rings[INNER_RING + 2 :].shape, 3)),
            atol=0.005,
        )
        if name not in EYELID_AXES:
            np.testing.assert_allclose(skin[rings[MARGIN_RING]], np.broadcast_to(shift, (32, 3)), atol=0.002)


def test_axes_are_pairwise_different_motions():
    flat = identity().skin.reshape(len(NAMES), -1)
    flat = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    assert np.abs(np.triu(flat @ flat.T, 1)).max() < 0.95
    assert np.linalg.svd(flat, compute_uv=False).min() > 0.05


def test_sizes_stretch_about_their_centre_exactly():
    points = np.random.default_rng(0).normal(size=(20, 3)) * 60
    rate = IDENTITY_AXES["head_size"][0].rate[0]
    expected = SPREAD * rate * (points - [0, 0, -75])
    np.testing.assert_allclose(displacement("head_size", points), expected, rtol=1e-6)


def test_typed_correlations_are_kept_as_typed_since_they_can_hold_all_at_once():
    matrix = TOGETHER
    np.testing.assert_allclose(np.diag(matrix), 1, atol=1e-12)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-15)
    assert np.linalg.eigvalsh(matrix).min() > 0.04
    typed = np.eye(len(NAMES))
    for one, other, value in CORRELATED:
        typed[[NAMES.index(one), NAMES.index(other)], [NAMES.index(other), NAMES.index(one)]] = value
    np.testing.assert_allclose(matrix, typed, atol=1e-12)


def test_contradicting_correlations_become_the_nearest_that_are_possible():
    matrix = correlation(("a", "b", "c"), (("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)))
    assert np.linalg.eigvalsh(matrix).min() > 0
    np.testing.assert_allclose(np.diag(matrix), 1)
    assert (np.sign(matrix) == [[1, 1, -1], [1, 1, 1], [-1, 1, 1]]).all()


@pytest.mark.parametrize("typed", [("a", "x", 0.2), ("a", "b", 1.0), ("a", "b", -1.5)])
def test_correlations_of_unknown_axes_and_of_one_are_refused(typed):
    with pytest.raises(ValueError, match="expected two axes and a correlation below 1"):
        correlation(("a", "b"), (typed,))


def test_draws_are_truncated_centred_and_correlated_as_typed():
    draws = drawn(4000)
    assert np.abs(draws).max() <= 2.5
    assert np.abs(draws).max() > 2.45
    noise = 1 / np.sqrt(len(draws))
    assert np.abs(draws.mean(axis=0)).max() < 4.5 * noise
    # a normal distribution cut off at 2.5 has a standard deviation of 0.95
    np.testing.assert_allclose(draws.std(axis=0), 0.95, atol=4.5 * noise / np.sqrt(2))
    np.testing.assert_allclose(np.corrcoef(draws.T), TOGETHER, atol=4.5 * noise)


def test_draws_depend_on_the_generator_alone():
    np.testing.assert_array_equal(drawn(3, seed=5), drawn(3, seed=5))
    assert not np.array_equal(drawn(1, seed=5), drawn(1, seed=6))


def test_a_truncation_that_hardly_any_draw_would_pass_is_refused():
    with pytest.raises(ValueError, match=r"at least 2.0 standard deviations, got 1\.5"):
        draw_prior(load_builtin().blocks[0], np.random.default_rng(0), truncation=1.5)


def test_random_heads_differ_from_the_mean_as_people_do():
    """Mean distance to the mean head after rigid alignment, within 95 mm of the nose tip."""
    head = load_builtin()
    near = head.regions["face"]
    shapes = head.evaluate({"identity": torch.from_numpy(drawn(50)).float()})[:, near].double()
    mean = head.mean_vertices()[near].double().expand_as(shapes)
    away = (align(shapes, mean)(shapes) - mean).norm(dim=-1).mean(dim=1)
    assert 2.0 <= float(away.mean()) <= 4.0
    assert float(away.min()) > 1.0


def test_the_mean_head_does_not_cross_itself():
    pairs, _ = crossing_pairs(load_builtin().mean_vertices())
    assert len(pairs) == 0


@pytest.mark.slow
def test_50_random_heads_do_not_cross_themselves():
    shapes = load_builtin().evaluate({"identity": torch.from_numpy(drawn(50)).float()})
    crossing = {draw: len(pairs) for draw, shape in enumerate(shapes) if len(pairs := crossing_pairs(shape)[0])}
    assert crossing == {}
