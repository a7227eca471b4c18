"""What heads compute at sites alone: weighted sums of a basis' rows, and the few vertices that sites lie on."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites

FEW = 1 / 4
"""Sites whose corners number less than this share of the vertices are evaluated at their corners alone."""


def few_corners(
    faces: Int[Tensor, "f 3"], sites: Sites, vertices: int
) -> tuple[Int[Tensor, "u"], Int[Tensor, "g 3"], Sites] | None:
    """The vertices that sites lie on, and the sites on faces of those vertices alone.

    Args:
        faces: of the whole shape.
        sites: on it.
        vertices: that it has.

    Returns:
        Vertices, faces by their place among them, one a site, and the sites; None where they are not few.
    """
    if 3 * sites.face.numel() >= FEW * vertices:
        return None
    corners = faces[sites.face.clamp_min(0)].long()
    used, flat = torch.unique(corners, return_inverse=True)
    every = torch.arange(sites.face.numel()).to(flat).view_as(sites.face)
    own = Sites(face=torch.where(sites.face < 0, -1, every), barycentric=sites.barycentric)
    return used, flat.reshape(-1, 3), own


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
