"""Scans to a head model, end to end: owns the head's matching surface and search tree.

Reads and writes no file.
"""

import math
import time
from collections.abc import Sequence
from typing import final

import torch

from facescale.fitting.surface_matches import MatchingSurface
from facescale.fitting.unknowns import Layout, Unknowns
from facescale.geometry.surface import SurfaceBvh
from facescale.heads.template import AbstractTemplateHead
from facescale.registration import presets
from facescale.registration.batch import RESIDUAL_STD_MM, Precisions, batched
from facescale.registration.beyond_model import BeyondModel
from facescale.registration.config import RegistrationConfig
from facescale.registration.finish import Ended, finish
from facescale.registration.head_template import HeadTemplate
from facescale.registration.landmark_judge import LandmarkJudge
from facescale.registration.matching_head import matching_head
from facescale.registration.prepare import prepare
from facescale.registration.result import RegistrationResult
from facescale.registration.sample import Sample
from facescale.registration.scan_problem import ScanProblem
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected

LANES_ON_GPU = 32
"""Samples that a GPU takes at once. A CPU takes them one by one: what it computes is bound by arithmetic and
cache, not by launches, and a lane alone is the same lane bit for bit in any company."""


@final
class Registrar:
    """Registers scans to one head model with one configuration.

    Args:
        head: the model.
        config: the settings.
        device: where fits run.
        lanes: samples that one solve takes at the most; None for the device's default.
    """

    def __init__(
        self,
        head: AbstractTemplateHead,
        config: RegistrationConfig,
        *,
        device: torch.device | str = "cpu",
        lanes: int | None = None,
    ) -> None:
        self.config = config
        self.device = torch.device(device)
        self.template = HeadTemplate.of(head)
        self.head = head.to(self.device)
        # a jaw that turns is expression too
        leave_out = () if config.expression else tuple(b.name for b in head.blocks if b.scope == "frame")
        self.layout = Layout.of(self.head, scale=config.scale == "free", leave_out=leave_out)
        self.lanes = lanes or (1 if self.device.type == "cpu" else LANES_ON_GPU)
        self.matching = matching_head(self.head, self.template.keypoint_sites)
        self._judge = LandmarkJudge()
        self._surface = MatchingSurface.of(self.matching.head)
        self._trees: dict[int, SurfaceBvh] = {}
        self._beyond = None
        if config.method == "nicp":
            self._beyond = BeyondModel.of(self.head, self.template.keypoint_sites, config)

    def prepare(self, capture: Capture, seed: int) -> Sample:
        """The load stage of one scan; see `registration.prepare`.

        Raises:
            CaptureRejected: the scan cannot be registered, with the reason.
        """
        return prepare(capture, self.template, self.config, seed, judge=self._judge)

    def register(self, samples: Sequence[Sample]) -> list[RegistrationResult | CaptureRejected]:
        """Fit samples; one result, or the reason why there is none, each, in order."""
        results: list[RegistrationResult | CaptureRejected] = []
        for start in range(0, len(samples), self.lanes):
            results.extend(self._register(samples[start : start + self.lanes]))
        return results

    def problem(self, samples: Sequence[Sample]) -> ScanProblem:
        """What samples ask to be solved."""
        robust = self.config.robust
        precisions = Precisions(residual_std_mm=RESIDUAL_STD_MM * math.sqrt(self.config.prior_weight))
        data = batched(samples, self.matching.keypoint_sites, precisions=precisions, device=self.device)
        return ScanProblem(
            head=self.matching.head,
            surface=self._surface,
            bvh=self._tree(len(samples)),
            layout=self.layout,
            data=data,
            reach=robust.reach_mm,
            facing=math.cos(math.radians(robust.normal_degrees)),
            narrowest=robust.outlier_mm,
            hair_width=robust.hair_mm,
        )

    def solve(self, problem: ScanProblem, start: Unknowns | None = None) -> Ended:
        """Run the preset.

        Args:
            problem: from `problem`.
            start: where from; None for the mean head in the first pose.
        """
        if start is None:
            start = Unknowns.at_rest(self.layout, lanes=len(problem.data.points), device=self.device)
        return presets.solve(problem, start, self.config)

    def _register(self, samples: Sequence[Sample]) -> list[RegistrationResult | CaptureRejected]:
        problem = self.problem(samples)
        begun = time.perf_counter()
        ended = self.solve(problem)
        if self.device.type == "cuda":  # launches return before what they launch is done
            torch.cuda.synchronize(self.device)
        seconds = (time.perf_counter() - begun) / len(samples)
        results = finish(
            self.head,
            samples,
            problem,
            ended,
            template=self.template,
            preset=presets.described(self.config),
            seconds=seconds,
        )
        return results if self._beyond is None else self._beyond.refine(samples, results)

    def _tree(self, lanes: int) -> SurfaceBvh:
        """A tree over as many mean heads as lanes, built once; every search refits it."""
        if lanes not in self._trees:
            mean = self.matching.head.mean_vertices().expand(lanes, -1, -1)
            self._trees[lanes] = SurfaceBvh(mean, self._surface.faces.int())
        return self._trees[lanes]
