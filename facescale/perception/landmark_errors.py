"""How far the detector's points lie from where they belong, by point and turn of the head: their covariances.

Measured on pictures of random heads by `benchmarks/landmark_errors.py`, which writes the file; see there for
what the heads and pictures were. Errors are second moments about zero: a constant bias counts as error.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from jaxtyping import Float

from facescale.perception.pose import CHIN, TOP

PATH = Path(__file__).parent / "data" / "landmark_errors.npz"
FLOOR = 0.003
"""Least standard deviation, as a share of the face's height: pictures are worse than renders."""


@dataclass(frozen=True, kw_only=True)
class ErrorTable:
    """Second moments of errors in the face's own axes: across it, towards the subject's left, and down it."""

    yaws: Float[np.ndarray, "y"]
    """Middles of the bins, radians, ascending; turn towards the subject's left."""
    moments: Float[np.ndarray, "y 478 2 2"]
    """In squares of the face's height."""


@cache
def error_table() -> ErrorTable:
    """Read the table."""
    with np.load(PATH, allow_pickle=False) as file:
        return ErrorTable(yaws=file["yaws"].astype(np.float64), moments=file["moments"].astype(np.float64))


def write_error_table(table: ErrorTable) -> Path:
    """Store a table for `error_table` to find; returns where."""
    PATH.parent.mkdir(exist_ok=True)
    np.savez_compressed(PATH, yaws=table.yaws.astype(np.float32), moments=table.moments.astype(np.float32))
    return PATH


def covariances(
    points: Float[np.ndarray, "478 2"], *, yaw: float, height: float
) -> Float[np.ndarray, "478 2 2"]:
    """Covariances to be expected of a face's points, pixels^2, float32.

    Args:
        points: column and row, pixels.
        yaw: turn towards the subject's left, radians; beyond the table its ends hold.
        height: of the face, pixels.
    """
    table = error_table()
    place = float(np.interp(yaw, table.yaws, np.arange(len(table.yaws))))
    low = min(int(place), len(table.yaws) - 2)
    share = place - low
    moments = (1 - share) * table.moments[low] + share * table.moments[low + 1]
    axes = face_axes(points)
    floor = FLOOR**2 * np.eye(2)
    turned = axes.T @ (moments + floor) @ axes
    return (height**2 * turned).astype(np.float32)


def face_axes(points: Float[np.ndarray, "478 2"]) -> Float[np.ndarray, "2 2"]:
    """Unit vectors in the image, a row each: across the face to the subject's left, and down it."""
    down = (points[CHIN] - points[TOP]).astype(np.float64)
    down /= max(float(np.linalg.norm(down)), 1e-9)
    return np.stack([np.array([down[1], -down[0]]), down])
