"""The built-in head resampled to any number of vertices and faces, and what rides on it. Knows no format."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.ndimage import gaussian_filter1d, minimum_filter1d
from scipy.sparse import csr_matrix
from scipy.spatial import Delaunay

from facescale.geometry.rays import RayHits
from facescale.geometry.sites import Sites, points_at
from facescale.geometry.surface import SurfaceBvh
from facescale.heads.builtin.head import load_builtin
from facescale.heads.linear import LinearHead

CENTRE = (0.0, -10.0, -75.0)
"""mm: from where all outer skin but folds of ears and lids is seen."""
AXES = {"head": (0.0, 1.0, 0.12), "face": (0.0, 0.0, 1.0)}
"""Towards the middle of the sheet: away from the neck, or out of the face."""
OPENINGS = {"head": math.radians(168), "face": math.radians(80)}
"""From that axis to the rim."""
FAR = 500.0
TRIANGLE = 3
RIM_STEPS = 240
RIM_MARGIN = 0.03
"""Radians that the rim stays within the head."""
VERTICES_A_PASS = 3000
"""Of smoothing: the finer the sheet, the more passes reach as far."""
GOLDEN = math.pi * (3 - math.sqrt(5))


@dataclass(frozen=True, kw_only=True)
class Resampled:
    """A sheet over the built-in head's outer skin."""

    head: LinearHead
    sites: Sites
    """Each vertex on the built-in head."""
    vertices: Float[np.ndarray, "v 3"]
    """mm in the head frame."""
    faces: Int[np.ndarray, "f 3"]

    def carried(self, block: str) -> Float[np.ndarray, "v 3 k"]:
        """Displacements of the built-in head's block at the vertices, mm."""
        start = 0
        for entry in self.head.blocks:
            if entry.name == block:
                basis = self.head.basis[..., start : start + entry.size].permute(2, 0, 1).contiguous()
                moved = points_at(basis, self.head.faces, self.sites)
                return moved.permute(1, 2, 0).double().numpy()
            start += entry.size
        raise ValueError(f"expected a block of the built-in head, got {block!r}")

    def landmarks(self) -> Sites:
        """The 68 landmarks on the sheet."""
        points = points_at(self.head.mean_vertices()[None], self.head.faces, self.head.landmarks["ibug68"])
        tree = SurfaceBvh(torch.from_numpy(self.vertices)[None].float(), torch.from_numpy(self.faces))
        found = tree.closest(points.float()).sites
        return Sites(face=found.face[0], barycentric=found.barycentric[0])


def resampled(vertices: int, faces: int, extent: str = "head") -> Resampled:
    """Spread a sheet of triangles over the outer skin.

    A spherical cap of points, `2 v - 2 - f` of them on its rim, has exactly f triangles; rays from the middle
    of the head carry it onto the skin.

    Args:
        vertices: exactly so many.
        faces: exactly so many.
        extent: "head", open at the neck, or "face", from ear to ear.

    Raises:
        ValueError: numbers that no such sheet has.
    """
    rim = 2 * vertices - 2 - faces
    if not TRIANGLE <= rim < vertices:
        raise ValueError(f"expected 3 to {vertices} vertices on the rim, got {rim}: no disc has so many faces")
    share, angle, triangles = _cap(vertices, rim, OPENINGS[extent])
    assert len(triangles) == faces
    head = load_builtin()
    sites, points = _onto(head, share, angle, triangles, extent)
    return Resampled(head=head, sites=sites, vertices=points, faces=_outwards(points, triangles))


def _cap(count: int, rim: int, opening: float) -> tuple[np.ndarray, np.ndarray, Int[np.ndarray, "f 3"]]:
    """Points evenly over a spherical cap, tilts from its axis and angles around it, and their triangles."""
    inner = np.arange(count - rim)
    lowest = math.cos(opening * (1 - 1 / math.sqrt(count)))
    tilt = np.concatenate([np.arccos(1 - (1 - lowest) * (inner + 0.5) / len(inner)), np.full(rim, opening)])
    angle = np.concatenate([inner * GOLDEN, 2 * math.pi * np.arange(rim) / rim])
    angle = np.arctan2(np.sin(angle), np.cos(angle))
    # circles stay circles from the pole opposite, so flat Delaunay triangles are the sphere's
    flat = np.tan(tilt / 2)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return tilt / opening, angle, Delaunay(flat).simplices.astype(np.int32)


def _onto(
    head: LinearHead, share: np.ndarray, angle: np.ndarray, faces: np.ndarray, extent: str
) -> tuple[Sites, Float[np.ndarray, "v 3"]]:
    """Take each point its share of the way from the axis to the edge of the head, and out to the skin."""
    mean = head.mean_vertices()
    # with all that lies within: looks between the lips must end somewhere
    tree = SurfaceBvh(mean[None], head.faces)
    rim = _rim(tree, extent)
    opening = np.interp(angle, np.linspace(-math.pi, math.pi, RIM_STEPS + 1), np.append(rim, rim[0]))
    hits, ways = _cast(tree, share * opening, angle, extent)
    assert bool(hits.front.all())
    sites = Sites(face=hits.sites.face[0], barycentric=hits.sites.barycentric[0])
    away = FAR - hits.length[0].double().numpy()
    return sites, np.asarray(CENTRE) + _smooth(away, faces)[:, None] * ways


def _cast(tree: SurfaceBvh, tilt: np.ndarray, angle: np.ndarray, extent: str) -> tuple[RayHits, np.ndarray]:
    """Look at the head's middle from far away, at these angles from and around the axis."""
    up, side = np.asarray(AXES[extent]), np.array([1.0, 0.0, 0.0])
    up = up / np.linalg.norm(up)
    around = np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * np.cross(up, side)
    ways = np.cos(tilt)[:, None] * up + np.sin(tilt)[:, None] * around
    origins = torch.from_numpy(np.asarray(CENTRE) + FAR * ways).float()[None]
    return tree.first_hit(origins, torch.from_numpy(-ways).float()[None]), ways


def _rim(tree: SurfaceBvh, extent: str) -> Float[np.ndarray, "a"]:
    """How far from the axis the head goes on without a gap, around it, made even."""
    tilts = np.linspace(0, OPENINGS[extent], RIM_STEPS)
    angles = np.linspace(-math.pi, math.pi, RIM_STEPS, endpoint=False)
    tilt, angle = (grid.ravel() for grid in np.meshgrid(tilts, angles))
    # looks through the open neck end within the skull
    hit = _cast(tree, tilt, angle, extent)[0].front[0].numpy().reshape(RIM_STEPS, RIM_STEPS)
    reach = tilts[np.cumprod(hit, axis=1).sum(axis=1) - 1] - RIM_MARGIN
    lowest = minimum_filter1d(reach, RIM_STEPS // 12, mode="wrap")
    return gaussian_filter1d(lowest, RIM_STEPS / 48, mode="wrap")


def _smooth(values: Float[np.ndarray, "v"], faces: Int[np.ndarray, "f 3"]) -> Float[np.ndarray, "v"]:
    """Even out what a coarse sheet makes of lids, lips and nostrils."""
    sides = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    rows, columns = np.concatenate([sides, sides[:, ::-1]]).T
    graph = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(values),) * 2)
    graph.data[:] = 1.0
    degree = np.asarray(graph.sum(axis=1)).ravel()
    for _ in range(max(1, round(len(values) / VERTICES_A_PASS))):
        values = 0.5 * values + 0.5 * (graph @ values) / degree
    return values


def _outwards(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Every face turned so that it looks away from the middle."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    inward = ((np.cross(b - a, c - a)) * ((a + b + c) / 3 - CENTRE)).sum(axis=1) < 0
    faces = faces.copy()
    faces[inward] = faces[inward][:, ::-1]
    return np.ascontiguousarray(faces)


def ball(
    centre: Float[np.ndarray, "3"], radius: float, rings: int, segments: int
) -> tuple[np.ndarray, np.ndarray]:
    """A closed sphere of 2 + rings * segments vertices and 2 * rings * segments faces."""
    tilt = math.pi * (np.arange(rings) + 1) / (rings + 1)
    around = 2 * math.pi * np.arange(segments) / segments
    grid = np.stack(
        [
            np.sin(tilt)[:, None] * np.cos(around),
            np.sin(tilt)[:, None] * np.sin(around),
            np.broadcast_to(np.cos(tilt)[:, None], (rings, segments)),
        ],
        axis=-1,
    ).reshape(-1, 3)
    points = centre + radius * np.concatenate([[[0, 0, 1.0]], grid, [[0, 0, -1.0]]])
    cell = 1 + np.arange(rings * segments).reshape(rings, segments)
    right = np.roll(cell, -1, axis=1)
    last = len(points) - 1
    caps = [np.stack([np.zeros(segments, int), cell[0], right[0]], 1)]
    caps.append(np.stack([np.full(segments, last), right[-1], cell[-1]], 1))
    sides = [np.stack([cell[:-1], cell[1:], right[1:]], -1), np.stack([cell[:-1], right[1:], right[:-1]], -1)]
    return points, np.concatenate([*caps, *(side.reshape(-1, 3) for side in sides)]).astype(np.int32)


def smooth_fields(
    points: Float[np.ndarray, "v 3"], count: int, rng: np.random.Generator, *, first: float, last: float
) -> Float[np.ndarray, "v 3 k"]:
    """Random smooth displacements, the strongest and longest of wave first.

    Args:
        points: mm.
        count: of fields.
        rng: all randomness.
        first: root mean square of the first field.
        last: of the last one; between them they fall geometrically.
    """
    fields = np.empty((len(points), 3, count))
    strength = np.geomspace(first, last, count)
    lengths = np.geomspace(160.0, 40.0, count)
    for k in range(count):
        ways = rng.normal(size=(6, 3))
        waves = 2 * math.pi * ways / np.linalg.norm(ways, axis=1, keepdims=True) / lengths[k]
        phase = points @ waves.T + rng.uniform(0, 2 * math.pi, 6)
        field = np.cos(phase) @ rng.normal(size=(6, 3))
        fields[..., k] = field * strength[k] / np.sqrt((field**2).sum(axis=1).mean())
    return fields
