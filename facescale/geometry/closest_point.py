"""Closest points on triangles: the result type, its differentiable distance and the float64 twin.

Knows nothing of trees; `geometry/surface.py` owns those.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites, points_at


@dataclass(frozen=True, kw_only=True)
class ClosestPoints:
    """For each query the nearest point of its shape."""

    sites: Sites
    """Face within the query's own shape; -1 beyond the maximum distance and for a query that is not finite."""
    points: Float[Tensor, "b n 3"]
    """The nearest points; zero where the face is -1."""
    distance: Float[Tensor, "b n"]
    """Unsigned; infinity where nothing is near enough, NaN where the query is not finite."""


def site_distance(
    points: Float[Tensor, "b n 3"],
    vertices: Float[Tensor, "b v 3"],
    faces: Int[Tensor, "f 3"],
    sites: Sites,
) -> Float[Tensor, "b n"]:
    """Distance from points to sites that are held fixed on the surface.

    At closest points the first derivative is that of the true distance, since the site's own movement is
    orthogonal to the residual; the gradient at distance zero is defined as zero. Face -1 gives zero.

    Differentiable in: points, vertices.
    """
    frozen = Sites(face=sites.face, barycentric=sites.barycentric.detach())
    residual = points - points_at(vertices, faces, frozen)
    squared = residual.square().sum(-1)
    usable = (squared > 0) & (sites.face >= 0)
    return torch.where(usable, squared.where(usable, torch.ones_like(squared)).sqrt(), 0.0)


def closest_point_reference(
    points: Float[Tensor, "n 3"], corners: Float[Tensor, "f 3 3"], *, chunk: int = 1 << 18
) -> tuple[Float[Tensor, "n"], Int[Tensor, "n"], Float[Tensor, "n 3"]]:
    """Closest points by trying every face in float64, the twin of `SurfaceBvh.closest`.

    A degenerate face is its edges, and an edge of no length is its end: no face is left out.

    Args:
        points: queries.
        corners: of each face.
        chunk: pairs of query and face that are held in memory at once.

    Returns:
        Distances, face indices and barycentrics, in float64.
    """
    corners = corners.double()
    parts = [_against_all(part.double(), corners) for part in points.split(max(1, chunk // len(corners)))]
    distance, face, weights = zip(*parts, strict=True)
    return torch.cat(distance), torch.cat(face), torch.cat(weights)


def _against_all(points: Tensor, corners: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Nearest of all faces for each query."""
    a, b, c = corners.unbind(1)
    inside = _plane_weights(points[:, None], a, b, c)
    nothing = torch.zeros_like(inside[..., 0])
    candidates = [inside]
    for start, end, order in ((a, b, (0, 1)), (a, c, (0, 2)), (b, c, (1, 2))):
        t = _segment_parameter(points[:, None], start, end)
        weights = [nothing, nothing, nothing]
        weights[order[0]], weights[order[1]] = 1 - t, t
        candidates.append(torch.stack(weights, dim=-1))
    weights = torch.stack(candidates)
    feet = (weights[..., None] * corners).sum(dim=-2)
    distance = (feet - points[:, None]).norm(dim=-1)
    usable = torch.stack([(inside >= 0).all(-1), *[torch.ones_like(inside[..., 0], dtype=torch.bool)] * 3])
    distance = distance.where(usable, torch.inf)
    nearest, kind = distance.min(dim=0)
    best, face = nearest.min(dim=1)
    rows = torch.arange(len(points), device=points.device)
    return best, face, weights[kind[rows, face], rows, face]


def _plane_weights(p: Tensor, a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Barycentrics of the projection onto the face's plane; negative where the face has no plane."""
    ab, ac, ap = b - a, c - a, p - a
    normal = torch.linalg.cross(ab, ac)
    area = normal.square().sum(-1)
    safe = area.where(area > 0, 1.0)
    wb = (torch.linalg.cross(ap, ac.expand_as(ap)) * normal).sum(-1) / safe
    wc = (torch.linalg.cross(ab.expand_as(ap), ap) * normal).sum(-1) / safe
    weights = torch.stack([1 - wb - wc, wb, wc], dim=-1)
    return weights.where((area > 0)[..., None], -1.0)


def _segment_parameter(p: Tensor, start: Tensor, end: Tensor) -> Tensor:
    """Where on a segment the nearest point lies, 0 at its start; 0 for a segment of no length."""
    edge = end - start
    length = edge.square().sum(-1)
    t = ((p - start) * edge).sum(-1) / length.where(length > 0, 1.0)
    return t.clamp(0, 1)
