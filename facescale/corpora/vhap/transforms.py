"""transforms*.json of an export: which picture, alpha and tracking each camera has at each time. Opens no file.

Poses are camera to world in OpenGL's axes. The export takes cx and cy from a loader that turned y upwards, so
that cy counts from the picture's bottom, as its own renderer uses it; readers of NeRF's format do not.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from facescale.corpora.calibrated import record_of
from facescale.corpora.contained import contained
from facescale.corpora.vhap.options import VhapOptions
from facescale.geometry.cameras.formats.nerf import AXES
from facescale.geometry.cameras.formats.reading import MAX_BYTES, MAX_CAMERAS, matrix, number, text_of, whole
from facescale.geometry.cameras.formats.rejections import bad_file, shown, too_large
from facescale.geometry.cameras.formats.views import View
from facescale.structures.units import MILLIMETRES_PER
from facescale.structures.view import PinholeRecord

LIMIT = MAX_BYTES
SOURCE = "transforms.json"
_LAST_ROW = 1e-6
_LONGEST = 64
"""Of a camera's id."""


@dataclass(frozen=True, kw_only=True)
class ExportFrame:
    """One picture of an export. Paths are relative to the root of the corpus."""

    camera: str
    """Serial; the camera's number where there is none."""
    camera_index: int
    timestep: int
    picture: str
    mask: str
    """Empty: none."""
    tracking: str
    """Empty: none."""
    values: Mapping[str, Any]
    """What the file says of it, on top of what it says of all."""

    @property
    def view(self) -> str:
        """Name of its view."""
        return f"{self.camera}/{self.timestep:06d}"


def read_transforms(data: bytes, folder: str) -> list[ExportFrame]:
    """Read the list of an export's frames; cameras are not looked at.

    Args:
        data: the file.
        folder: the file's own, relative to the root. Lists of unions name files of its neighbours.

    Raises:
        CaptureRejected: no such list, a path that leaves the root, or a camera twice at one time.
    """
    try:
        found = json.loads(text_of(data, SOURCE))
    except (ValueError, RecursionError) as error:
        raise bad_file(SOURCE, "JSON", shown(str(error))) from error
    if not isinstance(found, dict) or not isinstance(found.get("frames"), list) or not found["frames"]:
        raise bad_file(SOURCE, "an object with a list of frames", type(found).__name__)
    if len(found["frames"]) > MAX_CAMERAS:
        raise too_large(SOURCE, f"{MAX_CAMERAS:,} frames", f"{len(found['frames']):,}")
    shared = {key: value for key, value in found.items() if key != "frames"}
    frames = [_frame(frame, shared, folder) for frame in found["frames"]]
    distinct(frames)
    return frames


def distinct(frames: list[ExportFrame]) -> None:
    """Check that no camera has two pictures at one time.

    Raises:
        CaptureRejected: naming the first.
    """
    seen: set[str] = set()
    for frame in frames:
        if frame.view in seen:
            raise bad_file(SOURCE, "every camera once at a timestep", f"{frame.view} twice")
        seen.add(frame.view)


def export_camera(frame: ExportFrame, options: VhapOptions) -> PinholeRecord:
    """The camera of one frame, world in mm.

    Raises:
        CaptureRejected: it is none.
    """
    values, where = frame.values, f"{SOURCE}, {frame.view}"
    width, height = whole(values.get("w"), where, "w"), whole(values.get("h"), where, "h")
    pose = matrix(values.get("transform_matrix"), 4, 4, where, "transform_matrix")
    if np.abs(pose[3] - [0, 0, 0, 1]).max() > _LAST_ROW:
        raise bad_file(where, "a transform_matrix with the last row 0 0 0 1", pose[3].tolist())
    rotation = (pose[:3, :3] * AXES).T
    column = number(values.get("cx", width / 2), where, "cx")
    row = number(values.get("cy", height / 2), where, "cy")
    view = View(
        name=frame.view,
        rotation=rotation,
        translation=-rotation @ pose[:3, 3],
        focal=(_focal(values, "x", width, where), _focal(values, "y", height, where)),
        principal=(column, height - row if options.principal_rows == "from-bottom" else row),
        size=(width, height),
    )
    return record_of(view, where, millimetres=MILLIMETRES_PER[options.unit])


def _frame(found: Any, shared: Mapping[str, Any], folder: str) -> ExportFrame:
    if not isinstance(found, dict):
        raise bad_file(SOURCE, "an object for each frame", shown(str(found)))
    index = whole(found.get("camera_index"), SOURCE, "camera_index", largest=MAX_CAMERAS)
    camera = found.get("camera_id")
    if camera is None:
        camera = f"{index:02d}"
    if (
        not isinstance(camera, str)
        or not camera.isprintable()
        or not 0 < len(camera) <= _LONGEST
        or "/" in camera
    ):
        raise bad_file(SOURCE, "a camera_id that is a short text", shown(str(camera)))
    return ExportFrame(
        camera=camera,
        camera_index=index,
        timestep=whole(found.get("timestep_index"), SOURCE, "timestep_index", largest=10**9),
        picture=_path(found, "file_path", folder, required=True),
        mask=_path(found, "fg_mask_path", folder),
        tracking=_path(found, "flame_param_path", folder),
        values={**shared, **found},
    )


def _path(frame: Mapping[str, Any], key: str, folder: str, *, required: bool = False) -> str:
    path = frame.get(key)
    if path is None and not required:
        return ""
    if not isinstance(path, str):
        raise bad_file(SOURCE, f"a frame with a text {key}", shown(str(path)))
    return contained(path, folder)


def _focal(values: Mapping[str, Any], axis: str, span: int, where: str) -> float:
    if f"fl_{axis}" in values:
        return number(values[f"fl_{axis}"], where, f"fl_{axis}")
    key = f"camera_angle_{axis}"
    angle = number(values.get(key), where, key)
    if not 0 < angle < math.pi:
        raise bad_file(where, f"{key} between 0 and pi radians", angle)
    return span / 2 / math.tan(angle / 2)
