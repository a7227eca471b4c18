"""Flattens a skin with one border and some holes into one injective chart, cut open at the back.

Holes are closed by a fan, the skin is cut along its back from the border to the crown, Tutte's embedding maps
the disk onto a convex arch, and a descent of the symmetric Dirichlet energy, which never turns a triangle over,
makes lengths alike; the border is free in it. Knows nothing of faces or heads but which way is up and back.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.sparse import coo_array, csc_array, csr_array, diags_array
from scipy.sparse.csgraph import dijkstra
from scipy.sparse.linalg import splu

from facescale.geometry.symmetric_dirichlet import SymmetricDirichlet

STEPS, ENOUGH = 60, 2e-4
"""Newton steps at most, and the relative fall of the energy below which they end."""
FILLER = 0.02
"""Weight of the fans over holes, which are at rest as Tutte's embedding lays them: it keeps holes open."""
ASIDE = 4.0
"""Length of a step of the cut that strays from the midline, in steps along it, by its distance in steps."""
FLATTEST = np.radians(170)
MARGIN = 0.01
"""Of the unit square, left free around the chart."""


@dataclass(frozen=True, kw_only=True)
class FlatSkin:
    """A chart of a skin; origin bottom-left, within the unit square, one scale for both axes."""

    uv: Float[np.ndarray, "t 2"]
    vertex: Int[np.ndarray, "t"]
    """The vertex of each coordinate; vertices on the cut have two."""
    faces: Int[np.ndarray, "f 3"]
    """Triangles of coordinates, parallel to those that were given, counter-clockwise."""


def flatten(points: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]) -> FlatSkin:
    """Make the chart.

    Args:
        points: +y up, +z to the front, the plane x = 0 in the middle; more than the faces use are allowed.
        faces: one connected surface without handles; its longest border is where the neck ends.

    Raises:
        ValueError: another number of pieces or handles, or a free border that came to cross itself.
    """
    loops = _loops(faces)
    neck = max(loops, key=lambda loop: np.linalg.norm(np.diff(points[loop], axis=0), axis=1).sum())
    holes = [loop for loop in loops if loop is not neck]
    closed, fans = _with_fans(faces, holes, len(points))
    place = np.concatenate([points, *(points[hole].mean(axis=0)[None] for hole in holes)])
    cut = _back_path(place, closed, neck)
    vertex, triangles = _cut_open(closed, cut, len(place))
    uv = _embedded(place[vertex], triangles, fans)
    kept = triangles[: len(faces)]
    used, flat = np.unique(kept, return_inverse=True)
    span = np.ptp(uv[used], axis=0).max()
    middle = (uv[used].max(axis=0) + uv[used].min(axis=0)) / 2
    skin = FlatSkin(
        uv=0.5 + (uv[used] - middle) * (1 - 2 * MARGIN) / span,
        vertex=vertex[used],
        faces=flat.reshape(kept.shape),
    )
    outline = _loops(triangles)
    if len(outline) != 1 or crosses_itself(uv[outline[0]]):
        raise ValueError("expected the chart's border to be one simple polygon, got one that crosses itself")
    return skin


def crosses_itself(polygon: Float[np.ndarray, "n 2"]) -> bool:
    """Whether two sides of a closed polygon that are not neighbours meet."""
    start, stop = polygon, np.roll(polygon, -1, axis=0)

    def side(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
        one, two = b - a, c - a
        return np.sign(one[..., 0] * two[..., 1] - one[..., 1] * two[..., 0])

    a, b = start[:, None], stop[:, None]
    apart = side(a, b, start[None]) * side(a, b, stop[None])
    across = (apart <= 0) & (apart.T <= 0)
    index = np.arange(len(polygon))
    gap = np.abs(index[:, None] - index[None])
    across[np.minimum(gap, len(polygon) - gap) <= 1] = False
    return bool(across.any())


def _loops(faces: Int[np.ndarray, "f 3"]) -> list[Int[np.ndarray, "n"]]:
    import torch

    from facescale.geometry.topology import boundary_loops

    return [loop.numpy() for loop in boundary_loops(torch.from_numpy(np.ascontiguousarray(faces)))]


def _with_fans(
    faces: Int[np.ndarray, "f 3"], holes: list[Int[np.ndarray, "n"]], count: int
) -> tuple[Int[np.ndarray, "g 3"], Bool[np.ndarray, "g"]]:
    """Faces, then one fan a hole around a vertex of its own; and which are of fans."""
    fans = [
        np.stack([np.roll(hole, -1), hole, np.full(len(hole), count + number)], axis=1)
        for number, hole in enumerate(holes)
    ]
    closed = np.concatenate([faces, *fans])
    return closed, np.arange(len(closed)) >= len(faces)


def _back_path(
    points: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"], neck: Int[np.ndarray, "n"]
) -> Int[np.ndarray, "m"]:
    """Vertices from the border's hindmost one along the midline of the back up to the crown."""
    edges = np.unique(np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1), axis=0)
    one, two = points[edges[:, 0]], points[edges[:, 1]]
    length = np.linalg.norm(one - two, axis=1)
    off = np.abs(one[:, 0] + two[:, 0]) / 2
    cost = length * (1 + ASIDE * off / length.mean())
    graph = csr_array(coo_array((cost, (edges[:, 0], edges[:, 1])), shape=(len(points),) * 2))
    used = np.unique(faces)
    scale = length.mean()
    start = neck[np.argmin(points[neck, 2] + ASIDE * np.abs(points[neck, 0]))]
    crown = used[np.argmax(points[used, 1] - ASIDE * np.abs(points[used, 0]) / scale)]
    _, before = dijkstra(graph, directed=False, indices=start, return_predecessors=True)
    path = [crown]
    while path[-1] != start:
        path.append(before[path[-1]])
    inside = np.array(path[::-1])
    if np.isin(inside[1:], neck).any():
        raise ValueError("expected the cut to touch the border once, got a path along it")
    return inside


def _cut_open(
    faces: Int[np.ndarray, "f 3"], cut: Int[np.ndarray, "m"], count: int
) -> tuple[Int[np.ndarray, "t"], Int[np.ndarray, "f 3"]]:
    """Give the vertices of the cut but its last one a copy, which the faces on its right get.

    Returns:
        Each new vertex's old one, and the faces of new vertices.
    """
    right = _right_of(faces, cut)
    copy = np.arange(count)
    copy[cut[:-1]] = count + np.arange(len(cut) - 1)
    opened = faces.copy()
    opened[right] = copy[faces[right]]
    return np.concatenate([np.arange(count), cut[:-1]]), opened


def _right_of(faces: Int[np.ndarray, "f 3"], cut: Int[np.ndarray, "m"]) -> Bool[np.ndarray, "f"]:
    """Faces that touch the cut before its end and lie on the right of one who walks it on the outside."""
    of_side = {}
    for number, (a, b, c) in enumerate(faces.tolist()):
        of_side[a, b] = of_side[b, c] = of_side[c, a] = number
    around: dict[int, list[int]] = {int(vertex): [] for vertex in cut[:-1]}
    for number, corner in zip(*np.nonzero(np.isin(faces, cut[:-1])), strict=True):
        around[int(faces[number, corner])].append(int(number))
    sides = {frozenset(pair) for pair in zip(cut[:-1].tolist(), cut[1:].tolist(), strict=True)}
    right = {of_side[int(b), int(a)] for a, b in itertools.pairwise(cut)}
    touching = set().union(*around.values())
    waiting = list(right)
    while waiting:
        a, b, c = faces[waiting.pop()].tolist()
        for pair in ((a, b), (b, c), (c, a)):
            beside = of_side.get(pair[::-1])
            # only across sides that end on the cut, or the other side is reached around its end
            on_cut = pair[0] in around or pair[1] in around
            if beside is None or frozenset(pair) in sides or not on_cut or beside in right:
                continue
            if beside in touching:
                right.add(beside)
                waiting.append(beside)
    mask = np.zeros(len(faces), dtype=bool)
    mask[list(right)] = True
    return mask


def _embedded(
    points: Float[np.ndarray, "t 3"], faces: Int[np.ndarray, "f 3"], fans: Bool[np.ndarray, "f"]
) -> Float[np.ndarray, "t 2"]:
    """Coordinates of the disk, in the unit of the points."""
    outline = _loops(faces)
    if len(outline) != 1:
        raise ValueError(f"expected a disk after the cut, got {len(outline)} borders")
    loop = outline[0]
    sides = np.linalg.norm(np.roll(points[loop], -1, axis=0) - points[loop], axis=1)
    total = _area(points, faces).sum()
    angle = 2 * np.pi * np.cumsum(sides) / sides.sum()
    top = angle[np.argmax(points[loop, 1])]
    # the crown at the top, and all on a circle of the skin's area
    ring = np.sqrt(total / np.pi) * np.stack([-np.sin(angle - top), np.cos(angle - top)], axis=1)
    uv = _tutte(points, faces, loop, ring)
    skin, rest = faces[~fans], _flat(points, faces[~fans])
    area = _area(points, skin)
    energies = [SymmetricDirichlet(skin, rest, area / area.sum())]
    if fans.any():
        hole = faces[fans]
        size = _area(np.pad(uv, ((0, 0), (0, 1))), hole)
        energies.append(SymmetricDirichlet(hole, uv[hole], FILLER * size / total))
    return _descend(energies, uv)


def _area(points: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]) -> Float[np.ndarray, "f"]:
    corners = points[faces]
    return 0.5 * np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)


def _flat(points: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]) -> Float[np.ndarray, "f 3 2"]:
    """Each triangle in a plane of its own."""
    corners = points[faces]
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    length = np.linalg.norm(one, axis=1)
    along, off = np.einsum("fi,fi->f", one, two) / length, 2 * _area(points, faces) / length
    zero = np.zeros_like(length)
    return np.stack([np.stack(c, axis=-1) for c in ((zero, zero), (length, zero), (along, off))], axis=1)


def _tutte(
    points: Float[np.ndarray, "t 3"],
    faces: Int[np.ndarray, "f 3"],
    loop: Int[np.ndarray, "n"],
    ring: Float[np.ndarray, "n 2"],
) -> Float[np.ndarray, "t 2"]:
    """Mean-value coordinates with the border on a convex line (Floater 2003): every triangle keeps its side."""
    here, ahead, back = points[faces], points[np.roll(faces, -1, axis=1)], points[np.roll(faces, 1, axis=1)]
    lengths = np.linalg.norm(ahead - here, axis=-1), np.linalg.norm(back - here, axis=-1)
    cosine = np.einsum("fki,fki->fk", ahead - here, back - here) / (lengths[0] * lengths[1])
    half = np.tan(0.5 * np.minimum(np.arccos(np.clip(cosine, -1, 1)), FLATTEST))
    rows = np.tile(faces.ravel(), 2)
    columns = np.concatenate([np.roll(faces, -1, axis=1).ravel(), np.roll(faces, 1, axis=1).ravel()])
    weights = np.concatenate([(half / lengths[0]).ravel(), (half / lengths[1]).ravel()])
    matrix = csr_array(coo_array((weights, (rows, columns)), shape=(len(points),) * 2))
    free = np.setdiff1d(np.unique(faces), loop)
    total = np.asarray(matrix.sum(axis=1)).ravel()
    system = csc_array(diags_array(total[free]) - matrix[free][:, free])
    uv = np.zeros((len(points), 2))
    uv[loop] = ring
    uv[free] = splu(system).solve(np.asarray(matrix[free][:, loop] @ ring))
    return uv


def _descend(energies: list[SymmetricDirichlet], uv: Float[np.ndarray, "t 2"]) -> Float[np.ndarray, "t 2"]:
    """Newton's method with a projected Hessian; infinite energies keep it among the maps that turn nothing."""

    def total(at: np.ndarray) -> float:
        return sum(energy.value(at) for energy in energies)

    last = total(uv)
    assert np.isfinite(last), "Tutte's embedding turned a triangle over"
    for _ in range(STEPS):
        expansions = [energy.expansion(uv) for energy in energies]
        slope = np.sum([gradient for gradient, _ in expansions], axis=0).ravel()
        hessian = sum((part for _, part in expansions[1:]), expansions[0][1])
        # vertices that nothing uses, and a motion as a whole, are held by almost nothing
        held = diags_array(np.full(len(slope), 1e-9 * hessian.diagonal().max()))
        way = -splu(csc_array(hessian + held), permc_spec="MMD_AT_PLUS_A").solve(slope).reshape(-1, 2)
        step, now = 1.0, np.inf
        while step > 1e-9:  # noqa: PLR2004 - nothing is gained below
            now = total(uv + step * way)
            if now < last + 1e-4 * step * (slope @ way.ravel()):
                break
            step *= 0.6
        else:
            break
        uv = uv + step * way
        if last - now < ENOUGH * last:
            break
        last = now
    return uv
