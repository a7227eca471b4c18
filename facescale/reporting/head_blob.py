"""Heads as bytes that a page carries: thinned, quantised to steps, packed. The reader is viewer/src/head.js.

A chunk is deflated: uint32 length of a JSON header, the header, then for each part positions (three axes),
normals, errors and faces, as the header says. Positions and corners are zigzag differences, low bytes first.
"""

import base64
import hashlib
import json
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Integer, UInt8, UInt16

from facescale.rendering.error_colours import ERROR_RANGE_MM
from facescale.rendering.views import Framing
from facescale.reporting.thinning import (
    ThinMesh,
    Thinning,
    normals_of,
    plan_thinning,
    sparse_points,
    thin,
    within,
)
from facescale.structures.mesh import Mesh

_STEPS = 1 << 14
"""Steps a side: 0.03 mm on a head."""
_REACH = 1.75
"""Half of the side of the cube that is carried, in radii of the framing."""
NOT_MEASURED = 255
"""Error code of a vertex whose distance was not measured; 0..254 run from 0 mm to `full_mm`."""


@dataclass(frozen=True, kw_only=True)
class Head3D:
    """What can be seen of one item, in one frame: +y up, +z to the viewer, mm or the scan's own unit."""

    framing: Framing
    scan: Mesh | None = None
    """A mesh or point cloud."""
    fit: Mesh | None = None
    error_mm: Float[np.ndarray, "v"] | None = None
    """Distance to the scan of each vertex of the fit; NaN where it was not measured."""
    note: str = ""
    """What the reader should know of it, such as why the scan is not there."""

    def __post_init__(self) -> None:
        if self.scan is None and self.fit is None:
            raise ValueError("expected a scan, a fit or both, got neither")
        if self.fit is not None and (self.error_mm is None or self.error_mm.shape != (len(self.fit.vertices),)):
            raise ValueError("expected one error a vertex of the fit")


class HeadPacker:
    """Packs heads one after the other; what they share, the faces of a head model, is packed once."""

    def __init__(self, *, full_mm: float = ERROR_RANGE_MM) -> None:
        self._full_mm = full_mm
        self._plans: dict[tuple[str, int], tuple[Thinning, str]] = {}
        self.topologies: dict[str, bytes] = {}
        """Chunks of shared faces by id; a head's chunk names the one that it needs."""

    def pack(self, head: Head3D, *, max_faces: int) -> bytes:
        """Make the chunk of a head.

        Args:
            head: what to show.
            max_faces: of the scan and of the fit; points count as two.
        """
        centre = np.asarray(head.framing.centre, np.float64)
        step = 2 * _REACH * head.framing.radius / _STEPS
        header: dict[str, Any] = {
            "centre": [round(x, 4) for x in head.framing.centre],
            "radius": round(head.framing.radius, 4),
            "step": step,
            "offset": _STEPS // 2,
            "parts": [],
        }
        body = b""
        if head.scan is not None:
            scan = within(sparse_points(head.scan), centre=centre, reach=_REACH * head.framing.radius)
            if len(scan.vertices):
                normals = normals_of(scan)
                plan = plan_thinning(scan, normals, max_faces=max_faces)
                part, data = _part("scan", thin(scan, normals, plan), (centre, step), faces=True)
                header["parts"].append(part)
                body += data
        if head.fit is not None and head.error_mm is not None:
            normals = normals_of(head.fit)
            plan, name = self._shared_plan(head.fit, normals, max_faces)
            part, data = _part("fit", thin(head.fit, normals, plan), (centre, step), faces=False)
            codes = error_codes(plan.mean(head.error_mm.astype(np.float64)), full_mm=self._full_mm)
            header["parts"].append(part | {"errors": True, "topology": name})
            body += data + codes.tobytes()
        return _chunk(header, body)

    def _shared_plan(
        self, fit: Mesh, normals: Float[np.ndarray, "v 3"], max_faces: int
    ) -> tuple[Thinning, str]:
        key = (hashlib.sha256(np.ascontiguousarray(fit.faces, np.int32).tobytes()).hexdigest(), max_faces)
        if key not in self._plans:
            plan = plan_thinning(fit, normals, max_faces=max_faces)
            chunk = _chunk({"faces": len(plan.faces)}, _packed_faces(plan.faces))
            name = f"faces-{hashlib.sha256(chunk).hexdigest()[:12]}"
            self._plans[key] = plan, name
            self.topologies[name] = chunk
        return self._plans[key]


def to_text(chunk: bytes) -> str:
    """Base64, as pages carry chunks."""
    return base64.b64encode(chunk).decode("ascii")


def error_codes(error_mm: Float[np.ndarray, "v"], *, full_mm: float) -> UInt8[np.ndarray, "v"]:
    """Errors as places in the table of error colours, `NOT_MEASURED` for NaN."""
    measured = np.isfinite(error_mm)
    share = np.clip(np.where(measured, error_mm, 0) / full_mm, 0, 1)
    return np.where(measured, np.rint(share * (NOT_MEASURED - 1)), NOT_MEASURED).astype(np.uint8)


def octahedral(normals: Float[np.ndarray, "n 3"]) -> UInt8[np.ndarray, "2 n"]:
    """Unit normals on the square of an unfolded octahedron (Meyer et al. 2010), a byte an axis."""
    flat = normals / np.maximum(np.abs(normals).sum(axis=1, keepdims=True), 1e-12)
    x, y = flat[:, 0], flat[:, 1]
    sign = np.where(flat[:, :2] >= 0, 1.0, -1.0)
    folded = np.stack([(1 - np.abs(y)), (1 - np.abs(x))], axis=1) * sign
    square = np.where(flat[:, 2:] < 0, folded, flat[:, :2])
    return np.rint((square + 1) * 127.5).astype(np.uint8).T


def differences(values: Integer[np.ndarray, "n"]) -> bytes:
    """Numbers of 16 bits as zigzag differences, which are small where neighbours are alike."""
    wrapped = np.diff(values.astype(np.uint16), prepend=np.uint16(0)).view(np.int16)
    zigzag: UInt16[np.ndarray, "n"] = ((wrapped << 1) ^ (wrapped >> 15)).view(np.uint16)
    return (zigzag & 255).astype(np.uint8).tobytes() + (zigzag >> 8).astype(np.uint8).tobytes()


def _part(
    name: str, mesh: ThinMesh, grid: tuple[Float[np.ndarray, "3"], float], *, faces: bool
) -> tuple[dict[str, Any], bytes]:
    centre, step = grid
    assert len(mesh.vertices) < 1 << 16, "indices have 16 bits"
    places = np.clip(np.rint((mesh.vertices - centre) / step) + _STEPS // 2, 0, (1 << 16) - 1).astype(np.uint16)
    header = {"name": name, "vertices": len(mesh.vertices), "normals": True, "spacing": round(mesh.spacing, 4)}
    body = b"".join(differences(places[:, axis]) for axis in range(3)) + octahedral(mesh.normals).tobytes()
    if faces and len(mesh.faces):
        return header | {"faces": len(mesh.faces)}, body + _packed_faces(mesh.faces)
    return header, body


def _packed_faces(faces: Integer[np.ndarray, "f 3"]) -> bytes:
    """First corners, then how far the second and the third corner are from them."""
    corners = faces.astype(np.uint16)
    columns = (corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return b"".join(differences(column) for column in columns)


def _chunk(header: dict[str, Any], body: bytes) -> bytes:
    text = json.dumps(header, separators=(",", ":")).encode()
    return zlib.compress(struct.pack("<I", len(text)) + text + body, 9)
