"""The turning heads of a report: scan and fit of a row, read back from corpus and storage."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from facescale.corpora.meshes import read_mesh
from facescale.corpora.ply import read_vertex_property
from facescale.pipelines.fitted_parameters import read_parameters
from facescale.rendering.views import Framing, framing_of
from facescale.reporting.head_blob import Head3D
from facescale.reporting.head_glb import HeadPose
from facescale.runtime import manifest
from facescale.runtime.storage import Storage
from facescale.structures import Capture, CaptureRejected, Item, Mesh
from facescale.structures.outcome import Status

_VIEWS = ("front", "side")


class ItemHeads:
    """Finds what can be shown of an item in 3D.

    Args:
        storage: of the run.
        load: reads an item as the run did.
    """

    def __init__(self, storage: Storage, load: Callable[[Item], Capture]) -> None:
        self._storage = storage
        self._load = load
        table = manifest.load_manifest(storage)
        self._items: Mapping[str, Item] = {} if table is None else dict(manifest.items_of(table))

    def __call__(self, row: Mapping[str, Any]) -> Head3D | None:
        """The head of a row; None where neither scan nor fit can be read."""
        scan, note = self._scan(str(row.get("key", "")))
        if row.get("status") == Status.DONE.value and row.get("attempt"):
            return self._fitted(str(row["attempt"]), scan, note)
        if scan is None:
            return None
        return Head3D(framing=_framing(scan), scan=scan, note="The scan as its file has it, in its own axes.")

    def _fitted(self, attempt: str, scan: Mesh | None, note: str) -> Head3D | None:
        """Scan and fit, both turned into the head frame."""
        try:
            fit_bytes = self._storage.read(f"{attempt}/fit.ply")
            fitted = read_parameters(self._storage.read(f"{attempt}/parameters.npz"), None)
        except FileNotFoundError:
            return None
        fit = _upright(read_mesh(fit_bytes, ".ply"), fitted.pose)
        if scan is not None:
            scan = replace(scan, vertices=scan.vertices * fitted.millimetres_per_unit)
            scan = _upright(scan, fitted.pose)
        errors = read_vertex_property(fit_bytes, "error_mm").astype(np.float64)
        return Head3D(framing=_framing(fit), scan=scan, fit=fit, error_mm=errors, note=note)

    def _scan(self, key: str) -> tuple[Mesh | None, str]:
        """The scan of an item, or why it is not there."""
        item = self._items.get(key)
        if item is None:
            return None, "The manifest does not know this item."
        if not any(file.role == "scan" for file in item.inputs):
            return None, "The shape at rest, from images: there is no scan."
        try:
            return self._load(item).scan, ""
        except CaptureRejected as rejected:
            return None, f"The scan cannot be read: {rejected}"
        except OSError as error:
            return None, f"The scan is out of reach: {error}"


def _upright(mesh: Mesh, pose: HeadPose) -> Mesh:
    """A mesh in mm in the scan's frame, in the head frame; normals and colours are not kept."""
    return Mesh(vertices=pose.to_head(mesh.vertices).astype(np.float32), faces=mesh.faces)


def _framing(mesh: Mesh) -> Framing:
    return framing_of(mesh.vertices, _VIEWS)
