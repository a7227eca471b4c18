"""Is what was fitted a head? Measures a finished fit against the scan and refuses what no head looks like."""

from facescale.registration.result import Plausibility
from facescale.structures.errors import CaptureRejected

LEAST_COVERAGE = 0.45
MOST_FACE_MM = 2.5
MOST_IDENTITY = 2.0
"""Root mean square of the identity coefficients in prior deviations: heads measure 0.8 to 1.2 on synthetic
scans; cubes, cylinders and random blobs that are forced on the model 2 to 3.3."""
DOUBTFUL_IDENTITY = 1.5
DOUBTFUL_FACE_MM = 0.6
"""Beyond both at once lie eggs, cones and capsules (1.75 and 0.7), beyond neither any head."""
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
    if not identity <= MOST_IDENTITY:
        reasons.append(f"identity {identity:.2f} prior deviations from the mean, expected {MOST_IDENTITY:g}")
    elif identity > DOUBTFUL_IDENTITY and figures.face_to_scan_mm > DOUBTFUL_FACE_MM:
        reasons.append(
            f"identity {identity:.2f} prior deviations from the mean and yet the face "
            f"{figures.face_to_scan_mm:.2f} mm from the scan, expected {DOUBTFUL_IDENTITY:g} or "
            f"{DOUBTFUL_FACE_MM:g}"
        )
    if not reasons:
        return None
    return CaptureRejected(
        "not-a-head",
        "; ".join(reasons)
        + f" (scan {figures.scan_to_head_mm:.2f} mm from the head, {figures.matched:.0%} matched)",
        "look at the scan; if it is a head, add keypoints or state --up and --front",
    )
