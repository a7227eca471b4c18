"""A bilinear model's core as few shared displacements times a small core, to a stated error.

Knows nothing of files. The published cores have 52 x 50 or 52 x 300 columns of 78,834 numbers; neighbouring
expressions and identities move the same skin in much the same ways.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

TOLERANCE_MM = 0.02
"""Root mean square over vertices, for the expression that is met worst: a twentieth of a good fit's error."""
FIRST_SHARE = 0.25
"""Of the squared tolerance, for what is left out slice by slice; the rest is for the last cut over all."""

Slices = Callable[[int], Float[Tensor, "w k"]]
"""Expression, counted from the neutral one -> its columns: the mean identity's first, then a standard deviation
of each coefficient; differences from the neutral expression for all others, zero for the neutral mean."""


@dataclass(frozen=True, kw_only=True)
class SharedDirections:
    """A core as a product."""

    directions: Float[Tensor, "w r"]
    """Displacements of three coordinates a vertex, of length 1."""
    mixing: Float[Tensor, "m r k"]
    """How much of each a pair of expression and identity takes."""
    error_mm: float
    """Root mean square over vertices of what is left out, at identities one standard deviation out in every
    coefficient, for the expression that is met worst."""


def shared_directions(slices: Slices, count: int, *, tolerance: float = TOLERANCE_MM) -> SharedDirections:
    """Find displacements that all slices share.

    Each slice in turn adds the directions that it needs beyond those found; a last cut over all slices then
    leaves out what the order of the slices brought in too much. The same for the same slices.

    Args:
        slices: see `Slices`; asked for one after another, twice, so that a core need not be held twice.
        count: of slices.
        tolerance: mm.
    """
    first = slices(0)
    vertices = len(first) / 3
    budget = vertices * tolerance**2
    found = first.new_zeros(len(first), 0)
    for index in range(count):
        found = _extended(found, slices(index), FIRST_SHARE * budget)
    amounts, missing = [], []
    for index in range(count):
        columns = slices(index)
        amounts.append(found.T @ columns)
        # the difference of two sums of squares would drown in single precision
        missing.append((columns - found @ amounts[-1]).square().sum(dtype=torch.float64))
    mixing, left = torch.stack(amounts), torch.stack(missing)
    flat = mixing.permute(1, 0, 2).flatten(1).double()
    _, turn = torch.linalg.eigh(flat @ flat.T)
    turned = torch.einsum("rs,mrk->msk", turn.float(), mixing)
    # weakest first: as many go as every slice can spare
    spent = left + turned.double().square().sum(dim=2).T.cumsum(dim=0)
    weak = int((spent <= budget).all(dim=1).sum())
    error = spent[weak - 1] if weak else left
    return SharedDirections(
        directions=(found @ turn[:, weak:].float()).contiguous(),
        mixing=turned[:, weak:].contiguous(),
        error_mm=float((error.max() / vertices).sqrt()),
    )


def _extended(
    found: Float[Tensor, "w r"], columns: Float[Tensor, "w k"], budget: float
) -> Float[Tensor, "w s"]:
    """Directions with those added that leave at most `budget` of the columns' squares."""
    beyond = columns
    for _ in range(2):
        # once is not enough in single precision
        beyond = beyond - found @ (found.T @ beyond)
    values, vectors = torch.linalg.eigh((beyond.T @ beyond).double())
    kept = values.clamp_min(0.0).cumsum(dim=0) > budget
    if not bool(kept.any()):
        return found
    added = beyond @ vectors[:, kept].float()
    added = added - found @ (found.T @ added)
    return torch.cat([found, torch.linalg.qr(added).Q], dim=1)
