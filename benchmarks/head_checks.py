"""Measures of a head's geometry: crossing faces, closed surfaces, closing lids, how far random heads differ."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from benchmarks.head_anatomy import EYES, Anatomy, landmarks_of
from benchmarks.ict_judge import RADIUS_MM
from facescale.geometry.alignment import align
from facescale.geometry.surface import SurfaceBvh
from facescale.geometry.tetrahedra import fill
from facescale.geometry.topology import boundary_loops
from facescale.geometry.watertight import surface_faults, with_lids

TOLERANCE_MM = 0.01
SLIT_STEP_MM = 0.05
SLIT_COLUMN_MM = 0.5
MARGIN_MM = 2.0
BEHIND_MM = 60.0


@dataclass(frozen=True, kw_only=True)
class CrossingCount:
    """Crossing faces of one shape."""

    lips: int
    """Pairs that both lie at the lips: contact when closing."""
    elsewhere: int
    deepest_mm: float
    """Of those elsewhere; 0 without any."""
    place: tuple[float, float, float]
    """Where the deepest is, mm."""

    def __str__(self) -> str:
        where = f", deepest {self.deepest_mm:.3f} mm at {self.place}" if self.elsewhere else ""
        return f"{self.elsewhere}{where}" + (f" (and {self.lips} at the lips)" if self.lips else "")


def crossings(anatomy: Anatomy, vertices: Float[Tensor, "v 3"], among: Tensor | None = None) -> CrossingCount:
    """Count crossings of one shape.

    Args:
        anatomy: of its head.
        vertices: mm.
        among: [f] a mask of faces, or [f] numbers of parts of which only different ones may cross, -1 for
            none; None takes every pair.
    """
    keep = torch.ones(len(anatomy.faces), dtype=torch.bool) if among is None else among >= 0
    kept = keep.nonzero()[:, 0]
    found = SurfaceBvh(vertices[None], anatomy.faces[kept]).crossings(TOLERANCE_MM)
    pairs, depth = kept[found.faces], found.depth
    if among is not None:
        apart = among[pairs[:, 0]] != among[pairs[:, 1]]
        pairs, depth = pairs[apart], depth[apart]
    lips = anatomy.near_lips(vertices)[pairs].all(1)
    others, deep = pairs[~lips], depth[~lips]
    worst = int(deep.argmax()) if len(deep) else -1
    place = vertices[anatomy.faces[others[worst]]].mean(dim=(0, 1)).tolist() if len(deep) else (0.0, 0.0, 0.0)
    x, y, z = (round(value, 1) for value in place)
    return CrossingCount(
        lips=int(lips.sum()),
        elsewhere=len(others),
        deepest_mm=float(deep[worst]) if len(deep) else 0.0,
        place=(x, y, z),
    )


def lid_crossings(anatomy: Anatomy, vertices: Float[Tensor, "v 3"]) -> CrossingCount:
    """Crossings of skin and eyeballs alone."""
    part = torch.where(anatomy.skin, 0, -1)
    for mask in anatomy.eyeballs.values():
        part[mask] = 1
    return crossings(anatomy, vertices, part)


def slit_mm(anatomy: Anatomy, vertices: Float[Tensor, "v 3"], side: str) -> float:
    """Height of the widest place at which an eyeball shows between its lids, from the front."""
    marks = landmarks_of(anatomy.head, vertices)[EYES[side]]
    (left, low, _), (right, high, _) = marks.amin(0).tolist(), marks.amax(0).tolist()
    x = torch.arange(left + MARGIN_MM / 2, right - MARGIN_MM / 2, SLIT_COLUMN_MM)
    # A closed upper lid has sunk to the lower one: look well below both.
    y = torch.arange(low - 3 * MARGIN_MM, high + 3 * MARGIN_MM, SLIT_STEP_MM)
    grid = torch.cartesian_prod(x, y)
    start = torch.column_stack([grid, torch.full((len(grid),), float(marks[:, 2].max()) + BEHIND_MM)])
    down = torch.tensor([0.0, 0, -1]).expand_as(start)
    hit = SurfaceBvh(vertices[None], anatomy.faces).first_hit(start[None], down[None]).sites.face[0]
    ball = anatomy.eyeballs[side][hit.clamp_min(0)] & (hit >= 0)
    return float(ball.reshape(len(x), len(y)).sum(1).max()) * SLIT_STEP_MM


def vertex_deviation(anatomy: Anatomy, shapes: Float[Tensor, "b v 3"]) -> Float[Tensor, "b"]:
    """Mean distance in mm of skin vertices near the nose from the mean head's, after rigid alignment."""
    mean = anatomy.head.mean_vertices()
    near = anatomy.skin_vertices & ((mean - mean[anatomy.nose_tip]).norm(dim=1) < RADIUS_MM)
    target = mean[near].expand(len(shapes), -1, -1)
    moved = align(shapes[:, near], target)(shapes[:, near])
    return (moved - target).norm(dim=2).mean(dim=1)


@dataclass(frozen=True, kw_only=True)
class Closure:
    """Whether the skin with its sockets is a closed surface but for the neck, and fills with tetrahedra."""

    openings: int
    faults: str
    """Of the surface with lids on its openings."""
    filled: str
    sound: bool


def closure(anatomy: Anatomy, vertices: Float[Tensor, "v 3"]) -> Closure:
    """Close the neck and fill the space between skin and sockets, where `tetgen` is installed."""
    skin = anatomy.faces[anatomy.skin]
    try:
        openings = len(boundary_loops(skin))
        points, closed = with_lids(vertices.double(), skin)
    except ValueError as error:
        return Closure(openings=-1, faults=str(error), filled="not tried", sound=False)
    faults = surface_faults(closed)
    try:
        solid = fill(points, closed)
        a, b, c, d = solid.vertices[solid.elements].unbind(1)
        volume = float((torch.linalg.cross(b - a, c - a) * (d - a)).sum() / 6e6)
        filled, sound = f"{len(solid.elements)} tetrahedra, {volume:.2f} litres", openings == 1 and not faults
    except ImportError as error:
        filled, sound = str(error), openings == 1 and not faults
    except ValueError as error:
        filled, sound = str(error), False
    return Closure(openings=openings, faults=str(faults), filled=filled, sound=sound)


def open_pieces(anatomy: Anatomy) -> Bool[Tensor, "p"]:
    """Which pieces other than the skin are not closed surfaces."""
    others = anatomy.piece[~anatomy.skin].unique().tolist()
    return torch.tensor([bool(surface_faults(anatomy.faces[anatomy.piece == number])) for number in others])
