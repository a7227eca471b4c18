"""Subjects' landmarks to a head model, end to end. Reads and writes no file; knows no detector."""

from collections.abc import Sequence
from dataclasses import replace
from typing import final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from facescale.heads.template import AbstractTemplateHead
from facescale.reconstruction.landmark_fit.batch import LandmarkBatch, packed
from facescale.reconstruction.landmark_fit.config import LandmarkFitConfig
from facescale.reconstruction.landmark_fit.embedding import LandmarkEmbedding
from facescale.reconstruction.landmark_fit.finish import ViewErrors, finish, view_errors
from facescale.reconstruction.landmark_fit.first_pose import first_poses
from facescale.reconstruction.landmark_fit.problem import LandmarkProblem
from facescale.reconstruction.landmark_fit.result import LandmarkFit
from facescale.reconstruction.landmark_fit.sample import LandmarkSubject, PreparedSubject, prepare
from facescale.reconstruction.landmark_fit.site_model import SiteModel, site_model
from facescale.reconstruction.landmark_fit.solve import Solution, solve
from facescale.reconstruction.landmark_fit.unknowns import LandmarkUnknowns
from facescale.reconstruction.landmark_fit.world_scale import in_millimetres
from facescale.structures.errors import CaptureRejected

VIEWS_AT_ONCE = 96
"""Views after which a batch is full: enough to hide the cost of calls, few enough to stay in cache."""
WORST_START = 4.0
"""The mean head in its first pose may miss a view's landmarks by so many times `worst_median`."""


@final
class LandmarkFitter:
    """Fits one head model to landmarks of one scheme with one configuration.

    Args:
        head: the model; linear.
        embedding: where the landmarks lie on it.
        config: the settings.
    """

    def __init__(
        self, head: AbstractTemplateHead, embedding: LandmarkEmbedding, config: LandmarkFitConfig
    ) -> None:
        self.head = head
        self.embedding = embedding
        self.config = config
        self.model: SiteModel = site_model(head, embedding)

    def fit(self, subjects: Sequence[LandmarkSubject]) -> list[LandmarkFit | CaptureRejected]:
        """Fit subjects; one result, or the reason why there is none, each, in order."""
        prepared = [self._prepared(subject) for subject in subjects]
        results: list[LandmarkFit | CaptureRejected] = []
        start, views = 0, 0
        for stop, sample in enumerate(prepared, start=1):
            views += len(sample.pixels)
            if views >= VIEWS_AT_ONCE or stop == len(prepared):
                results.extend(self._fit(subjects[start:stop], prepared[start:stop]))
                start, views = stop, 0
        return results

    def vertices(self, fit: LandmarkFit) -> Float[np.ndarray, "f v 3"]:
        """All vertices in each view, in mm in the head frame; `FittedView` says where the head is."""
        kind = self.head.mean_vertices().dtype
        expression = torch.from_numpy(np.stack([view.expression for view in fit.views])).to(kind)
        identity = torch.from_numpy(fit.identity).to(kind).expand(len(expression), -1)
        return self.head.evaluate({"identity": identity, "expression": expression}).numpy()

    def problem(self, prepared: Sequence[PreparedSubject], *, precise: bool = False) -> LandmarkProblem:
        """What subjects ask to be solved; see `LandmarkProblem.precise`."""
        return LandmarkProblem(model=self.model, batch=packed(prepared), config=self.config, precise=precise)

    def start(self, batch: LandmarkBatch) -> tuple[LandmarkUnknowns, Float[Tensor, "v"]]:
        """The mean head in its first poses, and how far each view is from it, in heights of its face."""
        expression, identity = self.model.expression, self.model.identity
        rotation, translation, apart = first_poses(self._mean(), batch, self.model.fixed_index)
        instants, lanes = len(rotation), len(batch.counts)
        start = LandmarkUnknowns(
            rotation=rotation,
            translation=translation,
            log_focal=torch.zeros(instants, dtype=torch.float64),
            expression=expression.prior_mean.double().expand(instants, -1),
            identity=identity.prior_mean.double().expand(lanes, -1),
            shared_log_focal=torch.zeros(lanes, batch.focals, dtype=torch.float64),
        )
        return start, apart

    def _mean(self) -> Float[Tensor, "k 3"]:
        """Fixed sites of the mean head, mm."""
        rest = torch.cat([self.model.expression.prior_mean, self.model.identity.prior_mean]).double()
        return self.model.fixed.zero + self.model.fixed.basis @ rest

    def _prepared(self, subject: LandmarkSubject) -> PreparedSubject:
        sample = prepare(subject, self.embedding, self.config)
        if subject.metric or (sample.group >= 0).all():
            return sample
        worst = WORST_START * self.config.worst_median
        return in_millimetres(sample, self._mean(), self.model.fixed_index, worst=worst)

    def _fit(
        self, subjects: Sequence[LandmarkSubject], prepared: Sequence[PreparedSubject]
    ) -> list[LandmarkFit | CaptureRejected]:
        first = packed(prepared)
        _, apart = self.start(first)
        prepared = _dropped(prepared, apart / WORST_START, self.config, "the mean head")
        problem = self.problem(prepared)
        if not problem.batch.single:
            # a view that has a pose of its own may still contradict the others of its instant
            together = view_errors(problem, self.start(problem.batch)[0]).median
            prepared = _dropped(
                prepared, together / WORST_START, self.config, "the mean head as other views see it"
            )
            problem = self.problem(prepared)
        solution, errors = self._solved(problem, self.start(problem.batch)[0])
        again = _dropped(prepared, errors.median, self.config, "the fitted head")
        changed = [a.reasons != b.reasons for a, b in zip(again, prepared, strict=True)]
        results = finish(subjects, prepared, problem, solution, errors)
        if any(changed):
            # Anew from the start: identities that the dropped views have bent are a poor place to go on from.
            rest = [index for index, anew in enumerate(changed) if anew]
            less = [again[index] for index in rest]
            problem = self.problem(less)
            solution, errors = self._solved(problem, self.start(problem.batch)[0])
            finished = finish([subjects[index] for index in rest], less, problem, solution, errors)
            for index, result in zip(rest, finished, strict=True):
                results[index] = result
        return results

    def _solved(self, problem: LandmarkProblem, start: LandmarkUnknowns) -> tuple[Solution, ViewErrors]:
        solution = solve(problem, start)
        return solution, view_errors(problem, solution.unknowns)


def _dropped(
    prepared: Sequence[PreparedSubject],
    apart: Float[Tensor, "v"],
    config: LandmarkFitConfig,
    what: str,
) -> list[PreparedSubject]:
    """Subjects without the views that are too far from a head, in medians over their landmarks."""
    result, place = [], 0
    limit = config.worst_median
    for sample in prepared:
        order = np.argsort(sample.instant, kind="stable")
        share = np.empty(len(order))
        share[order] = apart[place : place + len(order)].numpy()
        place += len(order)
        reasons = tuple(
            reason
            if reason or not distance > limit
            else f"expected landmarks within {limit:.0%} of the face's height of {what}, found a median of "
            + (f"{distance:.0%}" if np.isfinite(distance) else "infinity: they are behind the camera")
            for reason, distance in zip(sample.reasons, share, strict=True)
        )
        result.append(replace(sample, reasons=reasons))
    return result
