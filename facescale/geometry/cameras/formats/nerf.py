"""NeRF's transforms.json, as the original, instant-ngp and nerfstudio write it.

Source: camera to world; +x right, +y up, looking along -z (OpenGL, Blender). Principal points count from the
image's corner with pixel centres at +0.5, as here (nerfstudio shoots pixel 0 through its centre; files made
from COLMAP pass its numbers on). Intrinsics stand at the top, in a frame, or both, where the frame's count.
Without cx, cy the principal point is the image's centre; without fl_x the focal length comes from
camera_angle_x, radians. The unit is arbitrary. Poses are taken as written: nerfstudio's `applied_transform` is
already in them.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from facescale.geometry.cameras.formats.reading import MAX_CAMERAS, matrix, number, text_of, whole
from facescale.geometry.cameras.formats.rejections import bad_file, shown, too_large, unsupported
from facescale.geometry.cameras.formats.views import CalibratedViews, View, gather, one_by_one

SOURCE = "transforms.json"
PIXEL_CENTRE = 0.5
AXES = np.array([1.0, -1.0, -1.0])
"""From OpenGL's camera axes to ours."""
_LENSES = ("OPENCV", "PINHOLE", "SIMPLE_PINHOLE", "perspective")
_LAST_ROW = 1e-6


def read_json(
    data: bytes, *, size: tuple[int, int] | None = None, millimetres: float | None = None
) -> CalibratedViews:
    """Read all frames; a view's name is its file_path.

    Args:
        data: the file.
        size: width and height of images where the file does not say.
        millimetres: in a unit of the file; None: not metric.

    Raises:
        CaptureRejected: not such a file, or a lens that is not supported.
    """
    try:
        found = json.loads(text_of(data, SOURCE))
    except (ValueError, RecursionError) as error:
        raise bad_file(SOURCE, "JSON", shown(str(error))) from error
    if not isinstance(found, dict) or not isinstance(found.get("frames"), list):
        raise bad_file(SOURCE, "an object with a list of frames", type(found).__name__)
    if len(found["frames"]) > MAX_CAMERAS:
        raise too_large(SOURCE, f"{MAX_CAMERAS:,} frames", f"{len(found['frames']):,}")
    shared = {key: value for key, value in found.items() if key != "frames"}
    views = []
    for frame in found["frames"]:
        if not isinstance(frame, dict) or not isinstance(frame.get("file_path"), str):
            raise bad_file(SOURCE, "a frame with a file_path", frame)
        views.append(_view(frame, shared, size))
    return gather(views, SOURCE, millimetres=millimetres)


def write_json(views: CalibratedViews, *, millimetres: float | None = None) -> bytes:
    """Write every frame with its own intrinsics, as nerfstudio reads them.

    Raises:
        ValueError: a unit is asked of views without one.
    """
    frames = []
    for view in one_by_one(views, millimetres):
        pose = np.eye(4)
        pose[:3, :3] = view.rotation.T * AXES
        pose[:3, 3] = -view.rotation.T @ view.translation
        lens = dict(zip(("k1", "k2", "p1", "p2", "k3"), view.distortion, strict=True))
        frames.append(
            {
                "file_path": view.name,
                "fl_x": view.focal[0],
                "fl_y": view.focal[1],
                "cx": view.principal[0],
                "cy": view.principal[1],
                "w": view.size[0],
                "h": view.size[1],
                **lens,
                "transform_matrix": pose.tolist(),
            }
        )
    return json.dumps({"camera_model": "OPENCV", "frames": frames}, indent=1).encode()


def _view(frame: Mapping[str, Any], shared: Mapping[str, Any], size: tuple[int, int] | None) -> View:
    name = frame["file_path"]
    where = f"{SOURCE}, frame {name[:60]!r}"
    values = {**shared, **frame}
    lens = values.get("camera_model", "OPENCV")
    if lens not in _LENSES or values.get("is_fisheye") is True:
        raise unsupported(where, f"camera model {shown(lens)}" if lens not in _LENSES else "a fisheye lens")
    width, height = _size(values, size, where)
    pose = matrix(values.get("transform_matrix"), 4, 4, where, "transform_matrix")
    if np.abs(pose[3] - [0, 0, 0, 1]).max() > _LAST_ROW:
        raise bad_file(where, "a transform_matrix with the last row 0 0 0 1", pose[3].tolist())
    rotation = (pose[:3, :3] * AXES).T
    if any(number(values[key], where, key) != 0 for key in ("k4", "k5", "k6") if key in values):
        raise unsupported(where, "distortion beyond k3")
    return View(
        name=name,
        rotation=rotation,
        translation=-rotation @ pose[:3, 3],
        focal=_focal(values, width, height, where),
        principal=(
            number(values.get("cx", width / 2), where, "cx"),
            number(values.get("cy", height / 2), where, "cy"),
        ),
        distortion=[number(values.get(key, 0.0), where, key) for key in ("k1", "k2", "p1", "p2", "k3")],
        size=(width, height),
    )


def _size(values: Mapping[str, Any], size: tuple[int, int] | None, where: str) -> tuple[int, int]:
    if "w" in values and "h" in values:
        return whole(values["w"], where, "w"), whole(values["h"], where, "h")
    if size is None:
        raise bad_file(where, "w and h, or the image size as an argument", "neither")
    return size


def _focal(values: Mapping[str, Any], width: int, height: int, where: str) -> tuple[float, float]:
    """Focal lengths from fl_x, fl_y or the fields of view; one stands for the other where only one is there."""
    found: list[float | None] = []
    for key, angle, span in (("fl_x", "camera_angle_x", width), ("fl_y", "camera_angle_y", height)):
        if key in values:
            found.append(number(values[key], where, key))
        elif angle in values:
            view = number(values[angle], where, angle)
            if not 0 < view < math.pi:
                raise bad_file(where, f"{angle} between 0 and pi radians", view)
            found.append(span / 2 / math.tan(view / 2))
        else:
            found.append(None)
    x, y = found
    if x is None and y is None:
        raise bad_file(where, "fl_x or camera_angle_x", "neither")
    return (x if x is not None else y, y if y is not None else x)  # type: ignore[return-value]
