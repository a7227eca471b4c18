"""Named 3D keypoints and the two sets that the field shares. Knows nothing of detectors or of head models."""

from dataclasses import dataclass

import numpy as np

NOW7: tuple[str, ...] = (
    "right_eye_outer",
    "right_eye_inner",
    "left_eye_inner",
    "left_eye_outer",
    "nose_base",
    "mouth_right",
    "mouth_left",
)
"""The seven points of the NoW benchmark, in its order; right and left are the subject's."""

NOW7_IN_IBUG68: tuple[int, ...] = (36, 39, 42, 45, 33, 48, 54)
"""Where the seven points stand in the 68 of ibug."""

NOSE_TIP_IN_IBUG68 = 30


@dataclass(frozen=True, kw_only=True)
class Keypoints:
    """Keypoints on one scan.

    Names come from `NOW7` or are "ibug_00".."ibug_67"; a set may be partial.
    """

    names: tuple[str, ...]
    """One name a point, without repeats."""
    positions: np.ndarray
    """(k, 3) float, in the unit and frame of the scan that they belong to."""

    def __post_init__(self) -> None:
        if self.positions.shape != (len(self.names), 3):
            msg = f"expected positions of shape ({len(self.names)}, 3), got {self.positions.shape}"
            raise ValueError(msg)
        if len(set(self.names)) != len(self.names):
            msg = f"expected distinct names, got {self.names}"
            raise ValueError(msg)
