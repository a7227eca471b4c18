"""Where the bones of ASM stand on a head, told by its 68 landmarks and the shape of its skin.

The paper placed them by hand in Blender. Here every place is a rule in landmarks and in parts of the distance
between the outer corners of the eyes, so that any head has them; the left side is told, the right mirrored.
Bones that carry skin are put on the nearest vertex of it; groups and eyes stand within.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.spatial import KDTree

from facescale.heads.asm.skeleton import BONES, INDEX, MIRROR, NAMES, PARENTED

OTHER_SIDE = (
    *range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31, 45, 44, 43, 42, 47, 46, 39, 38,
    37, 36, 41, 40, 54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65,
)  # fmt: skip
"""Landmark -> its mirror image."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A weighted mean of landmarks, moved."""

    landmarks: Mapping[int, float]
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """To the left, up and forward, in distances between the outer corners of the eyes."""


def _rule(*landmarks: int, offset: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Rule:
    return Rule(
        landmarks={index: landmarks.count(index) / len(landmarks) for index in landmarks}, offset=offset
    )


RULES: Mapping[str, Rule] = {
    "nose": _rule(27, 33, offset=(0, 0, -0.12)),
    "nose_bridge": _rule(28),
    "nose_tip": _rule(30),
    "nose_mid": _rule(29),
    "nose_wing.L": _rule(35, offset=(0.05, 0.07, 0.02)),
    "nose_bottom.L": _rule(34, 35, 35, offset=(0, -0.03, 0)),
    "nose_hole.L": _rule(34, 35, offset=(0, 0.05, 0.06)),
    "nose_bridge_upper": _rule(27),
    "mouth": _rule(48, 54, offset=(0, 0, -0.15)),
    "lip_corner.L": _rule(54),
    "lip_upper_side.L": _rule(52, 52, 63),
    "lip_upper_mid": _rule(51, 51, 62),
    "lip_lower_mid": _rule(57, 57, 66),
    "lip_lower_side.L": _rule(56, 56, 65),
    "eye.L": _rule(42, 43, 44, 45, 46, 47, offset=(0, 0, -0.13)),
    "eye_inner_upper.L": _rule(43, 43, 42, 23, offset=(0, 0.01, 0)),
    "eye_outer_upper.L": _rule(44, 44, 45, 25),
    "eye_outer_corner.L": _rule(45, offset=(0.02, 0, 0)),
    "eye_inner_lower.L": _rule(47, 47, 42, offset=(0, -0.06, 0)),
    "eye_outer_lower.L": _rule(46, 46, 45, offset=(0, -0.05, 0)),
    "eye_inner_corner.L": _rule(42),
    "eye_hole.L": _rule(46, 47, offset=(0, -0.16, 0)),
    "eyelid_outer.L": _rule(44, 44, 45),
    "eyelid_middle.L": _rule(43, 44),
    "eyelid_inner.L": _rule(43, 43, 42),
    "eyebrow.L": _rule(22, 24, 26, offset=(0, 0, -0.1)),
    "eyebrow_inner.L": _rule(22),
    "eyebrow_outer.L": _rule(25, 26),
    "eyebrow_mid.L": _rule(24, 23),
    "forehead": _rule(21, 22, offset=(0, 0.48, 0)),
    "apple_outer.L": _rule(45, 45, 14, offset=(0, -0.22, 0.05)),
    "apple_lower.L": _rule(54, 54, 46, 13, offset=(0.03, 0.05, 0.1)),
    "apple_inner.L": _rule(47, 35, 35, offset=(0.05, 0.06, 0)),
    "apple_center.L": _rule(46, 45, 35, 54, offset=(0.1, 0.03, 0.1)),
    "eyebrow_center": _rule(21, 22),
    "chin": _rule(57, 8, 8, offset=(0, 0.03, 0.05)),
    "chin_side.L": _rule(55, 55, 10, 9, offset=(0, 0.02, 0.05)),
    "jaw.L": _rule(10, 11),
    "jaw_corner.L": _rule(13, 12),
    "temple.L": _rule(26, 26, 16, offset=(0.05, 0.18, 0)),
    "cheek.L": _rule(54, 13, 14, offset=(0.05, 0.05, 0.05)),
    "chin_low": _rule(8),
    "chin_side_low.L": _rule(9, 10),
    "eyebrow_center_up": _rule(21, 22, offset=(0, 0.2, 0)),
    "forehead.L": _rule(23, 24, offset=(0, 0.38, -0.05)),
    "neck_front": _rule(8, offset=(0, -0.5, -0.45)),
    "neck_side.L": _rule(12, offset=(0, -0.45, -0.25)),
}
"""Bone -> where it stands, of pairs the left one. The ear, the head and the root are told by the skin below."""
EYE_CORNERS = (36, 45)


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where bones stand at rest."""

    position: Float[np.ndarray, "84 3"]
    """psi0, mm in the head frame."""
    vertex: Int[np.ndarray, "84"]
    """v_t: the nearest vertex of the skin."""


def place_bones(
    landmarks: Float[np.ndarray, "68 3"], vertices: Float[np.ndarray, "v 3"], skin: Int[np.ndarray, "s"]
) -> Placement:
    """Put the 84 bones on a head.

    Args:
        landmarks: of its mean, mm in the head frame.
        vertices: of its mean.
        skin: the vertices of its outer skin.
    """
    points = vertices[skin]
    tree = KDTree(points)
    wanted = _wanted(landmarks, points)
    _, nearest = tree.query(wanted)
    position = points[nearest]
    within = [INDEX[name] for name in NAMES if INDEX[name] in PARENTED]
    position[within] = wanted[within]
    return Placement(position=position, vertex=skin[nearest])


def _wanted(landmarks: Float[np.ndarray, "68 3"], skin: Float[np.ndarray, "s 3"]) -> Float[np.ndarray, "84 3"]:
    """Places before they are put on the skin."""
    measure = np.linalg.norm(landmarks[EYE_CORNERS[1]] - landmarks[EYE_CORNERS[0]])
    flip = np.array([-1.0, 1.0, 1.0])
    found = np.full((BONES, 3), np.nan)
    for name, rule in RULES.items():
        bone = INDEX[name]
        left = sum(share * landmarks[index] for index, share in rule.landmarks.items())
        right = sum(share * landmarks[OTHER_SIDE[index]] for index, share in rule.landmarks.items())
        offset = measure * np.array(rule.offset)
        found[bone] = left + offset
        found[MIRROR[bone]] = right + flip * offset
    middle = [bone for bone in range(BONES) if MIRROR[bone] == bone]
    found[middle, 0] = landmarks[27, 0]
    between_ears = _ears(skin, landmarks[8, 1])
    found[INDEX["ear.L"]], found[INDEX["ear.R"]] = between_ears
    found[INDEX["head"]] = np.mean(between_ears, axis=0) + measure * np.array([0, 0.25, 0])
    low = skin[skin[:, 1] < skin[:, 1].min() + 0.1 * measure]
    found[INDEX["root"]] = (landmarks[27, 0], skin[:, 1].min(), low[:, 2].mean())
    assert np.isfinite(found).all(), "a bone without a rule"
    return found


def _ears(skin: Float[np.ndarray, "s 3"], chin: float) -> Float[np.ndarray, "2 3"]:
    """Left and right: what is furthest to the sides above the chin."""
    above = skin[skin[:, 1] > chin]
    return np.stack([above[above[:, 0].argmax()], above[above[:, 0].argmin()]])
