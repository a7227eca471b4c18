"""What happens to one item of a reconstruction job, in a worker: read, detect, fit, score, draw, write.

Joins corpora, heads, perception, reconstruction, evaluation and reporting; knows nothing of Ray or other items.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, final

import numpy as np
import torch

from facescale.assets.registry import asset
from facescale.corpora.files import read_input
from facescale.heads.library import load_head
from facescale.perception.face_landmarker import ASSET, FaceLandmarker
from facescale.pipelines.corpus_source import CorpusSource
from facescale.pipelines.reconstruct_output import result_row, write_result
from facescale.pipelines.reconstruct_truth import TruthScores, score_truth
from facescale.pipelines.view_landmarks import SeenSubject, mediapipe_embedding, seen_subject
from facescale.reconstruction.landmark_fit.config import LandmarkFitConfig
from facescale.reconstruction.landmark_fit.fitter import LandmarkFitter
from facescale.reconstruction.landmark_fit.result import LandmarkFit
from facescale.runtime.stage import AbstractStage, Resources, Saved
from facescale.structures import CaptureRejected, Item
from facescale.synthesis.photo.image_truth import ImageTruth

TRUTH_LIMIT = 1 << 28
STIFF = 1e6
"""Prior weight under which nothing but poses and focal lengths moves: the mean head."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """One item on its way to the fit."""

    seen: SeenSubject
    truth: ImageTruth | None


@dataclass(frozen=True, kw_only=True)
class Reconstructed:
    """One reconstruction with what is needed to write it."""

    loaded: Loaded
    fit: LandmarkFit
    mean_fit: LandmarkFit | None
    """The mean head's poses and focal lengths; None where it could not be posed."""
    vertices: np.ndarray
    """(f, v, 3) of each view with its expression, mm, head frame."""
    neutral: np.ndarray
    """(v, 3) at rest."""
    truth: TruthScores | None


def make_stage(
    *,
    head: str,
    corpus: str,
    options: Sequence[str],
    fit: Mapping[str, Any],
    one_lens: bool,
    batch_size: int,
) -> AbstractStage:
    """Build the stage from plain values, in the worker.

    Args:
        head: name of the head model.
        corpus: name of the layout.
        options: its settings, "name=value".
        fit: fields of LandmarkFitConfig.
        one_lens: whether an item's photographs share an unknown focal length.
        batch_size: items that one solve takes.
    """
    return ReconstructStage(
        head=head,
        source=CorpusSource(corpus=corpus, options=tuple(options), holds="views"),
        config=LandmarkFitConfig(**fit),
        one_lens=one_lens,
        batch_size=batch_size,
    )


@final
class ReconstructStage(AbstractStage):
    """Fits a head to the landmarks of each item's views."""

    def __init__(
        self,
        *,
        head: str,
        source: CorpusSource,
        config: LandmarkFitConfig,
        one_lens: bool,
        batch_size: int,
    ) -> None:
        self.batch_size = batch_size
        self.resources = Resources(num_cpus=1)
        self._head_name = head
        self._source = source
        self._config = config
        self._one_lens = one_lens

    def setup(self) -> None:
        """Load the head model and the detector."""
        torch.set_num_threads(max(1, int(self.resources.num_cpus)))
        self._head = load_head(self._head_name)
        self._embedding = mediapipe_embedding(self._head)
        self._landmarker = FaceLandmarker()
        self._fitter = LandmarkFitter(self._head, self._embedding, self._config)
        # it explains landmarks badly, and must not lose views for that
        stiff = replace(self._config, prior_weight=STIFF, worst_median=1.0)
        self._mean_fitter = LandmarkFitter(self._head, self._embedding, stiff)

    def load(self, item: Item) -> Loaded:
        """Read an item's views and find their landmarks."""
        seen = seen_subject(self._source.load(item), self._landmarker, one_lens=self._one_lens)
        truth = None
        for file in item.inputs:
            if file.role == "truth":
                truth = ImageTruth.from_npz(read_input(file, limit=TRUTH_LIMIT))
        return Loaded(seen=seen, truth=truth)

    def fit(self, samples: Sequence[Loaded]) -> list[Reconstructed | CaptureRejected]:
        """Fit a batch, and the mean head beside it."""
        subjects = [loaded.seen.subject for loaded in samples]
        fits, mean_fits = self._fitter.fit(subjects), self._mean_fitter.fit(subjects)
        return [
            fit if isinstance(fit, CaptureRejected) else self._finish(loaded, fit, mean_fit)
            for loaded, fit, mean_fit in zip(samples, fits, mean_fits, strict=True)
        ]

    def save(self, result: Reconstructed, folder: Path) -> Saved:
        """Write parameters, frames, meshes, animation and pictures."""
        write_result(
            folder,
            head=self._head,
            sites=self._embedding,
            seen=result.loaded.seen,
            fit=result.fit,
            shapes=(result.neutral, result.vertices),
            error_mm=None if result.truth is None else result.truth.vertex_distance,
        )
        row = result_row(result.loaded.seen, result.fit, result.mean_fit)
        if result.truth is not None:
            row |= result.truth.scalars
        head = self._head.card
        return Saved(
            row=row, licences={head.name: head.licence, ASSET: asset(ASSET).licence, **self._source.licences}
        )

    def _finish(
        self, loaded: Loaded, fit: LandmarkFit, mean_fit: LandmarkFit | CaptureRejected
    ) -> Reconstructed:
        identity = torch.from_numpy(fit.identity)[None]
        neutral = self._head.evaluate({"identity": identity, **self._at_rest()})[0].numpy()
        truth, widths = loaded.truth, {view.name: view.size[0] for view in loaded.seen.subject.views}
        return Reconstructed(
            loaded=loaded,
            fit=fit,
            mean_fit=None if isinstance(mean_fit, CaptureRejected) else mean_fit,
            vertices=self._fitter.vertices(fit),
            neutral=neutral,
            truth=None if truth is None else score_truth(truth, self._head, fit, neutral, widths),
        )

    def _at_rest(self) -> dict[str, torch.Tensor]:
        return {
            block.name: torch.zeros(1, block.size) for block in self._head.blocks if block.name == "expression"
        }
