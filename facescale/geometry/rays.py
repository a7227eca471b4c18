"""First hits of rays on triangles: the result type and the float64 twin. Knows nothing of trees or cameras."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites


@dataclass(frozen=True, kw_only=True)
class RayHits:
    """For each ray the first face that it meets, from either side."""

    sites: Sites
    """Face within the ray's own shape; -1 for a miss and for a ray of zero, infinite or NaN direction."""
    length: Float[Tensor, "b n"]
    """From origin to hit in the unit of the vertices, whatever the direction's norm; infinity for a miss."""
    front: Bool[Tensor, "b n"]
    """True where the ray comes from the side that the counter-clockwise face looks to."""


def first_hit_reference(
    origins: Float[Tensor, "n 3"], directions: Float[Tensor, "n 3"], corners: Float[Tensor, "f 3 3"]
) -> tuple[Float[Tensor, "n"], Int[Tensor, "n"], Float[Tensor, "n 3"]]:
    """First hits by trying every face in float64, the twin of `SurfaceBvh.first_hit`.

    A face's boundary belongs to it; a face without area and a ray within a face's plane never meet.

    Returns:
        Lengths (infinity for a miss), face indices (-1 for a miss) and barycentrics, in float64.
    """
    a, b, c = corners.double().unbind(1)
    origin, way = origins.double()[:, None], directions.double()[:, None]
    way = way / way.norm(dim=-1, keepdim=True)
    # Signed volumes of the ray with each edge: their shares are the barycentrics of the piercing point.
    to_a, to_b, to_c = a - origin, b - origin, c - origin
    volumes = torch.stack(
        [(torch.linalg.cross(x, y) * way).sum(-1) for x, y in ((to_c, to_b), (to_a, to_c), (to_b, to_a))],
        dim=-1,
    )
    total = volumes.sum(-1)
    inside = ((volumes >= 0).all(-1) | (volumes <= 0).all(-1)) & (total != 0)
    weights = volumes / total.where(total != 0, 1.0)[..., None]
    foot = (weights[..., None] * torch.stack([to_a, to_b, to_c], dim=-2)).sum(-2)
    along = (foot * way).sum(-1)
    length, face = along.where(inside & (along >= 0), torch.inf).min(dim=1)
    rows = torch.arange(len(origins), device=origins.device)
    hit = length.isfinite()
    return length, face.where(hit, -1), weights[rows, face] * hit[:, None]
