"""A first guess at a scan's unit from its size, for people to look at. Registration finds it by fitting."""

import numpy as np

from facescale.structures.units import MILLIMETRES_PER, UNITS, Unit

HEAD_MM = (150.0, 900.0)
"""Longest side of a scan between a face alone and a head with shoulders."""
EYES_MM = (68.0, 125.0)
"""Between outer eye corners, small children to large adults."""


def robust_extent(vertices: np.ndarray) -> np.ndarray:
    """(3,) sides of the box that holds all but the outer half percent of points at each end."""
    step = max(len(vertices) // 50_000, 1)
    low, high = np.percentile(vertices[::step], [0.5, 99.5], axis=0)
    return high - low


def plausible_units(extent: np.ndarray, eyes: float | None = None) -> tuple[Unit, ...]:
    """Units in which a scan is as large as a head.

    Args:
        extent: (3,) sides of its box.
        eyes: between the outer eye corners where keypoints tell; then the box is not looked at.

    Returns:
        None, one or several: centimetres and inches overlap.
    """
    measured, (low, high) = (float(np.max(extent)), HEAD_MM) if eyes is None else (eyes, EYES_MM)
    return tuple(unit for unit in UNITS if low <= measured * MILLIMETRES_PER[unit] <= high)
