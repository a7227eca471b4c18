"""Rough pose of a face from its 478 points: a mean face in weak perspective. Knows no detector, no camera."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float, Int

from facescale.perception import mediapipe_points as ids
from facescale.perception.mean_face import mean_face

MOVING = (
    *ids.OVAL,
    *ids.LIPS,
    *ids.INNER_MOUTH,
    *ids.LEFT_BROW,
    *ids.RIGHT_BROW,
    *range(ids.IRIS_START, ids.COUNT),
)
"""Points that slide or that expressions move most: they say little about pose."""
CHIN, TOP = 152, 10


@dataclass(frozen=True, kw_only=True)
class FacePose:
    """How a face is turned."""

    rotation: Float[np.ndarray, "3 3"]
    """Head frame to camera (OpenCV axes); of a face upright and seen from the front it is diag(1, -1, -1)."""
    scale: float
    """Pixels a millimetre of the mean face."""
    misfit: float
    """Root mean square distance between points and the turned mean face, as a share of the face's height."""

    @property
    def yaw(self) -> float:
        """Turn towards the subject's left, radians."""
        ahead = self.rotation[:, 2]
        return math.atan2(ahead[0], -ahead[2])

    @property
    def pitch(self) -> float:
        """Turn upwards, radians."""
        return math.asin(max(-1.0, min(1.0, -float(self.rotation[1, 2]))))

    @property
    def roll(self) -> float:
        """How far the head leans clockwise in the image, radians: 0 where its top is up, +-pi upside down."""
        across = self.rotation[:, 0]
        return math.atan2(across[1], across[0])


def fit_pose(points: Float[np.ndarray, "478 2"]) -> FacePose:
    """Turn the mean face so that it lies under a face's points.

    Args:
        points: column and row, pixels.
    """
    still = _still()
    mean, seen = mean_face().points[still], points[still].astype(np.float64)
    centred, found = mean - mean.mean(axis=0), seen - seen.mean(axis=0)
    affine = np.linalg.lstsq(centred, found, rcond=None)[0].T
    left, stretch, right = np.linalg.svd(affine, full_matrices=False)
    scale = float(stretch.mean())
    rows = left @ right
    rotation = np.stack([*rows, np.cross(rows[0], rows[1])])
    off = found - scale * centred @ rows.T
    return FacePose(
        rotation=rotation,
        scale=scale,
        misfit=float(np.sqrt(np.square(off).sum(axis=1).mean()) / face_height(points)),
    )


def face_height(points: Float[np.ndarray, "478 2"]) -> float:
    """Extent of all points along the line from chin to forehead, pixels."""
    way = (points[TOP] - points[CHIN]).astype(np.float64)
    along = points @ (way / max(float(np.linalg.norm(way)), 1e-9))
    return max(float(np.ptp(along)), 1e-6)


@cache
def _still() -> Int[np.ndarray, "n"]:
    return np.setdiff1d(np.arange(ids.COUNT), MOVING)
