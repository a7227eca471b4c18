"""Indexed faces out of VRML 2 text, as BU-3DFE's scans are written. Materials and texture are not looked at.

No scene graph: the first `Coordinate { point [...] }` is the shape, the first `coordIndex [...]` its faces.
Transforms, which these files do not have, would be ignored.
"""

import re

import numpy as np

from facescale.corpora.polygons import fan
from facescale.corpora.rejections import not_a_mesh, truncated
from facescale.structures.mesh import Mesh

_POINTS = re.compile(rb"\bCoordinate\s*\{\s*point\s*\[")
_INDICES = re.compile(rb"\bcoordIndex\s*\[")
_SEPARATORS = bytes.maketrans(b",\r\n\t", b"    ")
_END = -1


def read_vrml(data: bytes) -> Mesh:
    """Parse a .wrl file.

    Returns:
        The mesh: vertices float64 in file order, faces int32 (polygons cut into fans); indices are not checked.

    Raises:
        CaptureRejected: not-a-mesh or truncated.
    """
    if not data.lstrip().startswith(b"#VRML") or b"\0" in data[: 1 << 16]:
        raise not_a_mesh("VRML text, which begins with '#VRML'", data)
    plain = re.sub(rb"#[^\n]*", b"", data)
    flat = _block(plain, _POINTS, "Coordinate { point [")
    points = _numbers(flat, np.float64, "points")
    if points.size % 3:
        raise not_a_mesh("three numbers a point", f"{points.size:,} numbers")
    faces = np.zeros((0, 3), np.int32)
    if _INDICES.search(plain):
        corners = _numbers(_block(plain, _INDICES, "coordIndex ["), np.float64, "coordIndex")
        if not (np.abs(corners) < 2**31).all() or (corners != np.rint(corners)).any():
            raise not_a_mesh("integers in coordIndex", "numbers that are none")
        faces = _faces(corners.astype(np.int32))
    return Mesh(vertices=points.reshape(-1, 3), faces=faces)


def _block(data: bytes, begin: re.Pattern[bytes], what: str) -> bytes:
    """What stands in the brackets."""
    found = begin.search(data)
    if found is None:
        raise not_a_mesh(f"'{what}' in VRML text", f"{len(data):,} bytes without it")
    end = data.find(b"]", found.end())
    if end < 0:
        raise truncated(f"'{what} ... ]'", f"{len(data) - found.end():,} bytes without ']'")
    return data[found.end() : end]


def _numbers(text: bytes, dtype: type, what: str) -> np.ndarray:
    plain = text.translate(_SEPARATORS).strip()
    if not plain:
        return np.zeros(0, dtype)
    try:
        return np.fromstring(plain.decode("ascii"), dtype=dtype, sep=" ")
    except ValueError as error:
        raise not_a_mesh(f"numbers as {what}", str(error)[:80]) from error


def _faces(corners: np.ndarray) -> np.ndarray:
    """Polygons ended by -1, the last perhaps not."""
    if corners.size and corners[-1] != _END:
        corners = np.append(corners, np.int32(_END))
    ends = np.flatnonzero(corners == _END)
    sizes = np.diff(ends, prepend=-1) - 1
    return fan(corners[corners != _END], sizes)
