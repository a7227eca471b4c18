"""What happens to one scan of a registration job, in a worker: read, fit, score, draw, write.

Joins corpora, heads, registration, evaluation, rendering and reporting; knows nothing of Ray or of other scans.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from facescale.corpora.files import read_input
from facescale.evaluation.registration import (
    MEAN_HEAD,
    FittedHead,
    RegistrationScores,
    ScanEvidence,
    score_registration,
)
from facescale.heads.library import BUILTIN, load_head
from facescale.pipelines.corpus_source import CorpusSource
from facescale.pipelines.fitted_parameters import DISPLACEMENT
from facescale.pipelines.registration_evidence import (
    CommonJudge,
    Judged,
    JudgedBy,
    judged_by,
    nose_tip_of,
    scan_keypoints,
)
from facescale.registration.config import RegistrationConfig, RobustConfig
from facescale.registration.head_frame import into_head
from facescale.registration.registrar import Registrar
from facescale.registration.result import RegistrationResult
from facescale.registration.sample import Sample
from facescale.rendering.item_preview import item_preview
from facescale.reporting import exports
from facescale.runtime.stage import AbstractStage, Resources, Saved
from facescale.structures import Capture, CaptureRejected, Item, Mesh, Scalar
from facescale.synthesis.truth import ScanTruth

TRUTH_LIMIT = 1 << 28


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """One scan on its way to the fit."""

    capture: Capture
    sample: Sample
    judged: Judged
    truth: ScanTruth | None
    """Of a synthetic scan, whichever head it was made from."""
    paired: bool = False
    """Whether the truth's vertices are those of the head that is fitted."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """One registration with all that is written of it."""

    result: RegistrationResult
    scores: RegistrationScores
    row: Mapping[str, Scalar]
    preview: bytes
    """WebP."""


def make_stage(
    *,
    head: str,
    corpus: str,
    options: Sequence[str],
    method: Mapping[str, Any],
    device: str,
    batch_size: int,
    judge: JudgedBy = "own",
) -> AbstractStage:
    """Build the stage from plain values, in the worker.

    Args:
        head: name of the head model.
        corpus: name of the layout.
        options: its settings, "name=value".
        method: fields of RegistrationConfig.
        device: "cpu" or "cuda".
        batch_size: scans that one solve takes.
        judge: whose first pose places the measurement.
    """
    fields = dict(method)
    robust = RobustConfig(**fields.pop("robust"))
    return RegisterStage(
        head=head,
        source=CorpusSource(corpus=corpus, options=tuple(options), holds="scan"),
        config=RegistrationConfig(**fields, robust=robust),
        device=device,
        batch_size=batch_size,
        judge=judge,
    )


@final
class RegisterStage(AbstractStage):
    """Registers scans to one head model."""

    def __init__(
        self,
        *,
        head: str,
        source: CorpusSource,
        config: RegistrationConfig,
        device: str,
        batch_size: int,
        judge: JudgedBy = "own",
    ) -> None:
        self.batch_size = batch_size
        self.resources = Resources(num_cpus=1, num_gpus=1 if device == "cuda" else 0)
        self._head_name = head
        self._source = source
        self._config = config
        self._device = device
        self._judged_by = judge

    def setup(self) -> None:
        """Load the head model and compile what is not compiled yet."""
        import torch

        torch.set_num_threads(max(1, int(self.resources.num_cpus)))
        self._head = load_head(self._head_name)
        self._registrar = Registrar(self._head, self._config, device=self._device)
        self._faces = self._head.faces.cpu().numpy()
        self._regions = {name: mask.cpu().numpy() for name, mask in self._head.regions.items()}
        self._nose_tip = nose_tip_of(self._head)
        # the built-in head's own first pose is the common one
        common = self._judged_by == "common" and self._head_name != BUILTIN
        self._common = CommonJudge(self._config) if common else None

    def load(self, item: Item) -> Loaded:
        """Read a scan, orient it and draw its points."""
        capture = self._source.load(item)
        _require_scan(capture)
        by_role = {file.role: file for file in item.inputs}
        truth, notes, paired = None, (), False
        if "truth" in by_role:
            truth = ScanTruth.from_npz(read_input(by_role["truth"], limit=TRUTH_LIMIT))
            paired = truth.head == self._head.card.name
            if not paired:
                # vertices of two heads are no pairs; distances to the scan and keypoints remain
                notes = (f"no vertex error: the truth is a shape of the head {truth.head!r}.",)
        seed = seed_of(item)
        sample = self._registrar.prepare(capture, seed)
        judged = self._common.look(capture, seed) if self._common else judged_by(sample, self._nose_tip)
        return Loaded(capture=capture, sample=sample, judged=judged, truth=truth, paired=paired, notes=notes)

    def fit(self, samples: Sequence[Loaded]) -> list[Fitted | CaptureRejected]:
        """Fit, score and draw a batch."""
        results = self._registrar.register([loaded.sample for loaded in samples])
        return [
            result if isinstance(result, CaptureRejected) else self._finish(loaded, result)
            for loaded, result in zip(samples, results, strict=True)
        ]

    def save(self, result: Fitted, folder: Path) -> Saved:
        """Write mesh, parameters, coloured mesh and picture."""
        fitted = result.result
        errors = result.scores.vertex_distance
        mesh = Mesh(vertices=fitted.vertices.astype(np.float32), faces=self._faces)
        exports.write_ply(folder / "fit.ply", mesh, {"error_mm": errors})
        exports.write_parameters(folder / "parameters.npz", parameters(fitted))
        exports.write_error_glb(folder / "error.glb", mesh, errors)
        (folder / "preview.webp").write_bytes(result.preview)
        head = self._head.card
        return Saved(row=result.row, licences={head.name: head.licence, **self._source.licences})

    def _finish(self, loaded: Loaded, result: RegistrationResult) -> Fitted:
        scores = self._scored(loaded, result, result.vertices)
        before = None
        if result.model_vertices is not None:
            before = self._scored(loaded, result, result.model_vertices)
        native = loaded.capture.surface
        scan = to_head(native.vertices * result.millimetres_per_unit, result)
        preview = item_preview(
            Mesh(vertices=scan.astype(np.float32), faces=native.faces),
            Mesh(vertices=to_head(result.vertices, result).astype(np.float32), faces=self._faces),
            scores.vertex_distance,
        )
        row = row_of(loaded, result, scores) | _beyond(result, before)
        return Fitted(result=result, scores=scores, row=row, preview=preview)

    def _scored(self, loaded: Loaded, result: RegistrationResult, vertices: np.ndarray) -> RegistrationScores:
        """Score a shape (v, 3) in the pose of a result."""
        native, judged, unit = loaded.capture.surface, loaded.judged, result.millimetres_per_unit
        truth = loaded.truth
        return score_registration(
            FittedHead(
                vertices=vertices,
                mean_vertices=result.mean_vertices,
                faces=self._faces,
                regions=self._regions,
                keypoints=self._registrar.template.keypoint_sites,
            ),
            ScanEvidence(
                vertices=native.vertices * unit,
                faces=native.faces,
                held_out=judged.held_out * unit,
                nose=judged.nose * unit,
                held_out_normals=judged.normals,
                keypoints=scan_keypoints(loaded.capture, truth, unit),
            ),
            truth=truth.vertices.astype(np.float64) if truth is not None and loaded.paired else None,
        )


def _require_scan(capture: Capture) -> None:
    """A corpus of scans may be read in a way that leaves them out.

    Raises:
        CaptureRejected: no-scan.
    """
    if capture.scan is not None:
        return
    found = f"{len(capture.views)} pictures" if capture.views else "neither a scan nor pictures"
    raise CaptureRejected(
        "no-scan",
        f"expected a scan, found {found}",
        "read the scans of the corpus: `facescale corpus layouts --corpus NAME` lists its options",
    )


def seed_of(item: Item) -> int:
    """Seed an item by its name alone: neither its place in a shard nor the machine may matter."""
    return int.from_bytes(hashlib.sha256(f"{item.corpus}/{item.item}".encode()).digest()[:4])


def to_head(points: np.ndarray, result: RegistrationResult) -> np.ndarray:
    """Bring (n, 3) points in mm from the scan's frame to the head frame."""
    return into_head(points, result.rotation, result.translation, result.scale)


def parameters(result: RegistrationResult) -> dict[str, np.ndarray | float | str]:
    """Collect what parameters.npz holds: coefficients by block, and the pose head -> scan in mm."""
    return {
        **{f"params/{name}": value for name, value in result.params.items()},
        "rotation": result.rotation,
        "translation_mm": result.translation,
        "scale": result.scale,
        "millimetres_per_unit": result.millimetres_per_unit,
        "metric": np.asarray(result.metric),
        **({} if result.displacement is None else {DISPLACEMENT: result.displacement}),
    }


def _beyond(result: RegistrationResult, before: RegistrationScores | None) -> dict[str, Scalar]:
    """What a method did beyond the model: how far, what it folded, and the scores of the model's own fit."""
    if result.displacement is None or before is None:
        return {}
    moved = np.linalg.norm(result.displacement, axis=1)
    own = {name: value for name, value in before.scalars.items() if name.endswith("_mm")}
    return {
        "beyond_model_mean_mm": float(moved.mean()),
        "beyond_model_max_mm": float(moved.max()),
        "folds_left": result.folded,
        "folds_undone": result.unfolded - result.folded,
        **{f"model_fit_{name}": value for name, value in own.items() if not name.startswith(MEAN_HEAD)},
    }


def row_of(loaded: Loaded, result: RegistrationResult, scores: RegistrationScores) -> dict[str, Scalar]:
    """Lay out the result row: scores first, then how the fit went."""
    first, found, scan = result.initialisation, result.plausibility, loaded.capture.surface
    return {
        **scores.scalars,
        "fit_ended": result.status.sentence,
        "seconds_solve": result.seconds,
        "iterations": result.iterations,
        "energy_mm2": result.energy,
        **{f"{name}_rms_sigma": rms for name, rms in found.coefficient_norm.items()},
        "face_coverage": found.coverage,
        "matched": found.matched,
        "unit": result.unit,
        "unit_from": result.unit_from,
        "metric": result.metric,
        "scale": result.scale,
        "oriented_by": first.oriented_by,
        "orientation_ratio": first.ratio,
        "keypoint_rms_mm": first.keypoint_rms_mm,
        "notes": " ".join((*first.notes, *loaded.notes)),
        "scan_vertices": len(scan.vertices),
        "scan_faces": len(scan.faces),
        "truth": loaded.truth.kind if loaded.truth is not None and loaded.paired else None,
    }
