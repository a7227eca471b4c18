"""Which of mm, cm, m and inch a scan is in. Chosen, never fitted: a head's size is identity. numpy only."""

import numpy as np

from facescale.structures.errors import CaptureRejected
from facescale.structures.units import MILLIMETRES_PER, UNITS, Unit

RADIUS_MM = (40.0, 330.0)
"""Median distance of a scan's points from their middle: a bare face has 55, a head 100, a bust 200."""
KEYPOINT_SCALE = (0.72, 1.39)
"""How much larger than the mean head's the distances between keypoints may be: adults are within 0.85..1.2,
small children at 0.75, and the nearest wrong unit is 2.54 away."""


def median_radius(positions: np.ndarray) -> float:
    """Median distance from the middle of a scan's points, in their unit."""
    return float(np.median(np.linalg.norm(positions - np.median(positions, axis=0), axis=1)))


def units_by_size(radius: float) -> tuple[Unit, ...]:
    """Units in which a scan of this median radius could be a head; at most cm and inch at once.

    Raises:
        CaptureRejected: "impossible-size", with what was measured.
    """
    fitting: tuple[Unit, ...] = tuple(
        u for u in UNITS if RADIUS_MM[0] <= radius * MILLIMETRES_PER[u] <= RADIUS_MM[1]
    )
    if not fitting:
        raise impossible_size(
            f"expected points {RADIUS_MM[0]:g}..{RADIUS_MM[1]:g} mm (median) around their middle, found "
            f"{radius:.4g} native units: " + _in_each_unit(radius)
        )
    return fitting


def check_size(radius: float, unit: Unit) -> None:
    """Refuse a stated unit that no head has.

    Raises:
        CaptureRejected: "impossible-size", with what was measured and the units that would do.
    """
    low, high = RADIUS_MM[0] / 2, RADIUS_MM[1] * 4
    if not low <= radius * MILLIMETRES_PER[unit] <= high:
        raise impossible_size(
            f"expected points {low:g}..{high:g} mm (median) around their middle in {unit}, as stated, found "
            + _in_each_unit(radius)
        )


def unit_by_keypoints(scale: float) -> Unit | None:
    """The unit in which keypoints are as far apart as a head's, or None.

    Args:
        scale: native units in a millimetre of the mean head.
    """
    fitting: list[Unit] = [
        u for u in UNITS if KEYPOINT_SCALE[0] <= scale * MILLIMETRES_PER[u] <= KEYPOINT_SCALE[1]
    ]
    return fitting[0] if fitting else None


def impossible_size(detail: str) -> CaptureRejected:
    """The rejection of a scan that is no head's size in any unit."""
    return CaptureRejected(
        "impossible-size", detail, "state --unit if it is a head, or use --scale free for photogrammetry"
    )


def _in_each_unit(radius: float) -> str:
    return ", ".join(f"{radius * MILLIMETRES_PER[u]:.4g} mm if {u}" for u in UNITS)
