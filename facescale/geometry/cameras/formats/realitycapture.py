"""RealityCapture's CSV "Internal/External camera parameters" of version 1.0.3.9696 and later.

#name,x,y,alt,heading,pitch,roll,f,px,py,k1,k2,k3,k4,t1,t2

Source: x, y, alt is the camera's position; heading, pitch and roll, degrees, make its camera-to-world rotation
Rz(-heading) Rx(pitch) Ry(roll) with +x right, +y up, looking along -z: all zero looks straight down with the
top of the image to +y, pitch 90 looks at the horizon, heading 90 turns to +x. f is for film 36 mm wide: in
pixels f / 36 times the longer side. px, py are offsets of the principal point from the image's centre in units
of the longer side, so that no pixel centre enters. Distortion is Brown's, in normalised coordinates: k1 k2 k3
as here, t1 is p1, t2 is p2; k4 (of r^8) must be zero. Nothing in the file tells the unit or the image's size.
Not verified against the program: the unit of px, py (readers in use disagree by the factor 36, so it is the
argument `principal_unit`) and the order of t1, t2 (zero in most files).
"""

import csv
import io
import math
from collections.abc import Mapping

import numpy as np
import torch

from facescale.geometry.cameras.formats.nerf import AXES
from facescale.geometry.cameras.formats.reading import MAX_CAMERAS, number, text_of
from facescale.geometry.cameras.formats.rejections import bad_file, too_large, unsupported
from facescale.geometry.cameras.formats.views import CalibratedViews, View, gather, one_by_one
from facescale.geometry.euler_angles import euler_from_rotation, rotation_from_euler

SOURCE = "RealityCapture CSV"
FILM = 36.0
"""Width of the film that f is for, mm."""
COLUMNS = ("name", "x", "y", "alt", "heading", "pitch", "roll", "f")
OPTIONAL = ("px", "py", "k1", "k2", "k3", "k4", "t1", "t2")
_LONGEST_FIELD = 4096


def read_csv(
    data: bytes,
    size: tuple[int, int] | Mapping[str, tuple[int, int]],
    *,
    millimetres: float | None = None,
    principal_unit: float = 1.0,
) -> CalibratedViews:
    """Read all cameras; columns may stand in any order, px to t2 may be missing and then are zero.

    Args:
        data: the file.
        size: width and height of all images, or of each by its name.
        millimetres: in a unit of the file; None: not metric.
        principal_unit: longer sides of the image in a unit of px and py: 1, or 1/36 for film millimetres.

    Raises:
        CaptureRejected: not such a file, an image without a size, or a lens that is not supported.
    """
    rows = _rows(text_of(data, SOURCE))
    views = []
    for row in rows:
        name = row["name"]
        found = size.get(name) if isinstance(size, Mapping) else size
        if found is None:
            raise bad_file(SOURCE, "an image size for every name", f"none for {name!r}")
        views.append(_view(row, found, principal_unit))
    return gather(views, SOURCE, millimetres=millimetres)


def write_csv(views: CalibratedViews, *, millimetres: float | None = None) -> bytes:
    """Write cameras with all columns, px and py in longer sides.

    Raises:
        ValueError: pixels that are not square (the format has one f), or a unit is asked of views without one.
    """
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["#name", *COLUMNS[1:], *OPTIONAL])
    for view in one_by_one(views, millimetres):
        if not math.isclose(*view.focal, rel_tol=1e-6):
            raise ValueError(f"expected square pixels, got focal lengths {list(view.focal)} of {view.name!r}")
        side = max(view.size)
        turn = torch.from_numpy(view.rotation.T * AXES)
        heading, pitch, roll = np.degrees(euler_from_rotation(turn, "ZXY").numpy())
        k1, k2, p1, p2, k3 = view.distortion
        offset = (np.asarray(view.principal) - np.asarray(view.size) / 2) / side
        centre = -view.rotation.T @ view.translation
        entries = (
            *centre,
            -heading,
            pitch,
            roll,
            view.focal[0] * FILM / side,
            *offset,
            k1,
            k2,
            k3,
            0.0,
            p1,
            p2,
        )
        writer.writerow([view.name, *(repr(float(x)) for x in entries)])
    return lines.getvalue().encode()


def _rows(text: str) -> list[dict[str, str]]:
    """Rows under the header; a line "#cameras N" above it is passed over."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#cameras")]
    if not lines:
        raise bad_file(SOURCE, "a header", "no row")
    if len(lines) > MAX_CAMERAS + 1:
        raise too_large(SOURCE, f"{MAX_CAMERAS:,} rows", f"{len(lines):,}")
    if max(map(len, lines)) > _LONGEST_FIELD:
        raise too_large(SOURCE, f"{_LONGEST_FIELD} characters a row", max(map(len, lines)))
    try:
        header, *rows = list(csv.reader(lines, strict=True))
    except csv.Error as error:
        raise bad_file(SOURCE, "comma-separated values", str(error)) from error
    names = [name.strip().lstrip("#").lower() for name in header]
    missing = [name for name in COLUMNS if name not in names]
    if missing or len(set(names)) != len(names):
        raise bad_file(SOURCE, f"the columns {','.join(COLUMNS)} once each", ",".join(header))
    for row in rows:
        if len(row) != len(names):
            raise bad_file(SOURCE, f"{len(names)} fields in every row", f"{len(row)}: {','.join(row)}")
    return [dict(zip(names, (field.strip() for field in row), strict=True)) for row in rows]


def _view(row: Mapping[str, str], size: tuple[int, int], principal_unit: float) -> View:
    where = f"{SOURCE}, image {row['name'][:60]!r}"
    values = {key: number(row.get(key, "0"), where, key) for key in (*COLUMNS[1:], *OPTIONAL)}
    if values["k4"] != 0:
        raise unsupported(where, f"k4 = {values['k4']:g} (model Brown4)", "export with the model Brown3")
    side = max(size)
    angles = torch.tensor([-values["heading"], values["pitch"], values["roll"]], dtype=torch.float64)
    turn = rotation_from_euler(torch.deg2rad(angles), "ZXY").numpy()
    rotation = (turn * AXES).T
    centre = np.array([values["x"], values["y"], values["alt"]])
    offset = np.array([values["px"], values["py"]]) * principal_unit * side
    return View(
        name=row["name"],
        rotation=rotation,
        translation=-rotation @ centre,
        focal=(values["f"] * side / FILM,) * 2,
        principal=(np.asarray(size) / 2 + offset).tolist(),
        distortion=[values[key] for key in ("k1", "k2", "t1", "t2", "k3")],
        size=size,
    )
