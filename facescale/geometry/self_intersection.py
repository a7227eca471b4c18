"""Faces of a mesh that cross each other: the result type and the float64 twin. Knows nothing of trees.

Two triangles cross where no direction separates them: their two normals, the nine products of their edges and
their edges' normals within the planes are enough to ask (the separating axis theorem). The least overlap along
those is the shortest way that parts them, here called the depth of the crossing.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

FOLD_ANGLE = math.radians(1.0)
FLAT = 1e-6
"""Of the largest coordinate: faces as near to one plane as this are coplanar; float32 knows no better."""
ROUNDING = 1e-8
"""Of the largest coordinate: what float64 makes of two corners in one place is no overlap."""
PARALLEL = 1e-14
"""Squared sine of the angle below which two edges have no common normal."""


@dataclass(frozen=True, kw_only=True)
class Crossings:
    """Pairs of faces of one shape that cross, ordered by shape and face."""

    shape: Int[Tensor, "n"]
    """Row of the batch."""
    faces: Int[Tensor, "n 2"]
    """The lower index first."""
    depth: Float[Tensor, "n"]
    """Length of the shortest motion that parts the pair; within their plane for coplanar and folded ones."""

    def __len__(self) -> int:
        return len(self.shape)


def crossings_reference(
    corners: Float[Tensor, "f 3 3"], *, tolerance: float, fold_angle: float = FOLD_ANGLE, chunk: int = 1 << 16
) -> tuple[Int[Tensor, "n 2"], Float[Tensor, "n"]]:
    """Find crossings by trying every pair in float64, the twin of `SurfaceBvh.crossings`.

    Args:
        corners: of each face.
        tolerance: as for `SurfaceBvh.crossings`.
        fold_angle: as for `SurfaceBvh.crossings`.
        chunk: pairs that are held in memory at once.

    Returns:
        Pairs, the lower index first, in ascending order, and their depths.
    """
    corners = corners.double()
    pairs = torch.combinations(torch.arange(len(corners)), 2)
    low, high = corners.amin(1), corners.amax(1)
    first, second = pairs.unbind(1)
    pairs = pairs[((low[first] <= high[second]) & (low[second] <= high[first])).all(1)]
    depths = [
        crossing_depth(corners[part[:, 0]], corners[part[:, 1]], tolerance=tolerance, fold_angle=fold_angle)
        for part in pairs.split(chunk)
    ]
    depth = torch.cat(depths) if depths else corners.new_zeros(0)
    return pairs[depth > 0], depth[depth > 0]


def crossing_depth(
    a: Float[Tensor, "n 3 3"], b: Float[Tensor, "n 3 3"], *, tolerance: float, fold_angle: float = FOLD_ANGLE
) -> Float[Tensor, "n"]:
    """Depth of each pair's crossing; zero where they do not cross by more than `tolerance`."""
    size = torch.cat([a, b], dim=1).abs().amax(dim=(1, 2))
    b, a = b - a[:, :1], a - a[:, :1]
    edges_a, edges_b = a.roll(-1, 1) - a, b.roll(-1, 1) - b
    normal_a, normal_b = (
        _common_normal(edges_a[:, 0], edges_a[:, 2]),
        _common_normal(edges_b[:, 0], edges_b[:, 2]),
    )
    products = _common_normal(edges_a[:, :, None], edges_b[:, None, :]).flatten(1, 2)
    across = torch.stack([normal_a, normal_b], dim=1)
    larger = normal_a.square().sum(-1) >= normal_b.square().sum(-1)
    plane = torch.where(larger[:, None], normal_a, normal_b)
    within = torch.linalg.cross(plane[:, None], torch.cat([edges_a, edges_b], dim=1))
    folded, joined = _folds(a, b, fold_angle)
    coplanar = (_heights(across, a, b) <= (FLAT * size)[:, None]).all(1) & (across != 0).any(2).all(1)
    in_plane = _least_overlap(a, b, within)
    in_space = torch.minimum(_least_overlap(a, b, torch.cat([across, products], dim=1)), in_plane)
    depth = torch.where(folded | (coplanar & ~joined), in_plane, in_space)
    depth = depth.where(~joined | folded, 0.0)
    return depth.where((depth > tolerance) & (depth > ROUNDING * size) & depth.isfinite(), 0.0)


def _common_normal(e: Tensor, f: Tensor) -> Tensor:
    """Cross product; zero for vectors that are parallel but for rounding."""
    normal = torch.linalg.cross(*torch.broadcast_tensors(e, f))
    usable = normal.square().sum(-1) > PARALLEL * e.square().sum(-1) * f.square().sum(-1)
    return normal * usable[..., None]


def _heights(across: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """How far each triangle reaches from the other's plane [n 2]; zero from one that has no plane."""
    length = across.norm(dim=-1, keepdim=True)
    unit = across / length.where(length > 0, 1.0)
    from_a = ((b - a[:, :1]) * unit[:, :1]).sum(-1).abs().amax(1)
    from_b = ((a - b[:, :1]) * unit[:, 1:]).sum(-1).abs().amax(1)
    return torch.stack([from_a, from_b], dim=1)


def _least_overlap(a: Tensor, b: Tensor, axes: Tensor) -> Tensor:
    """Least overlap [n] of the triangles' shadows along axes [n k 3]; negative where one separates them."""
    length = axes.norm(dim=-1)
    unit = axes / length.where(length > 0, 1.0)[..., None]
    on_a, on_b = unit @ a.mT, unit @ b.mT
    overlap = torch.minimum(on_a.amax(-1) - on_b.amin(-1), on_b.amax(-1) - on_a.amin(-1))
    return overlap.where(length > 0, torch.inf).amin(1)


def _folds(a: Tensor, b: Tensor, fold_angle: float) -> tuple[Tensor, Tensor]:
    """Whether triangles are folded onto each other along a common edge, and whether they have one at all."""
    same = (a[:, :, None] == b[:, None, :]).all(-1)
    joined = (same.any(2).sum(1) == 2) & (same.any(1).sum(1) == 2)  # noqa: PLR2004 - the ends of an edge
    rows = torch.arange(len(a))
    free_a, free_b = (~same.any(2)).int().argmax(1), (~same.any(1)).int().argmax(1)
    start = a[rows, (free_a + 1) % 3]
    edge = a[rows, (free_a + 2) % 3] - start
    ways = torch.stack([a[rows, free_a] - start, b[rows, free_b] - start], dim=1)
    squared = edge.square().sum(-1).clamp_min(1e-300)
    ways = ways - ((ways * edge[:, None]).sum(-1) / squared[:, None])[..., None] * edge[:, None]
    angle = torch.atan2(
        torch.linalg.cross(ways[:, 0], ways[:, 1]).norm(dim=-1), (ways[:, 0] * ways[:, 1]).sum(-1)
    )
    return joined & (angle < fold_angle), joined
