from dataclasses import replace

import numpy as np
import torch

from facescale.heads.blocks import identity_block
from facescale.heads.prior import draw_prior

SKIN = torch.ones(4, dtype=torch.bool)
BLOCK = identity_block(torch.ones(4, 3, 3), SKIN)
TOGETHER = torch.tensor([[1.0, 0.8, 0.0], [0.8, 1.0, 0.0], [0.0, 0.0, 1.0]])


def many(block, truncation=2.5, count=4000):
    rng = np.random.default_rng(3)
    return np.stack([draw_prior(block, rng, truncation=truncation) for _ in range(count)])


def test_coefficients_vary_as_the_block_says_and_never_beyond_the_truncation():
    moved = replace(BLOCK, prior_mean=torch.full((3,), 5.0), prior_std=torch.full((3,), 2.0))
    drawn = many(moved)
    assert np.abs(drawn - 5).max() <= 2 * 2.5
    np.testing.assert_allclose(drawn.mean(axis=0), 5, atol=0.15)
    assert np.abs(np.corrcoef(drawn.T) - np.eye(3)).max() < 0.06


def test_correlations_are_kept():
    drawn = many(replace(BLOCK, prior_correlation=TOGETHER))
    assert np.abs(drawn).max() <= 2.5
    np.testing.assert_allclose(np.corrcoef(drawn.T), TOGETHER, atol=0.06)


def test_the_same_numbers_come_from_the_same_generator():
    np.testing.assert_array_equal(many(BLOCK, count=3), many(BLOCK, count=3))
