"""Robust weights of distances. Knows nothing of where the distances come from."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

NORMAL_SPREAD = 1.4826
"""Standard deviations of a normal distribution in its median absolute deviation."""


def geman_mcclure(
    distance: Float[Tensor, "b n"], width: Float[Tensor, "b #n"]
) -> tuple[Float[Tensor, "b n"], Float[Tensor, "b n"]]:
    """Geman-McClure's loss d^2 / (1 + d^2/w^2) and its weight for iterated least squares.

    Args:
        distance: any sign; infinity is allowed and costs w^2 at weight zero, like a point without a match.
        width: where the weight has fallen to a quarter, one a lane or one a point.

    Returns:
        Loss in squared units of distance, and weight in [0, 1].
    """
    squared, ceiling = distance.square(), width.square()
    near = 1.0 / (1.0 + squared / ceiling)
    loss = torch.where(squared.isfinite(), squared * near, ceiling)
    return loss, near.square()


def spread(distance: Float[Tensor, "b n"], counted: Bool[Tensor, "b n"]) -> Float[Tensor, "b"]:
    """Robust standard deviation of distances about zero, of each lane's counted entries; NaN without any."""
    only = torch.where(counted, distance.abs(), torch.nan)
    return NORMAL_SPREAD * only.nanmedian(dim=1).values
