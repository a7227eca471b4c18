"""From a finished solve to results: the head in the scan's frame, figures, and the not-a-head gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.spatial import KDTree
from torch import Tensor

from facescale.fitting.robust import geman_mcclure
from facescale.fitting.status import SolveStatus
from facescale.fitting.surface_matches import Matches
from facescale.fitting.unknowns import Unknowns
from facescale.heads.template import AbstractTemplateHead
from facescale.registration import plausible
from facescale.registration.head_frame import into_head
from facescale.registration.head_template import HeadTemplate
from facescale.registration.mean_head import rigid_mean
from facescale.registration.orientation import TRIM
from facescale.registration.point_pool import PointPool, trimmed_mean
from facescale.registration.result import Plausibility, RegistrationResult
from facescale.registration.sample import Sample
from facescale.registration.scan_problem import Carried, ScanProblem
from facescale.structures.errors import CaptureRejected


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A preset's outcome, whichever solver made it."""

    unknowns: Unknowns
    status: Int[Tensor, "b"]
    iterations: Int[Tensor, "b"]


def finish(
    head: AbstractTemplateHead,
    samples: Sequence[Sample],
    problem: ScanProblem,
    ended: Ended,
    *,
    template: HeadTemplate,
    preset: Mapping[str, str | float],
    seconds: float = 0.0,
) -> list[RegistrationResult | CaptureRejected]:
    """Judge and assemble every lane.

    Args:
        head: the whole head.
        samples: in the order of the lanes.
        problem: what was solved.
        ended: how.
        template: of the same head.
        preset: the settings, for the record.
        seconds: of the solve, a sample's share.
    """
    unknowns = ended.unknowns
    params = problem.layout.split(unknowns.coefficients)
    lanes = len(samples)
    width = torch.full((lanes,), problem.narrowest, device=unknowns.shift.device)
    matches = problem.search(unknowns, Carried(width=width, found=None))
    loss, _ = geman_mcclure(matches.distance, width[:, None])
    trust = problem.data.precision
    energy = (loss * trust).sum(dim=1) / trust.sum(dim=1).clamp_min(1e-12)
    vertices = head.evaluate(params).double().cpu().numpy()
    mean = rigid_mean(problem, unknowns)
    resting = head.mean_vertices().double().cpu().numpy()
    faces = head.faces.cpu().numpy()
    results: list[RegistrationResult | CaptureRejected] = []
    for lane, sample in enumerate(samples):
        status = SolveStatus(int(ended.status[lane]))
        if not status.usable:
            results.append(CaptureRejected("no-fit", f"expected a fit, found: {status.sentence}"))
            continue
        figures = _figures(sample, lane, problem, unknowns, matches, template, vertices[lane], faces)
        refused = plausible.check(figures)
        if refused is not None:
            results.append(refused)
            continue
        rotation, translation, scale = in_scan(sample, unknowns, lane)
        at_mean = in_scan(sample, mean, lane)
        results.append(
            RegistrationResult(
                item=sample.item,
                params={name: value[lane].cpu().numpy() for name, value in params.items()},
                rotation=rotation,
                translation=translation,
                scale=scale,
                metric=not problem.layout.scale,
                unit=sample.unit,
                unit_from=sample.unit_from,
                millimetres_per_unit=sample.millimetres_per_unit,
                vertices=scale * vertices[lane] @ rotation.T + translation,
                mean_vertices=at_mean[2] * resting @ at_mean[0].T + at_mean[1],
                held_out=sample.held_out,
                status=status,
                iterations=int(ended.iterations[lane]),
                energy=float(energy[lane]),
                plausibility=figures,
                initialisation=sample.initialisation,
                preset=preset,
                seconds=seconds,
            )
        )
    return results


def in_scan(sample: Sample, unknowns: Unknowns, lane: int) -> tuple[np.ndarray, np.ndarray, float]:
    """The head's placement in the scan: the first pose after the inverse of the pose that corrected it.

    Args:
        sample: whose first pose it is.
        unknowns: of the finished fit.
        lane: the sample's.

    Returns:
        rotation, translation (mm) and scale: a head point x lies at scale * rotation @ x + translation.
    """
    turn = unknowns.rotation[lane].cpu().numpy()
    shift = unknowns.shift[lane].cpu().numpy()
    grow = float(unknowns.log_scale[lane].exp())
    # a scan point p has the head point grow * turn @ (R'(p - t) / s) + shift
    rotation = sample.rotation @ turn.T
    scale = sample.scale / grow
    return rotation, sample.translation - scale * rotation @ shift, scale


def _figures(
    sample: Sample,
    lane: int,
    problem: ScanProblem,
    unknowns: Unknowns,
    matches: Matches,
    template: HeadTemplate,
    vertices: Float[np.ndarray, "v 3"],
    faces: Int[np.ndarray, "f 3"],
) -> Plausibility:
    rotation, translation, scale = in_scan(sample, unknowns, lane)
    parts = (sample.fit, sample.held_out)
    positions = np.concatenate([part.positions for part in parts])
    normals = np.concatenate([part.normals for part in parts]).astype(np.float64)
    local = into_head(positions, rotation, translation, scale)
    area = sample.fit.area_mm2 / scale**2 * len(sample.fit.positions) / max(len(positions), 1)
    pool = PointPool(
        positions=local,
        normals=normals @ rotation,
        signed=True,
        spacing=float(np.sqrt(area)),
        tree=KDTree(local),
    )
    face, bary = template.face_sites
    corners = vertices[faces[face]]
    placed = np.einsum("nk,nkd->nd", bary, corners)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    distance, _, _ = pool.distances(placed, normal)
    counted = matches.counted[lane].cpu().numpy()
    residual = matches.residual[lane].abs().cpu().numpy()[counted]
    values = unknowns.coefficients[lane] - problem.layout.prior_mean
    scores = problem.layout.split((values / problem.layout.prior_std)[None])
    return Plausibility(
        coverage=float((distance < plausible.NEAR_MM).mean()),
        face_to_scan_mm=float(trimmed_mean(distance[None], TRIM)[0]),
        scan_to_head_mm=float(np.median(residual)) if len(residual) else float("inf"),
        matched=float(counted.sum() / len(sample.fit.positions)),
        coefficient_norm={name: float(part.square().mean().sqrt()) for name, part in scores.items()},
    )
