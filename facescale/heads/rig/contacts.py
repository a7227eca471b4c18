"""Pairs of skin vertices that meet: lids that close, lips that part. Virtual sides between them keep them so.

After Saito 2013, whose virtual triangles span the openings: without them each lid follows its own triangles,
and an eye that is larger than the source's does not close.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.spatial import KDTree

from facescale.geometry.deformation_transfer import Ties
from facescale.heads.arkit_names import arkit_name

BLINKS = ("eyeBlinkLeft", "eyeBlinkRight")
OPENING = "jawOpen"
CLOSED_MM, OPEN_MM = 1.0, 3.0
"""Lids: as near after a blink, and as far before."""
LIPS_MM, PARTED_MM = 2.0, 8.0
"""Lips: as near at rest, and as far with the jaw open."""
LID_WEIGHT, LIP_WEIGHT = 4.0, 1.0
"""Of a pair, where a side of a triangle weighs about 0.6."""


@final
@dataclass(frozen=True, kw_only=True)
class Contacts:
    """Pairs, and what the source's expressions do to the way from one to the other."""

    ties: Ties
    before: Float[np.ndarray, "t 3"]
    """From the second vertex to the first, at rest."""
    after: Float[np.ndarray, "k t 3"]
    lids: int
    """The first so many pairs are lids'; the others are lips'."""

    def wanted(self, target: Float[np.ndarray, "v 3"], scale: float) -> Float[np.ndarray, "k t 3"]:
        """Differences of displacements for a target.

        Where a gap shrinks, the target's shrinks by the same factor and turns alike, so that closed is closed
        for any size of the opening; where it grows, it grows by as much.
        """
        one, other = self.ties.ends.T
        way = target[one] - target[other]
        length, later = np.linalg.norm(self.before, axis=-1), np.linalg.norm(self.after, axis=-1)
        grown = scale * (self.after - self.before)
        shrinks = (later < length) & (length > CLOSED_MM)
        ratio = (later / np.maximum(length, 1e-9))[..., None]
        along = (self.before * self.after).sum(axis=-1, keepdims=True) > 0
        # lids that overlap a little end where the source's end, as no turn leads there
        left = np.where(along, ratio * _turned(self.before, self.after, way), scale * self.after)
        return np.where(shrinks[..., None], left - way, grown)


def contacts(
    rest: Float[np.ndarray, "v 3"],
    moved: Float[np.ndarray, "k v 3"],
    names: Sequence[str],
    skin: Bool[np.ndarray, "v"],
) -> Contacts:
    """Find the pairs of a head that has the expressions for it; none where it has not.

    Args:
        rest: the source's vertices.
        moved: their displacements by each expression.
        names: of the expressions.
        skin: vertices that can be in a pair.
    """
    places = {arkit_name(name): k for k, name in enumerate(names)}
    index = np.flatnonzero(skin)
    none = np.zeros((0, 2), int)
    lids = [
        _met(rest[index] + moved[k][index], rest[index], near=CLOSED_MM, far=OPEN_MM, part=moved[k][index])
        for k in (places[name] for name in BLINKS if name in places)
    ]
    lips = none
    if OPENING in places:
        opened = moved[places[OPENING]][index]
        lips = _met(rest[index], rest[index] + opened, near=LIPS_MM, far=PARTED_MM, part=opened)
    lid_pairs = index[np.concatenate([none, *lids])]
    pairs = np.concatenate([lid_pairs, index[lips]])
    one, other = pairs.T
    weight = np.where(np.arange(len(pairs)) < len(lid_pairs), LID_WEIGHT, LIP_WEIGHT)
    before = rest[one] - rest[other]
    return Contacts(
        ties=Ties(ends=pairs, weight=weight),
        before=before,
        after=before + moved[:, one] - moved[:, other],
        lids=len(lid_pairs),
    )


def _met(
    together: Float[np.ndarray, "n 3"],
    apart: Float[np.ndarray, "n 3"],
    *,
    near: float,
    far: float,
    part: Float[np.ndarray, "n 3"],
) -> Int[np.ndarray, "t 2"]:
    """Pairs that are near in one shape and far in another; of each vertex the nearest such partner."""
    goes = np.flatnonzero(np.linalg.norm(part, axis=1) > far / 2)
    tree = KDTree(together)
    found: dict[int, tuple[float, int]] = {}
    for vertex, others in zip(goes, tree.query_ball_point(together[goes], near), strict=True):
        there = np.array(others)
        there = there[np.linalg.norm(apart[there] - apart[vertex], axis=1) > far]
        if len(there):
            distance = np.linalg.norm(together[there] - together[vertex], axis=1)
            found[int(vertex)] = (float(distance.min()), int(there[distance.argmin()]))
    pairs = {tuple(sorted((vertex, other))) for vertex, (_, other) in found.items()}
    return np.array(sorted(pairs), int).reshape(-1, 2)


def _turned(
    before: Float[np.ndarray, "t 3"], after: Float[np.ndarray, "k t 3"], way: Float[np.ndarray, "t 3"]
) -> Float[np.ndarray, "k t 3"]:
    """Turn `way` by the smallest rotation from the way `before` to that `after`, within a right angle."""
    a = before / np.maximum(np.linalg.norm(before, axis=-1, keepdims=True), 1e-9)
    b = after / np.maximum(np.linalg.norm(after, axis=-1, keepdims=True), 1e-9)
    cosine = (a * b).sum(axis=-1, keepdims=True)
    axis = np.cross(a, b)
    along = (axis * way).sum(axis=-1, keepdims=True)
    # Rodrigues' formula for an axis as long as the sine
    return way * cosine + np.cross(axis, way) + axis * along / (1 + np.maximum(cosine, 0))
