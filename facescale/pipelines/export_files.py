"""One registered item as the bytes of exported files, built from its parameters and the head model.

Joins heads and reporting; knows nothing of where artefacts come from or where files go.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, final, get_args

import numpy as np

from facescale.corpora.ply import read_ply, read_vertex_property, write_ply
from facescale.heads.blendshapes import Blendshapes, blendshapes
from facescale.heads.bones import bone_skin_of
from facescale.heads.template import AbstractTemplateHead
from facescale.pipelines.fitted_parameters import FittedParameters, read_parameters
from facescale.reporting.exports import unit_normals
from facescale.reporting.head_glb import HeadPose, HeadTopology, head_glb
from facescale.reporting.obj_export import obj_bytes
from facescale.structures.errors import CaptureRejected
from facescale.structures.mesh import Mesh
from facescale.structures.outcome import Outcome

Format = Literal["glb", "ply", "obj", "npz"]
FORMATS: tuple[Format, ...] = get_args(Format)
Frame = Literal["scan", "head"]
VERSION = 2
"""Raised by hand when the bytes of any format change: files of an older one are then made again."""
PARAMETERS, FIT = "parameters.npz", "fit.ply"
AGREEMENT_MM = 0.01
"""The head rebuilt from its parameters must lie this close to the mesh that the run stored."""


class OtherHead(ValueError):  # noqa: N818 - what was found
    """The head model on this machine does not give the mesh that the run stored."""


@dataclass(frozen=True, kw_only=True)
class FittedItem:
    """One item ready to be written in any format."""

    outcome: Outcome
    fitted: FittedParameters
    shape: Blendshapes
    vertices: np.ndarray
    """(v, 3) float32, mm, in the frame of the export."""
    error_mm: np.ndarray | None
    """Distance of each vertex to the scan, NaN where it was not measured; None where the run stored none."""
    pose: HeadPose | None
    """What brings the head frame to the frame of the export; None where they are the same."""


@final
class HeadExporter:
    """Turns items fitted with one head model into files."""

    def __init__(self, head: AbstractTemplateHead, frame: Frame) -> None:
        """Take the head's parts out once.

        Args:
            head: on the CPU.
            frame: "scan" poses everything as it lies on the scan, "head" leaves the canonical head frame.
        """
        self._head = head
        self._frame: Frame = frame
        self._topology = HeadTopology.of(head)
        self.weight_errors: list[tuple[float, float]] = []
        """Mean and greatest miss of four weights a vertex, mm, of files with bones; any thread adds."""

    def fitted(self, outcome: Outcome, parameters: bytes, fit: bytes | None) -> FittedItem:
        """Rebuild an item from its parameters.

        Args:
            outcome: of the item.
            parameters: its parameters.npz.
            fit: its fit.ply, against which the rebuilt mesh is checked; None where the run stored none.

        Raises:
            OtherHead: the rebuilt mesh is not the stored one.
            ValueError: parameters that are none, or of another head.
        """
        found = read_parameters(parameters, self._head)
        shape = blendshapes(self._head, found.params)
        pose = found.pose
        import torch

        params = {
            name: torch.from_numpy(value.astype(np.float32))[None] for name, value in found.params.items()
        }
        canonical = (self._head.evaluate(params)[0] if params else self._head.mean_vertices()).numpy()
        if found.displacement_mm is not None:
            canonical = canonical + found.displacement_mm
            shape = replace(shape, neutral=shape.neutral + found.displacement_mm)
        posed = pose.apply(canonical)
        errors = None
        if fit is not None:
            self._check(outcome, posed, read_ply(fit).vertices)
            errors = _errors(fit)
        on_scan = self._frame == "scan"
        return FittedItem(
            outcome=outcome,
            fitted=found,
            shape=shape,
            vertices=(posed if on_scan else canonical).astype(np.float32),
            error_mm=errors,
            pose=pose if on_scan else None,
        )

    def write(self, item: FittedItem, form: Format) -> bytes:
        """Form one file; equal inputs give equal bytes."""
        match form:
            case "glb":
                return self._glb(item)
            case "ply":
                return self._ply(item)
            case "obj":
                return self._obj(item)
            case "npz":
                return self._npz(item)

    def _check(self, outcome: Outcome, rebuilt: np.ndarray, stored: np.ndarray) -> None:
        card = self._head.card
        if stored.shape != rebuilt.shape:
            raise OtherHead(
                f"{outcome.item}: expected {len(stored)} vertices as the run stored them, got {len(rebuilt)} "
                f"from {card.name} {card.version}: it is another head model"
            )
        apart = float(np.abs(rebuilt - stored).max(initial=0.0))
        if apart > AGREEMENT_MM:
            raise OtherHead(
                f"{outcome.item}: expected the mesh that the run stored, got one {apart:.3g} mm away from "
                f"{card.name} {card.version}: it is another version of the head model"
            )

    def _glb(self, item: FittedItem) -> bytes:
        # bones move the model's vertices; what lies beyond the model is in the file's own
        beyond = item.fitted.displacement_mm is not None
        skin = None if beyond else bone_skin_of(self._head, item.fitted.params)
        if skin is not None:
            self.weight_errors.append((skin.error_mm, skin.worst_mm))
        extras = {
            "facescale": {
                **self._facts(item),
                "unit": "m",
                "vertices": len(item.shape.neutral),
                "sums": {name: list(halves) for name, halves in item.shape.sums.items()},
                "blend_residual_mm": round(item.shape.residual_mm, 4),
                **({} if skin is None else {"four_weights": skin.errors()}),
            }
        }
        return head_glb(
            item.shape,
            self._topology,
            name=item.outcome.item,
            pose=item.pose,
            extras=extras,
            copyright_text="; ".join(f"{name}: {text}" for name, text in sorted(item.outcome.licences.items())),
            skin=skin,
        )

    def _ply(self, item: FittedItem) -> bytes:
        plain = Mesh(vertices=item.vertices, faces=self._topology.faces)
        mesh = Mesh(vertices=plain.vertices, faces=plain.faces, normals=unit_normals(plain))
        return write_ply(mesh, {} if item.error_mm is None else {"error_mm": item.error_mm})

    def _obj(self, item: FittedItem) -> bytes:
        top = self._topology
        return obj_bytes(
            Mesh(vertices=item.vertices, faces=top.faces),
            uv=top.uv,
            faces_uv=top.faces_uv,
            quads=top.quads,
            comments=[f"{name}: {value}" for name, value in {"unit": "mm", **self._facts(item)}.items()],
        )

    def _npz(self, item: FittedItem) -> bytes:
        top, shape, found = self._topology, item.shape, item.fitted
        own = next((block.names for block in self._head.blocks if block.name == "expression"), ())
        arrays: dict[str, Any] = {
            "vertices_mm": item.vertices,
            "faces": top.faces,
            **{
                name: array for name, array in (("uv", top.uv), ("faces_uv", top.faces_uv)) if array is not None
            },
            **({} if item.error_mm is None else {"error_mm": item.error_mm}),
            "neutral_mm": shape.neutral.astype(np.float32),
            **{f"params/{name}": value for name, value in found.params.items()},
            "expression_names": np.array(own, dtype=np.str_),
            "rotation": found.rotation,
            "translation_mm": found.translation_mm,
            "scale": found.scale,
            "millimetres_per_unit": found.millimetres_per_unit,
            "metric": found.metric,
            **{name: json.dumps(v) if isinstance(v, dict) else str(v) for name, v in self._facts(item).items()},
        }
        return archive_bytes(arrays)

    def _facts(self, item: FittedItem) -> dict[str, Any]:
        outcome, card = item.outcome, self._head.card
        return {
            "item": outcome.item,
            "subject": outcome.subject,
            "key": outcome.key,
            "head": f"{card.name} {card.version}",
            "frame": self._frame,
            "scan_unit_mm": item.fitted.millimetres_per_unit,
            "licences": dict(outcome.licences),
        }


def _errors(fit: bytes) -> np.ndarray | None:
    try:
        return read_vertex_property(fit, "error_mm")
    except CaptureRejected:
        return None


def archive_bytes(arrays: Mapping[str, Any]) -> bytes:
    """Compress arrays as numpy.savez does, but without the time of day, so that equals are equal bytes."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in arrays.items():
            entry = io.BytesIO()
            np.lib.format.write_array(entry, np.asanyarray(value), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, entry.getvalue())
    return out.getvalue()
