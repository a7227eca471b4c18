"""What a registration is judged by, in a worker: held-out points, the nose tip, keypoints.

Joins corpora, heads, registration and synthesis' truth; knows nothing of fits.
"""

import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from facescale.geometry.sites import points_at
from facescale.heads.library import BUILTIN, load_head
from facescale.heads.template import AbstractTemplateHead
from facescale.registration.config import RegistrationConfig
from facescale.registration.head_template import HeadTemplate
from facescale.registration.landmark_judge import LandmarkJudge
from facescale.registration.prepare import prepare
from facescale.registration.sample import Sample
from facescale.structures import Capture
from facescale.structures.keypoints import NOSE_TIP_IN_IBUG68, NOW7
from facescale.synthesis.truth import ScanTruth

JudgedBy = Literal["own", "common"]
"""Whose first pose places held-out points and face region: the fitted head's, or the built-in one's for all."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Where a scan is measured, in its native unit and frame."""

    nose: np.ndarray
    """(3,) float64 nose tip: the face region is cut around it, without looking at the fit."""
    held_out: np.ndarray
    """(k, 3) float64 points that drive no fit."""
    normals: np.ndarray
    """(k, 3) of them."""


def judged_by(sample: Sample, nose_tip: np.ndarray) -> Judged:
    """Measure where a head's own first pose says.

    Args:
        sample: prepared for that head.
        nose_tip: (3,) of that mean head, mm in its frame.
    """
    nose = sample.scale * (sample.rotation @ nose_tip) + sample.translation
    return Judged(
        nose=nose / sample.millimetres_per_unit,
        held_out=sample.held_out.positions / sample.millimetres_per_unit,
        normals=sample.held_out.normals,
    )


def nose_tip_of(head: AbstractTemplateHead) -> np.ndarray:
    """(3,) float64 nose tip of the mean head, mm in the head frame."""
    points = points_at(head.mean_vertices()[None].cpu(), head.faces.cpu(), head.landmarks["ibug68"].to("cpu"))
    return points[0, NOSE_TIP_IN_IBUG68].double().numpy()


@typing.final
class CommonJudge:
    """Places the measurement by the built-in head, whichever head is fitted: so that heads can be compared.

    The half of a scan's faces that drives no fit is fixed by their indices and the item's seed, so that points
    drawn for one head drive the fit of no other.

    Args:
        config: of the registration.
    """

    def __init__(self, config: RegistrationConfig) -> None:
        head = load_head(BUILTIN)
        self._config = config
        self._template = HeadTemplate.of(head)
        self._nose_tip = nose_tip_of(head)
        self._judge = LandmarkJudge()

    def look(self, capture: Capture, seed: int) -> Judged:
        """Measure where the built-in head's first pose says.

        Raises:
            CaptureRejected: it finds no first pose, or too few points around it; then no head is compared.
        """
        sample = prepare(capture, self._template, self._config, seed, judge=self._judge)
        return judged_by(sample, self._nose_tip)


def scan_keypoints(
    capture: Capture, truth: ScanTruth | None, millimetres_per_unit: float
) -> Mapping[str, np.ndarray] | None:
    """The seven points of NoW on a scan in mm: the true ones of a synthetic scan, else those of the corpus.

    The corpus' drive the fit too, with a few millimetres of slack; the true ones never do.

    Returns:
        Name -> (3,); None where the scan has none.
    """
    if truth is not None:
        return dict(zip(NOW7, truth.keypoints, strict=True))
    if capture.keypoints is None:
        return None
    positions = capture.keypoints.positions.astype(np.float64) * millimetres_per_unit
    known = {
        name: position
        for name, position in zip(capture.keypoints.names, positions, strict=True)
        if name in NOW7 and np.isfinite(position).all()
    }
    return known or None
