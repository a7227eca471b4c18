"""Faces found in a picture and in its quarter turns, and which of them are true. Pure functions on points.

A head on its side is found in two or three of the four turns, at the same place. An inverted head gives a
confident upright face at a wrong place (forehead for chin), whose shape is as plausible as a true one's
(measured: a misfit to the mean face of 2 % of its height, as for true faces); but no other turn agrees on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, UInt8

from facescale.perception.pose import FacePose, face_height, fit_pose
from facescale.perception.tiles import same_face

TURNS = 4
UNUSUAL = 1.25
"""Factor on the misfit of faces that do not stand upright in the picture as it is given. Where two turns agree
on a true face and two on one that is made up of the same head, the true one's misfit is the smaller."""
AGREEING = 0.06
"""Root mean square distance, as a share of the face's height, up to which two turns found the same face."""
UPRIGHT = np.radians(60)
"""Lean in the picture up to which a face counts as found upright: true faces are found up to about 100 degrees,
made-up ones on heads that are more than 120 degrees off."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One face, in the pixels of the whole image as it is given."""

    points: Float[np.ndarray, "478 2"]
    blendshapes: Float[np.ndarray, "52"]
    turn: int
    """Quarter turns counter-clockwise of the picture in which it was found."""
    upright: Float[np.ndarray, "478 2"]
    """The points as that turned picture had them, up to a shift."""

    @cached_property
    def height(self) -> float:
        """Of the face, pixels."""
        return face_height(self.points)

    @cached_property
    def pose(self) -> FacePose:
        """In the turned picture."""
        return fit_pose(self.upright)


def turned(image: UInt8[np.ndarray, "h w 3"], turn: int) -> UInt8[np.ndarray, "a b 3"]:
    """An image turned counter-clockwise by quarters; a view."""
    return np.rot90(image, turn)


def turned_back(
    points: Float[np.ndarray, "n 2"], turn: int, *, width: int, height: int
) -> Float[np.ndarray, "n 2"]:
    """Positions in a turned image as positions in the image before.

    Args:
        points: in the turned image.
        turn: quarters counter-clockwise.
        width: of the image before.
        height: of the image before.
    """
    x, y = points[:, 0], points[:, 1]
    columns, rows = ((x, y), (width - y, x), (width - x, height - y), (y, height - x))[turn % TURNS]
    return np.stack([columns, rows], axis=1)


def undisputed(upright: Sequence[Finding], opposite: Sequence[Finding]) -> bool:
    """Whether faces of the picture as it is can be kept without looking at its sides.

    A made-up face stands on a head that is nearly upright when the picture is turned by half, and found then.
    """
    return bool(upright) and all(
        abs(one.pose.roll) <= UPRIGHT and not any(same_face(one.points, other.points) for other in opposite)
        for one in upright
    )


def settled(findings: Sequence[Finding]) -> list[Finding]:
    """One finding a head: the one that most turns agree on, as seen in the turn in which it leans least.

    A finding that no other turn confirms is kept only from the picture as it is, upright, where no other face
    on that head is confirmed.

    Args:
        findings: of all four turns.
    """
    kept = []
    for head in _heads(findings):
        votes = [[other for other in head if _agree(one, other)] for one in head]
        most = max(len({other.turn for other in group}) for group in votes)
        if most > 1:
            groups = [group for group in votes if len({other.turn for other in group}) == most]
            best = min(groups, key=_strangeness)
            kept.append(min(best, key=lambda one: abs(one.pose.roll)))
        else:
            kept += [one for one in head if one.turn == 0 and abs(one.pose.roll) <= UPRIGHT][:1]
    return kept


def _strangeness(group: Sequence[Finding]) -> float:
    """How unlike a face is what equally many turns agree on; pictures are rarely given inverted."""
    usual = any(one.turn == 0 and abs(one.pose.roll) <= UPRIGHT for one in group)
    return float(np.mean([one.pose.misfit for one in group])) * (1.0 if usual else UNUSUAL)


def _heads(findings: Sequence[Finding]) -> list[list[Finding]]:
    heads: list[list[Finding]] = []
    for one in sorted(findings, key=lambda found: -found.height):
        mine = next((head for head in heads if any(same_face(one.points, o.points) for o in head)), None)
        if mine is None:
            heads.append([one])
        else:
            mine.append(one)
    return heads


def _agree(one: Finding, other: Finding) -> bool:
    away = np.square(one.points - other.points).sum(axis=1).mean() ** 0.5
    return bool(away < AGREEING * max(one.height, other.height))
