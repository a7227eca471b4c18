"""The 52 ARKit expressions: what each moves of the skin, the eyes, the lower teeth and the tongue."""

import typing
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float

from facescale.geometry.smoothstep import smoothstep
from facescale.heads.builtin.arkit import ARKIT_NAMES, MIRRORED
from facescale.heads.builtin.gaze import gaze_displacement
from facescale.heads.builtin.jaw import GLIDES, jaw_displacement, jaw_on_skin, lips_closed_on_open_jaw
from facescale.heads.builtin.lid_motion import LID_POSES, lid_displacement
from facescale.heads.builtin.muscles import lips_only, muscle_displacement
from facescale.heads.builtin.parts import FLIP, Part
from facescale.heads.builtin.topology import skin_topology

TONGUE_OUT = (0.0, 11.0, 42.0)
"""mm that the front of the tongue moves, over the lower teeth and out."""
TONGUE_ROOT, TONGUE_FRONT = 0.1, 0.75
"""Shares of its length between which it stretches."""
TONGUE_DROOP = 4.0
"""mm that the tip then hangs down."""
TONGUE_FLATTENING = 0.3


@typing.final
@dataclass(frozen=True, kw_only=True)
class Expressions:
    """Displacements in mm at full activation."""

    names: tuple[str, ...]
    skin: Float[np.ndarray, "m v 3"]
    """Vertices of the skin before subdivision."""

    def eyeballs(self, name: str, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        """Of points on the eyeballs."""
        return gaze_displacement(name, points)

    def jaw(self, name: str, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        """Of points that are fixed to the lower jaw; what a rotation at full activation does, exactly."""
        return jaw_displacement(name, points)

    def tongue(self, name: str, tongue: Part) -> Float[np.ndarray, "n 3"]:
        """Of the tongue, which lies in the jaw and can be put out."""
        moved = jaw_displacement(name, tongue.vertices)
        if name == "tongueOut":
            moved = moved + _put_out(tongue.vertices)
        return moved


def _put_out(points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    """Of the tongue: its root stays, its front keeps its shape but for getting flatter, and hangs down."""
    _, height, depth = points.T
    along = (depth - depth.min()) / np.ptp(depth)
    share = smoothstep(along, TONGUE_ROOT, TONGUE_FRONT)
    droop = np.clip((along - 0.5) / 0.5, 0, 1) ** 2 * TONGUE_DROOP
    spine = np.polyval(np.polyfit(along, height, 2), along)
    moved = share[:, None] * np.array(TONGUE_OUT)
    moved[:, 1] -= droop + TONGUE_FLATTENING * share * (height - spine)
    return moved


@cache
def expressions() -> Expressions:
    """All expressions of the mean head, in ARKit's order."""
    mirror = skin_topology().mirror
    made: dict[str, np.ndarray] = {}
    for name in ARKIT_NAMES:
        if "Right" in name:
            made[name] = np.empty_like(made[MIRRORED[name]])
            made[name][mirror] = made[MIRRORED[name]] * FLIP
        else:
            made[name] = _skin(name)
    return Expressions(names=ARKIT_NAMES, skin=np.stack([made[name] for name in ARKIT_NAMES]))


def _skin(name: str) -> Float[np.ndarray, "v 3"]:
    """Of a left, or two-sided, shape."""
    moved = muscle_displacement(name)
    pose = LID_POSES.get(name.removesuffix("Left"))
    if pose is not None:
        moved = moved + lid_displacement(pose)
    if name in GLIDES:
        moved = moved + jaw_on_skin(name)
    if name == "mouthClose":
        moved = moved + lips_only(lips_closed_on_open_jaw())
    return moved
