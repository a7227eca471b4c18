"""Connectivity of a dental arch: gum, fourteen teeth, palate or floor, and the back that closes them.

Quads only; numbers alone, no coordinates. The gum is a grid: columns run from the subject's right to the left,
rows from the outer rim over the ridge to the tongue's side. Under each tooth a block of it is an O-grid, whose
rings climb the crown. Both ends of the grid are folded shut along the ridge; outer rim and inner edge meet
there.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Int

from facescale.heads.builtin.parts import grid_quads, patch_border, place, ring_quads
from facescale.heads.builtin.tooth_shapes import SECTIONS

SIDE = 4
"""Segments of a block's side."""
SLOPE = 3
"""Rows of gum outside and inside of the blocks."""
END = 2
"""Segments behind the last tooth."""
FRONT = 6
"""Segments of the front of palate and back."""
TEETH = 14
ROWS = 2 * SLOPE + SIDE + 1
COLUMNS = 2 * END + TEETH * SIDE + (TEETH - 1) * 2 + 1
MIDDLE = (COLUMNS - 1) // 2


def block_column(tooth: int) -> int:
    """The first column of a tooth's block; teeth count from the subject's right."""
    return END + tooth * (SIDE + 2)


@dataclass(frozen=True)
class ArchLayout:
    """Which vertex is where. Negative numbers mark grid places inside blocks."""

    @cached_property
    def gum(self) -> Int[np.ndarray, "c r"]:
        """The grid."""
        used = np.ones((COLUMNS, ROWS), bool)
        for tooth in range(TEETH):
            c = block_column(tooth)
            used[c + 1 : c + SIDE, SLOPE + 1 : SLOPE + SIDE] = False
        used[[0, -1], ROWS // 2 + 1 :] = False
        ids = np.where(used, np.cumsum(used).reshape(used.shape) - 1, -1)
        for end in (0, COLUMNS - 1):
            ids[end, ROWS // 2 + 1 :] = ids[end, : ROWS // 2][::-1]
        return ids

    @cached_property
    def crowns(self) -> Int[np.ndarray, "14 s m"]:
        """Rings of each crown, from the gum up; the last one is the border of the biting face."""
        ring = 4 * SIDE
        each = (SECTIONS - 1) * ring + (SIDE + 1) ** 2
        first = self.gum.max() + 1 + each * np.arange(TEETH)
        rings = np.arange((SECTIONS - 1) * ring).reshape(SECTIONS - 1, ring)
        below = first[:, None, None] + rings
        return np.concatenate([below, np.stack([patch_border(face) for face in self.faces])[:, None]], axis=1)

    @cached_property
    def faces(self) -> Int[np.ndarray, "14 f f"]:
        """Grid of each biting face, rows from labial to lingual."""
        ring = 4 * SIDE
        each = (SECTIONS - 1) * ring + (SIDE + 1) ** 2
        first = self.gum.max() + 1 + each * np.arange(TEETH) + (SECTIONS - 1) * ring
        return first[:, None, None] + np.arange((SIDE + 1) ** 2).reshape(SIDE + 1, -1)

    def margin(self, tooth: int) -> Int[np.ndarray, "m"]:
        """The ring of gum around a tooth."""
        c = block_column(tooth)
        block = np.full((SIDE + 1, SIDE + 1), -1)
        block[:] = self.gum[c : c + SIDE + 1, SLOPE : SLOPE + SIDE + 1].T
        return patch_border(block)

    @cached_property
    def palate(self) -> Int[np.ndarray, "r c"]:
        """Grid between both sides of the inner edge: rows from back to front, columns from right to left."""
        return self._spanned(self.gum[:, -1], int(self.faces.max()) + 1, back=None)

    @cached_property
    def back(self) -> Int[np.ndarray, "r c"]:
        """Grid like the palate between the sides of the outer rim; its first row is the palate's."""
        return self._spanned(self.gum[:, 0], int(self.palate.max()) + 1, back=self.palate[0])

    @property
    def num_vertices(self) -> int:
        """Of all."""
        return int(self.back.max()) + 1

    def quads(self) -> Int[np.ndarray, "q 4"]:
        """Gum, crowns tooth by tooth, palate, back."""
        crowns = [self.crown_quads(tooth) for tooth in range(TEETH)]
        # Palate and back have their rows from back to front: seen from the teeth's tips, that is downwards.
        return np.concatenate(
            [self.gum_quads(), *crowns, grid_quads(self.palate)[:, ::-1], grid_quads(self.back)]
        )

    def gum_quads(self) -> Int[np.ndarray, "q 4"]:
        """The grid without what is under teeth."""
        quads = grid_quads(self.gum.T)
        inside = np.zeros((ROWS - 1, COLUMNS - 1), bool)
        for tooth in range(TEETH):
            c = block_column(tooth)
            inside[SLOPE : SLOPE + SIDE, c : c + SIDE] = True
        return quads[~inside.reshape(-1)]

    def crown_quads(self, tooth: int) -> Int[np.ndarray, "q 4"]:
        """From the margin up to the biting face."""
        rings = [self.margin(tooth), *self.crowns[tooth]]
        walls = [ring_quads(inner, outer) for outer, inner in pairwise(rings)]
        return np.concatenate([*walls, grid_quads(self.faces[tooth])])

    def mirror(self) -> Int[np.ndarray, "v"]:
        """The mirror map."""
        result = np.full(self.num_vertices, -1)
        for grid in (self.gum.T, self.palate, self.back):
            known = grid >= 0
            result[grid[known]] = grid[:, ::-1][known]
        result[self.faces] = self.faces[::-1, :, ::-1]
        rings = self.crowns[:, :-1]
        result[rings] = np.roll(rings[::-1, :, ::-1], 1, axis=-1)
        assert (result >= 0).all()
        return result

    @staticmethod
    def _spanned(edge: Int[np.ndarray, "c"], first: int, *, back: Int[np.ndarray, "w"] | None) -> np.ndarray:
        """A grid hung into an edge that runs forward on the right, along the front, and back on the left."""
        rows = (COLUMNS - 1 - FRONT) // 2
        grid = np.full((rows + 1, FRONT + 1), -1)
        grid[:, 0] = edge[: rows + 1]
        grid[-1] = edge[rows : rows + FRONT + 1]
        grid[:, -1] = edge[rows + FRONT :][::-1]
        if back is not None:
            grid[0] = back
        free = grid < 0
        grid[free] = first + np.arange(free.sum())
        return grid


def arch_texture(layout: ArchLayout) -> tuple[Float[np.ndarray, "t 2"], Int[np.ndarray, "q 4"]]:
    """Texture coordinates: gum and teeth in a band above, palate and back side by side below it.

    Each crown fills a square of the band, its rings nested in each other.
    """
    across = np.concatenate([[0], np.cumsum(_column_widths())])
    along = np.concatenate([[0], np.cumsum([2.0, 2, 2, *[3.0] * SIDE, 2, 2, 2])])
    u, v = across / across[-1], along / along[-1]
    # Folded ends have two places in the band: the grid's numbers before folding.
    flat = np.arange(COLUMNS * ROWS).reshape(COLUMNS, ROWS)
    band = np.stack(np.meshgrid(u, v, indexing="ij"), axis=-1).reshape(-1, 2)
    quads = grid_quads(flat.T).reshape(ROWS - 1, COLUMNS - 1, 4)
    inside = np.zeros((ROWS - 1, COLUMNS - 1), bool)
    points, crowns, count = [band], [], len(band)
    for tooth in range(TEETH):
        c = block_column(tooth)
        inside[SLOPE : SLOPE + SIDE, c : c + SIDE] = True
        block = flat[c : c + SIDE + 1, SLOPE : SLOPE + SIDE + 1].T
        square = band[block]
        centre = square.reshape(-1, 2).mean(axis=0)
        shrunk = [
            centre + (band[patch_border(block)] - centre) * (1 - 0.13 * (k + 1)) for k in range(SECTIONS - 1)
        ]
        face = centre + (square - centre) * (1 - 0.13 * SECTIONS)
        ids = count + np.arange((SECTIONS - 1) * 4 * SIDE).reshape(SECTIONS - 1, -1)
        top = ids.max() + 1 + np.arange((SIDE + 1) ** 2).reshape(SIDE + 1, -1)
        rings = [patch_border(block), *ids, patch_border(top)]
        crowns += [ring_quads(inner, outer) for outer, inner in pairwise(rings)]
        crowns.append(grid_quads(top))
        points += [*shrunk, face.reshape(-1, 2)]
        count = int(top.max()) + 1
    sheets = []
    for grid, cell in ((layout.palate[:, ::-1], (0, 0, 0.48, 0.48)), (layout.back, (0.52, 0, 0.48, 0.48))):
        r, c = grid.shape
        ids = count + np.arange(r * c).reshape(r, c)
        sheet = np.stack(np.meshgrid(np.linspace(0, 1, c), np.linspace(0, 1, r)), axis=-1)
        points.append(place(sheet.reshape(-1, 2), cell))
        sheets.append(ids)
        count += r * c
    points[: len(points) - 2] = [place(p, (0, 0.52, 1, 0.48)) for p in points[:-2]]
    # The palate is wound the other way round than its rows and columns; so is its sheet, turned over in u.
    palate = grid_quads(sheets[0][:, ::-1])[:, ::-1]
    uv_quads = [quads[~inside].reshape(-1, 4), *crowns, palate, grid_quads(sheets[1])]
    return np.concatenate(points), np.concatenate(uv_quads)


def _column_widths() -> list[float]:
    tooth = [2.0] * SIDE
    widths = [1.0] * END
    for k in range(TEETH):
        widths += [*tooth, *([1.0, 1.0] if k < TEETH - 1 else [])]
    return widths + [1.0] * END
