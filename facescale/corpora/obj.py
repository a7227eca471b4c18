"""Wavefront OBJ: the lines `v` and `f`, nothing else. Textures and materials are not looked at.

Its own reader, because the usual one splits vertices at texture seams: here vertex n of the file is vertex n.
"""

import re

import numpy as np

from facescale.corpora.polygons import fan
from facescale.corpora.rejections import not_a_mesh
from facescale.structures.mesh import Mesh

_SNIFFED = 1 << 16
_WITH_COLOUR = 6


def read_obj(data: bytes) -> Mesh:
    """Parse an OBJ file.

    Returns:
        The mesh: vertices float64 in file order, faces int32 (polygons cut into fans), colours where the `v`
        lines carry them. Indices are not checked here, but relative ones are resolved.

    Raises:
        CaptureRejected: not-a-mesh.
    """
    if b"\0" in data[:_SNIFFED]:
        raise not_a_mesh("text lines of an OBJ file", data)
    if b"\\" in data:
        data = re.sub(rb"\\\r?\n", b" ", data)
    lines = data.split(b"\n")
    vertex_lines = [line[2:] for line in lines if line.startswith((b"v ", b"v\t"))]
    face_lines = [line[2:] for line in lines if line.startswith((b"f ", b"f\t"))]
    if not vertex_lines and not any(line.startswith(b"#") for line in lines[:100]):
        raise not_a_mesh("lines 'v x y z' of an OBJ file", data)
    table = _table(vertex_lines)
    corners, sizes = _corners(face_lines)
    # OBJ counts from 1, or backwards from the vertices read so far; 0 is invalid and becomes -1.
    if corners.size and corners.min() < 0:
        before = np.repeat(_vertices_before_faces(lines), sizes)
        corners = np.where(corners < 0, corners + before, np.where(corners == 0, -1, corners - 1))
    else:
        corners -= 1
    faces = np.clip(fan(corners, sizes), -(2**31), 2**31 - 1).astype(np.int32)
    colours = None
    if table.shape[1] >= _WITH_COLOUR:
        given = np.nan_to_num(table[:, 3:6])
        scaled = given if given.max(initial=0) > 1 else given * 255
        colours = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    return Mesh(vertices=np.ascontiguousarray(table[:, :3]), faces=faces, colours=colours)


def _table(lines: list[bytes]) -> np.ndarray:
    """Numbers of the `v` lines, one row each; columns that not every row has are cut off."""
    if not lines:
        return np.zeros((0, 3))
    text = b"\n".join(lines)
    if b"#" in text:
        lines = [line.split(b"#")[0] for line in lines]
        text = b"\n".join(lines)
    widths = np.array([len(line.split()) for line in lines])
    if widths.min() < 3:  # noqa: PLR2004 - x, y, z
        bad = lines[int(widths.argmin())]
        raise not_a_mesh("three numbers in every line 'v'", f"'v {bad[:40].decode('latin-1')}'")
    numbers = _numbers(text, np.float64, int(widths.sum()), "v")
    if (widths == widths[0]).all():
        return numbers.reshape(len(lines), -1)
    first = np.cumsum(widths) - widths
    return numbers[first[:, None] + np.arange(widths.min())]


def _corners(lines: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Vertex indices of the `f` lines, as written, and how many each line has."""
    text = b"\n".join(lines)
    if b"#" in text:
        lines = [line.split(b"#")[0] for line in lines]
        text = b"\n".join(lines)
    if b"/" in text:
        text = re.sub(rb"/[^\s]*", b"", text)
    sizes = np.array([len(line.split()) for line in lines], np.int64)
    return _numbers(text, np.int64, int(sizes.sum()), "f"), sizes


def _numbers(text: bytes, dtype: type, expected: int, kind: str) -> np.ndarray:
    try:
        numbers = np.fromstring(text.decode("ascii"), dtype=dtype, sep=" ")
    except ValueError as error:
        raise not_a_mesh(f"numbers in lines '{kind}' of an OBJ file", str(error)[:80]) from error
    if numbers.size != expected:
        raise not_a_mesh(f"{expected:,} numbers in lines '{kind}'", f"{numbers.size:,}")
    return numbers


def _vertices_before_faces(lines: list[bytes]) -> np.ndarray:
    seen, before = 0, []
    for line in lines:
        if line.startswith((b"v ", b"v\t")):
            seen += 1
        elif line.startswith((b"f ", b"f\t")):
            before.append(seen)
    return np.array(before, np.int64)
