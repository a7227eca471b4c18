"""STL, binary and ascii. Knows nothing of other formats.

STL repeats every corner: corners with bitwise equal coordinates become one vertex, numbered by first
appearance. No other format is ever merged.
"""

import re

import numpy as np

from facescale.corpora.rejections import not_a_mesh, truncated
from facescale.structures.mesh import Mesh

_HEADER = 84
_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_PLAUSIBLE_NORMAL = 1.5


def read_stl(data: bytes) -> Mesh:
    """Parse an STL file.

    Returns:
        The mesh with corners joined; vertices float64, faces int32.

    Raises:
        CaptureRejected: not-a-mesh or truncated.
    """
    if len(data) >= _HEADER:
        declared = int(np.frombuffer(data, "<u4", 1, _HEADER - 4)[0])
        needed = _HEADER + declared * _TRIANGLE.itemsize
        # A binary file may begin with "solid" too: an exact size settles it.
        if len(data) == needed:
            return _joined(_binary(data, declared))
        if not _is_ascii(data) and _plausible(data):
            if len(data) > needed:
                return _joined(_binary(data, declared))
            raise truncated(f"{declared:,} triangles in {needed:,} bytes", f"{len(data):,} bytes")
    if not _is_ascii(data):
        raise not_a_mesh("an STL file", data)
    return _joined(_ascii(data))


def _is_ascii(data: bytes) -> bool:
    start = data[:1024].lstrip().lower()
    return start.startswith(b"solid") and b"\0" not in start


def _binary(data: bytes, count: int) -> np.ndarray:
    return np.frombuffer(data, _TRIANGLE, count, _HEADER)["corners"].reshape(-1, 3)


def _plausible(data: bytes) -> bool:
    """Whether triangles follow the header: normals of at most unit length, finite corners."""
    count = min((len(data) - _HEADER) // _TRIANGLE.itemsize, 16)
    if count == 0:
        return False
    first = np.frombuffer(data, _TRIANGLE, count, _HEADER)
    normal = first["normal"].astype(np.float64)
    return bool(
        (np.linalg.norm(normal, axis=1) < _PLAUSIBLE_NORMAL).all() and np.isfinite(first["corners"]).all()
    )


def _ascii(data: bytes) -> np.ndarray:
    found = re.findall(rb"(?i)\bvertex[ \t]+([^\r\n]+)", data)
    if b"endsolid" not in data[-1024:].lower():
        raise truncated("'endsolid' at the end", f"{len(found):,} corners and no end")
    try:
        numbers = np.fromstring(b" ".join(found).decode("ascii"), dtype=np.float64, sep=" ")
    except ValueError as error:
        raise not_a_mesh("numbers in an ascii STL", str(error)[:80]) from error
    if numbers.size != 3 * len(found):
        raise not_a_mesh("three numbers after every 'vertex'", f"{numbers.size:,} after {len(found):,}")
    if len(found) % 3:
        raise not_a_mesh("three corners a triangle", f"{len(found):,} corners")
    return numbers.reshape(-1, 3)


def _joined(corners: np.ndarray) -> Mesh:
    """One vertex for all corners that agree bit by bit, in order of first appearance."""
    with np.errstate(invalid="ignore"):
        packed = np.ascontiguousarray(corners + 0.0)  # -0.0 becomes 0.0: equal numbers must have equal bits
    keys = packed.view(np.dtype((np.void, packed.itemsize * 3)))[:, 0]
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    faces = rank[inverse].reshape(-1, 3).astype(np.int32)
    return Mesh(vertices=packed[first[order]].astype(np.float64), faces=faces)
