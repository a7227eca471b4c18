"""Eyebrows drawn hair by hair along the brow ridge of the mean skin. Knows nothing of colours.

Each brow has plane coordinates: millimetres along its middle from the inner end, and across it upwards.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float, Int
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.spatial import KDTree

from facescale.heads.builtin.curves import chord_lengths
from facescale.heads.builtin.regions import BROW_LINE
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.topology import skin_topology

HAIRS = 620
STEP = 0.1
"""mm a cell of the plane that hairs are drawn on."""
MARGIN = 9.0
"""mm of that plane around a brow's middle."""
# share of the length from the inner end -> half width in mm, degrees of the hairs over the brow's line, length
SHARES = (0.0, 0.06, 0.2, 0.45, 0.65, 0.85, 1.0)
HALF_WIDTHS = (2.6, 3.6, 4.1, 3.7, 2.9, 1.7, 0.5)
ANGLES = (84, 72, 48, 30, 20, 8, 2)
LENGTHS = (4.5, 5.5, 7, 7, 6.5, 6, 5)
DENSITIES = (0.5, 0.9, 1.0, 1.0, 0.95, 0.9, 0.7)
TURN_IN = 26.0
"""Degrees by which hairs of the upper edge lean down and those of the lower edge up."""
COVER = 0.9
"""How much one hair hides at its thickest."""


@dataclass(frozen=True, kw_only=True)
class BrowLine:
    """The middle of the left brow on the mean skin."""

    points: Float[np.ndarray, "n 3"]
    along: Float[np.ndarray, "n"]
    """mm from the inner end."""
    up: Float[np.ndarray, "n 3"]
    """Unit vectors across the brow, upwards along the skin."""


@cache
def brow_line() -> BrowLine:
    """The line through the typed columns and rows of the cage's grid."""
    columns, rows = np.array(BROW_LINE).T
    fine = np.linspace(columns[0], columns[-1], 200)
    points = _on_grid(fine, PchipInterpolator(columns, rows)(fine))
    above = _on_grid(fine, PchipInterpolator(columns, rows)(fine) + 1)
    tangent = np.gradient(points, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    up = above - points
    up -= np.einsum("ni,ni->n", up, tangent)[:, None] * tangent
    return BrowLine(
        points=points, along=chord_lengths(points), up=up / np.linalg.norm(up, axis=1, keepdims=True)
    )


def brow_cover(
    points: Float[np.ndarray, "n 3"], *, blur: float, density: float, seed: int
) -> Float[np.ndarray, "n 2"]:
    """How much hairs hide the skin at points of the mean skin, 0..1; and the same at a tenth of the detail.

    Args:
        points: mm in the head frame, of both sides.
        blur: standard deviation in mm of what a point stands for.
        density: 1 is common.
        seed: of the hairs; left and right differ.
    """
    line = brow_line()
    cover = np.zeros((len(points), 2))
    folded = points * np.where(points[:, :1] < 0, [[-1.0, 1.0, 1.0]], 1.0)
    distance, nearest = map(np.asarray, KDTree(line.points).query(folded, distance_upper_bound=MARGIN))
    for side in (0, 1):
        chosen = np.flatnonzero(np.isfinite(distance) & ((points[:, 0] < 0) == bool(side)))
        plane = _drawn(line.along[-1], density, (seed, 71, side))
        at = (_brow_coordinates(line, folded[chosen], nearest[chosen]) + MARGIN) / STEP - 0.5
        for channel, sigma in enumerate((blur, 1.2 + blur)):
            smooth = gaussian_filter(plane, sigma / STEP)
            cover[chosen, channel] = map_coordinates(smooth, at.T, order=1)
    return cover


def _on_grid(column: Float[np.ndarray, "n"], row: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n 3"]:
    """Points of the cage at columns and rows between its own."""
    grid, cage = skin_topology().grid, skin_cage()
    c, r = np.floor(column).astype(int), np.floor(row).astype(int)
    s, t = (column - c)[:, None], (row - r)[:, None]

    assert (grid[r, c] >= 0).all()
    assert (grid[r, c + 1] >= 0).all()

    def at(rows: Int[np.ndarray, "n"], columns: Int[np.ndarray, "n"]) -> Float[np.ndarray, "n 3"]:
        return cage[grid[rows, columns]]

    low, high = (1 - s) * at(r, c) + s * at(r, c + 1), (1 - s) * at(r + 1, c) + s * at(r + 1, c + 1)
    return (1 - t) * low + t * high


def _brow_coordinates(
    line: BrowLine, points: Float[np.ndarray, "n 3"], nearest: Int[np.ndarray, "n"]
) -> Float[np.ndarray, "n 2"]:
    tangent = np.gradient(line.points, line.along, axis=0)[nearest]
    off = points - line.points[nearest]
    past = np.einsum("ni,ni->n", off, tangent)
    across = np.linalg.norm(off - past[:, None] * tangent, axis=1)
    upwards = np.einsum("ni,ni->n", off, line.up[nearest]) >= 0
    return np.stack([line.along[nearest] + past, np.where(upwards, across, -across)], axis=1)


def _drawn(length: float, density: float, seed: tuple[int, ...]) -> Float[np.ndarray, "a b"]:
    """Cover of the plane of one brow: cells along it, then across."""
    rng = np.random.default_rng(seed)
    count = max(int(HAIRS * density), 1)
    share = rng.uniform(0, 1, 4 * count)
    share = share[rng.uniform(0, 1, len(share)) < np.interp(share, SHARES, DENSITIES)][:count]
    half = np.interp(share, SHARES, HALF_WIDTHS)
    # fewer hairs towards the edges
    across = np.clip(rng.normal(0, 0.5, len(share)), -1.15, 1.15)
    turn = TURN_IN * np.interp(share, [0, 0.3], [0.3, 1])
    angle = np.radians(np.interp(share, SHARES, ANGLES) - turn * across + rng.normal(0, 7, len(share)))
    reach = np.interp(share, SHARES, LENGTHS) * rng.uniform(0.7, 1.1, len(share))
    bend = rng.normal(-0.25, 0.12, len(share))
    t = np.linspace(0, 1, int(max(LENGTHS) / STEP * 1.5))
    way = angle[:, None] + bend[:, None] * t
    step = reach[:, None] / len(t)
    # a hair stands with its middle where it was put, not with its root
    x = (
        (share * length)[:, None]
        + np.cumsum(np.cos(way), axis=1) * step
        - 0.4 * (reach * np.cos(angle))[:, None]
    )
    y = (
        (across * half)[:, None]
        + np.cumsum(np.sin(way), axis=1) * step
        - 0.4 * (reach * np.sin(angle))[:, None]
    )
    weight = np.broadcast_to(np.minimum(1, 1.6 * (1 - t)) * (0.55 + 0.45 * np.minimum(1, 6 * t)), x.shape)
    weight = weight * rng.uniform(0.5, 1, (len(share), 1)) * step / STEP
    shape = np.array([int((length + 2 * MARGIN) / STEP) + 1, int(2 * MARGIN / STEP) + 1])
    cell = np.floor((np.stack([x, y], axis=-1) + MARGIN) / STEP).astype(int)
    inside = ((cell >= 0) & (cell < shape)).all(axis=-1)
    flat = np.ravel_multi_index(tuple(cell[inside].T), tuple(shape))
    ink = np.bincount(flat, weight[inside], minlength=int(shape.prod())).reshape(tuple(shape))
    return COVER * (1 - np.exp(-1.6 * gaussian_filter(ink, 0.9)))
