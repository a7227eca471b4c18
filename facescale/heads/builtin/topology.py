"""Connectivity of the built-in head's skin: a grid around the head, O-grids in it, a patch on the crown.

Knows nothing of coordinates. All faces are quads, counter-clockwise seen from outside; the border is the neck.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Int

COLUMNS = 72
"""Around the head; column 0 is the front midline, 36 the back one, 18 the subject's left side."""
ROWS = 51
"""From the neck's border, row 0, to the border of the crown patch, row 50."""
CROWN = 18
"""Cells of a side of the crown patch: its border is the last row."""
CROWN_CORNER = 9
"""Column of the crown patch's front left corner."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """A rectangle of grid cells that an O-grid replaces.

    Its rings have as many vertices as its border, counted from the corner (first column, first row) along the
    first row, up the last column, and on around. The innermost ring is closed by a patch of as many cells.
    """

    columns: tuple[int, int]
    rows: tuple[int, int]
    rings: int
    """Rings inside the border; ring 0 is the border itself."""

    @property
    def shape(self) -> tuple[int, int]:
        """Cells across and up."""
        return self.columns[1] - self.columns[0], self.rows[1] - self.rows[0]

    def border(self) -> list[tuple[int, int]]:
        """(column, row) of the border's vertices."""
        (c0, c1), (r0, r1) = self.columns, self.rows
        return [
            *((c, r0) for c in range(c0, c1)),
            *((c1, r) for r in range(r0, r1)),
            *((c, r1) for c in range(c1, c0, -1)),
            *((c0, r) for r in range(r1, r0, -1)),
        ]


BLOCKS: Mapping[str, Block] = {
    "mouth": Block(columns=(-9, 9), rows=(14, 22), rings=14),
    "eye": Block(columns=(5, 15), rows=(31, 37), rings=11),
    "nostril": Block(columns=(1, 4), rows=(24, 27), rings=4),
    "ear": Block(columns=(22, 28), rows=(25, 37), rings=12),
}
"""The mouth spans the midline; the others are the left ones, each with a mirrored twin."""
PAIRED = ("eye", "nostril", "ear")


@dataclass(frozen=True, kw_only=True)
class SkinTopology:
    """Vertices and quads of the skin."""

    quads: Int[np.ndarray, "q 4"]
    grid: Int[np.ndarray, "51 72"]
    """Vertex of [row, column]; -1 within a block."""
    rings: Mapping[str, Int[np.ndarray, "r n"]]
    """Block -> vertices of [ring, place]; "eye.right" and so on are in the order of their left twins."""
    caps: Mapping[str, Int[np.ndarray, "a b"]]
    """Block -> vertices of the closing patch, its border being the innermost ring: [across, up]."""
    crown: Int[np.ndarray, "19 19"]
    """Vertices of the crown patch, its border being the last row: [from right to left, from front to back]."""
    mirror: Int[np.ndarray, "v"]
    """The vertex on the other side; itself on the midline."""

    @property
    def num_vertices(self) -> int:
        """Vertices of the skin."""
        return len(self.mirror)


@cache
def skin_topology() -> SkinTopology:
    """Build the connectivity; the same every time."""
    build = _Builder()
    build.add_grid()
    build.add_crown()
    build.add_block("mouth", BLOCKS["mouth"], flipped=False)
    for name in PAIRED:
        build.add_block(name, BLOCKS[name], flipped=False)
        build.add_block(f"{name}.right", BLOCKS[name], flipped=True)
    return build.finish()


class _Builder:
    """Numbers vertices and collects quads."""

    def __init__(self) -> None:
        self.count = 0
        self.quads: list[np.ndarray] = []
        self.grid = np.full((ROWS, COLUMNS), -1)
        self.crown = np.full((CROWN + 1, CROWN + 1), -1)
        self.rings: dict[str, np.ndarray] = {}
        self.caps: dict[str, np.ndarray] = {}

    def new(self, *shape: int) -> np.ndarray:
        size = int(np.prod(shape))
        ids = np.arange(self.count, self.count + size).reshape(shape)
        self.count += size
        return ids

    def add_grid(self) -> None:
        """All cells of the grid but those of blocks."""
        cells = np.ones((ROWS - 1, COLUMNS), dtype=bool)
        inside = np.zeros((ROWS, COLUMNS), dtype=bool)
        for block in _both_sides():
            (c0, c1), (r0, r1) = block.columns, block.rows
            cells[r0:r1, np.arange(c0, c1) % COLUMNS] = False
            inside[r0 + 1 : r1, np.arange(c0 + 1, c1) % COLUMNS] = True
        self.grid[~inside] = self.new(int((~inside).sum()))
        right = np.roll(self.grid, -1, axis=1)
        quads = np.stack([self.grid[:-1], right[:-1], right[1:], self.grid[1:]], axis=-1)
        self.quads.append(quads[cells])

    def add_crown(self) -> None:
        """The patch that closes the grid's last row."""
        border = CROWN_CORNER
        last = self.grid[-1]
        side = np.arange(CROWN + 1)
        self.crown[:, 0] = last[(side - border) % COLUMNS]
        self.crown[CROWN, :] = last[(border + side) % COLUMNS]
        self.crown[:, CROWN] = last[(COLUMNS - border - CROWN - side) % COLUMNS]
        self.crown[0, :] = last[(-border - side) % COLUMNS]
        self.crown[1:-1, 1:-1] = self.new(CROWN - 1, CROWN - 1)
        self.quads.append(_patch(self.crown))

    def add_block(self, name: str, block: Block, *, flipped: bool) -> None:
        """Rings and cap of one block; a flipped one lies on the right and winds the other way."""
        border = [(-c if flipped else c, r) for c, r in block.border()]
        outer = self.grid[[r for _, r in border], [c % COLUMNS for c, _ in border]]
        rings = np.concatenate([outer[None], self.new(block.rings, len(outer))])
        ahead = np.roll(rings, -1, axis=1)
        quads = np.stack([rings[:-1], ahead[:-1], ahead[1:], rings[1:]], axis=-1).reshape(-1, 4)
        across, up = block.shape
        cap = np.full((across + 1, up + 1), -1)
        steps = [(c - block.columns[0], r - block.rows[0]) for c, r in block.border()]
        cap[tuple(np.array(steps).T)] = rings[-1]
        cap[1:-1, 1:-1] = self.new(across - 1, up - 1)
        quads = np.concatenate([quads, _patch(cap)])
        self.quads.append(quads[:, ::-1] if flipped else quads)
        self.rings[name], self.caps[name] = rings, cap

    def finish(self) -> SkinTopology:
        mirror = np.full(self.count, -1)
        other = self.grid[:, -np.arange(COLUMNS)]
        mirror[self.grid[self.grid >= 0]] = other[self.grid >= 0]
        mirror[self.crown] = self.crown[::-1]
        for name in PAIRED:
            for part in (self.rings, self.caps):
                left, right = part[name], part[f"{name}.right"]
                mirror[left], mirror[right] = right, left
        rings, cap = self.rings["mouth"], self.caps["mouth"]
        place = np.arange(rings.shape[1])
        across = BLOCKS["mouth"].shape[0]
        mirror[rings] = rings[:, (across - place) % rings.shape[1]]
        mirror[cap] = cap[::-1]
        assert (mirror >= 0).all()
        assert (mirror[mirror] == np.arange(self.count)).all()
        return SkinTopology(
            quads=np.concatenate(self.quads),
            grid=self.grid,
            rings=self.rings,
            caps=self.caps,
            crown=self.crown,
            mirror=mirror,
        )


def _both_sides() -> Iterator[Block]:
    for name, block in BLOCKS.items():
        yield block
        if name in PAIRED:
            (c0, c1), rows = block.columns, block.rows
            yield Block(columns=(-c1, -c0), rows=rows, rings=block.rings)


def _patch(ids: Int[np.ndarray, "a b"]) -> Int[np.ndarray, "q 4"]:
    """Quads of a rectangle of vertices whose first axis runs left to right and second up, seen from outside."""
    return np.stack([ids[:-1, :-1], ids[1:, :-1], ids[1:, 1:], ids[:-1, 1:]], axis=-1).reshape(-1, 4)
