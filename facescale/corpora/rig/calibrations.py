"""Which calibration lies beside a rig's devices, by file name, and which of its cameras is which device's.

COLMAP (cameras and images, text or binary), OpenCV (a YAML file a device), Metashape (XML), NeRF's
transforms.json, or facescale's cameras.json. Opens nothing but these files.
"""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from facescale.corpora.calibrated import records
from facescale.corpora.camera_files import CAMERAS_LIMIT, CAMERAS_NAME, read_cameras
from facescale.corpora.view_files import read_limited
from facescale.geometry.cameras.formats import colmap_binary, colmap_text, metashape, nerf, opencv
from facescale.geometry.cameras.formats.reading import MAX_BYTES
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile
from facescale.structures.view import PinholeRecord

Tool = Literal["colmap", "opencv", "metashape", "transforms", "cameras"]
TOOLS: tuple[Tool, ...] = get_args(Tool)
IMAGES_LIMIT = 1 << 30
"""Bytes of COLMAP's images, which list every feature."""
_SAME = 1e-6


@dataclass(frozen=True, kw_only=True)
class RigCalibration:
    """Cameras by the names that the tool gave them."""

    tool: Tool
    cameras: Mapping[str, PinholeRecord]
    metric: bool
    """Whether translations are mm."""

    def camera(self, device: str, file: str = "") -> PinholeRecord | None:
        """The camera of a device, or of one of its pictures; None where there is none or no single one.

        A picture's own entry ("<device>/<file>", ending or not) comes first; then those called like the device
        or below it, where they all have one pose: a device on a tripod.
        """
        by_stem = {_stem(name): camera for name, camera in self.cameras.items()}
        if file and f"{device}/{_stem(file)}" in by_stem:
            return by_stem[f"{device}/{_stem(file)}"]
        found = [camera for name, camera in by_stem.items() if name == device or name.split("/")[0] == device]
        alike = all(_alike(found[0], other) for other in found)
        return found[0] if found and alike else None


def tool_of(path: str) -> Tool | None:
    """Which tool a file is of, by its name."""
    name = posixpath.basename(path).lower()
    stem, suffix = posixpath.splitext(name)
    if stem in {"cameras", "images"} and suffix in {".txt", ".bin"}:
        return "colmap"
    if name == "transforms.json":
        return "transforms"
    if name == CAMERAS_NAME:
        return "cameras"
    return {".xml": "metashape", ".yml": "opencv", ".yaml": "opencv"}.get(suffix)  # type: ignore[return-value]


def read_calibration(
    files: Sequence[InputFile], *, tool: Tool | None, millimetres: float | None
) -> RigCalibration | None:
    """Read what lies beside a rig.

    Args:
        files: whose names `tool_of` knows.
        tool: whose files count; None: those of the only one that is there.
        millimetres: in a unit of the calibration; None: not known.

    Returns:
        None where there is no file.

    Raises:
        CaptureRejected: files of several tools and none chosen, or one that cannot be read.
        OSError: one cannot be read.
    """
    found: dict[Tool, list[InputFile]] = {}
    for file in files:
        kind = tool_of(file.path)
        if kind is not None and tool in {None, kind}:
            found.setdefault(kind, []).append(file)
    if not found:
        return None
    if len(found) > 1:
        detail = f"expected the calibration of one tool, found {' and '.join(sorted(found))}"
        raise CaptureRejected("ambiguous-calibration", detail, "choose with --option calibration=NAME")
    ((kind, chosen),) = found.items()
    readers = {
        "colmap": _colmap,
        "opencv": _opencv,
        "metashape": _metashape,
        "transforms": _transforms,
        "cameras": _cameras,
    }
    cameras, metric = readers[kind](chosen, millimetres)
    return RigCalibration(tool=kind, cameras=cameras, metric=metric)


def _colmap(files: list[InputFile], millimetres: float | None) -> tuple[dict[str, PinholeRecord], bool]:
    names = {posixpath.basename(file.path).lower(): file for file in files}
    for suffix, read in ((".bin", colmap_binary.read_binary), (".txt", colmap_text.read_text)):
        parts = [names.get(f"{name}{suffix}") for name in ("cameras", "images")]
        if None not in parts:
            data = [read_limited(file, IMAGES_LIMIT) for file in parts if file is not None]
            return records(read(data[0], data[1], millimetres=millimetres)), millimetres is not None
    expected = "cameras.txt and images.txt, or cameras.bin and images.bin"
    raise CaptureRejected("bad-cameras", f"COLMAP: expected {expected}, found {', '.join(sorted(names))}")


def _opencv(files: list[InputFile], millimetres: float | None) -> tuple[dict[str, PinholeRecord], bool]:
    cameras: dict[str, PinholeRecord] = {}
    for file in files:
        name = _stem(posixpath.basename(file.path))
        found = opencv.read_yaml(read_limited(file, MAX_BYTES), name=name, millimetres=millimetres)
        cameras |= records(found)
    return cameras, millimetres is not None


def _metashape(files: list[InputFile], millimetres: float | None) -> tuple[dict[str, PinholeRecord], bool]:
    found = metashape.read_xml(_only(files), millimetres=millimetres or metashape.METRE)
    return records(found), found.metric


def _transforms(files: list[InputFile], millimetres: float | None) -> tuple[dict[str, PinholeRecord], bool]:
    return records(nerf.read_json(_only(files), millimetres=millimetres)), millimetres is not None


def _cameras(files: list[InputFile], millimetres: float | None) -> tuple[dict[str, PinholeRecord], bool]:
    del millimetres  # the file states its unit
    return read_cameras(_only(files, CAMERAS_LIMIT)), True


def _only(files: list[InputFile], limit: int = MAX_BYTES) -> bytes:
    if len(files) > 1:
        listed = ", ".join(file.path for file in files)[:80]
        raise CaptureRejected("ambiguous-calibration", f"expected one file, found {listed}")
    return read_limited(files[0], limit)


def _stem(name: str) -> str:
    """A camera's name without the ending of a picture and without folders that lead to all pictures."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", ".", "images", "input"}]
    return posixpath.splitext("/".join(parts))[0]


def _alike(one: PinholeRecord, other: PinholeRecord) -> bool:
    near = np.abs(one.rotation - other.rotation).max() < _SAME
    scale = max(1.0, float(np.abs(one.translation).max()))
    return bool(near and np.abs(one.translation - other.translation).max() < _SAME * scale)
