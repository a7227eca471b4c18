"""What happens to one subject of a rig job, in a worker: read, transfer, refine, draw, write.

Joins heads, fitting, rendering and reporting; knows nothing of Ray or of other subjects.
"""

import json
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
import torch

from facescale.corpora.files import read_input
from facescale.corpora.scan_inputs import load_mesh
from facescale.fitting.example_rig import Refined, RefineSettings, fitted_weights, refined
from facescale.heads.arkit_names import arkit_name
from facescale.heads.blendshapes import blendshapes
from facescale.heads.converted import write_head
from facescale.heads.library import load_head
from facescale.heads.linear import LinearHead
from facescale.heads.rig.rigged import rigged_head
from facescale.heads.rig.transfer import EXPRESSION, RigTransfer, expression_names
from facescale.pipelines.fitted_parameters import read_parameters
from facescale.pipelines.rig_items import EXAMPLE, LICENCE, NEUTRAL, PARAMETERS
from facescale.rendering.encode import encode, sheet
from facescale.rendering.item_preview import PREVIEW_SIZE, PREVIEW_VIEWS
from facescale.rendering.preview import PreviewStyle, render_views
from facescale.rendering.views import framing_of
from facescale.reporting.head_glb import HeadTopology, head_glb
from facescale.runtime.stage import AbstractStage, Saved
from facescale.structures import CaptureRejected, Item, Mesh
from facescale.structures.item import InputFile

POSES: tuple[Mapping[str, float], ...] = (
    {},
    {"jawOpen": 1.0},
    {"eyeBlinkLeft": 1.0, "mouthSmileLeft": 1.0, "mouthSmileRight": 1.0},
)
"""What the picture shows from left to right."""
PARAMETERS_LIMIT = 1 << 24
UNKNOWN_WEIGHT_PRIOR = 0.02
"""Of the first guess where nobody says what an example shows."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One subject on its way to the rig, in mm; the neutral in the head frame, examples near it."""

    item: Item
    neutral: np.ndarray
    examples: list[np.ndarray]
    weights: list[np.ndarray | None]
    """Of each example; None where they are not known."""


@dataclass(frozen=True, kw_only=True)
class Rigged:
    """One subject's head and what is said of it."""

    item: Item
    head: LinearHead
    found: Refined | None
    """None without examples."""
    scale: float


def make_stage(*, head: str, examples: bool, settings: Mapping[str, Any]) -> AbstractStage:
    """Build the stage from plain values, in the worker.

    Args:
        head: name or path of the head model whose topology the meshes have.
        examples: whether meshes other than the neutral one are used.
        settings: fields of RefineSettings.
    """
    fields = {**settings, "shape_prior": tuple(settings["shape_prior"])}
    return RigStage(head=head, examples=examples, settings=RefineSettings(**fields))


@final
class RigStage(AbstractStage):
    """Makes a head of blendshapes for each subject."""

    def __init__(self, *, head: str, examples: bool, settings: RefineSettings) -> None:
        self._name = head
        self._examples = examples
        self._settings = settings

    def setup(self) -> None:
        """Load the head model and factor its topology, once for all subjects."""
        torch.set_num_threads(1)
        head = load_head(self._name)
        expression_names(head)
        assert isinstance(head, LinearHead)
        self._head = head
        self._rig = RigTransfer(head)
        self._topology = HeadTopology.of(head)
        self._places = {arkit_name(name): k for k, name in enumerate(self._rig.names)}

    def load(self, item: Item) -> Subject:
        """Read a subject's meshes and bring them into the head frame."""
        by_path = {file.path: file for file in item.inputs}
        neutral: np.ndarray | None = None
        examples: list[np.ndarray] = []
        weights: list[np.ndarray | None] = []
        for file in item.inputs:
            if file.role == NEUTRAL:
                neutral, _ = self._shape(file, by_path, relaxed=True)
            elif file.role == EXAMPLE and self._examples:
                shape, weight = self._shape(file, by_path, relaxed=False)
                examples.append(shape)
                weights.append(weight)
        if neutral is None:
            raise CaptureRejected("no-neutral", "expected a neutral shape of the subject, found none")
        if PARAMETERS not in "".join(file.role for file in item.inputs):
            # plain meshes lie anywhere; results know their pose
            turn, shift, _ = self._rig.pose(neutral)
            neutral = (neutral - shift) @ turn
        near = [self._rig.near(example, neutral) for example in examples]
        return Subject(item=item, neutral=neutral, examples=near, weights=weights)

    def fit(self, samples: Sequence[Subject]) -> list[Rigged | CaptureRejected]:
        """Make the rigs."""
        return [self._rigged(subject) for subject in samples]

    def save(self, result: Rigged, folder: Path) -> Saved:
        """Write the head as npz and GLB, a picture and a record."""
        head, names = result.head, [arkit_name(name) for name in self._rig.names]
        card = self._head.card
        licences = {card.name: card.licence} | {
            name.removeprefix(LICENCE): text
            for name, text in result.item.attributes.items()
            if name.startswith(LICENCE)
        }
        digest = write_head(head, folder / "head.npz")
        shape = blendshapes(head, {})
        row = self._row(result)
        record = {"subject": result.item.subject, "licences": licences, "expressions": names, **row}
        said = "; ".join(f"{name}: {text}" for name, text in sorted(licences.items()))
        glb = head_glb(
            shape, self._topology, name=result.item.item, extras={"facescale": record}, copyright_text=said
        )
        (folder / "head.glb").write_bytes(glb)
        (folder / "preview.webp").write_bytes(self._picture(head))
        text = json.dumps({**record, "sha256": digest}, indent=1, sort_keys=True)
        (folder / "record.json").write_text(text + "\n", encoding="utf-8")
        return Saved(row=row, licences=licences)

    def _shape(
        self, file: InputFile, by_path: Mapping[str, InputFile], *, relaxed: bool
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """A mesh in mm, in the head frame where its pose is known, and its weights where they are known."""
        mesh = load_mesh(file)
        vertices = mesh.vertices.astype(np.float64)
        if len(vertices) != self._head.num_vertices:
            raise CaptureRejected(
                "other-topology",
                f"expected {self._head.num_vertices} vertices of {self._head.card.name}, found {len(vertices)}",
                "name the head model that the meshes were registered to with --head",
            )
        beside = by_path.get(posixpath.join(posixpath.dirname(file.path), "parameters.npz"))
        if beside is None:
            place = self._places.get(arkit_name(posixpath.splitext(posixpath.basename(file.path))[0]))
            return vertices, None if place is None else np.eye(len(self._rig.names))[place]
        fitted = read_parameters(read_input(beside, limit=PARAMETERS_LIMIT), self._head)
        vertices = fitted.pose.to_head(vertices)
        weights = fitted.params.get(EXPRESSION)
        if weights is None:
            return vertices, None
        if relaxed:
            vertices = vertices - np.tensordot(weights.astype(np.float64), self._rig.moved, axes=1)
        return vertices, weights.astype(np.float64)

    def _rigged(self, subject: Subject) -> Rigged:
        moved = self._rig(subject.neutral)
        note = "expressions by deformation transfer from the model's own"
        found = None
        if subject.examples:
            examples = np.stack(subject.examples) - subject.neutral
            weights = self._weights(subject, moved, examples)
            found = refined(self._rig.solver, moved, examples, weights, self._settings)
            moved = self._rig.settled(found.moved, subject.neutral)
            note += f", refined by {len(examples)} examples"
        head = rigged_head(
            self._head, subject.neutral, moved, self._rig.names, subject=subject.item.subject, notes=(note,)
        )
        return Rigged(item=subject.item, head=head, found=found, scale=self._rig.pose(subject.neutral)[2])

    def _weights(self, subject: Subject, moved: np.ndarray, examples: np.ndarray) -> np.ndarray:
        """Those that are known, and a first guess of the others."""
        used = np.unique(self._rig.solver.faces)
        nothing = np.zeros((len(examples), len(moved)))
        guess = fitted_weights(moved[:, used], examples[:, used], nothing, UNKNOWN_WEIGHT_PRIOR)
        given = [g if w is None else w for g, w in zip(guess, subject.weights, strict=True)]
        return np.array(given)

    def _row(self, result: Rigged) -> dict[str, Any]:
        head, found = result.head, result.found
        face = head.regions["face"].numpy()
        apart = np.linalg.norm(head.basis.permute(2, 0, 1).numpy() - self._rig.moved, axis=-1)[:, face]
        return {
            "examples": 0 if found is None else len(found.weights),
            "face_from_models_own_rms_mm": float(np.sqrt(np.square(apart).mean())),
            "example_before_rms_mm": None if found is None else found.before_mm,
            "example_after_rms_mm": None if found is None else found.after_mm,
            "size_over_mean": result.scale,
            "shapes": len(self._rig.names),
        }

    def _picture(self, head: LinearHead) -> bytes:
        faces = self._topology.faces
        if self._topology.opaque is not None:
            faces = faces[self._topology.opaque[faces].all(axis=1)]
        rest, moved = head.zero.numpy(), head.basis.numpy()
        framing = framing_of(rest[head.regions["head"].numpy()], PREVIEW_VIEWS)
        columns = []
        for pose in POSES:
            parts = [w * moved[..., self._places[n]] for n, w in pose.items() if n in self._places]
            mesh = Mesh(vertices=(rest + sum(parts)).astype(np.float32), faces=faces)
            style = PreviewStyle(size=PREVIEW_SIZE)
            columns.append(render_views(mesh, PREVIEW_VIEWS, framing=framing, style=style))
        return encode(sheet([list(row) for row in zip(*columns, strict=True)]))
