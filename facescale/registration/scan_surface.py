"""A scan as something to draw points from: checked, recentred, of bounded cost whatever its size. numpy only.

Knows nothing of heads, units or poses: everything here is in the scan's native unit.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from facescale.structures.errors import CaptureRejected
from facescale.structures.mesh import Mesh

LEAST_VERTICES = 300
"""Fewer cannot show a head."""
MOST_FACES = 400_000
"""A random part of a finer scan stands for the whole: points are drawn thousands of times sparser."""
MOST_CLOUD_POINTS = 400_000
MOST_BAD = 0.2
"""Share of vertices that may be NaN or infinite and are then left out."""
AREA_PER_VOXEL = 1 / 1.5
"""Mean area of a surface within an occupied voxel, in squared voxels: a plane of random tilt crosses 1.5
voxels per unit of area."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Points drawn by area."""

    positions: np.ndarray
    """(n, 3) float64, native unit, relative to the surface's origin."""
    normals: np.ndarray
    """(n, 3) float64 unit, as the faces wind or the file says; zero where unknown."""
    area: float
    """Native area that one point stands for."""
    held_out: np.ndarray
    """(n,) bool: on one of the half of the faces (or cloud vertices) that never drive a fit. The halves are
    fixed by the faces' indices, so that no face is ever in both."""


@dataclass(frozen=True, kw_only=True)
class ScanSurface:
    """What points are drawn from."""

    origin: np.ndarray
    """(3,) float64: subtracted from the native coordinates, so that far-off scans keep their digits."""
    vertices: np.ndarray
    """(v, 3) float64, relative to `origin`; not finite ones stand at zero and no face uses them."""
    faces: np.ndarray
    """(f, 3); (0, 3) for a cloud."""
    cloud: np.ndarray
    """(m,) indices of the vertices that a cloud is drawn from; empty for a mesh."""
    vertex_normals: np.ndarray | None
    """(v, 3) as the file gave them."""
    fraction: float
    """Share of the scan's faces or points that is held here."""
    notes: tuple[str, ...]
    winding: float = 1.0
    """-1 where the faces, and the file's normals, turn out to face inwards."""

    @property
    def is_cloud(self) -> bool:
        """Whether the scan has no faces."""
        return len(self.faces) == 0

    @cached_property
    def first(self) -> np.ndarray:
        """(f or m, 3) float32: the first corner of each face, or each of the cloud's points."""
        return self.vertices[self.cloud if self.is_cloud else self.faces[:, 0]].astype(np.float32)

    @cached_property
    def areas(self) -> np.ndarray:
        """(f,) native area of each face; wherever it is not finite, zero."""
        a = self.first
        ab, ac = (self.vertices[self.faces[:, k]].astype(np.float32) - a for k in (1, 2))
        x = ab[:, 1] * ac[:, 2] - ab[:, 2] * ac[:, 1]
        y = ab[:, 2] * ac[:, 0] - ab[:, 0] * ac[:, 2]
        z = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
        return 0.5 * np.sqrt(x * x + y * y + z * z, dtype=np.float64)


def scan_surface(scan: Mesh, rng: np.random.Generator) -> ScanSurface:
    """Check a scan and make it ready to be drawn from, in time that hardly grows with its size.

    Args:
        scan: in its native unit.
        rng: chooses the part that stands for a very fine scan.

    Raises:
        CaptureRejected: "too-few-vertices", "not-finite", "bad-face-index", "no-extent".
    """
    count = len(scan.vertices)
    if count < LEAST_VERTICES:
        raise CaptureRejected(
            "too-few-vertices",
            f"expected a head of at least {LEAST_VERTICES} vertices, found {count}",
            "check that the export is complete",
        )
    finite = np.asarray(np.isfinite(scan.vertices).all(axis=1))
    bad = count - int(finite.sum())
    if bad > MOST_BAD * count:
        raise CaptureRejected(
            "not-finite",
            f"expected finite vertices, found {bad} of {count} with NaN or infinity",
            "export the scan again",
        )
    notes = (f"{bad} vertices with NaN or infinity left out",) if bad else ()
    faces, cloud, fraction = _elements(scan, finite, rng)
    used = np.flatnonzero(finite)[:: max(1, count // 20_000)]
    origin = np.median(scan.vertices[used].astype(np.float64), axis=0)
    vertices = np.where(finite[:, None], scan.vertices - origin, 0.0) if bad else scan.vertices - origin
    if not np.ptp(vertices[used], axis=0).max() > 0:
        raise CaptureRejected("no-extent", "expected a surface, found all vertices at one point")
    return ScanSurface(
        origin=origin,
        vertices=vertices,
        faces=faces,
        cloud=cloud,
        vertex_normals=scan.normals,
        fraction=fraction,
        notes=notes,
    )


def _elements(scan: Mesh, finite: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    """The faces and cloud vertices that are drawn from, and the share of all that they are."""
    none = np.zeros(0, dtype=np.int64)
    if len(scan.faces):
        low, high = int(scan.faces.min()), int(scan.faces.max())
        if low < 0 or high >= len(scan.vertices):
            raise CaptureRejected(
                "bad-face-index",
                f"expected face indices within 0..{len(scan.vertices) - 1}, found {low}..{high}",
                "export the scan again",
            )
        faces = scan.faces
        share = min(1.0, MOST_FACES / len(faces))
        if share < 1:
            faces = faces[_some(len(faces), MOST_FACES, rng)]
        if not finite.all():
            faces = faces[finite[faces].all(axis=1)]
        if len(faces):
            return faces, none, share
    cloud = np.flatnonzero(finite)
    share = min(1.0, MOST_CLOUD_POINTS / len(cloud))
    if share < 1:
        cloud = cloud[_some(len(cloud), MOST_CLOUD_POINTS, rng)]
    return scan.faces[:0], cloud, share


def _some(count: int, wanted: int, rng: np.random.Generator) -> np.ndarray:
    """About `wanted` of `count` indices, ascending, one at random from each of as many equal stretches."""
    steps = (np.arange(wanted) + rng.random(wanted)) * (count / wanted)
    return np.minimum(steps.astype(np.int64), count - 1)


def faces_inwards(drawn: Drawn) -> bool:
    """Whether most normals point towards the middle of the points, as they do on no head or part of one."""
    away = drawn.positions - np.median(drawn.positions, axis=0)
    return bool(np.einsum("ij,ij->", away, drawn.normals) < 0)


def within(surface: ScanSurface, centre: np.ndarray, radius: float) -> np.ndarray:
    """Which faces, or cloud vertices, begin within a ball: a mask over them, for `draw`."""
    away = surface.first - centre.astype(np.float32)
    return np.einsum("ij,ij->i", away, away) < radius * radius


def draw(
    surface: ScanSurface, count: int, rng: np.random.Generator, *, mask: np.ndarray | None = None
) -> Drawn:
    """Draw points evenly by area, in random order.

    Args:
        surface: where from.
        count: how many; a cloud may give fewer.
        rng: where and in which order.
        mask: only from these faces or cloud vertices.
    """
    if surface.is_cloud:
        index = np.arange(len(surface.cloud)) if mask is None else np.flatnonzero(mask)
        return _draw_cloud(surface, index, count, rng)
    return _draw_faces(surface, surface.areas if mask is None else surface.areas * mask, count, rng)


def nothing() -> Drawn:
    """No points."""
    empty = np.zeros((0, 3))
    return Drawn(positions=empty, normals=empty, area=0.0, held_out=np.zeros(0, dtype=bool))


def _in_held_out_half(index: np.ndarray) -> np.ndarray:
    """A fixed pseudo-random half of the indices: a multiplicative hash, so that no pattern of the file fits."""
    hashed = index.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return (hashed >> np.uint64(62)) & np.uint64(1) == 1


def _draw_faces(surface: ScanSurface, areas: np.ndarray, count: int, rng: np.random.Generator) -> Drawn:
    ends = np.cumsum(areas)
    total = float(ends[-1])
    if count == 0 or not total > 0:
        return nothing()
    # one point from each of `count` equal stretches of area: more even than independent draws
    at = (np.arange(count) + rng.random(count)) * (total / count)
    face = rng.permutation(np.minimum(np.searchsorted(ends, at, side="right"), len(ends) - 1))
    a, b, c = (surface.vertices[surface.faces[face, k]] for k in range(3))
    u, v = np.sqrt(rng.random(count))[:, None], rng.random(count)[:, None]
    normal = np.cross(b - a, c - a) * surface.winding
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    return Drawn(
        positions=(1 - u) * a + u * (1 - v) * b + u * v * c,
        normals=np.divide(normal, length, out=np.zeros((count, 3)), where=length > 0),
        area=total / surface.fraction / count,
        held_out=_in_held_out_half(face),
    )


def _draw_cloud(surface: ScanSurface, index: np.ndarray, count: int, rng: np.random.Generator) -> Drawn:
    """One vertex an occupied voxel, the voxel sized so that about `count` are occupied."""
    if count == 0 or len(index) == 0:
        return nothing()
    chosen = surface.cloud[index]
    points = surface.vertices[chosen]
    low = points.min(axis=0)
    voxel = max(float(np.ptp(points, axis=0).max()) / 64, 1e-12)
    order = rng.permutation(len(points))
    first = order
    for _ in range(4):
        cell = ((points[order] - low) / voxel).astype(np.int64)
        key = (cell[:, 0] << 42) + (cell[:, 1] << 21) + cell[:, 2]
        first = order[np.unique(key, return_index=True)[1]]
        if 0.8 * count <= len(first) <= 1.3 * count:
            break
        # occupied voxels of a surface grow with the inverse square of their side
        voxel *= float(np.clip(np.sqrt(len(first) / count), 0.2, 5.0))
    area = AREA_PER_VOXEL * voxel * voxel * len(first) / min(count, len(first))
    taken = chosen[rng.permutation(first)[:count]]
    normals = np.zeros((len(taken), 3))
    if surface.vertex_normals is not None:
        given = surface.vertex_normals[taken].astype(np.float64) * surface.winding
        length = np.linalg.norm(given, axis=1, keepdims=True)
        np.divide(given, length, out=normals, where=(length > 0) & np.isfinite(length))
    return Drawn(
        positions=surface.vertices[taken], normals=normals, area=area, held_out=_in_held_out_half(taken)
    )
