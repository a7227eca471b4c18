"""Is what was fitted a head? Measures a finished fit against the scan and refuses what no head looks like."""

from facescale.registration.result import Plausibility
from facescale.structures.errors import CaptureRejected

LEAST_COVERAGE = 0.45
MOST_FACE_MM = 2.5
MOST_IDENTITY_NORM = 2.2
NEAR_MM = 3.0
"""Scan within this of a point of the face covers it."""


def check(figures: Plausibility) -> CaptureRejected | None:
    """The rejection of a fit that is no head's, with all figures; None for a plausible one."""
    reasons = []
    if not figures.coverage >= LEAST_COVERAGE:
        reasons.append(f"{figures.coverage:.0%} of the face covered, expected {LEAST_COVERAGE:.0%}")
    if not figures.face_to_scan_mm <= MOST_FACE_MM:
        reasons.append(f"face {figures.face_to_scan_mm:.2f} mm from the scan, expected {MOST_FACE_MM:g}")
    identity = figures.coefficient_norm.get("identity", 0.0)
    if not identity <= MOST_IDENTITY_NORM:
        reasons.append(
            f"identity coefficients {identity:.2f} prior deviations, expected {MOST_IDENTITY_NORM:g}"
        )
    if not reasons:
        return None
    return CaptureRejected(
        "not-a-head",
        "; ".join(reasons)
        + f" (scan {figures.scan_to_head_mm:.2f} mm from the head, {figures.matched:.0%} matched)",
        "look at the scan; if it is a head, add keypoints or state --up and --front",
    )
