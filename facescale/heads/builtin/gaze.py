"""Turning the eyes: rotation of an eyeball about its centre."""

import numpy as np
from jaxtyping import Float

from facescale.heads.builtin import controls

TURNS: dict[str, tuple[float, float]] = {
    "eyeLookDown": (0.0, -26.0),
    "eyeLookUp": (0.0, 24.0),
    "eyeLookIn": (-28.0, 0.0),
    "eyeLookOut": (28.0, 0.0),
}
"""Degrees of the left eye at full activation: towards the subject's left, and up."""


def gaze_displacement(name: str, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    """How far points on the eyeballs move at full activation, mm; the midline parts left from right.

    A blendshape moves them along chords: half way the eye is flattened by 1 - cos(half the angle), 3 %.
    """
    side = 1.0 if name.endswith("Left") else -1.0
    turn = TURNS.get(name.removesuffix("Left").removesuffix("Right"))
    if turn is None:
        return np.zeros_like(points)
    yaw, pitch = np.radians([side * turn[0], turn[1]])
    centre = np.array(controls.EYE_CENTRE) * [side, 1, 1]
    across = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    up = np.array([[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]])
    turned = (points - centre) @ (across @ up).T + centre
    return np.where(points[:, :1] * side > 0, turned - points, 0.0)
