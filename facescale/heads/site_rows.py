"""Weighted sums of a basis' rows at sites: what every linear part of a head's Jacobian is made of."""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def weighted_rows(
    basis: Float[Tensor, "v 3 k"], corners: Int[Tensor, "b n 3"], weights: Float[Tensor, "b n 3 3"]
) -> Float[Tensor, "b n k"]:
    """Sum nine rows of a basis a site.

    Args:
        basis: contiguous, so that rows are gathered as they lie.
        corners: vertices of each site's face.
        weights: of each corner's x, y and z.

    Differentiable in: weights, first order only.
    """
    axes = torch.arange(3, device=corners.device)
    rows = 3 * corners.long()[..., None] + axes
    return torch.nn.functional.embedding_bag(
        rows.reshape(-1, 9),
        basis.reshape(3 * basis.shape[0], -1),
        mode="sum",
        per_sample_weights=weights.reshape(-1, 9),
    ).reshape(*corners.shape[:2], -1)
