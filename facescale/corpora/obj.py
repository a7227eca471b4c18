"""Wavefront OBJ: the lines `v` and `f`, nothing else. Textures and materials are not looked at.

Its own reader, because the usual one splits vertices at texture seams: here vertex n of the file is vertex n.
The file is taken in pieces, so that its lines never lie in memory all at once.
"""

import re
from collections.abc import Iterator

import numpy as np

from facescale.corpora.polygons import fan
from facescale.corpora.rejections import not_a_mesh
from facescale.structures.mesh import Mesh

_SNIFFED = 1 << 16
_PIECE = 1 << 22
_WITH_COLOUR = 6


def read_obj(data: bytes) -> Mesh:
    """Parse an OBJ file.

    Returns:
        The mesh: vertices float64 in file order, faces int32 (polygons cut into fans), colours where all `v`
        lines carry them. Indices are not checked here, but relative ones are resolved.

    Raises:
        CaptureRejected: not-a-mesh.
    """
    if b"\0" in data[:_SNIFFED]:
        raise not_a_mesh("text lines of an OBJ file", data)
    tables: list[np.ndarray] = []
    triangles: list[np.ndarray] = []
    count = 0
    for lines in _pieces(data):
        vertex_lines = [line[2:] for line in lines if line.startswith((b"v ", b"v\t"))]
        face_lines = [line[2:] for line in lines if line.startswith((b"f ", b"f\t"))]
        if face_lines:
            corners, sizes = _corners(face_lines)
            if corners.min(initial=0) < 0:
                before = np.repeat(count + _vertices_before_faces(lines), sizes)
                corners = np.where(corners < 0, corners + before + 1, corners)
            # OBJ counts from 1; an invalid 0 becomes -1, and so does what lies before the first vertex.
            corners = np.clip(corners - 1, -1, 2**31 - 1).astype(np.int32)
            triangles.append(fan(corners, sizes))
        if vertex_lines:
            tables.append(_table(vertex_lines))
            count += len(vertex_lines)
    if not count and not re.search(rb"(?m)^#", data[:_SNIFFED]):
        raise not_a_mesh("lines 'v x y z' of an OBJ file", data)
    width = min((table.shape[1] for table in tables), default=3)
    table = np.concatenate([np.zeros((0, width)), *(part[:, :width] for part in tables)])
    return Mesh(
        vertices=np.ascontiguousarray(table[:, :3]),
        faces=np.concatenate([np.zeros((0, 3), np.int32), *triangles]),
        colours=_colours(table[:, 3:6]) if width >= _WITH_COLOUR else None,
    )


def _pieces(data: bytes) -> Iterator[list[bytes]]:
    """Lines, some megabytes at a time; a continued line is never cut."""
    start = 0
    while start < len(data):
        end = start + _PIECE
        while end < len(data):
            end = data.find(b"\n", end) + 1 or len(data)
            if not data[start:end].rstrip(b"\r\n").endswith(b"\\"):
                break
        piece = data[start:end]
        if b"\\" in piece:
            piece = re.sub(rb"\\\r?\n", b" ", piece)
        yield piece.split(b"\n")
        start = end


def _table(lines: list[bytes]) -> np.ndarray:
    """Numbers of `v` lines, one row each; columns that not every row has are cut off."""
    lines, text = _without_comments(lines)
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
    """Vertex indices of `f` lines, as written, and how many each line has."""
    lines, text = _without_comments(lines)
    if b"/" in text:
        text = re.sub(rb"/[^\s]*", b"", text)
    sizes = np.array([len(line.split()) for line in lines], np.int64)
    return _numbers(text, np.int64, int(sizes.sum()), "f"), sizes


def _without_comments(lines: list[bytes]) -> tuple[list[bytes], bytes]:
    text = b"\n".join(lines)
    if b"#" not in text:
        return lines, text
    lines = [line.split(b"#")[0] for line in lines]
    return lines, b"\n".join(lines)


def _numbers(text: bytes, dtype: type, expected: int, kind: str) -> np.ndarray:
    try:
        numbers = np.fromstring(text.decode("ascii"), dtype=dtype, sep=" ")
    except ValueError as error:
        raise not_a_mesh(f"numbers in lines '{kind}' of an OBJ file", str(error)[:80]) from error
    if numbers.size != expected:
        raise not_a_mesh(f"{expected:,} numbers in lines '{kind}'", f"{numbers.size:,}")
    return numbers


def _vertices_before_faces(lines: list[bytes]) -> np.ndarray:
    """How many `v` lines stand before each `f` line."""
    seen, before = 0, []
    for line in lines:
        if line.startswith((b"v ", b"v\t")):
            seen += 1
        elif line.startswith((b"f ", b"f\t")):
            before.append(seen)
    return np.array(before, np.int64)


def _colours(given: np.ndarray) -> np.ndarray:
    """From 0..255, or from 0..1 where nothing is larger."""
    given = np.nan_to_num(given)
    scaled = given if given.max(initial=0) > 1 else given * 255
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
