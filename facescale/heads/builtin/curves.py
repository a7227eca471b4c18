"""Smooth curves through typed points. Knows nothing of faces."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from scipy.interpolate import CubicSpline

_FINE = 400


def chord_lengths(points: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n"]:
    """Length along a polyline up to each point."""
    return np.concatenate([[0.0], np.linalg.norm(np.diff(points, axis=0), axis=1).cumsum()])


def even_points(points: Sequence[Sequence[float]] | np.ndarray, count: int) -> Float[np.ndarray, "count d"]:
    """Points at even distances along the C2 spline through typed ones, both ends included."""
    typed = np.asarray(points, dtype=float)
    along = chord_lengths(typed)
    spline = CubicSpline(along, typed)
    fine = np.linspace(0, along[-1], _FINE)
    length = chord_lengths(spline(fine))
    return spline(np.interp(np.linspace(0, length[-1], count), length, fine))
