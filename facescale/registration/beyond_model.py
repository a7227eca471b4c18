"""Results of a head model's fit taken on by non-rigid ICP: joins scans, the fit and the solver of `nicp`."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from facescale.heads.template import AbstractTemplateHead
from facescale.registration.config import RegistrationConfig
from facescale.registration.folds import laid_flat
from facescale.registration.head_frame import into_head
from facescale.registration.nicp import NicpSettings, Subject, deform
from facescale.registration.nicp_template import NicpTemplate
from facescale.registration.result import RegistrationResult
from facescale.registration.sample import Sample
from facescale.registration.scan_targets import ScanTargets
from facescale.structures.errors import CaptureRejected


@dataclass(frozen=True, kw_only=True)
class BeyondModel:
    """Non-rigid ICP for one head: owns the factors of its topology."""

    template: NicpTemplate
    settings: NicpSettings

    @classmethod
    def of(
        cls,
        head: AbstractTemplateHead,
        keypoint_sites: Mapping[str, tuple[int, np.ndarray]],
        config: RegistrationConfig,
    ) -> "BeyondModel":
        """Factorise a head's topology.

        Args:
            head: on any device; what is kept is on the CPU.
            keypoint_sites: name -> face and barycentrics.
            config: whose robust settings hold here too.
        """
        robust = config.robust
        settings = NicpSettings(
            facing=float(np.cos(np.radians(robust.normal_degrees))),
            width_mm=(max(5.0, robust.outlier_mm), robust.outlier_mm),
            hair_mm=robust.hair_mm,
        )
        template = NicpTemplate.of(
            head,
            keypoint_sites,
            stiffness_mm=settings.stiffness_mm,
            hold_mm=settings.hold_mm,
            keypoint_mm2=settings.keypoint_mm2,
        )
        return cls(template=template, settings=settings)

    def refine(
        self, samples: Sequence[Sample], results: Sequence[RegistrationResult | CaptureRejected]
    ) -> list[RegistrationResult | CaptureRejected]:
        """Take each result on; what was rejected stays so.

        Args:
            samples: the scans, one a result.
            results: of the model's fit.
        """
        begun = time.perf_counter()
        taken = [k for k, result in enumerate(results) if isinstance(result, RegistrationResult)]
        refined = list(results)
        if not taken:
            return refined
        subjects = [self._subject(samples[k], results[k]) for k in taken]
        moved = deform(self.template, subjects, self.settings)
        seconds = (time.perf_counter() - begun) / len(taken)
        for lane, k in enumerate(taken):
            result = results[k]
            assert isinstance(result, RegistrationResult)
            refined[k] = self._moved(result, subjects[lane].fitted, moved[lane], seconds)
        return refined

    def _subject(self, sample: Sample, result: RegistrationResult | CaptureRejected) -> Subject:
        assert isinstance(result, RegistrationResult)
        pose = (result.rotation, result.translation, result.scale)
        marks = into_head(sample.keypoint_positions, *pose)
        return Subject(
            fitted=into_head(result.vertices, *pose),
            targets=ScanTargets.of(sample.fit if sample.dense is None else sample.dense, *pose),
            keypoints=dict(zip(sample.keypoint_names, marks, strict=True)),
        )

    def _moved(
        self, result: RegistrationResult, fitted: np.ndarray, moved: np.ndarray, seconds: float
    ) -> RegistrationResult:
        begun = time.perf_counter()
        skin = self.template.solved
        flat = laid_flat(fitted[skin], moved[skin], self.template.faces)
        # as it is stored: whoever adds it to the model's vertices has these vertices
        displacement = np.asarray(self.template.follow @ flat.displaced).astype(np.float32)
        vertices = fitted + displacement
        return replace(
            result,
            vertices=result.scale * vertices @ result.rotation.T + result.translation,
            model_vertices=result.vertices,
            displacement=displacement,
            folded=flat.folds,
            unfolded=flat.folds_before,
            preset={**result.preset, **self.settings.described()},
            seconds=result.seconds + seconds + time.perf_counter() - begun,
        )
