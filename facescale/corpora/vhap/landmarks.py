"""landmark2d/<method>/<serial>.npz: 68 points of each frame in shares of the picture. Opens no file."""

import numpy as np
from jaxtyping import Float

from facescale.corpora.array_files import read_npz
from facescale.corpora.rejections import bad_array
from facescale.structures.view import ImagePoints

LIMIT = 1 << 27
"""Bytes; ten thousand frames take 16 MB."""
POINTS = 68
NAMES = tuple(f"ibug_{point:02d}" for point in range(POINTS))
_KEY = "face_landmark_2d"
_NONE = -1.0
_FARTHEST = 10.0
"""Shares of a picture, from its corner."""


def read_landmarks(data: bytes) -> Float[np.ndarray, "t 68 2"]:
    """Column and row in shares of width and height, NaN where a point was not found.

    Raises:
        CaptureRejected: bad-array.
    """
    found = read_npz(data, {_KEY}, "landmarks", limit=LIMIT).get(_KEY)
    if found is None:
        raise bad_array(f"landmarks with an array {_KEY}", "none")
    if found.ndim != 3 or found.shape[1:] != (POINTS, 3) or found.dtype.kind not in "fiu":  # noqa: PLR2004
        raise bad_array(f"{_KEY} of shape (frames, {POINTS}, 3) in numbers", f"{found.shape} {found.dtype}")
    shares = found[..., :2].astype(np.float64)
    absent = (shares == _NONE).any(axis=-1)
    if not (np.abs(shares[~absent]) <= _FARTHEST).all():
        raise bad_array(f"{_KEY} in shares of the picture", "points far outside, or NaN")
    shares[absent] = np.nan
    return shares


def points_of(shares: Float[np.ndarray, "68 2"], size: tuple[int, int]) -> ImagePoints | None:
    """One frame's points in a picture's pixels; None where none was found.

    Args:
        shares: as read; 0 and 1 are the picture's edges.
        size: width and height.
    """
    if np.isnan(shares).all():
        return None
    return ImagePoints(names=NAMES, positions=shares * np.array(size, np.float64))
