"""The pieces of a head by how its expressions move them: what bends, what is rigid, what rides on the skin.

Looks at the mean and at the expressions' displacements alone; knows nothing of any one model.
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

RIGID_MM, RIGID_SHARE = 0.05, 0.005
"""A piece is rigid where a motion leaves no more than this, or than this share of how far it goes."""
PIVOT_MM = 0.05
"""A rigid piece turns about a point where that point stays within this in all expressions."""
FOLLOWED, ALIKE, ALIKE_FROM_MM = 100, 0.25, 2.0
"""At most so many vertices of the skin lead a rigid part: those that are never further from its motion than
this share of how far it goes, in expressions that move it further than this."""
AROUND = 6
"""Vertices of the skin that a vertex of a shell follows."""


@final
@dataclass(frozen=True, kw_only=True)
class RigidPart:
    """Pieces that all expressions move as one body: a jaw's teeth, an eyeball."""

    vertices: Int[np.ndarray, "n"]
    rest: Float[np.ndarray, "n 3"]
    """In the source."""
    turns: Float[np.ndarray, "k 3 3"]
    """About the centroid, an expression."""
    shifts: Float[np.ndarray, "k 3"]
    """Of the centroid, mm."""
    remainder: Float[np.ndarray, "k n 3"]
    """What the source moves it beside that; at most the tolerance above."""
    pivot: Float[np.ndarray, "3"] | None
    """The point about which it turns in all expressions, where there is one."""
    skin: Int[np.ndarray, "a"]
    """Vertices of the skin that move nearly as the part does, such as a chin's."""
    skin_apart: Float[np.ndarray, "k a 3"]
    """What they move beside the part's motion."""

    def carried(
        self, target: Float[np.ndarray, "v 3"], scale: float, displaced: Float[np.ndarray, "k v 3"]
    ) -> Float[np.ndarray, "k n 3"]:
        """Displacements of the same part of a target, which stays as rigid as the source's.

        Args:
            target: at rest, all vertices of the head.
            scale: of the target's head over the source's.
            displaced: displacements of the target's skin.
        """
        points = target[self.vertices]
        turns = self.turns - np.eye(3)
        if self.pivot is not None:
            # an eyeball has a size of its own, and its centre with it
            centre, shifts = _carried_point(self.rest, points, self.pivot), np.zeros_like(self.shifts)
        else:
            centre, shifts = points.mean(axis=0), scale * self.shifts
            if len(self.skin):
                # teeth go where the chin goes, whose jaw may be longer than the source's
                alike = np.einsum("kde,ne->knd", turns, target[self.skin] - centre) + shifts[:, None]
                shifts = shifts + (displaced[:, self.skin] - alike - scale * self.skin_apart).mean(axis=1)
        return np.einsum("kde,ne->knd", turns, points - centre) + shifts[:, None] + scale * self.remainder


@final
@dataclass(frozen=True, kw_only=True)
class HeadParts:
    """All vertices of a head, in one part each."""

    bending: Bool[np.ndarray, "v"]
    """Skin, gums, tongue: moved by deformation transfer."""
    rigid: tuple[RigidPart, ...]
    shell: Int[np.ndarray, "m"]
    """Lashes, tear films: what light passes and rides on the skin."""
    shell_on: Int[np.ndarray, "m a"]
    """Vertices of the skin that they follow."""
    shell_weight: Float[np.ndarray, "m a"]


def head_parts(
    rest: Float[np.ndarray, "v 3"],
    moved: Float[np.ndarray, "k v 3"],
    faces: Int[np.ndarray, "f 3"],
    *,
    skin: Bool[np.ndarray, "v"],
    opaque: Bool[np.ndarray, "v"],
) -> HeadParts:
    """Sort the pieces.

    Args:
        rest: the source's vertices.
        moved: their displacements by each expression.
        faces: of the head.
        skin: outer skin; a piece with any of it bends.
        opaque: False at see-through shells.
    """
    count = len(rest)
    sides = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    graph = coo_array((np.ones(len(sides)), (sides[:, 0], sides[:, 1])), shape=(count, count))
    _, piece = connected_components(graph, directed=False)
    groups: list[np.ndarray] = []
    shells: list[np.ndarray] = []
    inner = [
        vertices
        for vertices in np.split(np.argsort(piece, kind="stable"), np.cumsum(np.bincount(piece))[:-1])
        if not skin[vertices].any()
    ]
    # what light passes may be fixed to an eyeball, so those come first
    for vertices in sorted(inner, key=lambda part: not opaque[part].any()):
        solid = bool(opaque[vertices].any())
        rigid = _miss(rest[vertices], moved[:, vertices]) <= 0
        if not (rigid and _joined(groups, vertices, rest, moved, begin=solid)) and not solid:
            shells.append(vertices)
    bending = np.ones(count, bool)
    for vertices in (*groups, *shells):
        bending[vertices] = False
    shell = np.concatenate([np.zeros(0, int), *shells])
    on_skin = np.flatnonzero(skin & bending)
    distance, near = KDTree(rest[on_skin]).query(rest[shell], k=AROUND)
    weight = 1.0 / np.maximum(distance, 1e-6) ** 2
    return HeadParts(
        bending=bending,
        rigid=tuple(_rigid(vertices, rest, moved, on_skin) for vertices in groups),
        shell=shell,
        shell_on=on_skin[near],
        shell_weight=weight / weight.sum(axis=1, keepdims=True),
    )


def _joined(
    groups: list[np.ndarray], vertices: np.ndarray, rest: np.ndarray, moved: np.ndarray, *, begin: bool
) -> bool:
    """Add a rigid piece to the first body that it belongs to, or begin one; whether it has a body now."""
    for place, group in enumerate(groups):
        both = np.concatenate([group, vertices])
        if _miss(rest[both], moved[:, both]) <= 0:
            groups[place] = both
            return True
    if begin:
        groups.append(vertices)
    return begin


def _miss(rest: Float[np.ndarray, "n 3"], moved: Float[np.ndarray, "k n 3"]) -> float:
    """How far rigid motions are beyond the tolerance from displacements, mm; at most 0 where they are not."""
    turns, shifts = _motions(rest, moved)
    left = moved - _by_motion(rest, turns, shifts)
    apart = np.linalg.norm(left, axis=-1).max(axis=1)
    far = np.linalg.norm(moved, axis=-1).max(axis=1)
    return float((apart - np.maximum(RIGID_MM, RIGID_SHARE * far)).max())


def _motions(
    rest: Float[np.ndarray, "n 3"], moved: Float[np.ndarray, "k n 3"]
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest rotation about the centroid and its shift, an expression."""
    shifts = moved.mean(axis=1)
    arms = rest - rest.mean(axis=0)
    after = arms + moved - shifts[:, None]
    left, _, right = np.linalg.svd(np.einsum("knd,ne->kde", after, arms))
    left[:, :, 2] *= np.sign(np.linalg.det(left @ right))[:, None]
    return left @ right, shifts


def _by_motion(rest: np.ndarray, turns: np.ndarray, shifts: np.ndarray) -> Float[np.ndarray, "k n 3"]:
    arms = rest - rest.mean(axis=0)
    return np.einsum("kde,ne->knd", turns - np.eye(3), arms) + shifts[:, None]


def _rigid(vertices: np.ndarray, rest: np.ndarray, moved: np.ndarray, skin: np.ndarray) -> RigidPart:
    own, displaced = rest[vertices], moved[:, vertices]
    turns, shifts = _motions(own, displaced)
    alike = np.einsum("kde,ne->knd", turns - np.eye(3), rest[skin] - own.mean(axis=0)) + shifts[:, None]
    apart = moved[:, skin] - alike
    far = np.linalg.norm(displaced, axis=-1).max(axis=1)
    goes = far > ALIKE_FROM_MM
    share = (np.linalg.norm(apart, axis=-1)[goes] / far[goes, None]).max(axis=0, initial=0.0)
    near = np.argsort(share, kind="stable")[:FOLLOWED]
    near = near[share[near] < ALIKE] if goes.any() else near[:0]
    return RigidPart(
        vertices=vertices,
        rest=own,
        turns=turns,
        shifts=shifts,
        remainder=displaced - _by_motion(own, turns, shifts),
        pivot=_pivot(own.mean(axis=0), turns, shifts),
        skin=skin[near],
        skin_apart=apart[:, near],
    )


def _pivot(centre: np.ndarray, turns: np.ndarray, shifts: np.ndarray) -> Float[np.ndarray, "3"] | None:
    """The point that stays: (turn - 1) (p - centre) + shift = 0 in all expressions."""
    rows = (turns - np.eye(3)).reshape(-1, 3)
    if np.linalg.matrix_rank(rows, tol=1e-3) < 3:  # noqa: PLR2004 - turns about one axis have a whole line
        return None
    arm, *_ = np.linalg.lstsq(rows, -shifts.reshape(-1), rcond=None)
    left = np.abs((turns - np.eye(3)) @ arm + shifts).max()
    return centre + arm if left <= PIVOT_MM else None


def _carried_point(
    source: Float[np.ndarray, "n 3"], target: Float[np.ndarray, "n 3"], point: Float[np.ndarray, "3"]
) -> Float[np.ndarray, "3"]:
    """Where the affine map between two point sets takes a point."""
    rows = np.column_stack([source - point, np.ones(len(source))])
    return np.linalg.lstsq(rows, target, rcond=None)[0][3]
