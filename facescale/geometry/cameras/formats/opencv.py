"""OpenCV: camera matrix, distortion and pose, as arrays, as FileStorage YAML and as plain text.

Source: world to camera, +x right, +y down, +z forward, as here. The centre of the first pixel is (0, 0), so a
calibrated principal point gets +0.5 here. Distortion k1 k2 p1 p2 k3; longer vectors only where the rest is
zero. Translations are in the calibration target's unit, which no file names.
"""

from collections.abc import Sequence

import numpy as np

from facescale.geometry.cameras.formats.opencv_storage import Value, read_storage, write_matrix
from facescale.geometry.cameras.formats.reading import numbers, text_of, whole
from facescale.geometry.cameras.formats.rejections import bad_file, unsupported
from facescale.geometry.cameras.formats.views import CalibratedViews, View, gather, one_by_one

SOURCE = "OpenCV calibration"
PIXEL_CENTRE = 0.0
"""Coordinate of the first pixel's centre in the source."""
_LENGTHS = (4, 5, 8, 12, 14)
_SKEW = 1e-6
MATRIX_NAMES = ("camera_matrix", "cameraMatrix", "K", "intrinsic_matrix", "M1")
DISTORTION_NAMES = ("distortion_coefficients", "distCoeffs", "dist_coeffs", "dist", "D", "D1")
ROTATION_NAMES = ("rotation", "R", "rotation_matrix")
TRANSLATION_NAMES = ("translation", "T", "t", "translation_vector")


def view_from_arrays(
    name: str,
    matrix: np.ndarray,
    distortion: Sequence[float],
    rotation: np.ndarray,
    translation: np.ndarray,
    size: tuple[int, int],
    *,
    pixel_centre: float = PIXEL_CENTRE,
) -> View:
    """Bring OpenCV's arrays into our conventions.

    Args:
        name: of the view.
        matrix: [3, 3], K.
        distortion: 0, 4, 5, 8, 12 or 14 coefficients.
        rotation: [3, 3], world to camera.
        translation: [3].
        size: width and height of the image.
        pixel_centre: coordinate of the first pixel's centre in the source: 0 for OpenCV, 0.5 for many others.

    Raises:
        CaptureRejected: skew, a lens that five coefficients do not hold, or a matrix that is no K.
    """
    where = f"{SOURCE}, view {name[:40]!r}"
    if abs(matrix[0, 1]) > _SKEW * abs(matrix[0, 0]):
        raise unsupported(where, f"skew {matrix[0, 1]:g} in the camera matrix")
    if np.abs([matrix[1, 0], matrix[2, 0], matrix[2, 1], matrix[2, 2] - 1]).max() > _SKEW:
        raise bad_file(where, "a camera matrix with the last row 0 0 1", matrix.tolist())
    shift = 0.5 - pixel_centre
    return View(
        name=name,
        rotation=rotation,
        translation=translation,
        focal=(matrix[0, 0], matrix[1, 1]),
        principal=(matrix[0, 2] + shift, matrix[1, 2] + shift),
        distortion=five_coefficients(distortion, where),
        size=size,
    )


def five_coefficients(found: Sequence[float], source: str) -> tuple[float, ...]:
    """k1 k2 p1 p2 k3 of a vector in OpenCV's order.

    Raises:
        CaptureRejected: another length, or rational, prism or tilt terms that are not zero.
    """
    if len(found) == 0:
        return (0.0,) * 5
    if len(found) not in _LENGTHS:
        raise bad_file(source, f"{', '.join(map(str, _LENGTHS))} distortion coefficients", f"{len(found)}")
    if any(x != 0 for x in found[5:]):
        raise unsupported(source, "rational, thin-prism or tilt distortion (coefficients after k3)")
    return tuple(float(x) for x in (*found[:5], 0.0)[:5])


def arrays_from_view(view: View) -> tuple[np.ndarray, np.ndarray]:
    """OpenCV's camera matrix and five coefficients of a view."""
    matrix = np.diag([*view.focal, 1.0])
    matrix[:2, 2] = np.asarray(view.principal) - 0.5
    return matrix, np.asarray(view.distortion)


def read_yaml(data: bytes, *, name: str = "camera", millimetres: float | None = None) -> CalibratedViews:
    """Read one camera from a FileStorage YAML file, as OpenCV's calibration sample writes it.

    Keys: the camera matrix, distortion (none: zero), image_width and image_height, and a rotation matrix and
    translation where the file has both (neither: the camera stands at the world's origin).

    Args:
        data: the file.
        name: of the view.
        millimetres: in a unit of the translation; None: not metric.

    Raises:
        CaptureRejected: not such a file, or a lens that is not supported.
    """
    found = read_storage(data, SOURCE)
    rotation = _matrix(found, ROTATION_NAMES, (3, 3), np.eye(3))
    translation = _matrix(found, TRANSLATION_NAMES, (3,), np.zeros(3))
    if _has(found, ROTATION_NAMES) != _has(found, TRANSLATION_NAMES):
        raise bad_file(SOURCE, "a rotation and a translation or neither", "one of them")
    coefficients = _first(found, DISTORTION_NAMES)
    if coefficients is not None and not isinstance(coefficients, np.ndarray):
        raise bad_file(SOURCE, "a matrix of distortion coefficients", coefficients)
    size = (
        whole(found.get("image_width", ""), SOURCE, "image_width"),
        whole(found.get("image_height", ""), SOURCE, "image_height"),
    )
    view = view_from_arrays(
        name,
        _matrix(found, MATRIX_NAMES, (3, 3), None),
        [] if coefficients is None else coefficients.ravel().tolist(),
        rotation,
        translation,
        size,
    )
    return gather([view], SOURCE, millimetres=millimetres)


def write_yaml(views: CalibratedViews, *, millimetres: float | None = None) -> bytes:
    """Write one camera as `read_yaml` reads it.

    Raises:
        ValueError: not exactly one camera, or a unit is asked of views without one.
    """
    if len(views.names) != 1:
        raise ValueError(f"expected one camera, got {len(views.names)}")
    view = one_by_one(views, millimetres)[0]
    matrix, distortion = arrays_from_view(view)
    parts = [
        "%YAML:1.0\n---\n",
        f"image_width: {view.size[0]}\nimage_height: {view.size[1]}\n",
        write_matrix(MATRIX_NAMES[0], matrix),
        write_matrix(DISTORTION_NAMES[0], distortion[:, None]),
        write_matrix(ROTATION_NAMES[0], view.rotation),
        write_matrix(TRANSLATION_NAMES[0], view.translation[:, None]),
    ]
    return "".join(parts).encode()


def read_text(
    matrix: bytes,
    pose: bytes,
    size: tuple[int, int],
    *,
    distortion: bytes = b"",
    name: str = "camera",
    millimetres: float | None = None,
) -> CalibratedViews:
    """Read one camera from plain numbers: K row by row, [R|t] row by row, and distortion if there is any.

    Args:
        matrix: 9 numbers.
        pose: 12 numbers, or 16 with the last row 0 0 0 1.
        size: width and height.
        distortion: numbers in OpenCV's order; empty for none.
        name: of the view.
        millimetres: in a unit of the translation; None: not metric.

    Raises:
        CaptureRejected: not such numbers.
    """
    k = numbers(_tokens(matrix), 9, SOURCE, "the camera matrix").reshape(3, 3)
    tokens = _tokens(pose)
    rows = 4 if len(tokens) == 16 else 3  # noqa: PLR2004 - a square matrix
    rt = numbers(tokens, 4 * rows, SOURCE, "the pose [R|t]").reshape(rows, 4)
    if rows == 4 and np.abs(rt[3] - [0, 0, 0, 1]).max() > _SKEW:  # noqa: PLR2004 - a square matrix
        raise bad_file(SOURCE, "a pose with the last row 0 0 0 1", rt[3].tolist())
    bent = _tokens(distortion) if distortion.strip() else []
    lens = numbers(bent, len(bent), SOURCE, "distortion").tolist()
    view = view_from_arrays(name, k, lens, rt[:3, :3], rt[:3, 3], size)
    return gather([view], SOURCE, millimetres=millimetres)


def write_text(views: CalibratedViews, *, millimetres: float | None = None) -> tuple[bytes, bytes, bytes]:
    """Camera matrix, pose and distortion of one camera as `read_text` reads them.

    Raises:
        ValueError: not exactly one camera, or a unit is asked of views without one.
    """
    if len(views.names) != 1:
        raise ValueError(f"expected one camera, got {len(views.names)}")
    view = one_by_one(views, millimetres)[0]
    matrix, distortion = arrays_from_view(view)
    pose = np.concatenate([view.rotation, view.translation[:, None]], axis=1)
    return _rows(matrix), _rows(pose), _rows(distortion[None])


def _tokens(data: bytes) -> list[str]:
    return text_of(data, SOURCE).replace(",", " ").split()


def _rows(matrix: np.ndarray) -> bytes:
    return "".join(" ".join(repr(float(x)) for x in row) + "\n" for row in matrix).encode()


def _first(found: dict[str, Value], names: Sequence[str]) -> Value | None:
    return next((found[name] for name in names if name in found), None)


def _has(found: dict[str, Value], names: Sequence[str]) -> bool:
    return any(name in found for name in names)


def _matrix(
    found: dict[str, Value], names: Sequence[str], shape: tuple[int, ...], default: np.ndarray | None
) -> np.ndarray:
    value = _first(found, names)
    if value is None and default is not None:
        return default
    if not isinstance(value, np.ndarray) or value.size != np.prod(shape):
        seen = value if not isinstance(value, np.ndarray) else f"shape {value.shape}"
        raise bad_file(SOURCE, f"a matrix of {np.prod(shape)} numbers as {' or '.join(names)}", seen)
    return value.reshape(shape)
