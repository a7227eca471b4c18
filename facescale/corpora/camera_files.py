"""cameras.json beside photographs: calibrated cameras by file name. Knows nothing of pictures.

{"format": 1, "unit": "mm", "cameras": {"<file name>": {"rotation": 3x3, "translation": [3], "focal": [fx, fy],
"principal": [cx, cy], "distortion": [k1, k2, p1, p2, k3], "size": [width, height]}}}

OpenCV axes, world to camera, of the upright picture; the first pixel's centre lies at 0.5, so the principal
points of OpenCV need 0.5 added. "distortion" may be left out.
"""

import json
from dataclasses import replace
from typing import Any

import numpy as np

from facescale.corpora.picture_rejections import bad_cameras
from facescale.structures.units import MILLIMETRES_PER
from facescale.structures.view import PinholeRecord

CAMERAS_NAME = "cameras.json"
CAMERAS_LIMIT = 64 << 20
_FORMAT = 1
_ORTHONORMAL = 1e-4
"""Largest deviation of R R^T from the identity: rotations are often written with six digits."""
_SHAPES = {
    "rotation": (3, 3),
    "translation": (3,),
    "focal": (2,),
    "principal": (2,),
    "distortion": (5,),
    "size": (2,),
}
_OPTIONAL = {"distortion"}


def read_cameras(data: bytes) -> dict[str, PinholeRecord]:
    """Read a calibration strictly.

    Returns:
        File name -> camera; translations in mm, rotations orthonormal to float64.

    Raises:
        CaptureRejected: not this form, or a camera that is none; says which.
    """
    try:
        found = json.loads(data)
    except ValueError as error:
        raise bad_cameras("a JSON object", str(error)) from error
    if not isinstance(found, dict) or found.get("format") != _FORMAT:
        shown = found.get("format") if isinstance(found, dict) else type(found).__name__
        raise bad_cameras(f'"format": {_FORMAT}', repr(shown))
    unit, cameras = found.get("unit"), found.get("cameras")
    if unit not in MILLIMETRES_PER:
        raise bad_cameras(f'"unit" to be one of {", ".join(MILLIMETRES_PER)}', repr(unit))
    if not isinstance(cameras, dict):
        raise bad_cameras('"cameras" to be an object', repr(cameras)[:40])
    return {name: _camera(name, fields, MILLIMETRES_PER[unit]) for name, fields in cameras.items()}


def camera_of(record: PinholeRecord, size: tuple[int, int]) -> PinholeRecord | None:
    """The camera of the same picture resampled to another size; None where the shape differs by over a pixel.

    A whole image is scaled: focal lengths and principal point by its sides' ratios, with no half-pixel term.
    """
    scale = np.array(size) / np.array(record.size)
    # Either axis may have set the scale; the other side was rounded to whole pixels.
    strays = [np.abs(np.array(record.size) * one - size).max() for one in scale]
    if min(strays) > 1:
        return None
    return replace(record, focal=record.focal * scale, principal=record.principal * scale, size=size)


def _camera(name: str, fields: Any, millimetres: float) -> PinholeRecord:
    if not isinstance(fields, dict):
        raise bad_cameras(f"camera {name!r} to be an object", repr(fields)[:40])
    unknown = sorted(set(fields) - set(_SHAPES))
    missing = sorted(set(_SHAPES) - _OPTIONAL - set(fields))
    if unknown or missing:
        found = " and ".join([*(f"unknown {key!r}" for key in unknown), *(f"no {key!r}" for key in missing)])
        raise bad_cameras(f"camera {name!r} to have {', '.join(_SHAPES)}", found)
    arrays = {key: _array(name, key, fields.get(key, [0.0] * 5)) for key in _SHAPES}
    width, height = arrays["size"].tolist()
    if not (width >= 1 and height >= 1 and width.is_integer() and height.is_integer()):
        raise bad_cameras(f"camera {name!r} to have a size in whole pixels", repr(fields["size"]))
    if not (arrays["focal"] > 0).all():
        raise bad_cameras(f"camera {name!r} to have positive focal lengths", repr(fields["focal"]))
    return PinholeRecord(
        rotation=_rotation(name, arrays["rotation"]),
        translation=arrays["translation"] * millimetres,
        focal=arrays["focal"],
        principal=arrays["principal"],
        distortion=arrays["distortion"],
        size=(int(width), int(height)),
    )


def _array(name: str, key: str, value: object) -> np.ndarray:
    expected = f"{key} of camera {name!r} to be {' x '.join(map(str, _SHAPES[key]))} finite numbers"
    try:
        array = np.array(value, dtype=object)
    except ValueError as error:
        raise bad_cameras(expected, repr(value)[:60]) from error
    # Strings and booleans turn into numbers too easily.
    numbers = all(type(entry) in {int, float} for entry in array.ravel())
    if array.shape != _SHAPES[key] or not numbers or not np.isfinite(array.astype(np.float64)).all():
        raise bad_cameras(expected, repr(value)[:60])
    return array.astype(np.float64)


def _rotation(name: str, matrix: np.ndarray) -> np.ndarray:
    """The nearest rotation of a matrix that is one but for rounding."""
    stray = np.abs(matrix @ matrix.T - np.eye(3)).max()
    determinant = np.linalg.det(matrix)
    if stray > _ORTHONORMAL or determinant < 0:
        found = f"one whose R R^T is off by {stray:.2g} and whose determinant is {determinant:.4g}"
        raise bad_cameras(f"camera {name!r} to have a rotation (orthonormal, determinant +1)", found)
    u, _, v = np.linalg.svd(matrix)
    return u @ v
