"""Files of MonoNPHM's tracking folders: cameras of the metrical tracker, Kinect intrinsics, PIPNet's landmarks.

Knows no folders.
"""

from dataclasses import dataclass

import numpy as np

from facescale.corpora.array_files import read_npy, read_npz, shaped
from facescale.corpora.keypoint_files import IBUG68
from facescale.corpora.number_lines import numbers, text_lines
from facescale.corpora.rejections import bad_array
from facescale.structures.view import PinholeRecord

MILLIMETRES_PER_UNIT = 1000.0
"""The tracker works in FLAME's metres."""
WFLW_OF_IBUG: tuple[int, ...] = (
    *range(0, 34, 2), *range(33, 38), *range(42, 47), *range(51, 62), 63, 64, 65, 67, 68, 69, 71, 72, 73,
    *range(75, 96),
)  # fmt: skip
"""Where ibug's 68 points stand among the 98 of WFLW (MonoNPHM's data_loading.py)."""
_WFLW = 98
_SKEWED = 1e-3


@dataclass(frozen=True, kw_only=True)
class Intrinsics:
    """A pinhole without distortion, pixels."""

    focal: np.ndarray
    """(2,)."""
    principal: np.ndarray
    """(2,) column and row, as the file has them: no source says whether it counts pixels from their centres."""


@dataclass(frozen=True, kw_only=True)
class TrackedPose:
    """Where the camera was against the head in one frame."""

    rotation: np.ndarray
    """(3, 3) world to camera, OpenCV axes; the world is FLAME's space."""
    translation: np.ndarray
    """(3,) mm."""
    intrinsics: Intrinsics
    """As the tracker estimated them."""

    def camera(self, intrinsics: Intrinsics, size: tuple[int, int]) -> PinholeRecord:
        """The camera of a picture of a size, with the tracker's own or other intrinsics."""
        return PinholeRecord(
            rotation=self.rotation,
            translation=self.translation,
            focal=intrinsics.focal,
            principal=intrinsics.principal,
            size=size,
        )


def read_cam_params(data: bytes, what: str) -> TrackedPose:
    """Parse <frame>_cam_params_opencv.npz: K, R and t with a leading axis of one, world to camera.

    A factor on R and t, which the picture does not show, is taken out.

    Raises:
        CaptureRejected: bad-array.
    """
    found = read_npz(data, {"K", "R", "t"}, what)
    if found.keys() != {"K", "R", "t"}:
        raise bad_array(f"K, R and t in {what}", f"{sorted(found)}")
    k, turn = (shaped(found[name], (3, 3), f"{name} of {what}") for name in ("K", "R"))
    translation = shaped(found["t"], (3,), f"t of {what}")
    scale = float(np.cbrt(np.linalg.det(turn)))
    if not scale > 0:
        raise bad_array(f"a rotation in {what}", f"a determinant of {np.linalg.det(turn):.3g}")
    rotation = turn / scale
    skew = float(np.abs(rotation @ rotation.T - np.eye(3)).max())
    if skew > _SKEWED:
        raise bad_array(f"a rotation in {what}", f"one that is {skew:.3g} off")
    focal, principal = np.array([k[0, 0], k[1, 1]]), np.array([k[0, 2], k[1, 2]])
    if not (focal > 0).all():
        raise bad_array(f"focal lengths above 0 in {what}", f"{focal.tolist()}")
    return TrackedPose(
        rotation=rotation,
        translation=translation / scale * MILLIMETRES_PER_UNIT,
        intrinsics=Intrinsics(focal=focal, principal=principal),
    )


def read_kinect_intrinsics(data: bytes) -> Intrinsics:
    """Parse kinect_intrinsics.txt: cx, cy, fx and fy, in this order, in its first line.

    Raises:
        CaptureRejected: bad-keypoints, where it holds no four numbers, or bad-array.
    """
    first = next((line for line in text_lines(data, "kinect_intrinsics.txt") if line), "")
    cx, cy, fx, fy = numbers([first.replace(",", " ").split()[:4]], "kinect_intrinsics.txt", width=4)[0]
    if not min(fx, fy) > 0:
        raise bad_array("focal lengths above 0 in kinect_intrinsics.txt", f"{fx:g} and {fy:g}")
    return Intrinsics(focal=np.array([fx, fy]), principal=np.array([cx, cy]))


def read_pipnet(data: bytes) -> tuple[tuple[str, ...], np.ndarray]:
    """Parse pipnet/test.npy: points of every frame in shares of the picture's sides.

    Returns:
        Names, ibug's where there are WFLW's 98 points or ibug's 68; and (t, k, 2) float64, column and row.

    Raises:
        CaptureRejected: bad-array.
    """
    found = read_npy(data, "pipnet/test.npy")
    if found.ndim != 3 or found.shape[2] != 2:  # noqa: PLR2004 - frames, points, column and row
        raise bad_array("frames of points, (t, k, 2), in pipnet/test.npy", f"{found.shape}")
    points = found.astype(np.float64)
    if points.shape[1] == _WFLW:
        return IBUG68, points[:, list(WFLW_OF_IBUG)]
    if points.shape[1] == len(IBUG68):
        return IBUG68, points
    return tuple(f"pipnet_{n:02d}" for n in range(points.shape[1])), points
