"""Tetrahedra within a closed surface, by TetGen (Si 2015). The only file that touches the package `tetgen`.

TetGen is AGPL-3: it is an optional extra, run offline once a topology, and nothing else may import it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry.surface import SurfaceBvh
from facescale.geometry.watertight import enclosed_volume, surface_faults

Point = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Region:
    """A part of the inside, cut off by surfaces of its own."""

    label: int
    inside: Point
    """Any point of it, mm."""

    def __post_init__(self) -> None:
        if self.label < 1:
            raise ValueError(f"expected a label of at least 1 (0 is what no region names), got {self.label}")


@dataclass(frozen=True, kw_only=True)
class FillConfig:
    """How fine and how well-shaped the tetrahedra are."""

    max_volume: float = math.inf
    """Of a tetrahedron, mm^3; a few beside the surface, which stays, can be larger."""
    radius_edge_ratio: float = 2.0
    """Circumradius over shortest edge above which a tetrahedron is refined, with the same exception."""

    def __post_init__(self) -> None:
        if not self.max_volume > 0:
            raise ValueError(f"expected a positive volume, got {self.max_volume}")
        if not self.radius_edge_ratio > 1:
            raise ValueError(f"expected a ratio above 1, got {self.radius_edge_ratio}")


@dataclass(frozen=True, kw_only=True)
class Tetrahedra:
    """A filled surface."""

    vertices: Float[Tensor, "n 3"]
    """float64, in the frame and unit of the surface: first its vertices, then points within."""
    source: Int[Tensor, "n"]
    """The surface vertex that each vertex is, or -1 for a point within."""
    elements: Int[Tensor, "t 4"]
    """Corners; the volume (b - a) x (c - a) . (d - a) / 6 is positive."""
    labels: Int[Tensor, "t"]
    """The region that each tetrahedron lies in, 0 where none was named."""


def fill(
    vertices: Float[Tensor, "v 3"],
    faces: Int[Tensor, "f 3"],
    *,
    regions: Sequence[Region] = (),
    holes: Sequence[Point] = (),
    config: FillConfig | None = None,
) -> Tetrahedra:
    """Fill a closed surface with tetrahedra whose outer faces are exactly the surface's.

    Args:
        vertices: mm; those that no face uses are left out.
        faces: one or several closed pieces, consistently wound; pieces may lie within each other.
        regions: names for parts that inner pieces cut off.
        holes: a point in each part that stays empty, such as the cavity between skull and brain.
        config: how fine.

    Raises:
        ImportError: the optional package `tetgen` is not installed.
        ValueError: the surface is open, branches, is wound inconsistently, crosses itself, or is inside out.
    """
    tetgen = _tetgen()
    config = config or FillConfig()
    faults = surface_faults(faces)
    if faults:
        raise ValueError(f"expected a closed, consistently wound surface, got {faults}")
    used, compact = faces.long().unique(return_inverse=True)
    points = vertices.detach().cpu().double()[used.cpu()]
    if not float(enclosed_volume(points[None], compact.cpu())) > 0:
        raise ValueError("expected faces that run counter-clockwise seen from outside, got the reverse")
    # TetGen corrupts its memory on faces that cross: it must never see any.
    crossing = SurfaceBvh((points - points.mean(dim=0))[None].float(), compact.cpu()).crossings(0.0)
    if len(crossing):
        raise ValueError(_crossing_message(crossing.faces.tolist(), crossing.depth.tolist()))
    mesher = tetgen.TetGen(points.numpy(), compact.cpu().int().numpy())
    for region in regions:
        mesher.add_region(region.label, region.inside)
    for hole in holes:
        mesher.add_hole(hole)
    try:
        nodes, elements, attributes, _ = mesher.tetrahedralize(
            nobisect=True,
            minratio=config.radius_edge_ratio,
            fixedvolume=math.isfinite(config.max_volume),
            maxvolume=config.max_volume if math.isfinite(config.max_volume) else -1.0,
            regionattrib=bool(regions),
        )
    except RuntimeError as error:
        raise ValueError(f"expected a surface that TetGen can fill, got: {error}") from error
    corners, inner = torch.from_numpy(elements).long(), torch.from_numpy(nodes).double()
    assert torch.equal(inner[: len(points)], points), "TetGen moved the surface"
    source = torch.full((len(inner),), -1)
    source[: len(points)] = used.cpu()
    return Tetrahedra(
        vertices=inner,
        source=source,
        elements=_oriented(inner, corners),
        labels=_labels(torch.from_numpy(attributes), len(corners), regions),
    )


def _tetgen() -> ModuleType:
    try:
        import tetgen  # noqa: TID251 - the one place
    except ImportError as error:
        message = (
            "filling a surface needs the optional package tetgen (AGPL-3): pip install 'facescale[tetgen]'"
        )
        raise ImportError(message) from error
    return tetgen


def _crossing_message(pairs: list[list[int]], depths: list[float]) -> str:
    deepest = max(range(len(pairs)), key=depths.__getitem__)
    return (
        f"expected a surface that does not cross itself, got {len(pairs)} pairs of crossing faces, "
        f"the deepest {tuple(pairs[deepest])} by {depths[deepest]:.3g} mm"
    )


def _oriented(points: Tensor, corners: Tensor) -> Tensor:
    """Swap two corners wherever the volume is negative."""
    a, b, c, d = points[corners].unbind(1)
    turned = (torch.linalg.cross(b - a, c - a) * (d - a)).sum(-1) < 0
    return torch.where(turned[:, None], corners[:, [0, 2, 1, 3]], corners)


def _labels(attributes: Tensor, count: int, regions: Sequence[Region]) -> Tensor:
    """Region of each tetrahedron; TetGen makes up numbers for parts that nobody named."""
    if not regions:
        return torch.zeros(count, dtype=torch.long)
    labels = attributes.reshape(-1).round().long()
    named = torch.tensor([region.label for region in regions])
    return labels * torch.isin(labels, named)
