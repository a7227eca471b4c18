"""Drawing coefficients from the prior of a parameter block, within so many standard deviations."""

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr, ndtri
from torch import Tensor

from facescale.heads.template import ParameterBlock

TIGHTEST = 2.0
"""Standard deviations at which about one correlated draw of fifty coefficients in twelve passes."""


def draw_prior(block: ParameterBlock, rng: np.random.Generator, *, truncation: float) -> Float[np.ndarray, "k"]:
    """Draw the coefficients of one subject, correlated where the block says how.

    Args:
        block: whose prior mean, deviations and correlation.
        rng: all randomness.
        truncation: no coefficient lies more standard deviations from its mean.

    Raises:
        ValueError: a truncation so tight that hardly any correlated draw would pass.
    """
    if block.prior_correlation is None:
        normal = ndtri(rng.uniform(ndtr(-truncation), ndtr(truncation), block.size))
    else:
        normal = _correlated(block.prior_correlation, rng, truncation)
    return block.prior_mean.numpy() + block.prior_std.numpy() * normal


def _correlated(
    correlation: Float[Tensor, "k k"], rng: np.random.Generator, truncation: float
) -> Float[np.ndarray, "k"]:
    """Anew as a whole until none is beyond: cutting single coefficients off would bend the correlations."""
    if truncation < TIGHTEST:
        raise ValueError(f"expected a truncation of at least {TIGHTEST} standard deviations, got {truncation}")
    factor = np.linalg.cholesky(correlation.double().numpy())
    while True:
        drawn = factor @ rng.standard_normal(len(factor))
        if np.abs(drawn).max() <= truncation:
            return drawn
