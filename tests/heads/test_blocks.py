import pytest
import torch

from facescale.heads.blocks import IDENTITY_BOUND, expression_block, identity_block

BASIS = torch.randn(40, 3, 5, generator=torch.Generator().manual_seed(0))
SKIN = torch.arange(40) < 30


def moved_rms(block, basis):
    """mm RMS over the skin that a step of the block's unit scale moves, by coefficient."""
    return (block.unit_scale * basis[SKIN]).square().sum(dim=1).mean(dim=0).sqrt()


def test_a_unit_step_of_the_strongest_coefficient_moves_the_skin_by_a_millimetre_rms():
    for block in (identity_block(BASIS, SKIN), expression_block(BASIS, SKIN, tuple("abcde"))):
        assert moved_rms(block, BASIS).max().item() == pytest.approx(1, rel=1e-5)


def test_what_is_no_skin_has_no_say_in_the_unit_scale():
    other = BASIS.clone()
    other[~SKIN] *= 100
    assert identity_block(other, SKIN).unit_scale == identity_block(BASIS, SKIN).unit_scale
    assert identity_block(2 * BASIS, SKIN).unit_scale == pytest.approx(
        identity_block(BASIS, SKIN).unit_scale / 2
    )


def test_identity_is_standard_normal_bounded_on_both_sides_and_of_the_subject():
    correlation = torch.eye(5)
    block = identity_block(BASIS, SKIN, tuple("abcde"), correlation)
    assert (block.name, block.scope, block.size, block.names) == ("identity", "subject", 5, tuple("abcde"))
    assert torch.equal(block.prior_mean, torch.zeros(5))
    assert torch.equal(block.prior_std, torch.ones(5))
    assert torch.equal(block.upper, -block.lower)
    assert torch.equal(block.upper, torch.full((5,), IDENTITY_BOUND))
    assert block.prior_correlation is correlation
    assert identity_block(BASIS, SKIN).prior_correlation is None


def test_expressions_are_activations_from_0_to_1_of_a_frame():
    block = expression_block(BASIS, SKIN, tuple("abcde"))
    assert (block.name, block.scope, block.size, block.names) == ("expression", "frame", 5, tuple("abcde"))
    assert torch.equal(block.lower, torch.zeros(5))
    assert torch.equal(block.upper, torch.ones(5))
    assert torch.equal(block.prior_mean, block.lower)
    assert ((block.prior_std > 0) & (block.prior_std < 1)).all()


def test_a_block_without_coefficients_has_a_scale_all_the_same():
    assert expression_block(BASIS[..., :0], SKIN, ()).unit_scale == 1.0
