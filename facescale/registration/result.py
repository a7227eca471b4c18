"""What a registration hands back. numpy only; knows nothing of files or of how it was found."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from facescale.fitting.status import SolveStatus
from facescale.registration.sample import Initialisation, ScanPoints, UnitFrom
from facescale.structures.units import Unit


@dataclass(frozen=True, kw_only=True)
class Plausibility:
    """The figures that the not-a-head gate looks at, measured after the fit."""

    coverage: float
    """Share of the template's face with scan within 3 mm and facing the same way."""
    face_to_scan_mm: float
    """85 % trimmed mean distance from the fitted face to the scan."""
    scan_to_head_mm: float
    """Median distance from matched scan points to the fitted head."""
    matched: float
    """Share of the sampled scan points that matched the head."""
    coefficient_norm: Mapping[str, float]
    """Root mean square of (value - prior mean) / prior std, a block."""


@dataclass(frozen=True, kw_only=True)
class RegistrationResult:
    """One scan registered. The scan's frame in millimetres is its native one times `millimetres_per_unit`."""

    item: str
    params: Mapping[str, np.ndarray]
    """Block name -> (k,) float32 coefficients."""
    rotation: np.ndarray
    """(3, 3) float64, head frame to scan frame."""
    translation: np.ndarray
    """(3,) float64 mm."""
    scale: float
    """1 unless the scale is free."""
    metric: bool
    """False where the scale was free: no figure of this result is a true millimetre then."""
    unit: Unit | None
    unit_from: UnitFrom
    millimetres_per_unit: float
    vertices: np.ndarray
    """(v, 3) float64: every template vertex, in the scan's frame in millimetres."""
    mean_vertices: np.ndarray
    """(v, 3) float64: the mean head aligned rigidly by the same matches, for the mean-head row."""
    held_out: ScanPoints
    """Scan points that did not drive the fit, in the scan's frame in millimetres."""
    status: SolveStatus
    iterations: int
    energy: float
    """Mean robust squared residual at the end, mm^2, without the prior."""
    plausibility: Plausibility
    initialisation: Initialisation
    preset: Mapping[str, str | float]
    """The solver's settings as they were used, with the unit and scale of every parameter block."""
    displacement: np.ndarray | None = None
    """(v, 3) float32 mm in the head frame, from the model's vertices to `vertices`, where a method went beyond
    the model; None where it did not."""
    model_vertices: np.ndarray | None = None
    """(v, 3) float64: the model's own fit in the scan's frame, where a method went beyond it."""
    folded: int = 0
    """Triangles that the displacement has turned over, and pairs of the skin's that cross because of it."""
    unfolded: int = 0
    """The same before they were undone."""
    seconds: float = 0.0
    """What the solve took, a sample's share of its batch's: without loading, orienting and measuring."""
