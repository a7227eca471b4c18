"""Where a picture is taken from: named views, framing and the camera they make. Casts no rays.

The view frame is x to the right of the picture, y up, z towards the viewer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

ViewName = Literal["front", "three_quarter", "side", "back", "below", "above"]

_ANGLES: dict[ViewName, tuple[float, float]] = {
    "front": (0.0, 0.0),
    "three_quarter": (40.0, 4.0),
    "side": (90.0, 0.0),
    "back": (180.0, 0.0),
    "below": (0.0, -55.0),
    "above": (0.0, 65.0),
}
"""Degrees: how far the viewer stands towards the subject's left, and how far above the horizon."""

_FIELD_OF_VIEW = math.radians(16)
"""Of a long portrait lens: heads keep their proportions and still have depth."""


def view_rotation(name: ViewName) -> Float[np.ndarray, "3 3"]:
    """Rotation from the head frame (+x subject's left, +y up, +z out of the face) to the view frame."""
    yaw, pitch = np.radians(_ANGLES[name])
    around = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    tilt = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    return tilt @ around


@dataclass(frozen=True, kw_only=True)
class Framing:
    """What a picture shows: a ball around a point fits it, whatever the view."""

    centre: tuple[float, float, float]
    radius: float
    """In the unit of the vertices; half of the picture's side."""

    def __post_init__(self) -> None:
        if not (self.radius > 0 and math.isfinite(self.radius)):
            raise ValueError(f"expected a positive radius, got {self.radius}")


def framing_of(
    vertices: Float[np.ndarray, "v 3"],
    views: Sequence[ViewName | Float[np.ndarray, "3 3"]],
    *,
    margin: float = 1.05,
) -> Framing:
    """Frame what is there, but for the half percent of points that lie farthest out, in all of some views.

    Args:
        vertices: what is to be seen.
        views: from where; the first also says which box the centre is the middle of.
        margin: how much more than needed is shown.
    """
    points = vertices[:: max(len(vertices) // 20_000, 1)].astype(np.float64)
    rotations = [view_rotation(view) if isinstance(view, str) else view for view in views]
    low, high = np.percentile(points @ rotations[0].T, [0.5, 99.5], axis=0)
    centre = (low + high) / 2 @ rotations[0]
    radius = 0.0
    for rotation in rotations:
        x, y, z = ((points - centre) @ rotation.T).T
        # What is nearer by z is seen larger: it fits where |x| + z tan(half angle) <= radius.
        needed = np.maximum(np.abs(x), np.abs(y)) + z * math.tan(_FIELD_OF_VIEW / 2)
        radius = max(radius, float(np.percentile(needed, 99.5)))
    x, y, z = centre.tolist()
    return Framing(centre=(x, y, z), radius=max(radius * margin, 1e-9))


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A pinhole camera that looks at a framing's centre; square pictures, pixel centres at +0.5."""

    rotation: Float[np.ndarray, "3 3"]
    """World to view."""
    framing: Framing
    size: int
    """Pixels of a side."""

    @property
    def distance(self) -> float:
        """From the viewer to the framing's centre."""
        return self.framing.radius / math.tan(_FIELD_OF_VIEW / 2)

    @property
    def position(self) -> Float[np.ndarray, "3"]:
        """The viewer in world coordinates."""
        return np.asarray(self.framing.centre) + self.rotation[2] * self.distance

    def rays(self, pixels: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 3"]:
        """World directions, of no particular length, through pixel positions (column, row)."""
        half = self.size / 2
        reach = math.tan(_FIELD_OF_VIEW / 2) / half
        x, y = (pixels[:, 0] - half) * reach, (half - pixels[:, 1]) * reach
        return np.stack([x, y, -np.ones_like(x)], axis=1) @ self.rotation

    def project(
        self, points: Float[np.ndarray, "n 3"]
    ) -> tuple[Float[np.ndarray, "n 2"], Float[np.ndarray, "n"]]:
        """Pixel positions (column, row) of world points, and how far along the axis they are."""
        seen = (points - self.position) @ self.rotation.T
        ahead = -seen[:, 2]
        half = self.size / 2
        reach = np.maximum(ahead, 1e-12) * math.tan(_FIELD_OF_VIEW / 2) / half
        return np.stack([half + seen[:, 0] / reach, half - seen[:, 1] / reach], axis=1), ahead
