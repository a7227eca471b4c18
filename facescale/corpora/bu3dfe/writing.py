"""Writes captures as BU-3DFE's files. Shares no conversion with the reader."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from facescale.corpora.files import join, write_bytes
from facescale.structures.capture import Capture
from facescale.structures.mesh import Mesh
from facescale.structures.units import MILLIMETRES_PER

_SEVEN = {1: 0, 5: 1, 9: 2, 13: 3, 49: 5, 55: 6}
"""Points of the 83 -> of NoW's seven, the subject's right eye being the first."""


def write_bu3dfe(
    capture: Capture,
    root: str,
    *,
    name: str,
    seven: np.ndarray | None,
    form: Literal["lines", "block"] = "lines",
) -> tuple[str, ...]:
    """Write a scan as VRML in mm, and its 83 points (F3D) or 8 (RAW).

    Args:
        capture: a scan of known unit.
        root: a local folder or s3:// prefix.
        name: such as "F0001_NE00WH_F3D".
        seven: (7, 3) NoW's points in the scan's unit, of which the eyes' and the mouth's corners are among the
            83; the others are put between them. None writes no file of points.
        form: how the VRML is laid out: a line a point, or all in one.

    Returns:
        The relative paths written, the scan's first.

    Raises:
        ValueError: a scan without unit.
        OSError: it cannot be written.
    """
    if capture.unit is None:
        raise ValueError("expected a scan of known unit, got none")
    scale = MILLIMETRES_PER[capture.unit]
    folder = name.split("_", maxsplit=1)[0]
    written = {f"{folder}/{name}.wrl": _vrml(capture.surface, scale, form)}
    if seven is not None:
        raw = name.endswith("RAW")
        data = _pse(seven * scale) if raw else _bnd(seven * scale)
        written[f"{folder}/{name}.{'pse' if raw else 'bnd'}"] = data
    for path, content in written.items():
        write_bytes(join(root, path), content)
    return tuple(written)


def _vrml(mesh: Mesh, scale: float, form: str) -> bytes:
    apart = ",\n    " if form == "lines" else ", "
    points = apart.join("{!r} {!r} {!r}".format(*row) for row in (mesh.vertices * scale).tolist())
    corners = apart.join("{}, {}, {}, -1".format(*row) for row in mesh.faces.tolist())
    return (
        "#VRML V2.0 utf8\n# made up\nShape {\n geometry IndexedFaceSet {\n"
        f"  coord Coordinate {{\n   point [\n    {points}\n   ]\n  }}\n"
        f"  coordIndex [\n    {corners}\n  ]\n"
        "  texCoord TextureCoordinate { point [ 0 0, 1 0, 1 1 ] }\n  texCoordIndex [ 0, 1, 2, -1 ]\n }\n}\n"
    ).encode()


def _bnd(seven: np.ndarray) -> bytes:
    """Corners in their places; a part's other points lie on the line between its corners.

    The nose's points are NoW's one, brows and outline the eyes' middle.
    """
    eyes = seven[:4].mean(axis=0)
    rows = np.tile(eyes, (83, 1))
    rows[36:48] = seven[4]
    for first, last, start, end in ((1, 8, 0, 1), (9, 16, 2, 3), (49, 60, 5, 6), (61, 68, 5, 6)):
        share = np.linspace(0, 1, last - first + 1)[:, None]
        rows[first - 1 : last] = seven[start] + share * (seven[end] - seven[start])
    for number, place in _SEVEN.items():
        rows[number - 1] = seven[place]
    return _numbered(rows, range(1, 84)).encode()


def _pse(seven: np.ndarray) -> bytes:
    below = (seven[4] + seven[:4].mean(axis=0)) / 2
    across = (seven[3] - seven[0]) / np.linalg.norm(seven[3] - seven[0])
    up = seven[:4].mean(axis=0) - seven[5:].mean(axis=0)
    out = np.cross(across, up / np.linalg.norm(up))
    rows = np.array([*seven[:4], below - 9 * across, below + 9 * across, seven[5], seven[6]])
    return (_numbered(rows, range(1, 9)) + "n {!r} {!r} {!r}\n".format(*out.tolist())).encode()


def _numbered(rows: np.ndarray, numbers: Sequence[int]) -> str:
    return "".join("{} {!r} {!r} {!r}\n".format(n, *row) for n, row in zip(numbers, rows.tolist(), strict=True))
