"""A reconstruction against the truth of a rehearsed item. Joins synthesis, heads and evaluation."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from facescale.evaluation.reconstruction import (
    ReconstructedShape,
    TrueShape,
    focal_errors,
    rotation_errors,
    score_shape,
)
from facescale.geometry.sites import points_at
from facescale.heads.library import load_head
from facescale.heads.template import AbstractTemplateHead
from facescale.reconstruction.landmark_fit.result import LandmarkFit
from facescale.structures import Scalar
from facescale.structures.keypoints import NOSE_TIP_IN_IBUG68
from facescale.synthesis.photo.image_truth import ImageTruth


@dataclass(frozen=True, kw_only=True)
class TruthScores:
    """What the truth says of one reconstruction."""

    scalars: dict[str, Scalar]
    vertex_distance: np.ndarray
    """(v,) mm from the shape at rest, rigidly aligned, to the true one; NaN where not measured."""


def score_truth(
    truth: ImageTruth,
    head: AbstractTemplateHead,
    fit: LandmarkFit,
    neutral: np.ndarray,
    widths: Mapping[str, int],
) -> TruthScores:
    """Score shape, poses and focal lengths.

    Args:
        truth: of the item; its head may be another one.
        head: that was fitted.
        fit: the result.
        neutral: [v, 3] fitted shape at rest, mm, head frame.
        widths: of the pictures as they were fitted, by view: a reader may have shrunk them.
    """
    same = truth.head == head.card.name
    source = head if same else load_head(truth.head)
    faces = source.faces.numpy()
    scannable = source.regions["scannable"].numpy()
    nose = points_at(torch.from_numpy(truth.neutral)[None], source.faces, source.landmarks["ibug68"])
    shape = score_shape(
        ReconstructedShape(
            vertices=neutral,
            mean_vertices=head.mean_vertices().numpy(),
            faces=head.faces.numpy(),
            regions={name: mask.numpy() for name, mask in head.regions.items()},
        ),
        TrueShape(
            vertices=truth.neutral,
            faces=faces[scannable[faces].all(axis=1)],
            nose=nose[0, NOSE_TIP_IN_IBUG68].double().numpy(),
            corresponds=same,
        ),
    )
    return TruthScores(
        scalars={**shape.scalars, **_camera_scalars(truth, fit, widths), "truth": truth.kind},
        vertex_distance=shape.vertex_distance,
    )


def _camera_scalars(truth: ImageTruth, fit: LandmarkFit, widths: Mapping[str, int]) -> dict[str, Scalar]:
    """Errors over the views that took part."""
    places = {name: place for place, name in enumerate(truth.views)}
    views = [view for view in fit.views if view.used and view.name in places]
    if not views:
        return {}
    at = np.array([places[view.name] for view in views])
    turns = truth.camera_rotations[at] @ truth.head_rotations[at]
    angles = rotation_errors(np.stack([view.rotation for view in views]), turns)
    found: dict[str, Scalar] = {
        "rotation_error_deg": float(np.median(angles)),
        "rotation_error_worst_deg": float(angles.max()),
    }
    unknown = [(place, view) for place, view in zip(at, views, strict=True) if view.focal_group >= 0]
    if unknown:
        fitted = np.stack([fit.focals[view.focal_group].focal / widths[view.name] for _, view in unknown])
        true = np.stack([truth.focals[place] / truth.sizes[place, 0] for place, _ in unknown])
        errors = np.abs(focal_errors(fitted, true))
        found["focal_error_percent"] = float(100 * np.median(errors))
    return found
