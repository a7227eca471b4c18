"""Multiface's KRT file: one block a camera.

Source: world to camera, +x right, +y down, +z forward, as here [inferred from its loader]. Translations are
millimetres. The image is 1334 wide and 2048 high. Nothing states the pixel centre; the calibration is OpenCV's,
so the first pixel's centre is taken as (0, 0) and principal points get +0.5 here: an argument, since nothing
confirms it. A row of five distortion coefficients is taken in OpenCV's order; the published sample has zeros.
"""

import numpy as np

from facescale.geometry.cameras.formats.opencv import arrays_from_view, view_from_arrays
from facescale.geometry.cameras.formats.reading import MAX_CAMERAS, numbers, text_of
from facescale.geometry.cameras.formats.rejections import bad_file, too_large
from facescale.geometry.cameras.formats.views import CalibratedViews, gather, one_by_one

SOURCE = "KRT"
PIXEL_CENTRE = 0.0
SIZE = (1334, 2048)
_ROWS = 8


def read_krt(
    data: bytes, *, size: tuple[int, int] = SIZE, pixel_centre: float = PIXEL_CENTRE
) -> CalibratedViews:
    """Read all cameras; a view's name is the camera's id, a string even where it looks like a number.

    Args:
        data: the file.
        size: width and height that K belongs to.
        pixel_centre: coordinate of the first pixel's centre in the source.

    Raises:
        CaptureRejected: not such a file.
    """
    lines = [line.split() for line in text_of(data, SOURCE).splitlines()]
    lines = [line for line in lines if line]
    if len(lines) % _ROWS:
        raise bad_file(
            SOURCE, f"blocks of {_ROWS} rows (id, 3 of K, distortion, 3 of [R|t])", f"{len(lines)} rows"
        )
    if len(lines) > _ROWS * MAX_CAMERAS:
        raise too_large(SOURCE, f"{MAX_CAMERAS:,} cameras", f"{len(lines) // _ROWS:,}")
    views = []
    for start in range(0, len(lines), _ROWS):
        head, *rows = lines[start : start + _ROWS]
        if len(head) != 1:
            raise bad_file(SOURCE, "a camera's id alone in its row", " ".join(head))
        where = f"{SOURCE}, camera {head[0][:40]}"
        matrix = np.stack([numbers(row, 3, where, "a row of K") for row in rows[:3]])
        lens = numbers(rows[3], 5, where, "distortion").tolist()
        pose = np.stack([numbers(row, 4, where, "a row of [R|t]") for row in rows[4:]])
        view = view_from_arrays(head[0], matrix, lens, pose[:, :3], pose[:, 3], size, pixel_centre=pixel_centre)
        views.append(view)
    return gather(views, SOURCE, millimetres=1.0)


def write_krt(views: CalibratedViews) -> bytes:
    """Write cameras as Multiface has them.

    Raises:
        ValueError: views that are not metric, or an id with white space.
    """
    parts = []
    for view in one_by_one(views, 1.0):
        if not view.name or view.name.split() != [view.name]:
            raise ValueError(f"expected an id without white space, got {view.name!r}")
        matrix, distortion = arrays_from_view(view)
        pose = np.concatenate([view.rotation, view.translation[:, None]], axis=1)
        rows = [*matrix, distortion, *pose]
        parts += [view.name, *(" ".join(repr(float(x)) for x in row) for row in rows), ""]
    return ("\n".join(parts) + "\n").encode()
