"""What the load stage hands to the fit stage: points of one scan in mm and a first pose. numpy only."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from facescale.structures.units import Unit

OrientedBy = Literal["keypoints", "axes", "automatic", "landmarks"]
"""What decided: "automatic" is a search over the surface, "landmarks" the second judge where it is unsure."""
UnitFrom = Literal["config", "corpus", "keypoints", "size", "free"]


@dataclass(frozen=True, kw_only=True)
class Initialisation:
    """How a scan was oriented before the fit, with the figures behind the decision."""

    oriented_by: OrientedBy
    score_mm: float
    """85 % trimmed mean distance from the mean head's face to the scan in that pose."""
    ratio: float
    """Score of the best clearly different orientation over this one's; NaN where none was tried. Little where
    landmarks had to decide."""
    keypoint_rms_mm: float
    """Root mean square distance of the keypoints to the mean head's; NaN without keypoints."""
    notes: tuple[str, ...] = ()
    """What was odd, one sentence each: a keypoint left out, mirrored names, flipped faces."""


@dataclass(frozen=True, kw_only=True)
class ScanPoints:
    """Points drawn from a scan by area, in millimetres in the scan's own frame."""

    positions: np.ndarray
    """(n, 3) float64: a scan may lie far from its origin."""
    normals: np.ndarray
    """(n, 3) float32, unit length, out of the surface; all zero where unknown."""
    weights: np.ndarray
    """(n,) float32 in [0, 1]: small for floating pieces."""
    area_mm2: float
    """Surface that one point stands for."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One scan, ready to be fitted. A head point x lies at scale * rotation @ x + translation."""

    item: str
    millimetres_per_unit: float
    """What the scan's native coordinates were multiplied by; with scale free, a first estimate."""
    unit: Unit | None
    """None with scale free."""
    unit_from: UnitFrom
    fit: ScanPoints
    """Drive the fit."""
    held_out: ScanPoints
    """Never drive it."""
    rotation: np.ndarray
    """(3, 3) float64, head frame to scan frame: the first pose."""
    translation: np.ndarray
    """(3,) float64 mm."""
    scale: float
    """1 unless the scale is free."""
    keypoint_names: tuple[str, ...]
    """Keypoints that survived the checks; empty where there are none."""
    keypoint_positions: np.ndarray
    """(k, 3) float64 mm, in the scan's frame."""
    initialisation: Initialisation
    dense: ScanPoints | None = None
    """More points that may drive a fit, for the method "nicp"; None with others."""
