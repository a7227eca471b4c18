"""camera_params.json: {"world_2_cam": {serial: 4x4}, "intrinsics": 3x3 or {serial: 3x3}}. Opens no file.

World to camera in OpenCV's axes. The intrinsics belong to full-size pictures even where smaller ones lie beside
them; nothing says so but the numbers, so the principal point decides which size is meant.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from facescale.corpora.nersemble.rig import FULL_SIZE
from facescale.structures.errors import CaptureRejected
from facescale.structures.units import MILLIMETRES_PER, Unit
from facescale.structures.view import PinholeRecord

LIMIT = 4 << 20
"""Bytes; real files have less than 20 kB."""
MOST = 256
"""Cameras of one rig."""
ORTHONORMAL = 1e-3
"""Largest deviation of R R^T from the identity."""
CENTRED = 0.12
"""Largest distance of a principal point from the middle of the picture, of its size."""
ALIKE = 0.02
"""Largest difference of the ratios of two sizes' sides: halves of odd sides are rounded."""

Intrinsics = Literal["shared", "per-serial"]


@dataclass(frozen=True, kw_only=True)
class RigCalibration:
    """The cameras of one participant, before it is known which pictures they took."""

    rotations: Mapping[str, Float[np.ndarray, "3 3"]]
    """Serial -> world to camera."""
    translations: Mapping[str, Float[np.ndarray, "3"]]
    """Serial -> world to camera, mm."""
    matrices: Mapping[str, Float[np.ndarray, "3 3"]]
    """Serial -> K with the first pixel's centre at (0.5, 0.5); the same array for all where they share one."""
    size: tuple[int, int] | None
    """Width and height that the file states for its intrinsics; None: it does not."""

    def camera(self, serial: str, stored: tuple[int, int]) -> PinholeRecord:
        """The camera of one serial for pictures of a size.

        Args:
            serial: of the camera.
            stored: width and height of the pictures as they are stored.

        Raises:
            CaptureRejected: no such camera, or intrinsics of no size that these pictures can be scaled from.
        """
        if serial not in self.rotations or serial not in self.matrices:
            known = ", ".join(sorted(self.rotations)[:4])
            raise bad_calibration(f"the camera {serial}", f"only {known}, ..." if known else "none")
        matrix = self.matrices[serial]
        scale = np.array(stored) / calibrated_size(matrix, stored, self.size)
        return PinholeRecord(
            rotation=self.rotations[serial],
            translation=self.translations[serial],
            focal=np.array([matrix[0, 0], matrix[1, 1]]) * scale,
            principal=matrix[:2, 2] * scale,
            size=stored,
        )


def read_camera_params(
    data: bytes, *, intrinsics: Intrinsics, unit: Unit = "m", pixel_centre: float = 0.0
) -> RigCalibration:
    """Read a calibration strictly.

    Args:
        data: the file.
        intrinsics: whether the layout has one matrix for all cameras or one each.
        unit: of the world.
        pixel_centre: coordinate of the first pixel's centre in the source: 0 as OpenCV calibrates.

    Raises:
        CaptureRejected: not this form, the form of another delivery, or a camera that is none.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise bad_calibration("a JSON object", str(error)) from error
    if not isinstance(found, dict):
        raise bad_calibration("a JSON object", type(found).__name__)
    poses = found.get("world_2_cam")
    if not isinstance(poses, dict) or not 0 < len(poses) <= MOST:
        raise bad_calibration('"world_2_cam" with a pose a camera', _shown(poses))
    rotations, translations = _poses(poses, MILLIMETRES_PER[unit])
    shift = 0.5 - pixel_centre
    return RigCalibration(
        rotations=dict(zip(poses, rotations, strict=True)),
        translations=dict(zip(poses, translations, strict=True)),
        matrices=_matrices(found.get("intrinsics"), tuple(poses), intrinsics, shift),
        size=_size(found),
    )


def calibrated_size(
    matrix: Float[np.ndarray, "3 3"], stored: tuple[int, int], stated: tuple[int, int] | None = None
) -> tuple[int, int]:
    """Width and height of the pictures that a camera matrix belongs to: those stored, or the full size.

    Args:
        matrix: K.
        stored: of the pictures.
        stated: by the calibration.

    Raises:
        CaptureRejected: the principal point lies near the middle of neither, or the shapes differ.
    """
    candidates = [stated] if stated is not None else [stored, FULL_SIZE]
    off = [float(np.abs(matrix[:2, 2] / size - 0.5).max()) for size in candidates]
    best = int(np.argmin(off))
    size = candidates[best]
    middle = "({:.0f}, {:.0f})".format(*matrix[:2, 2])
    if off[best] > CENTRED:
        sizes = " or ".join("{} x {}".format(*one) for one in candidates)
        raise bad_calibration(f"a principal point near the middle of {sizes} pixels", middle)
    if abs(np.log((size[0] / size[1]) / (stored[0] / stored[1]))) > ALIKE:
        raise bad_calibration(
            "pictures of the shape of {} x {}".format(*size), "pictures of {} x {}".format(*stored)
        )
    return size


def bad_calibration(expected: str, found: str, hint: str = "") -> CaptureRejected:
    """The calibration cannot be used."""
    hint = hint or "download the participant's calibration again"
    return CaptureRejected("bad-cameras", f"camera_params.json: expected {expected}, found {found}", hint)


def _poses(poses: Mapping[str, Any], millimetres: float) -> tuple[np.ndarray, np.ndarray]:
    """Rotations (n, 3, 3) and translations (n, 3) in mm; all at once, since each numpy call costs the same."""
    read = [_numbers(pose, (4, 4), f"a 4 x 4 matrix of the camera {name[:20]}") for name, pose in poses.items()]
    matrices = np.stack(read)
    rotation, last = matrices[:, :3, :3], matrices[:, 3]
    stray = np.abs(rotation @ rotation.mT - np.eye(3)).max(axis=(1, 2))
    determinant = np.linalg.det(rotation)
    skewed = np.abs(last - [0, 0, 0, 1]).max(axis=1) > ORTHONORMAL
    bad = (stray > ORTHONORMAL) | (determinant < 0) | skewed
    if bad.any():
        first = int(bad.argmax())
        found = (
            f"one with R R^T off by {stray[first]:.2g}, determinant {determinant[first]:.3g}, "
            f"last row {last[first].tolist()}"
        )
        raise bad_calibration(f"a rigid pose of the camera {list(poses)[first][:20]}", found)
    u, _, v = np.linalg.svd(rotation)
    return u @ v, matrices[:, :3, 3] * millimetres


def _matrices(
    found: Any, serials: tuple[str, ...], expected: Intrinsics, shift: float
) -> dict[str, np.ndarray]:
    if isinstance(found, dict) != (expected == "per-serial"):
        other = "the benchmark's" if isinstance(found, dict) else "the raw corpus'"
        kind = "a matrix for every camera" if isinstance(found, dict) else "one matrix for all cameras"
        wanted = "one a camera" if expected == "per-serial" else "one for all cameras"
        hint = f"this is the form of {other} layout: choose that"
        raise bad_calibration(f"intrinsics, {wanted}", kind if found is not None else "none", hint)
    if isinstance(found, dict):
        if len(found) > MOST:
            raise bad_calibration(f"at most {MOST} cameras", f"{len(found):,}")
        return {serial: _intrinsics(serial, matrix, shift) for serial, matrix in found.items()}
    return dict.fromkeys(serials, _intrinsics("all cameras", found, shift))


def _intrinsics(whose: str, found: Any, shift: float) -> np.ndarray:
    matrix = _numbers(found, (3, 3), f"a 3 x 3 matrix of {whose[:20]}")
    skew = abs(matrix[0, 1]) > 1e-6 * abs(matrix[0, 0])
    if skew or (matrix[[1, 2, 2, 2], [0, 0, 1, 2]] != [0, 0, 0, 1]).any() or not (np.diag(matrix) > 0).all():
        raise bad_calibration(f"a camera matrix of {whose[:20]} without skew", _shown(matrix.tolist()))
    matrix[:2, 2] += shift
    return matrix


def _size(found: Mapping[str, Any]) -> tuple[int, int] | None:
    width, height = found.get("width"), found.get("height")
    if width is None and height is None:
        return None
    if not (type(width) is int and type(height) is int and 0 < width < 1 << 16 and 0 < height < 1 << 16):
        raise bad_calibration("width and height in pixels", f"{_shown(width)} and {_shown(height)}")
    return width, height


def _numbers(value: Any, shape: tuple[int, ...], expected: str) -> np.ndarray:
    rows = value if isinstance(value, list) and len(value) == shape[0] else [None]
    flat = [x for row in rows for x in (row if isinstance(row, list) and len(row) == shape[1] else [None])]
    # strings and booleans turn into numbers too easily, and whole numbers of many digits into errors
    numbers = all(type(x) is float or (type(x) is int and abs(x) < 1 << 53) for x in flat)
    if len(flat) != shape[0] * shape[1] or not numbers:
        raise bad_calibration(expected, _shown(value))
    matrix = np.array(flat, np.float64).reshape(shape)
    if not np.isfinite(matrix).all():
        raise bad_calibration(expected, "numbers that are not finite")
    return matrix


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    return repr(value)[:40] if type(value) is not int else f"{value % (1 << 63)}"[:20]
