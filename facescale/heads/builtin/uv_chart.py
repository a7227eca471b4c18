"""Texture coordinates of the built-in head's skin, for its cage and for the subdivided mesh.

One injective chart covers all outer skin; its only seam is the cut at the back. The surfaces behind lids, lips
and nostrils are small islands below it. Left and right are mirror images, u and 1 - u, to the last bit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from facescale.geometry.subdivision import Subdivision, catmull_clark
from facescale.heads.builtin.chart_descent import ArchBorder, ChartProblem, Held, descend, tutte
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.topology import BLOCKS, CROWN, PAIRED, SkinTopology, skin_topology

INWARD_FROM: Mapping[str, int] = {"eye": 7, "mouth": 9, "nostril": 2}
"""Block -> the last ring of the outer skin. The ear is outer skin to its end."""
ARCH = ArchBorder(half_width=0.492, half_height=0.446, centre_v=0.546, power=3.0)
ISLANDS: Mapping[str, tuple[float, float, float, float]] = {
    "mouth": (0.5, 0.047, 0.07, 0.042),
    "eye": (0.95, 0.05, 0.042, 0.042),
    "nostril": (0.88, 0.03, 0.022, 0.022),
}
"""Block -> centre (u, v) and half axes of its island; of pairs the left one's."""
FACE_CENTRE, FACE_REACH, FACE_GAIN = (0.0, -25.0, 5.0), 75.0, 1.4
"""mm: around this point a millimetre of skin gets up to 1 + gain times its length in the chart."""


@dataclass(frozen=True, kw_only=True)
class UvChart:
    """Texture coordinates of a quad mesh: origin bottom-left, all within the unit square."""

    uv: Float[np.ndarray, "t 2"]
    """The first are those of the mesh's vertices in their order (on the cut: of the left side; on the edge of
    an inner surface: in the outer chart); the others are second coordinates of vertices on cuts."""
    quads_uv: Int[np.ndarray, "q 4"]
    """Parallel to the mesh's quads, and wound like them: counter-clockwise in the square."""
    vertex: Int[np.ndarray, "t"]
    """The vertex that each coordinate belongs to."""
    outer: Bool[np.ndarray, "q"]
    """Quads of the outer skin, which lie in the one chart."""

    def subdivided(self, subdivision: Subdivision) -> "UvChart":
        """The chart of the mesh subdivided once.

        Edges get their middles and quads their centres. Every quad here is convex, so its four parts tile it
        and the chart stays injective.

        Args:
            subdivision: of the mesh that this chart belongs to.
        """
        fine = catmull_clark(self.quads_uv, len(self.uv))
        ends = self.uv[fine.edges].mean(axis=1)
        uv = np.concatenate([self.uv, ends, self.uv[self.quads_uv].mean(axis=1)])
        assert fine.quads.shape == subdivision.quads.shape
        # the same corners in the same order: a coordinate's vertex is read off the quads
        vertex = np.empty(len(uv), dtype=int)
        vertex[fine.quads] = subdivision.quads
        return _vertices_first(uv, fine.quads, vertex, np.repeat(self.outer, 4))


def skin_uv() -> tuple[Float[np.ndarray, "t 2"], Int[np.ndarray, "q 4"]]:
    """Coordinates and quads of the skin subdivided once, parallel to the subdivision's quads."""
    topology = skin_topology()
    chart = skin_uv_chart().subdivided(catmull_clark(topology.quads, topology.num_vertices))
    return chart.uv, chart.quads_uv


@cache
def skin_uv_chart() -> UvChart:
    """The chart of the cage, worked out on the mean skin."""
    topology = skin_topology()
    half = left_half(topology)
    inside = _inner_vertices(topology)
    left = _left_chart(topology, half, inside)
    uv = np.full((topology.num_vertices, 2), np.nan)
    uv[half] = left[half]
    right = ~half
    uv[right] = _mirrored(left[topology.mirror[right]])
    return _assemble(topology, half, uv)


def left_half(topology: SkinTopology) -> Bool[np.ndarray, "v"]:
    """Vertices on the left or on the midline, found by taking the midline out."""
    middle = topology.mirror == np.arange(topology.num_vertices)
    sides = np.stack([topology.quads, np.roll(topology.quads, -1, axis=1)], axis=-1).reshape(-1, 2)
    sides = sides[~middle[sides].any(axis=1)]
    shape = (topology.num_vertices, topology.num_vertices)
    graph = csr_array(coo_array((np.ones(len(sides)), (sides[:, 0], sides[:, 1])), shape=shape))
    _, label = connected_components(graph, directed=False)
    return middle | (label == label[topology.grid[0, CROWN]])


def back_cut(topology: SkinTopology) -> Int[np.ndarray, "n"]:
    """Vertices of the cut from the crown's middle, which has one coordinate, to the neck's border."""
    middle = CROWN // 2
    return np.concatenate([topology.crown[middle, middle:], topology.grid[-2::-1, 2 * CROWN]])


def inner_surfaces(topology: SkinTopology) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Block -> border ring, and all vertices inside it, of each surface that turns inward."""
    surfaces = {}
    for name, rings in topology.rings.items():
        first = INWARD_FROM.get(name.split(".")[0])
        if first is not None:
            deeper = [rings[first + 1 :].ravel(), topology.caps[name].ravel()]
            surfaces[name] = rings[first], np.unique(np.concatenate(deeper))
    return surfaces


def _inner_vertices(topology: SkinTopology) -> Bool[np.ndarray, "v"]:
    inside = np.zeros(topology.num_vertices, dtype=bool)
    for _, vertices in inner_surfaces(topology).values():
        inside[vertices] = True
    return inside


def _left_chart(
    topology: SkinTopology, half: Bool[np.ndarray, "v"], inside: Bool[np.ndarray, "v"]
) -> Float[np.ndarray, "v 2"]:
    """Coordinates of the left half, a disk between the midline and the arch; inner surfaces fill its holes."""
    cage = skin_cage()
    quads = topology.quads[half[topology.quads].all(axis=1)]
    arch = np.concatenate([back_cut(topology), topology.grid[0, 2 * CROWN - 1 :: -1]])
    middle = np.zeros(topology.num_vertices, dtype=bool)
    middle[half] = topology.mirror[half] == np.flatnonzero(half)
    middle[arch] = False
    away = np.linalg.norm(cage - FACE_CENTRE, axis=1)
    problem = ChartProblem(
        points=cage,
        quads=quads,
        arch=arch,
        middle=np.flatnonzero(middle),
        gain=1 + FACE_GAIN * np.exp(-((away / FACE_REACH) ** 2)),
        filler=np.any(inside[quads], axis=1),
    )
    return descend(problem, ARCH)


def _mirrored(uv: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 2"]:
    """Exact both ways for u >= 1/2."""
    return np.column_stack([1 - uv[:, 0], uv[:, 1]])


def _assemble(topology: SkinTopology, half: np.ndarray, uv: Float[np.ndarray, "v 2"]) -> UvChart:
    """Put the islands in, and give vertices on cuts their second coordinates."""
    quads = topology.quads
    cut = back_cut(topology)[1:]
    right = ~half[quads].all(axis=1)
    seconds = [(cut, _mirrored(uv[cut]), right & np.isin(quads, cut).any(axis=1))]
    outer = np.ones(len(quads), dtype=bool)
    for name, (border, vertices) in inner_surfaces(topology).items():
        inward = np.isin(quads, vertices).any(axis=1)
        outer[inward] = False
        left = _left_island(topology, name.removesuffix(".right"))
        mirrored = name.endswith(".right")
        uv[vertices] = _mirrored(left[topology.mirror[vertices]]) if mirrored else left[vertices]
        rim = left[topology.mirror[border]] if mirrored else left[border]
        seconds.append((border, _mirrored(rim) if mirrored else rim, inward))
    quads_uv, count = quads.copy(), len(uv)
    for vertices, _, users in seconds:
        table = np.arange(len(uv))
        table[vertices] = count + np.arange(len(vertices))
        quads_uv[users] = table[quads[users]]
        count += len(vertices)
    return UvChart(
        uv=np.concatenate([uv, *(values for _, values, _ in seconds)]),
        quads_uv=quads_uv,
        vertex=np.concatenate([np.arange(len(uv)), *(vertices for vertices, _, _ in seconds)]),
        outer=outer,
    )


def _left_island(topology: SkinTopology, name: str) -> Float[np.ndarray, "v 2"]:
    """Coordinates of an inner surface, its border on an ellipse; those of other vertices mean nothing."""
    border, vertices = inner_surfaces(topology)[name]
    centre_u, centre_v, half_width, half_height = ISLANDS[name]
    across = BLOCKS[name].shape[0]
    # the middle of a ring's first row lies at the foot
    turn = 2 * np.pi * (np.arange(len(border)) - across / 2) / len(border) - np.pi / 2
    known = np.zeros((topology.num_vertices, 2), dtype=bool)
    values = np.zeros((topology.num_vertices, 2))
    known[border] = True
    values[border] = np.column_stack(
        [centre_u + half_width * np.cos(turn), centre_v + half_height * np.sin(turn)]
    )
    quads = topology.quads[np.isin(topology.quads, vertices).any(axis=1)]
    uv = tutte(skin_cage(), quads, Held(known=known, values=values))
    if name not in PAIRED:
        right = ~left_half(topology)
        middle = topology.mirror == np.arange(len(uv))
        uv[middle, 0] = 0.5
        uv[right] = _mirrored(uv[topology.mirror[right]])
    return uv


def _vertices_first(
    uv: Float[np.ndarray, "t 2"],
    quads_uv: Int[np.ndarray, "q 4"],
    vertex: Int[np.ndarray, "t"],
    outer: np.ndarray,
) -> UvChart:
    """Number coordinates so that the first one of every vertex comes first."""
    _, first = np.unique(vertex, return_index=True)
    order = np.concatenate([first, np.setdiff1d(np.arange(len(uv)), first)])
    number = np.empty(len(uv), dtype=int)
    number[order] = np.arange(len(uv))
    return UvChart(uv=uv[order], quads_uv=number[quads_uv], vertex=vertex[order], outer=outer)
