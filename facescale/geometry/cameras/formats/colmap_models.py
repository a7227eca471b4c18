"""COLMAP's camera models: which numbers they have and which of them a pinhole camera with k1 k2 p1 p2 k3 holds.

Source: world to camera, +x right, +y down, +z forward, as here. The image's top-left corner is (0, 0) and the
first pixel's centre (0.5, 0.5), as here. Quaternions are (w, x, y, z). The unit is arbitrary: structure from
motion knows no scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from facescale.geometry.cameras.formats.reading import whole
from facescale.geometry.cameras.formats.rejections import bad_file, unsupported
from facescale.geometry.cameras.formats.views import CalibratedViews, View, gather, one_by_one
from facescale.geometry.quaternions import quaternion_from_rotation, rotation_from_quaternion

SOURCE = "COLMAP"
PIXEL_CENTRE = 0.5
COUNTS = {
    "SIMPLE_PINHOLE": 3,
    "PINHOLE": 4,
    "SIMPLE_RADIAL": 4,
    "RADIAL": 5,
    "OPENCV": 8,
    "OPENCV_FISHEYE": 8,
    "FULL_OPENCV": 12,
    "FOV": 5,
    "SIMPLE_RADIAL_FISHEYE": 4,
    "RADIAL_FISHEYE": 5,
    "THIN_PRISM_FISHEYE": 12,
    "RAD_TAN_THIN_PRISM_FISHEYE": 16,
    "SIMPLE_DIVISION": 4,
    "DIVISION": 5,
    "SIMPLE_FISHEYE": 3,
    "FISHEYE": 4,
    "EUCM": 6,
    "EQUIRECTANGULAR": 2,
}
"""Model -> count of its parameters, in the order of their numbers in binary files (those of COLMAP 4.2)."""
MODELS = tuple(COUNTS)
_FIELDS = {
    "SIMPLE_PINHOLE": (0, 0, 1, 2, ()),
    "PINHOLE": (0, 1, 2, 3, ()),
    "SIMPLE_RADIAL": (0, 0, 1, 2, (3,)),
    "RADIAL": (0, 0, 1, 2, (3, 4)),
    "OPENCV": (0, 1, 2, 3, (4, 5, 6, 7)),
    "FULL_OPENCV": (0, 1, 2, 3, (4, 5, 6, 7, 8)),
}
"""Model -> places of fx, fy, cx, cy and of k1 k2 p1 p2 k3 among its parameters."""


@dataclass(frozen=True, kw_only=True)
class Intrinsics:
    """One row of cameras.txt or cameras.bin."""

    focal: tuple[float, float]
    principal: tuple[float, float]
    distortion: tuple[float, ...]
    size: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Pose:
    """One image of images.txt or images.bin."""

    name: str
    quaternion: Sequence[float]
    translation: Sequence[float]
    camera: int


def known_model(model: str) -> str:
    """A model's name that can be read.

    Raises:
        CaptureRejected: a lens that is not supported, or no model of COLMAP.
    """
    if model in _FIELDS:
        return model
    if model in COUNTS:
        raise unsupported(SOURCE, f"camera model {model}", "run colmap image_undistorter")
    raise bad_file(SOURCE, f"one of the camera models {', '.join(_FIELDS)}", model)


def intrinsics(model: str, parameters: Sequence[float], width: object, height: object) -> Intrinsics:
    """A camera's parameters in our terms.

    Raises:
        CaptureRejected: a lens that is not supported.
    """
    fx, fy, cx, cy, bent = _FIELDS[known_model(model)]
    if model == "FULL_OPENCV" and any(x != 0 for x in parameters[9:12]):
        raise unsupported(SOURCE, "FULL_OPENCV with k4, k5 or k6", "run colmap image_undistorter")
    coefficients = [parameters[i] for i in bent]
    return Intrinsics(
        focal=(parameters[fx], parameters[fy]),
        principal=(parameters[cx], parameters[cy]),
        distortion=tuple((*coefficients, 0.0, 0.0, 0.0, 0.0, 0.0)[:5]),
        size=(whole(width, SOURCE, "width"), whole(height, SOURCE, "height")),
    )


def model_of(view: View) -> tuple[str, list[float]]:
    """The simplest model with separate focal lengths that holds a view, and its parameters."""
    numbers = [*view.focal, *view.principal]
    k1, k2, p1, p2, k3 = view.distortion
    if k3 != 0:
        return "FULL_OPENCV", [*numbers, k1, k2, p1, p2, k3, 0.0, 0.0, 0.0]
    if any((k1, k2, p1, p2)):
        return "OPENCV", [*numbers, k1, k2, p1, p2]
    return "PINHOLE", numbers


def join_poses(
    cameras: dict[int, Intrinsics], poses: Sequence[Pose], millimetres: float | None
) -> CalibratedViews:
    """One view an image.

    Raises:
        CaptureRejected: an image of a camera that is not there, or a pose that is none.
    """
    views = []
    for pose in poses:
        if pose.camera not in cameras:
            raise bad_file(SOURCE, f"a camera for image {pose.name!r}", f"no camera {pose.camera}")
        quaternion = torch.tensor(list(pose.quaternion), dtype=torch.float64)
        if not abs(float(quaternion.norm()) - 1) < 1e-2:  # noqa: PLR2004 - written with few digits at worst
            raise bad_file(SOURCE, f"a unit quaternion for image {pose.name!r}", list(pose.quaternion))
        lens = cameras[pose.camera]
        views.append(
            View(
                name=pose.name,
                rotation=rotation_from_quaternion(quaternion).numpy(),
                translation=np.array(pose.translation, dtype=np.float64),
                focal=lens.focal,
                principal=lens.principal,
                distortion=lens.distortion,
                size=lens.size,
            )
        )
    return gather(views, SOURCE, millimetres=millimetres)


def split_views(views: CalibratedViews, millimetres: float | None) -> list[tuple[View, list[float]]]:
    """Views and their quaternions (w, x, y, z), for a writer.

    Raises:
        ValueError: a name with white space at its ends or a line break.
    """
    quaternions = quaternion_from_rotation(views.cameras.rotation.detach().double().cpu())
    parts = one_by_one(views, millimetres)
    for view in parts:
        if view.name != view.name.strip() or not view.name.isprintable():
            raise ValueError(f"expected a printable name without white space at its ends, got {view.name!r}")
    return list(zip(parts, quaternions.tolist(), strict=True))
