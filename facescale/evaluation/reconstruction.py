"""Scores of a subject's reconstructed shape, poses and focal lengths against a truth, from arrays alone.

The shape at rest is aligned rigidly, without scale, to the true face (`rigid_icp`), as is the mean head; then
both are scored like registrations to a scan that is the true surface itself. A scale that images leave open is
thus an error here, as it is for whoever uses the head.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Integer

from facescale.evaluation.registration import FACE_RADIUS_MM, FittedHead, ScanEvidence, score_registration
from facescale.evaluation.rigid_icp import align_surface
from facescale.geometry.sampling import sample_surface
from facescale.geometry.sites import points_at
from facescale.structures.outcome import Scalar

POINTS = 20_000
"""Drawn by area from the true skin."""


@dataclass(frozen=True, kw_only=True)
class ReconstructedShape:
    """A subject at rest in a head model's topology, mm, in the head frame."""

    vertices: Float[np.ndarray, "v 3"]
    mean_vertices: Float[np.ndarray, "v 3"]
    """Of the head model."""
    faces: Integer[np.ndarray, "f 3"]
    regions: Mapping[str, Bool[np.ndarray, "v"]]
    """At least "face", "head" and "scannable"."""


@dataclass(frozen=True, kw_only=True)
class TrueShape:
    """The truth, mm."""

    vertices: Float[np.ndarray, "w 3"]
    faces: Integer[np.ndarray, "g 3"]
    """Of what a scanner would see."""
    nose: Float[np.ndarray, "3"]
    corresponds: bool
    """Whether vertex n is vertex n of the reconstruction."""


@dataclass(frozen=True, kw_only=True)
class ReconstructionScores:
    """Scores of one subject."""

    scalars: dict[str, Scalar]
    """Flat, named as for registrations."""
    vertices: Float[np.ndarray, "v 3"]
    """The reconstruction, aligned."""
    vertex_distance: Float[np.ndarray, "v"]
    """mm to the true surface; NaN off the skin."""


def score_shape(shape: ReconstructedShape, truth: TrueShape) -> ReconstructionScores:
    """Score a shape beside the mean head.

    Only points of the true face, those within 95 mm of its nose tip, drive the alignments.
    """
    scan = _points_on(truth)
    face = scan[np.linalg.norm(scan - truth.nose, axis=1) <= FACE_RADIUS_MM]
    skin = shape.faces[shape.regions["scannable"][shape.faces].all(axis=1)]
    fitted, mean = (
        align_surface(vertices, skin, face)(vertices)
        for vertices in (shape.vertices.astype(np.float64), shape.mean_vertices.astype(np.float64))
    )
    scores = score_registration(
        FittedHead(vertices=fitted, mean_vertices=mean, faces=shape.faces, regions=shape.regions),
        ScanEvidence(vertices=truth.vertices, faces=truth.faces, held_out=scan, nose=truth.nose),
        truth=truth.vertices.astype(np.float64) if truth.corresponds else None,
    )
    return ReconstructionScores(scalars=scores.scalars, vertices=fitted, vertex_distance=scores.vertex_distance)


def rotation_errors(
    fitted: Float[np.ndarray, "n 3 3"], true: Float[np.ndarray, "n 3 3"]
) -> Float[np.ndarray, "n"]:
    """Angle between rotations, degrees; as they stand, without any alignment."""
    traces = np.einsum("nij,nij->n", fitted, true)
    return np.degrees(np.arccos(np.clip((traces - 1) / 2, -1, 1)))


def focal_errors(fitted: Float[np.ndarray, "n 2"], true: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n"]:
    """Relative error of focal lengths, mean of both axes: 0.1 is ten percent too long."""
    return (fitted / true).mean(axis=1) - 1


def _points_on(truth: TrueShape) -> Float[np.ndarray, "n 3"]:
    """Points of the true surface, always the same ones."""
    vertices, faces = torch.from_numpy(truth.vertices).float(), torch.from_numpy(truth.faces).long()
    sites = sample_surface(vertices, faces, POINTS, generator=torch.Generator().manual_seed(0))
    return points_at(vertices[None], faces, sites)[0].double().numpy()
