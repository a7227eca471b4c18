"""How far the detector's points lie from where they belong, by point and turn of the head: bias and covariance.

Measured on rehearsed photographs by `benchmarks/landmark_errors.py`, which writes the file; see there for what
the people and pictures were. Points of the oval mark an outline and slide along the skin as the head turns: for
them there is no bias, and their errors are second moments about zero.
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
    means: Float[np.ndarray, "y 478 2"]
    """Found minus true, in the face's height; zero for points of the oval."""
    moments: Float[np.ndarray, "y 478 2 2"]
    """About the means, in squares of the face's height."""


@cache
def error_table() -> ErrorTable:
    """Read the table."""
    with np.load(PATH, allow_pickle=False) as file:
        return ErrorTable(**{name: file[name].astype(np.float64) for name in ("yaws", "means", "moments")})


def write_error_table(table: ErrorTable) -> Path:
    """Store a table for `error_table` to find; returns where."""
    PATH.parent.mkdir(exist_ok=True)
    arrays = {name: getattr(table, name).astype(np.float32) for name in ("yaws", "means", "moments")}
    np.savez_compressed(PATH, **arrays)
    return PATH


def biases(points: Float[np.ndarray, "478 2"], *, yaw: float, height: float) -> Float[np.ndarray, "478 2"]:
    """How far a face's points are to be expected from where they belong, found minus true, pixels, float32.

    Args:
        points: column and row, pixels.
        yaw: turn towards the subject's left, radians; beyond the table its ends hold.
        height: of the face, pixels.
    """
    return (height * (_at(error_table().means, yaw) @ face_axes(points))).astype(np.float32)


def covariances(
    points: Float[np.ndarray, "478 2"], *, yaw: float, height: float
) -> Float[np.ndarray, "478 2 2"]:
    """Covariances to be expected of a face's points about their biases, pixels^2, float32.

    Args:
        points: column and row, pixels.
        yaw: turn towards the subject's left, radians; beyond the table its ends hold.
        height: of the face, pixels.
    """
    axes = face_axes(points)
    turned = axes.T @ (_at(error_table().moments, yaw) + FLOOR**2 * np.eye(2)) @ axes
    return (height**2 * turned).astype(np.float32)


def _at(values: Float[np.ndarray, "y *n"], yaw: float) -> Float[np.ndarray, "*n"]:
    """Values between the bins of the table."""
    yaws = error_table().yaws
    place = float(np.interp(yaw, yaws, np.arange(len(yaws))))
    low = min(int(place), len(yaws) - 2)
    share = place - low
    return (1 - share) * values[low] + share * values[low + 1]


def face_axes(points: Float[np.ndarray, "478 2"]) -> Float[np.ndarray, "2 2"]:
    """Unit vectors in the image, a row each: across the face to the subject's left, and down it."""
    down = (points[CHIN] - points[TOP]).astype(np.float64)
    down /= max(float(np.linalg.norm(down)), 1e-9)
    return np.stack([np.array([down[1], -down[0]]), down])
