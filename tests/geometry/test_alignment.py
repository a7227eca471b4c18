import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.geometry.alignment import align
from facescale.geometry.rotations import angle_between, rotation_from_vector

seeds = st.integers(0, 2**31)


def random(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def motion(seed, batch):
    turn = rotation_from_vector(random(seed, batch, 3) * 2)
    return turn, random(seed + 1, batch, 3) * 100


@settings(deadline=None)
@given(seeds, st.sampled_from([0.001, 1.0, 1000.0]))
def test_a_similarity_is_recovered_exactly(seed, scale):
    turn, shift = motion(seed, 3)
    source = random(seed + 2, 3, 10, 3) * 50
    target = scale * source @ turn.mT + shift[:, None]
    found = align(source, target, scale=True)
    assert torch.allclose(found.rotation, turn, atol=1e-9)
    assert torch.allclose(found.scale, torch.full((3,), scale).double(), rtol=1e-9)
    assert torch.allclose(found(source), target, atol=1e-8 * max(scale, 1))
    assert found.determined.all()
    assert torch.allclose(found.inverse()(target), source, atol=1e-7 / min(scale, 1))


@settings(deadline=None)
@given(seeds)
def test_no_nearby_motion_fits_noisy_pairs_better(seed):
    source = random(seed, 2, 12, 3)
    target, weights = source + 0.3 * random(seed + 1, 2, 12, 3), random(seed + 2, 2, 12).abs()

    def cost(x):
        return (weights * (x - target).square().sum(-1)).sum(1)

    found = align(source, target, weights)
    best = cost(found(source))
    for k in range(20):
        turn = rotation_from_vector(0.05 * random(seed + 3 + k, 2, 3))
        other = (found(source) - found.translation[:, None]) @ turn.mT + found.translation[:, None]
        other = other + 0.02 * random(seed + 50 + k, 2, 1, 3)
        assert (cost(other) >= best - 1e-12).all()


@settings(deadline=None)
@given(seeds)
def test_a_mirrored_target_gets_a_rotation(seed):
    source = random(seed, 1, 20, 3)
    found = align(source, source * torch.tensor([-1.0, 1, 1]), scale=True)
    assert torch.allclose(found.rotation @ found.rotation.mT, torch.eye(3).double(), atol=1e-12)
    assert torch.linalg.det(found.rotation).item() == pytest.approx(1)


@settings(deadline=None)
@given(seeds)
def test_the_fit_turns_with_the_scene(seed):
    source, target = random(seed, 1, 9, 3), random(seed + 1, 1, 9, 3)
    turn, shift = motion(seed + 2, 1)
    plain = align(source, target)
    moved = align(source @ turn.mT + shift[:, None], target @ turn.mT + shift[:, None])
    assert torch.allclose(moved.rotation, turn @ plain.rotation @ turn.mT, atol=1e-7)


def test_pairs_of_weight_zero_do_not_count_whatever_they_hold():
    source, target = random(0, 1, 8, 3), random(1, 1, 8, 3)
    weights = torch.ones(1, 8)
    weights[0, 5:] = 0
    spoiled = target.clone()
    spoiled[0, 5:] = torch.nan
    found, few = align(source, spoiled, weights), align(source[:, :5], target[:, :5])
    assert torch.allclose(found.rotation, few.rotation)
    assert torch.allclose(found.translation, few.translation)


def test_a_line_is_turned_the_shortest_way():
    line = torch.linspace(-1, 1, 5, dtype=torch.float64)[None, :, None] * torch.tensor([1.0, 0, 0])
    turn = rotation_from_vector(torch.tensor([[0, 0, 0.7]]).double())
    found = align(line, line @ turn.mT)
    assert not found.determined
    assert torch.allclose(found.rotation, turn, atol=1e-6)


def test_coincident_points_are_only_moved():
    found = align(torch.ones(1, 6, 3), torch.full((1, 6, 3), 4.0), scale=True)
    assert torch.allclose(found.rotation, torch.eye(3).double())
    assert found.scale.item() == 1
    assert torch.allclose(found.translation, torch.full((1, 3), 3.0).double())
    assert not found.determined


def test_without_weight_or_points_there_is_no_motion():
    for source in (torch.zeros(2, 0, 3), random(0, 2, 4, 3)):
        found = align(source, source + 1, torch.zeros(source.shape[:2]), scale=True)
        assert torch.equal(found(source), source)
        assert not found.determined.any()


def test_half_a_turn_and_far_from_the_origin():
    source = random(0, 1, 50, 3) * 80
    turn = rotation_from_vector(torch.tensor([[0.0, math.pi, 0]]).double())
    found = align(source.float() + 1e5, (source @ turn.mT).float() + 1e5)
    assert angle_between(found.rotation, turn).item() < 1e-4


def test_float32_in_float32_out_but_computed_in_float64(device):
    source = random(0, 2, 30, 3).float().to(device)
    found = align(source, source.roll(1, 2))
    assert found.rotation.dtype == torch.float64
    assert found(source).dtype == torch.float32
    assert torch.allclose(found(source), source.roll(1, 2), atol=1e-6)


def test_bad_weights_and_bad_points_are_refused():
    source = random(0, 1, 4, 3)
    with pytest.raises(ValueError, match="at least zero"):
        align(source, source, torch.tensor([[1.0, -1, 1, 1]]))
    with pytest.raises(ValueError, match="finite points"):
        align(source, source / 0)
