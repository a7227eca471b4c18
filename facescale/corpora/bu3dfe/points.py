"""BU-3DFE's landmark files: .bnd (83 points of a cropped face) and .pse (8 of a raw scan). Knows no mesh.

Point n is called "bu3dfe_<n>", counted from 1 as in the files. Eye and mouth corners carry their names of NoW
as well. Sources disagree whether the first eye is the subject's right one; the face's own shape decides.
"""

import numpy as np

from facescale.corpora.number_lines import number_lines, numbers, text_lines
from facescale.corpora.rejections import bad_keypoints
from facescale.corpora.sides import first_is_right
from facescale.structures.keypoints import Keypoints

BND_POINTS = 83
PSE_IDS: tuple[int, ...] = (1, 5, 9, 13, 40, 45, 84, 85)
"""Which points the eight lines of a .pse are; 84 and 85 have no place among the 83."""
_EYES: tuple[tuple[int, int], ...] = ((1, 5), (9, 13))
"""Corners of the first and of the second eye."""
_MOUTH = (49, 55)
"""Corners: the outer lips are 49..60, beginning in a corner and half way round in the other."""
_NOSE = range(37, 49)
_PSE_NOSE = (40, 45)


def read_bnd(data: bytes) -> Keypoints:
    """Parse a .bnd file: 83 lines "index x y z", of which the index is not looked at.

    Returns:
        The points in the scan's unit and frame, those of NoW first.

    Raises:
        CaptureRejected: bad-keypoints.
    """
    rows = number_lines(data, "a .bnd file", width=4)
    if len(rows) != BND_POINTS:
        raise bad_keypoints(f"a .bnd file of {BND_POINTS} lines", f"{len(rows)}")
    at = dict(enumerate(rows[:, 1:], 1))
    nose = np.mean([at[n] for n in _NOSE], axis=0)
    return _named(at, mouth=(at[_MOUTH[0]] + at[_MOUTH[1]]) / 2, nose=nose)


def read_pse(data: bytes) -> Keypoints:
    """Parse a .pse file: eight lines "index x y z" and one of the face's normal, which begins with "n".

    Returns:
        The points in the scan's unit and frame; with a normal, eye corners carry their names of NoW.

    Raises:
        CaptureRejected: bad-keypoints.
    """
    words = [line.replace(",", " ").split() for line in text_lines(data, "a .pse file")]
    points = [row for row in words if row and not row[0].lower().startswith("n")]
    normals = [row[-3:] for row in words if row and row[0].lower().startswith("n")]
    rows = numbers(points, "a .pse file", width=4)
    if len(rows) != len(PSE_IDS):
        raise bad_keypoints(f"a .pse file of {len(PSE_IDS)} points", f"{len(rows)}")
    at = dict(zip(PSE_IDS, rows[:, 1:], strict=True))
    below = (at[_PSE_NOSE[0]] + at[_PSE_NOSE[1]]) / 2
    if not normals:
        return _named(at, mouth=None, nose=None)
    middle = np.mean([at[n] for eye in _EYES for n in eye], axis=0)
    out = numbers(normals[:1], "a .pse file", width=3)[0]
    return _named(at, mouth=below, nose=(2 * middle + below) / 3 + out * np.linalg.norm(middle - below))


def _named(at: dict[int, np.ndarray], *, mouth: np.ndarray | None, nose: np.ndarray | None) -> Keypoints:
    """Points by their numbers, and before them those that have a name in NoW's set."""
    named: dict[str, np.ndarray] = {}
    eyes = [np.mean([at[n] for n in eye], axis=0) for eye in _EYES]
    if mouth is not None and nose is not None:
        right = first_is_right(eyes[0], eyes[1], mouth=mouth, nose=nose)
        if right is not None:
            sides = ("right", "left") if right else ("left", "right")
            for side, eye, other in zip(sides, _EYES, reversed(eyes), strict=True):
                inner, outer = sorted(
                    (at[n] for n in eye), key=lambda point: float(np.linalg.norm(point - other))
                )
                named |= {f"{side}_eye_inner": inner, f"{side}_eye_outer": outer}
            if _MOUTH[0] in at:
                towards = eyes[1] - eyes[0]
                corners = sorted((at[n] for n in _MOUTH), key=lambda point: float(point @ towards))
                named |= {f"mouth_{side}": corner for side, corner in zip(sides, corners, strict=True)}
    named |= {f"bu3dfe_{n:02d}": position for n, position in at.items()}
    return Keypoints(names=tuple(named), positions=np.array(list(named.values())))
