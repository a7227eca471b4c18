"""From a solved batch to results, one a subject. Knows nothing of how it was solved."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from facescale.fitting.status import SolveStatus
from facescale.reconstruction.landmark_fit.batch import focal_places
from facescale.reconstruction.landmark_fit.problem import LandmarkProblem
from facescale.reconstruction.landmark_fit.result import FittedFocal, FittedView, LandmarkFit
from facescale.reconstruction.landmark_fit.sample import LandmarkSubject, PreparedSubject
from facescale.reconstruction.landmark_fit.solve import Solution
from facescale.reconstruction.landmark_fit.unknowns import LandmarkUnknowns
from facescale.structures.errors import CaptureRejected

IDENTIFIED_BELOW = 0.5
"""A focal length is identified where its standard deviation has fallen below this share of the prior's."""


@dataclass(frozen=True, kw_only=True)
class ViewErrors:
    """Reprojection errors of each view's counted landmarks."""

    rms: Float[Tensor, "v"]
    """Pixels; NaN without any."""
    median: Float[Tensor, "v"]
    """As a share of the face's height."""
    inliers: Float[Tensor, "v"]
    """Share within the configured robust width."""


def view_errors(problem: LandmarkProblem, at: LandmarkUnknowns) -> ViewErrors:
    """Measure a fit."""
    sight = problem.sight(at)
    groups = [sight.fixed] if sight.sliding is None else [sight.fixed, sight.sliding]
    pixels = []
    for rows in groups:
        if rows.directions.shape[1] == 1:
            pixels.append(rows.distance / rows.directions[:, 0].norm(dim=-1).clamp_min(1e-12))
            continue
        # W^-1 of the whitened residual
        safe = rows.directions.permute(0, 2, 1, 3)
        eye = torch.eye(2, dtype=safe.dtype, device=safe.device)
        safe = torch.where((safe == 0).flatten(2).all(dim=2)[..., None, None], eye, safe)
        away = torch.linalg.solve(safe, rows.residual.permute(0, 2, 1)[..., None])[..., 0].norm(dim=-1)
        pixels.append(torch.where(rows.distance.isfinite(), away, torch.inf))
    counted = problem.counted(sight)
    distance = torch.where(counted, torch.cat(pixels, dim=1), torch.nan)
    inside = (sight.distance < problem.config.robust_width) & counted
    return ViewErrors(
        rms=distance.square().nanmean(dim=1).sqrt(),
        median=distance.nanmedian(dim=1).values / problem.batch.face_height,
        inliers=inside.double().sum(dim=1) / counted.sum(dim=1),
    )


def finish(
    subjects: Sequence[LandmarkSubject],
    prepared: Sequence[PreparedSubject],
    problem: LandmarkProblem,
    solution: Solution,
    errors: ViewErrors,
) -> list[LandmarkFit | CaptureRejected]:
    """One result a subject, or why there is none."""
    results: list[LandmarkFit | CaptureRejected] = []
    instant = view = 0
    for lane, (subject, sample) in enumerate(zip(subjects, prepared, strict=True)):
        if all(sample.reasons):
            results.append(_nothing(subject, sample))
        else:
            order = np.argsort(sample.instant, kind="stable")
            rows = np.empty_like(order)
            rows[order] = np.arange(len(order)) + view
            results.append(_result(subject, sample, problem, solution, errors, (lane, instant, rows)))
        instant += int(sample.instant.max()) + 1
        view += len(sample.pixels)
    return results


def _nothing(subject: LandmarkSubject, sample: PreparedSubject) -> CaptureRejected:
    reason = sample.reasons[0]
    also = f" (and {len(sample.reasons) - 1} other views)" if len(sample.reasons) > 1 else ""
    return CaptureRejected(
        "no-usable-view", f"{subject.views[0].name}: {reason}{also}", "look at the images and their landmarks"
    )


def _result(
    subject: LandmarkSubject,
    sample: PreparedSubject,
    problem: LandmarkProblem,
    solution: Solution,
    errors: ViewErrors,
    place: tuple[int, int, np.ndarray],
) -> LandmarkFit:
    lane, first, rows = place
    at = solution.unknowns
    size = at.identity.shape[1]
    moves = first + sample.instant
    rotation = sample.rotation @ at.rotation[moves].numpy()
    world = at.translation[moves].numpy()
    translation = (sample.rotation @ world[..., None])[..., 0] + sample.translation
    expression = at.expression[moves].float().numpy()
    rms, inliers = errors.rms[rows].numpy(), errors.inliers[rows].numpy()
    views = tuple(
        FittedView(
            name=view.name,
            used=not sample.reasons[index],
            reason=sample.reasons[index],
            rotation=rotation[index],
            translation=translation[index],
            expression=expression[index],
            focal_group=int(sample.group[index]),
            rms_px=float(rms[index]),
            rms_share=float(rms[index] / sample.face_height[index]),
            inliers=float(inliers[index]),
        )
        for index, view in enumerate(subject.views)
    )
    return LandmarkFit(
        key=subject.key,
        identity=at.identity[lane].float().numpy(),
        identity_sd=solution.shared_variance[lane, :size].sqrt().float().numpy(),
        views=views,
        focals=_focals(sample, problem, solution, (lane, first)),
        status=SolveStatus(int(solution.status[lane])),
        iterations=int(solution.iterations[lane]),
        energy=float(solution.energy[lane]),
        millimetres_per_unit=sample.millimetres_per_unit,
    )


def _focals(
    sample: PreparedSubject, problem: LandmarkProblem, solution: Solution, place: tuple[int, int]
) -> tuple[FittedFocal, ...]:
    lane, first = place
    at, size = solution.unknowns, solution.unknowns.identity.shape[1]
    used = np.array([not reason for reason in sample.reasons])
    found = []
    for group, where in enumerate(focal_places(sample)):
        if where.shared >= 0:
            log = at.shared_log_focal[lane, where.shared]
            variance = solution.shared_variance[lane, size + where.shared]
        else:
            log = at.log_focal[first + where.instant]
            variance = solution.own_focal_variance[first + where.instant]
        mine = sample.group == group
        focal = sample.focal[mine][0] * float(log.exp())
        spread = float(variance.sqrt())
        several = len(np.unique(sample.instant[mine & used])) > 1
        found.append(
            FittedFocal(
                group=sample.group_names[group],
                focal=focal,
                log_sd=spread,
                sd_px=spread * float(focal.mean()),
                identified=several and spread < IDENTIFIED_BELOW * problem.config.focal_sd,
            )
        )
    return tuple(found)
