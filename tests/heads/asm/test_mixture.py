from dataclasses import replace

import pytest
import torch

from facescale.heads.asm.mixture import NEGLIGIBLE, Offsets, amplitude_slopes, amplitudes, within_reach
from facescale.heads.asm.mixture_fit import moved
from facescale.heads.asm.mixture_reference import weights_reference
from facescale.heads.asm.skeleton import BONES, HEAD
from tests.heads.asm.small_asm_head import small_mixture


@pytest.fixture(scope="module")
def mixture():
    return small_mixture()


def offsets(mixture, scale=1.0, batch=1):
    generator = torch.Generator().manual_seed(4)
    shape = (batch, *mixture.share.shape)

    def normal(*more):
        return torch.randn(*shape, *more, generator=generator, dtype=torch.float64)

    return Offsets(pi=0.5 * scale * normal(), mu=0.01 * scale * normal(2), sigma=0.3 * scale * normal(3))


def places(count=30):
    return torch.rand(count, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def dense(amplitude, reach):
    shares = amplitude / amplitude.sum(dim=-1, keepdim=True)
    nothing = torch.zeros(*shares.shape[:2], BONES, dtype=shares.dtype)
    return nothing.scatter_add(2, reach.bones.expand_as(shares), shares)


def test_weights_equal_the_twin_forward_and_backward(mixture):
    uv, at = places(), offsets(mixture, batch=2)
    reach = within_reach(mixture, uv, HEAD, negligible=0.0)
    leaves = [value.requires_grad_() for value in (at.pi, at.mu, at.sigma)]
    found = dense(amplitudes(mixture, at, uv, reach), reach)
    twin = weights_reference(mixture, at, uv, HEAD)
    torch.testing.assert_close(found, twin, rtol=1e-9, atol=1e-11)
    pull = torch.randn(found.shape, dtype=torch.float64)
    ours = torch.autograd.grad((found * pull).sum(), leaves)
    theirs = torch.autograd.grad((twin * pull).sum(), leaves)
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-7, atol=1e-9)


def test_slopes_are_those_of_differentiation(mixture):
    uv, at = places(8), offsets(mixture)
    reach = within_reach(mixture, uv, HEAD, negligible=0.0)
    found, slopes = amplitude_slopes(mixture, at, uv, reach)
    leaves = [value.requires_grad_() for value in (at.pi, at.mu, at.sigma)]
    again = amplitudes(mixture, at, uv, reach)
    torch.testing.assert_close(found, again.detach())
    pull = torch.randn(again.shape, dtype=torch.float64)
    wanted = torch.cat(
        [
            grad.reshape(1, *mixture.share.shape, -1)
            for grad in torch.autograd.grad((again * pull).sum(), leaves)
        ],
        dim=-1,
    )
    summed = torch.zeros_like(wanted)
    summed.index_add_(1, reach.bones.flatten(), (slopes * pull[..., None, None]).detach().flatten(1, 2))
    torch.testing.assert_close(summed, wanted, rtol=1e-8, atol=1e-10)


def test_weights_are_shares_and_the_head_has_what_is_left(mixture):
    uv = torch.tensor([[5.0, 5.0], [0.5, 0.5]], dtype=torch.float64)
    reach = within_reach(mixture, uv, HEAD)
    found = dense(amplitudes(mixture, None, uv, reach), reach)[0]
    torch.testing.assert_close(found.sum(dim=1), torch.ones(2, dtype=torch.float64))
    assert found[0, HEAD] == 1.0
    assert found[1, HEAD] < 0.1


def test_what_is_left_out_is_little_at_first_and_after_moves_of_a_prior_deviation(mixture):
    uv = places(200)
    sparse = within_reach(mixture, uv, HEAD)
    whole = within_reach(mixture, uv, HEAD, negligible=0.0)
    assert sparse.bones.shape[1] < whole.bones.shape[1]
    for at, allowed in ((None, 10 * NEGLIGIBLE), (offsets(mixture, 0.5), 40 * NEGLIGIBLE)):
        apart = dense(amplitudes(mixture, at, uv, sparse), sparse) - dense(
            amplitudes(mixture, at, uv, whole), whole
        )
        assert apart.abs().sum(dim=-1).max() < allowed


def test_a_moved_mixture_is_the_mixture_at_those_offsets(mixture):
    uv, at = places(), offsets(mixture)
    reach = within_reach(mixture, uv, HEAD, negligible=0.0)
    torch.testing.assert_close(
        amplitudes(moved(mixture, at), None, uv, reach), amplitudes(mixture, at, uv, reach)
    )


def test_a_place_that_hangs_from_one_bone_keeps_to_it(mixture):
    uv = places(5)
    reach = within_reach(mixture, uv, HEAD)
    alone = replace(reach, soft=torch.zeros(5, dtype=torch.float64))
    found = dense(amplitudes(mixture, offsets(mixture), uv, alone), alone)
    assert torch.equal(found[0, :, HEAD], torch.ones(5, dtype=torch.float64))
