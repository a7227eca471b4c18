"""Flattens half a surface into half a convex region: Tutte's embedding, then a descent that keeps it injective.

The border runs along a strictly convex arch and the midline along its axis, both free to slide. Convex
combination maps onto a convex border are injective and their faces convex (Tutte 1963; Floater 2003); the
symmetric Dirichlet energy of all corners of all quads keeps both so. Knows nothing of faces.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.sparse import coo_array, csc_array, csr_array
from scipy.sparse.linalg import splu

from facescale.geometry.symmetric_dirichlet import SymmetricDirichlet

STEPS, ENOUGH = 40, 5e-4
"""Newton steps at most, and the relative fall of the energy below which they end."""
FILLER = 0.02
"""Weight of filler in the energy; it is at rest as Tutte's embedding lays it, which keeps holes open."""
FLATTEST = np.radians(170)


@dataclass(frozen=True, kw_only=True)
class ArchBorder:
    """A superellipse about a vertical axis at u = 1/2, run through by an angle.

    0 is its top, pi its foot.
    """

    half_width: float
    half_height: float
    centre_v: float
    power: float
    """2 is an ellipse; higher ones are squarer, and strictly convex still."""

    def points(self, angle: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n 2"]:
        """(u, v) at angles."""
        across, up = np.abs(np.sin(angle)) / self.half_width, np.abs(np.cos(angle)) / self.half_height
        radius = (across**self.power + up**self.power) ** (-1 / self.power)
        return np.stack([0.5 + radius * np.sin(angle), self.centre_v + radius * np.cos(angle)], axis=-1)

    def tangents(self, angle: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n 2"]:
        """Derivatives of the points."""
        step = 1e-6
        return (self.points(angle + step) - self.points(angle - step)) / (2 * step)


@dataclass(frozen=True, kw_only=True)
class ChartProblem:
    """Half a surface: a disk whose border is the arch and the midline."""

    points: Float[np.ndarray, "v 3"]
    """All vertices of the surface; those that no quad uses are left alone."""
    quads: Int[np.ndarray, "q 4"]
    """Of the half."""
    arch: Int[np.ndarray, "n"]
    """Vertices from the arch's top to its foot."""
    middle: Int[np.ndarray, "m"]
    """Vertices on the midline, without the ends of the arch."""
    gain: Float[np.ndarray, "v"]
    """Wanted lengths in the chart, by those in space; only their ratios count."""
    filler: Bool[np.ndarray, "q"]
    """Quads whose shape does not matter."""


def tutte(
    points: Float[np.ndarray, "v 3"], quads: Int[np.ndarray, "q 4"], held: "Held"
) -> Float[np.ndarray, "v 2"]:
    """Embed a disk with every free vertex a positive combination of its neighbours along edges.

    The weights are mean-value coordinates of the corners' angles in space (Floater 2003).

    Args:
        points: the surface in space.
        quads: a disk.
        held: where its border is; the free ones are the vertices that quads use and nothing holds.
    """
    before, after = points[np.roll(quads, 1, axis=1)], points[np.roll(quads, -1, axis=1)]
    here = points[quads]
    back, ahead = before - here, after - here
    lengths = np.linalg.norm(back, axis=-1), np.linalg.norm(ahead, axis=-1)
    cosine = np.einsum("qki,qki->qk", back, ahead) / (lengths[0] * lengths[1])
    half = np.tan(0.5 * np.minimum(np.arccos(np.clip(cosine, -1, 1)), FLATTEST))
    rows = np.concatenate([quads, quads]).ravel()
    columns = np.concatenate([np.roll(quads, 1, axis=1), np.roll(quads, -1, axis=1)]).ravel()
    weights = np.concatenate([half / lengths[0], half / lengths[1]]).ravel()
    size = (len(points), len(points))
    matrix = csr_array(coo_array((weights, (rows, columns)), shape=size))
    total = np.asarray(matrix.sum(axis=1)).ravel()
    used = total > 0
    result = np.zeros((len(points), 2))
    for axis in (0, 1):
        known = held.known[:, axis] & used
        free = used & ~known
        result[known, axis] = held.values[known, axis]
        diagonal = csr_array(coo_array((total, (np.arange(size[0]),) * 2), shape=size))
        system = csr_array(diagonal - matrix)
        pull = matrix[free][:, known] @ result[known, axis]
        result[free, axis] = splu(csc_array(system[free][:, free])).solve(pull)
    return result


@dataclass(frozen=True, kw_only=True)
class Held:
    """Coordinates that are given; a vertex on the midline is held in u and slides in v."""

    known: Bool[np.ndarray, "v 2"]
    values: Float[np.ndarray, "v 2"]


def descend(problem: ChartProblem, border: ArchBorder) -> Float[np.ndarray, "v 2"]:
    """Coordinates of the half that distort lengths little; injective, every quad convex.

    Returns:
        One (u, v) a vertex, u >= 1/2; of vertices that no quad uses it means nothing.
    """
    angle = _spread(problem)
    known = np.zeros((len(problem.points), 2), dtype=bool)
    values = np.zeros((len(problem.points), 2))
    known[problem.arch], values[problem.arch] = True, border.points(angle)
    known[problem.middle, 0], values[problem.middle, 0] = True, 0.5
    uv = tutte(problem.points, problem.quads, Held(known=known, values=values))
    energies = [_skin_energy(problem, uv)]
    if problem.filler.any():
        filler = _corners(problem.quads[problem.filler])
        energies.append(SymmetricDirichlet(filler, uv[filler], FILLER * _areas(uv[filler])))
    last = _total(energies, uv)
    assert np.isfinite(last), "Tutte's embedding is not injective"
    for _ in range(STEPS):
        uv, angle = _newton_step(problem, border, energies, uv, angle)
        now = _total(energies, uv)
        if last - now < ENOUGH * last:
            break
        last = now
    uv[problem.arch[[0, -1]], 0] = 0.5  # not by rounding only
    return uv


def _total(energies: list[SymmetricDirichlet], uv: Float[np.ndarray, "v 2"]) -> float:
    return sum(energy.value(uv) for energy in energies)


def _spread(problem: ChartProblem) -> Float[np.ndarray, "n"]:
    """Angles of the arch's vertices at first: by length along it in space."""
    sides = np.diff(problem.points[problem.arch], axis=0)
    gain = problem.gain[problem.arch]
    length = np.linalg.norm(sides, axis=1) * 0.5 * (gain[1:] + gain[:-1])
    return np.pi * np.concatenate([[0.0], np.cumsum(length) / length.sum()])


def _corners(quads: Int[np.ndarray, "q 4"]) -> Int[np.ndarray, "f 3"]:
    """The triangles of each quad's four corners."""
    return np.concatenate([np.roll(quads, -k, axis=1)[:, [0, 1, 3]] for k in range(4)])


def _areas(corners: Float[np.ndarray, "f 3 2"]) -> Float[np.ndarray, "f"]:
    return 0.5 * np.linalg.det(corners[:, 1:] - corners[:, :1])


def _skin_energy(problem: ChartProblem, uv: Float[np.ndarray, "v 2"]) -> SymmetricDirichlet:
    """At rest in space, lengths times the gain, and of the region's area altogether."""
    triangles = _corners(problem.quads[~problem.filler])
    corners = problem.points[triangles]
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    length = np.linalg.norm(one, axis=1)
    along = np.einsum("fi,fi->f", one, two) / length
    off = np.linalg.norm(np.cross(one, two), axis=1) / length
    zero = np.zeros_like(length)
    rest = np.stack(
        [np.stack([zero, zero], -1), np.stack([length, zero], -1), np.stack([along, off], -1)], axis=1
    )
    rest *= problem.gain[triangles].mean(axis=1)[:, None, None]
    area = _areas(rest)
    scale = np.sqrt(_areas(uv[triangles]).sum() / area.sum())
    return SymmetricDirichlet(triangles, rest * scale, area / area.sum())


def _newton_step(
    problem: ChartProblem,
    border: ArchBorder,
    energies: list[SymmetricDirichlet],
    uv: Float[np.ndarray, "v 2"],
    angle: Float[np.ndarray, "n"],
) -> tuple[Float[np.ndarray, "v 2"], Float[np.ndarray, "n"]]:
    """One step down, as long as nothing turns over and the energy falls enough (Armijo)."""
    expansions = [energy.expansion(uv) for energy in energies]
    spread = _freedoms(problem, border.tangents(angle))
    slope = spread.T @ np.sum([gradient for gradient, _ in expansions], axis=0).ravel()
    hessian = sum((part for _, part in expansions[1:]), expansions[0][1])
    system = csc_array(spread.T @ hessian @ spread)
    way = -splu(system, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}).solve(slope)
    before, step = _total(energies, uv), 1.0
    while step > 1e-9:  # noqa: PLR2004 - nothing is gained below
        turned = angle.copy()
        turned[1:-1] += step * way[len(way) - len(angle) + 2 :]
        moved = uv + (spread @ (step * way)).reshape(-1, 2)
        moved[problem.arch] = border.points(turned)
        if _total(energies, moved) < before + 1e-4 * step * (slope @ way):
            return moved, turned
        step *= 0.6
    return uv, angle


def _freedoms(problem: ChartProblem, tangents: Float[np.ndarray, "n 2"]) -> csr_array:
    """Matrix from what moves to flattened coordinates: both inside, v on the midline, an angle on the arch."""
    inside = np.zeros(len(problem.points), dtype=bool)
    inside[problem.quads] = True
    inside[problem.arch] = inside[problem.middle] = False
    free = np.flatnonzero(inside)
    plain = np.concatenate([2 * free, 2 * free + 1, 2 * problem.middle + 1])
    sliding = problem.arch[1:-1]  # its ends stay
    first = len(plain)
    column = np.concatenate([np.arange(first), np.tile(first + np.arange(len(sliding)), 2)])
    row = np.concatenate([plain, 2 * sliding, 2 * sliding + 1])
    value = np.concatenate([np.ones(first), tangents[1:-1, 0], tangents[1:-1, 1]])
    shape = (2 * len(problem.points), first + len(sliding))
    return csr_array(coo_array((value, (row, column)), shape=shape))
