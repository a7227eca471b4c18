"""From vertex masks to face lists. Knows nothing of any one head model."""

from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.heads.template import AbstractTemplateHead


def region_faces(head: AbstractTemplateHead, region: str) -> Int[Tensor, "m"]:
    """Indices of the faces whose three corners lie in a region, ascending.

    Raises:
        ValueError: the head has no such region.
    """
    if region not in head.regions:
        msg = f"expected one of the regions {sorted(head.regions)}, got {region!r}"
        raise ValueError(msg)
    return head.regions[region][head.faces].all(dim=1).nonzero()[:, 0].int()


def inside_polygon(points: Float[Tensor, "n 2"], polygon: Float[Tensor, "m 2"]) -> Bool[Tensor, "n"]:
    """Whether points lie within a closed polygon, by the even-odd rule."""
    start, stop = polygon[None], polygon.roll(-1, dims=0)[None]
    x, y = points[:, :1], points[:, 1:]
    spans = (start[..., 1] > y) != (stop[..., 1] > y)
    slope = (stop[..., 0] - start[..., 0]) / (stop[..., 1] - start[..., 1])
    left = x < start[..., 0] + slope * (y - start[..., 1])
    return (spans & left).sum(dim=1) % 2 == 1


def distance_to_polygon(points: Float[Tensor, "n 2"], polygon: Float[Tensor, "m 2"]) -> Float[Tensor, "n"]:
    """Distance of points to the nearest place on a closed polygon's line."""
    along = polygon.roll(-1, dims=0) - polygon
    away = points[:, None] - polygon
    share = ((away * along).sum(dim=-1) / along.square().sum(dim=-1)).clamp(0, 1)
    return (away - share[..., None] * along).norm(dim=-1).amin(dim=1)
