"""How a scan reaches its user: unit, frame, keypoints and their file. Knows nothing of shapes or sensors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from facescale.structures.keypoints import NOW7
from facescale.structures.units import MILLIMETRES_PER, Unit

Name = TypeVar("Name", bound=str)
KeypointFormat = Literal["pp", "txt", "npy"]
SHIFT = 400.0
"""Standard deviation of a scan's position along each axis, mm."""
UNIT_SHARES: dict[Unit, float] = {"mm": 0.4, "m": 0.35, "cm": 0.15, "inch": 0.1}
FORMAT_SHARES: dict[KeypointFormat, float] = {"pp": 0.5, "txt": 0.3, "npy": 0.2}


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """The frame and form of one scan: scan_mm = rotation @ head_mm + translation."""

    unit: Unit
    rotation: Float[np.ndarray, "3 3"]
    translation: Float[np.ndarray, "3"]
    """mm."""
    keypoint_format: KeypointFormat
    keypoints: bool
    """Whether someone clicked keypoints."""
    slips: Float[np.ndarray, "7 3"]
    """How far off each click was, mm."""

    def place(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        """Head frame to scan frame, both in mm."""
        return points.astype(np.float64) @ self.rotation.T + self.translation

    def in_unit(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        """Head frame in mm to the coordinates that the scan's files hold."""
        return self.place(points) / MILLIMETRES_PER[self.unit]


def draw_delivery(rng: np.random.Generator, *, keypoint_share: float, keypoint_noise: float) -> Delivery:
    """Draw a delivery: any orientation, any place, a unit that its user may not know.

    Args:
        rng: all randomness.
        keypoint_share: chance that there are keypoints.
        keypoint_noise: root mean square distance between a click and the truth, mm.
    """
    return Delivery(
        unit=_choice(rng, UNIT_SHARES),
        rotation=Rotation.from_quat(rng.standard_normal(4)).as_matrix(),
        translation=rng.normal(0, SHIFT, 3),
        keypoint_format=_choice(rng, FORMAT_SHARES),
        keypoints=bool(rng.uniform() < keypoint_share),
        slips=rng.normal(0, keypoint_noise / np.sqrt(3), (len(NOW7), 3)),
    )


def _choice(rng: np.random.Generator, shares: Mapping[Name, float]) -> Name:
    names = list(shares)
    return names[int(rng.choice(len(names), p=np.array(list(shares.values()))))]
