"""Non-rigid ICP: from a fitted head model to what the scan shows beyond its span, in the head's topology.

After Amberg, Romdhani and Vetter (2007): correspondences and a linear solve in turn, from stiff to soft. Chosen
otherwise:

- The start is the fit of a head model, and what is solved for is the displacement d from it, one vector a
  vertex. Where the scan shows nothing (holes, hair, the inside of lips) d decays to zero over `hold_mm`: there
  the model speaks.
- Residuals are distances to the scan's plane at each vertex, along its normal, so that the surface may slide.
- The energy of d is length^2 (|grad d|^2 + |d|^2 / hold^2), integrated over the mean shape: its matrix belongs
  to the topology and not to the scan.

A scan enters through weights alone. Each linear problem is solved by a few steps of conjugate gradients from
the last displacement, preconditioned by the factor of the matrix with average weights, which is found once a
topology and stiffness; all subjects are its right-hand sides. On the CPU, whatever device the fit was on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from facescale.geometry.normals import vertex_normals
from facescale.registration.nicp_template import Level, NicpTemplate
from facescale.registration.scan_targets import ScanTargets

LEAST = 1e-300


@dataclass(frozen=True, kw_only=True)
class NicpSettings:
    """How it runs; measured in benchmarks/nicp.py."""

    stiffness_mm: tuple[float, ...] = (4.5, 2.2)
    """Of each level: a wave of the surface that is this long times 2 pi is followed half."""
    hold_mm: float = 21.0
    """Over which a displacement decays to the model where nothing is seen."""
    searches: int = 3
    """A level."""
    steps: int = 3
    """Of conjugate gradients, a search."""
    reach_mm: float = 15.0
    facing: float = 0.64
    """Least cosine between the normals of a vertex and of the scan."""
    width_mm: tuple[float, float] = (5.0, 2.0)
    """Of the Geman-McClure weight at the first and the last level."""
    hair_mm: float = 1.0
    """The same outside the face proper, for a scan that lies outside the head."""
    keypoint_mm2: float = 0.1
    """Surface that weighs as much as one keypoint: keypoints are some seven times less exact than points."""

    def described(self) -> Mapping[str, str | float]:
        """The settings as a flat record."""
        return {
            "nicp": "conjugate gradients under one factor a topology and level",
            **{f"nicp_stiffness{k}_mm": length for k, length in enumerate(self.stiffness_mm)},
            "nicp_hold_mm": self.hold_mm,
            "nicp_searches": self.searches,
            "nicp_steps": self.steps,
        }


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One scan in the frame of the head that was fitted to it."""

    fitted: Float[np.ndarray, "v 3"]
    """The model fit's vertices, mm."""
    targets: ScanTargets
    keypoints: Mapping[str, Float[np.ndarray, "3"]]


@dataclass(frozen=True, kw_only=True)
class System:
    """The linear problem of some subjects after a search: b subjects, n vertices, k keypoints."""

    weights: Float[np.ndarray, "b n"]
    """mm^2 a vertex."""
    normals: Float[np.ndarray, "b n 3"]
    right: Float[np.ndarray, "b n 3"]
    keypoint_weights: Float[np.ndarray, "b k"]

    def apply(
        self, template: NicpTemplate, level: Level, values: Float[np.ndarray, "b n 3"]
    ) -> Float[np.ndarray, "b n 3"]:
        """The matrix times displacements."""
        lanes, count, _ = values.shape
        columns = values.transpose(1, 0, 2).reshape(count, -1)
        smooth = (level.stiffness @ columns).reshape(count, lanes, 3).transpose(1, 0, 2)
        along = (self.normals * values).sum(axis=2)
        at = (template.keypoints @ columns).reshape(-1, lanes, 3) * self.keypoint_weights.T[..., None]
        pulled = (template.keypoints.T @ at.reshape(len(at), -1)).reshape(count, lanes, 3).transpose(1, 0, 2)
        return smooth + (self.weights * along)[..., None] * self.normals + pulled


def deform(
    template: NicpTemplate, subjects: Sequence[Subject], settings: NicpSettings
) -> Float[np.ndarray, "b v 3"]:
    """Displacements of all vertices of the head from the model fits, mm in the head frame.

    Args:
        template: of the head, with a level for each stiffness.
        subjects: side by side; none touches another.
        settings: as the template was made with.
    """
    start = np.stack([subject.fitted[template.solved] for subject in subjects])
    displaced = np.zeros_like(start)
    first, last = settings.width_mm
    for place, level in enumerate(template.levels):
        width = first + (last - first) * place / max(1, len(template.levels) - 1)
        for _ in range(settings.searches):
            system = searched(template, subjects, start, displaced, width, settings)
            displaced = conjugate_gradients(template, level, system, displaced, steps=settings.steps)
    count = displaced.shape[1]
    columns = template.follow @ displaced.transpose(1, 0, 2).reshape(count, -1)
    return columns.reshape(-1, len(subjects), 3).transpose(1, 0, 2)


def searched(
    template: NicpTemplate,
    subjects: Sequence[Subject],
    start: Float[np.ndarray, "b n 3"],
    displaced: Float[np.ndarray, "b n 3"],
    width: float,
    settings: NicpSettings,
) -> System:
    """Look for the scan at each vertex and form the problem."""
    vertices = start + displaced
    faces = torch.from_numpy(template.faces)
    normals = vertex_normals(torch.from_numpy(vertices), faces, weighting="area").numpy()
    seen = np.flatnonzero(template.areas > 0)
    weights, planes_normal, right = (np.zeros(s) for s in (start.shape[:2], start.shape, start.shape))
    keypoint_weights = np.zeros((len(subjects), len(template.keypoint_names)))
    for lane, subject in enumerate(subjects):
        found = subject.targets.planes(
            vertices[lane, seen], normals[lane, seen], reach=settings.reach_mm, facing=settings.facing
        )
        outside = ~template.front[seen] & (found.height > 0)
        own = np.where(outside, min(settings.hair_mm, width), width)
        robust = 1.0 / np.square(1.0 + np.square(found.height / own))
        weights[lane, seen] = template.areas[seen] * found.trust * robust
        planes_normal[lane, seen] = found.normals
        along = (found.normals * displaced[lane, seen]).sum(axis=1)
        pulled = weights[lane, seen] * (found.height + along)
        right[lane, seen] = pulled[:, None] * found.normals
        for place, name in enumerate(template.keypoint_names):
            if name in subject.keypoints:
                row = template.keypoints[[place]]
                keypoint_weights[lane, place] = settings.keypoint_mm2
                wanted = subject.keypoints[name] - (row @ start[lane])[0]
                right[lane] += settings.keypoint_mm2 * (row.T @ wanted[None])
    return System(weights=weights, normals=planes_normal, right=right, keypoint_weights=keypoint_weights)


def conjugate_gradients(
    template: NicpTemplate, level: Level, system: System, start: Float[np.ndarray, "b n 3"], *, steps: int
) -> Float[np.ndarray, "b n 3"]:
    """Some preconditioned steps, each subject with its own lengths."""
    values = start.copy()
    residual = system.right - system.apply(template, level, values)
    ahead = _preconditioned(level, residual)
    towards = ahead.copy()
    energy = (residual * ahead).sum(axis=(1, 2))
    for _ in range(steps):
        moved = system.apply(template, level, towards)
        length = energy / np.maximum((towards * moved).sum(axis=(1, 2)), LEAST)
        values += length[:, None, None] * towards
        residual -= length[:, None, None] * moved
        ahead = _preconditioned(level, residual)
        now = (residual * ahead).sum(axis=(1, 2))
        towards = ahead + (now / np.maximum(energy, LEAST))[:, None, None] * towards
        energy = now
    return values


def _preconditioned(level: Level, residual: Float[np.ndarray, "b n 3"]) -> Float[np.ndarray, "b n 3"]:
    lanes, count, _ = residual.shape
    columns = np.ascontiguousarray(residual.transpose(1, 0, 2).reshape(count, -1))
    return level.factor.solve(columns).reshape(count, lanes, 3).transpose(1, 0, 2)
