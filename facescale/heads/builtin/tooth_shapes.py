"""Crowns of the fourteen teeth of an arch, as sizes and profiles. Knows nothing of arches, gums or meshes.

Sizes after Nelson and Ash, "Wheeler's Dental Anatomy, Physiology and Occlusion"; the profiles are our own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from facescale.heads.builtin.parts import rounded

ToothKind = Literal["incisor", "canine", "premolar", "molar"]


@dataclass(frozen=True)
class Tooth:
    """Sizes of a crown in mm."""

    name: str
    kind: ToothKind
    width: float
    """Mesiodistal, at the contacts."""
    neck: float
    """Mesiodistal, at the gum."""
    height: float
    depth: float
    """Labiolingual."""
    scallop: float
    """How far the gum rises between the teeth above its lowest place."""


UPPER_TEETH = (
    Tooth("central_incisor", "incisor", 8.5, 7.0, 10.5, 7.0, 3.0),
    Tooth("lateral_incisor", "incisor", 6.5, 5.0, 9.0, 6.0, 2.6),
    Tooth("canine", "canine", 7.5, 5.5, 10.0, 8.0, 2.3),
    Tooth("first_premolar", "premolar", 7.0, 5.0, 8.5, 9.0, 1.4),
    Tooth("second_premolar", "premolar", 7.0, 5.0, 8.2, 9.0, 1.3),
    Tooth("first_molar", "molar", 10.0, 8.0, 7.5, 11.0, 1.2),
    Tooth("second_molar", "molar", 9.5, 7.2, 7.0, 11.0, 1.0),
)
LOWER_TEETH = (
    Tooth("central_incisor", "incisor", 5.0, 3.6, 9.0, 6.0, 2.6),
    Tooth("lateral_incisor", "incisor", 5.5, 4.0, 9.3, 6.5, 2.5),
    Tooth("canine", "canine", 7.0, 5.5, 10.5, 7.5, 2.0),
    Tooth("first_premolar", "premolar", 7.0, 5.0, 8.5, 7.5, 1.2),
    Tooth("second_premolar", "premolar", 7.0, 5.0, 8.0, 8.0, 1.2),
    Tooth("first_molar", "molar", 11.0, 9.0, 7.5, 10.5, 1.1),
    Tooth("second_molar", "molar", 10.5, 8.2, 7.0, 10.0, 1.0),
)


@dataclass(frozen=True, kw_only=True)
class _Profile:
    """Sections of a crown from the gum to the border of its biting face, the same number for each kind."""

    share: tuple[float, ...]
    """Of the height."""
    breadth: tuple[float, ...]
    """0: as wide as the neck, 1: as the contacts."""
    front: tuple[float, ...]
    """The labial side before the arch's curve, in depths."""
    behind: tuple[float, ...]
    """The lingual side, in depths."""
    roundness: tuple[float, ...]
    taper: float
    """How much narrower the lingual side is."""


_PROFILES: Mapping[ToothKind, _Profile] = {
    "incisor": _Profile(
        share=(-0.05, 0.24, 0.56, 0.84, 0.97),
        breadth=(0.0, 0.45, 0.9, 1.0, 0.78),
        front=(-0.05, 0.05, 0.08, 0.05, 0.0),
        behind=(-0.88, -0.82, -0.44, -0.2, -0.12),
        roundness=(0.95, 0.9, 0.75, 0.6, 0.45),
        taper=0.5,
    ),
    "canine": _Profile(
        share=(-0.05, 0.24, 0.54, 0.78, 0.94),
        breadth=(0.0, 0.5, 0.95, 0.9, 0.1),
        front=(-0.06, 0.06, 0.1, 0.06, 0.0),
        behind=(-0.9, -0.86, -0.55, -0.3, -0.16),
        roundness=(1.0, 0.95, 0.9, 0.8, 0.6),
        taper=0.5,
    ),
    "premolar": _Profile(
        share=(-0.06, 0.2, 0.5, 0.76, 0.88),
        breadth=(0.0, 0.55, 1.0, 0.9, 0.35),
        front=(-0.06, 0.04, 0.07, 0.02, -0.06),
        behind=(-0.9, -0.97, -0.95, -0.88, -0.78),
        roundness=(1.0, 0.95, 0.85, 0.8, 0.7),
        taper=0.2,
    ),
    "molar": _Profile(
        share=(-0.06, 0.2, 0.5, 0.74, 0.86),
        breadth=(0.0, 0.55, 1.0, 0.9, 0.4),
        front=(-0.05, 0.03, 0.06, 0.01, -0.06),
        behind=(-0.93, -0.98, -0.96, -0.89, -0.81),
        roundness=(0.9, 0.85, 0.75, 0.7, 0.6),
        taper=0.12,
    ),
}
SECTIONS = 5
GUM_THICKNESS = 0.35
"""How far the gum's margin stands off the neck, mm."""
_NECK_TAPER = 0.15
"""How much more a neck narrows towards the tongue than the crown does: roots stand closer there."""


def gum_margin(tooth: Tooth, square: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 3"]:
    """Where the gum meets a tooth: along the arch, outwards, towards the tip; mm from the arch's curve.

    Args:
        tooth: its sizes.
        square: around the border of the square from -1 to 1: first towards distal, then towards lingual.
    """
    neck = _section(tooth, 0, square)
    middle = (_PROFILES[tooth.kind].front[0] + _PROFILES[tooth.kind].behind[0]) / 2 * tooth.depth
    out = neck[:, :2] - [0, middle]
    out *= 1 + GUM_THICKNESS / np.linalg.norm(out, axis=1, keepdims=True)
    return np.concatenate([out + np.array([0, middle]), neck[:, 2:] + 0.05 * tooth.height], axis=1)


def crown_sections(tooth: Tooth, square: Float[np.ndarray, "n 2"]) -> list[Float[np.ndarray, "n 3"]]:
    """Sections of a crown from just below the gum to the border of the biting face; as of `gum_margin`."""
    return [_section(tooth, k, square) for k in range(SECTIONS)]


def biting_face(tooth: Tooth, square: Float[np.ndarray, "r c 2"]) -> Float[np.ndarray, "r c 3"]:
    """The face within the last section, over the whole square, whose border is that section."""
    x, y = square[..., 0], square[..., 1]
    # Cusps stand closer to the rim than halfway.
    inner = np.sign(square) * np.abs(square) ** 0.8
    points = _section(tooth, SECTIONS - 1, inner.reshape(-1, 2)).reshape(*square.shape[:-1], 3)
    rim = np.maximum(np.abs(x), np.abs(y)) > 1 - 1e-9
    relief = {
        "incisor": np.ones_like(x),
        "canine": 1.0 - 0.6 * np.abs(x),
        "premolar": (1.6 * np.abs(inner[..., 1]) - 0.35) * (1 - 0.5 * np.abs(x)),
        "molar": 1.25 * np.abs(inner[..., 1]) + 0.8 * np.abs(inner[..., 0]) - 0.7,
    }[tooth.kind]
    highest = np.where(rim, 0, relief).max()
    relief = relief / highest * (1 - _PROFILES[tooth.kind].share[-1]) * tooth.height
    points[..., 2] += np.where(rim, 0, relief)
    return points


def _section(tooth: Tooth, k: int, square: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 3"]:
    profile = _PROFILES[tooth.kind]
    plane = rounded(square, profile.roundness[k])
    across, back = plane[:, 0], (plane[:, 1] + 1) / 2
    width = tooth.neck + profile.breadth[k] * (tooth.width - tooth.neck)
    if k == SECTIONS - 1 and tooth.kind == "canine":
        width = 0.55 * tooth.width
    front, behind = profile.front[k] * tooth.depth, profile.behind[k] * tooth.depth
    # The contacts lie in the labial third; from there a crown narrows towards the tongue.
    taper = profile.taper + (_NECK_TAPER if k < 2 else 0)  # noqa: PLR2004 - the two sections at the gum
    along = across * width / 2 * (1 - taper * np.clip((back - 0.4) / 0.6, 0, 1))
    # A labial face bulges between its sides; the sides themselves stand back.
    out = front + (behind - front) * back - 0.04 * tooth.width * np.square(across) * (1 - back)
    gum = np.clip(1 - profile.share[k] / 0.5, 0, 1)
    tip = profile.share[k] * tooth.height + gum * tooth.scallop * np.square(across)
    return np.stack([along, out, tip - _worn_corners(tooth, k, across)], axis=1)


def _worn_corners(tooth: Tooth, k: int, across: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    """How far the biting edge falls towards its corners, more at the distal one."""
    strength = {SECTIONS - 1: 1.0, SECTIONS - 2: 0.45}.get(k, 0.0)
    distal = np.where(across > 0, 1.0, 0.6)
    if tooth.kind == "incisor":
        return strength * 0.09 * tooth.width * distal * across**4
    if tooth.kind == "canine":
        return strength * 0.12 * tooth.width * distal * np.abs(across)
    if tooth.kind == "premolar":
        return strength * 0.07 * tooth.width * np.square(across)
    return np.zeros_like(across)
