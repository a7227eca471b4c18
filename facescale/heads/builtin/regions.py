"""Where things are on the skin: coordinates that follow the topology, and masks of regions on the cage.

Everything is told by columns, rows and rings, never by millimetres: it holds for every shape of the head.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Bool, Float
from scipy.interpolate import PchipInterpolator

from facescale.geometry.smoothstep import smoothstep
from facescale.heads.builtin.topology import BLOCKS, COLUMNS, CROWN, ROWS, SkinTopology, skin_topology

Line = Sequence[tuple[float, float]]
"""(column, row) from the front midline to the back one."""

HAIRLINE: Line = (
    (0, 45.2),
    (5, 45.3),
    (8.5, 45.0),
    (11, 43.9),
    (13.2, 42.3),
    (15.5, 40.6),
    (17.3, 39.4),
    (18.6, 37),
    (19.6, 32),
    (20.6, 30),
    (22.5, 31),
    (25, 36),
    (27.5, 34),
    (28.6, 27.5),
    (30, 23.5),
    (33, 21),
    (36, 20.2),
)
BEARD_TOP: Line = (
    (0, 23.8),
    (5, 23.8),
    (7.5, 22.4),
    (9.5, 19.5),
    (12, 18.6),
    (15, 20),
    (18, 25),
    (19.4, 31),
    (36, 31),
)
BEARD_FOOT: Line = ((0, 7.5), (10, 7.5), (14, 9), (18, 12.5), (20, 18), (21, 26), (22, 33), (36, 33))
JAW: Line = ((0, 9), (8, 9), (14, 11), (17, 14.5), (20, 18), (24, 20), (30, 19.5), (36, 19.5))
"""Above it is head, below it neck."""
BROW_LINE: Line = ((5.0, 37.15), (7.2, 37.6), (9.2, 37.95), (11.0, 38.0), (12.5, 37.65), (14.0, 37.05))
"""The middle of the left brow, from its inner end; it keeps above row 37, where the eye's block ends."""
NOSE_ROWS, NOSE_SIDE = (24, 34.5), ((24, 5), (28, 5.5), (29, 4.2), (35, 4))
"""Rows of the nose; (row, column) along its side."""
CHEEK_ROWS, CHEEK_COLUMNS = (11, 33), (6, 19)
CHIN_TOP, CHIN_SIDE = 14, 7
FOREHEAD_FOOT, FOREHEAD_SIDE = 36, 17
LIP_RING, CONTACT_RING, LASH_RING = 4, 8, 6


@dataclass(frozen=True, kw_only=True)
class SkinCoordinates:
    """Smooth coordinates of every vertex of the cage; the same for a vertex and its mirror image."""

    column: Float[np.ndarray, "v"]
    """From the front midline, 0, to the back one, 36; within blocks drawn in towards their middle."""
    row: Float[np.ndarray, "v"]
    """From the neck's border, 0; beyond `ROWS` - 1 on the crown."""
    depth: Mapping[str, Float[np.ndarray, "v"]]
    """Block -> ring within it, on both sides; 0 outside, the last ring on the cap."""


@cache
def skin_coordinates() -> SkinCoordinates:
    """Work the coordinates out from the topology."""
    topology = skin_topology()
    column, row = np.zeros(topology.num_vertices), np.zeros(topology.num_vertices)
    rows, columns = np.nonzero(topology.grid >= 0)
    on_grid = topology.grid[rows, columns]
    column[on_grid], row[on_grid] = np.minimum(columns, COLUMNS - columns), rows
    steps = np.arange(CROWN + 1) - CROWN / 2
    right, back = np.meshgrid(steps, steps, indexing="ij")
    away = np.maximum(np.abs(right), np.abs(back))
    inside = away < CROWN / 2
    column[topology.crown[inside]] = (np.degrees(np.arctan2(np.abs(right), -back)) / 180 * COLUMNS / 2)[inside]
    row[topology.crown[inside]] = (ROWS - 1 + CROWN / 2 - away)[inside]
    depth = {name: np.zeros(topology.num_vertices) for name in BLOCKS}
    for name, rings in topology.rings.items():
        block = BLOCKS[name.removesuffix(".right")]
        border = np.array(block.border(), dtype=float)
        middle = np.array([sum(block.columns) / 2, sum(block.rows) / 2])
        cap = topology.caps[name]
        depth[name.removesuffix(".right")][cap] = block.rings
        column[cap], row[cap] = np.abs(middle[0]), middle[1]
        for ring, vertices in enumerate(rings):
            place = middle + (border - middle) * (1 - ring / block.rings)
            column[vertices], row[vertices] = np.abs(place[:, 0]), place[:, 1]
            depth[name.removesuffix(".right")][vertices] = ring
    return SkinCoordinates(column=column, row=row, depth=depth)


def above(line: Line, at: SkinCoordinates) -> Float[np.ndarray, "v"]:
    """Rows above a line; negative below it."""
    columns, rows = np.array(line).T
    return at.row - PchipInterpolator(columns, rows)(np.clip(at.column, columns[0], columns[-1]))


def scalp_share(at: SkinCoordinates) -> Float[np.ndarray, "v"]:
    """1 where hair of the head grows, running out over a row or so."""
    return smoothstep(above(HAIRLINE, at), -0.5, 0.9) * smoothstep(at.depth["ear"], 1.4, 0.2)


def beard_share(at: SkinCoordinates) -> Float[np.ndarray, "v"]:
    """1 where a beard grows."""
    share = smoothstep(above(BEARD_TOP, at), 0.4, -0.8) * smoothstep(above(BEARD_FOOT, at), -0.5, 1.5)
    # bare beside the tuft under the lower lip
    bare = np.exp(-(((at.column - 4.5) / 1.6) ** 2) - ((at.row - 15.6) / 1.3) ** 2)
    return (
        share
        * smoothstep(at.depth["mouth"], 3.6, 2.4)
        * (1 - 0.8 * bare)
        * smoothstep(at.depth["ear"], 0.8, 0.1)
    )


def skin_regions() -> dict[str, Bool[np.ndarray, "v"]]:
    """Masks on the cage, alike on both sides; all but `scalp`, `beard` and `brows` leave each other free."""
    topology = skin_topology()
    at = skin_coordinates()
    outer = ~inner_skin(topology)
    head, front = above(JAW, at) > 0, at.column
    mouth, eye, ear = (at.depth[name] for name in ("mouth", "eye", "ear"))
    eyelids = (eye >= 1) & outer
    lips = (mouth >= LIP_RING) & outer
    ears = ear >= 1
    scalp = scalp_share(at) > 0.5
    rows, sides = np.array(NOSE_SIDE).T
    nose = _between(at.row, NOSE_ROWS) & (front <= np.interp(at.row, rows, sides))
    nose &= outer & ~eyelids
    free = head & outer & ~(eyelids | lips | ears | nose | scalp)
    forehead = free & (at.row >= FOREHEAD_FOOT) & (front < FOREHEAD_SIDE)
    chin = free & (at.row <= CHIN_TOP) & (front <= CHIN_SIDE)
    cheeks = free & _between(at.row, CHEEK_ROWS) & _between(front, CHEEK_COLUMNS) & (mouth < 1) & ~chin
    return {
        "scalp": scalp,
        "forehead": forehead,
        "brows": near_brow(at) < 1,
        "eyelids": eyelids,
        "nose": nose,
        "cheeks": cheeks,
        "lips": lips,
        "chin": chin,
        "beard": beard_share(at) > 0.5,
        "ears": ears,
        "neck": ~head & outer & ~ears,
    }


def _between(value: Float[np.ndarray, "v"], bounds: tuple[float, float]) -> Bool[np.ndarray, "v"]:
    return (value >= bounds[0]) & (value <= bounds[1])


def inner_skin(topology: SkinTopology) -> Bool[np.ndarray, "v"]:
    """Vertices of sockets: behind the lids' inner edge, the lips' contact and the nostrils' rim."""
    from facescale.heads.builtin.uv_chart import inner_surfaces

    inside = np.zeros(topology.num_vertices, dtype=bool)
    for _, vertices in inner_surfaces(topology).values():
        inside[vertices] = True
    return inside


def near_brow(at: SkinCoordinates) -> Float[np.ndarray, "v"]:
    """Distance from the middle of a brow, in rows; below 1 within it."""
    columns, rows = np.array(BROW_LINE).T
    nearest = np.clip(at.column, columns[0], columns[-1])
    return np.hypot(at.column - nearest, at.row - PchipInterpolator(columns, rows)(nearest))
