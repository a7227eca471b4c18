"""A piece of the procedural head as quads, and what all pieces share: mirroring, merging, grids and O-grids.

Knows nothing of anatomy. Seen from outside, quads wind counter-clockwise; the mirror plane is x = 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float, Int

FLIP = np.array([-1.0, 1.0, 1.0])
"""Factors of a point's mirror image."""

Cell = tuple[float, float, float, float]
"""A rectangle of the unit square: left, bottom, width, height."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A quad surface, or several, in mm in the head frame."""

    name: str
    vertices: Float[np.ndarray, "v 3"]
    quads: Int[np.ndarray, "q 4"]
    uv: Float[np.ndarray, "t 2"]
    """In the unit square, origin bottom-left; no two quads overlap."""
    quads_uv: Int[np.ndarray, "q 4"]
    mirror: Int[np.ndarray, "v"]
    """Index of each vertex's mirror image; an involution."""
    groups: Mapping[str, Bool[np.ndarray, "v"]]

    def __post_init__(self) -> None:
        assert len(self.quads) == len(self.quads_uv)
        assert len(self.mirror) == len(self.vertices)
        assert all(len(mask) == len(self.vertices) for mask in self.groups.values())


def mirrored(part: Part, name: str) -> Part:
    """Reflect a part at x = 0: the other side's, with vertices in the same order and quads the right way out.

    Its texture is turned over in u with it, and still lies in the unit square.
    """
    return replace(
        part,
        name=name,
        vertices=part.vertices * FLIP,
        quads=part.quads[:, ::-1].copy(),
        uv=np.array([1, 0]) + part.uv * [-1, 1],
        quads_uv=part.quads_uv[:, ::-1].copy(),
    )


def pair(name: str, left: Part, cells: tuple[Cell, Cell]) -> Part:
    """Join a part with its reflection; groups `left` and `right` tell them apart.

    Args:
        name: of both together.
        left: the part on the subject's left; its own mirror map is dropped.
        cells: where in the unit square the left and the right one's texture lies.
    """
    both = merge(name, [left, mirrored(left, f"{left.name} mirrored")], cells)
    count = len(left.vertices)
    side = np.arange(2 * count) < count
    groups = {**both.groups, "left": side, "right": ~side}
    return replace(both, mirror=np.roll(np.arange(2 * count), count), groups=groups)


def merge(name: str, parts: Sequence[Part], cells: Sequence[Cell]) -> Part:
    """Join parts that are each their own mirror image into one.

    Args:
        name: of all together.
        parts: in the order in which their vertices shall stand.
        cells: one a part: the rectangle of the unit square that its texture moves to. They must not overlap.

    Returns:
        The parts one after the other. A group holds the vertices of all groups of that name, and each part's
        name is a group too.
    """
    if len(parts) != len(cells):
        raise ValueError(f"expected one cell for each of {len(parts)} parts, got {len(cells)}")
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    starts_uv = np.cumsum([0, *(len(part.uv) for part in parts)])
    groups: dict[str, np.ndarray] = {}
    for part, start in zip(parts, starts[:-1], strict=True):
        everything = {part.name: np.ones(len(part.vertices), bool)}
        for group, mask in (*part.groups.items(), *everything.items()):
            whole = groups.setdefault(group, np.zeros(starts[-1], bool))
            whole[start : start + len(mask)] |= mask
    return Part(
        name=name,
        vertices=np.concatenate([part.vertices for part in parts]),
        quads=np.concatenate([part.quads + start for part, start in zip(parts, starts[:-1], strict=True)]),
        uv=np.concatenate([place(part.uv, cell) for part, cell in zip(parts, cells, strict=True)]),
        quads_uv=np.concatenate([p.quads_uv + start for p, start in zip(parts, starts_uv[:-1], strict=True)]),
        mirror=np.concatenate([part.mirror + start for part, start in zip(parts, starts[:-1], strict=True)]),
        groups=groups,
    )


def place(uv: Float[np.ndarray, "t 2"], cell: Cell) -> Float[np.ndarray, "t 2"]:
    """Move the unit square into a cell of it."""
    return np.asarray(cell[:2]) + uv * np.asarray(cell[2:])


def reflect(vertices: Float[np.ndarray, "v 3"], mirror: Int[np.ndarray, "v"]) -> Float[np.ndarray, "v 3"]:
    """Make symmetry exact: of each pair the one farther to the left (+x) stays, the other becomes its image.

    What is its own mirror image moves onto x = 0.
    """
    own = mirror == np.arange(len(mirror))
    left = vertices[:, 0] > vertices[mirror, 0]
    result = np.where(left[:, None], vertices, vertices[mirror] * FLIP)
    result[own, 0] = 0
    return result


def grid_quads(ids: Int[np.ndarray, "r c"]) -> Int[np.ndarray, "q 4"]:
    """Quads of a grid of vertices, counter-clockwise where rows run up and columns to the right."""
    a, b, c, d = ids[:-1, :-1], ids[:-1, 1:], ids[1:, 1:], ids[1:, :-1]
    return np.stack([a, b, c, d], axis=-1).reshape(-1, 4)


def ring_quads(inner: Int[np.ndarray, "m"], outer: Int[np.ndarray, "m"]) -> Int[np.ndarray, "q 4"]:
    """Quads between two closed rings walked counter-clockwise, the outer one around the inner one."""
    return np.stack([inner, outer, np.roll(outer, -1), np.roll(inner, -1)], axis=-1)


def patch_border(ids: Int[np.ndarray, "r r"]) -> Int[np.ndarray, "m"]:
    """The border of a square grid of vertices: counter-clockwise from the middle of its last row.

    The number of segments a side must be even: step k of m is then the mirror image of step m - k.
    """
    n = len(ids) - 1
    assert n % 2 == 0
    walk = np.concatenate([ids[n, n:0:-1], ids[n:0:-1, 0], ids[0, 0:n], ids[0:n, n]])
    return np.roll(walk, -(n // 2))


def square_grid(n: int) -> Float[np.ndarray, "s s 2"]:
    """Points of a grid of n segments a side over the square from -1 to 1: columns along x, rows along y."""
    steps = (2 * np.arange(n + 1) - n) / n
    x, y = np.meshgrid(steps, steps)
    return np.stack([x, y], axis=-1)


def rounded(square: Float[np.ndarray, "*n 2"], roundness: float) -> Float[np.ndarray, "*n 2"]:
    """Map the square from -1 to 1 towards the unit disc: 0 leaves it, 1 gives the disc."""
    x, y = square[..., 0], square[..., 1]
    disc = np.stack([x * np.sqrt(1 - y**2 / 2), y * np.sqrt(1 - x**2 / 2)], axis=-1)
    return square + roundness * (disc - square)


def meridians(count: int) -> Float[np.ndarray, "m 2"]:
    """Unit vectors around a circle, counter-clockwise from the top, in the order of `patch_border`."""
    angle = np.pi / 2 + 2 * np.pi * np.arange(count) / count
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


@dataclass(frozen=True, kw_only=True)
class Capsule:
    """Connectivity of a closed surface without poles: a square patch, rings around it, a second patch behind.

    Vertices are numbered front patch row by row, rings from front to back, back patch row by row. Patches have
    columns along x and rows along y, both seen from the front. Without a back the last ring is the border.
    """

    n: int
    """Segments a side of the patches; rings have four times as many."""
    rings: int
    back: bool = True

    @property
    def patch_size(self) -> int:
        """Vertices of a patch."""
        return (self.n + 1) ** 2

    @property
    def num_vertices(self) -> int:
        """Of all."""
        return self.patch_size * (2 if self.back else 1) + 4 * self.n * self.rings

    def front_ids(self) -> Int[np.ndarray, "s s"]:
        """Vertices of the front patch."""
        return np.arange(self.patch_size).reshape(self.n + 1, -1)

    def back_ids(self) -> Int[np.ndarray, "s s"]:
        """Vertices of the back patch."""
        return self.front_ids() + self.patch_size + 4 * self.n * self.rings

    def ring_ids(self) -> Int[np.ndarray, "k m"]:
        """Vertices of the rings."""
        return self.patch_size + np.arange(4 * self.n * self.rings).reshape(self.rings, -1)

    def quads(self) -> Int[np.ndarray, "q 4"]:
        """All quads, from front to back."""
        rings = [patch_border(self.front_ids()), *self.ring_ids()]
        if self.back:
            rings.append(patch_border(self.back_ids()))
        between = [ring_quads(*two) for two in pairwise(rings)]
        behind = [grid_quads(self.back_ids())[:, ::-1]] if self.back else []
        return np.concatenate([grid_quads(self.front_ids()), *between, *behind])

    def mirror(self) -> Int[np.ndarray, "v"]:
        """The mirror map of a surface that is symmetric in x."""
        result = np.empty(self.num_vertices, int)
        result[self.front_ids()] = self.front_ids()[:, ::-1]
        ring = self.ring_ids()
        result[ring] = np.roll(ring[:, ::-1], 1, axis=1)
        if self.back:
            result[self.back_ids()] = self.back_ids()[:, ::-1]
        return result

    def texture(
        self,
        patches: tuple[Float[np.ndarray, "s s 2"], Float[np.ndarray, "s s 2"]],
        rings: Float[np.ndarray, "k m 2"],
        *,
        seam: int,
        cells: tuple[Cell, Cell],
    ) -> tuple[Float[np.ndarray, "t 2"], Int[np.ndarray, "q 4"]]:
        """Unfold into two islands, one around each patch, cut along a ring.

        Args:
            patches: plane coordinates of front and back patch, each within the square from -1 to 1.
            rings: plane coordinates of the rings: up to the seam around the front patch, from it on around the
                back one.
            seam: the ring that both islands end with.
            cells: where the islands go; the back one is turned over, so that it too is seen from outside.

        Returns:
            Coordinates of vertices: those up to the seam, then those from it on; and the quads among them.
        """
        assert self.back
        front = np.concatenate([patches[0].reshape(-1, 2), rings[: seam + 1].reshape(-1, 2)])
        behind = np.concatenate([rings[seam:].reshape(-1, 2), patches[1].reshape(-1, 2)]) * np.array([-1, 1])
        uv = np.concatenate(
            [place((plane + 1) / 2, cell) for plane, cell in zip((front, behind), cells, strict=True)]
        )
        quads = self.quads()
        last_front = len(front) - 1
        shifted = quads + 4 * self.n
        return uv, np.where((quads > last_front).any(axis=1, keepdims=True), shifted, quads)
