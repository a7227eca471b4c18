"""The part of OpenCV's FileStorage YAML that calibrations use: scalars and matrices. Knows no camera."""

import re

import numpy as np

from facescale.geometry.cameras.formats.reading import numbers, text_of, whole
from facescale.geometry.cameras.formats.rejections import bad_file, shown, too_large

Value = np.ndarray | str
_KEY = re.compile(r"([A-Za-z_][\w.-]*)\s*:(?:\s+(.*))?\Z")
_MATRIX = "!!opencv-matrix"
_MANY = "!!opencv-nd-matrix"
"""What OpenCV 5 writes for a vector: sizes instead of rows and cols."""
LARGEST_MATRIX = 1 << 20
_KINDS = re.compile(r"[ucwsifd]\Z")


def read_storage(data: bytes, source: str) -> dict[str, Value]:
    """Top-level entries: matrices of one channel as [rows, cols] float64, everything else as text.

    Nested maps and sequences are passed over. A plain list of numbers stays text.

    Raises:
        CaptureRejected: not FileStorage YAML, or a matrix that contradicts itself.
    """
    lines = text_of(data, source).splitlines()
    if not lines[0].startswith("%YAML"):
        raise bad_file(source, "a file that begins with %YAML:1.0", lines[0])
    found: dict[str, Value] = {}
    for start, line in enumerate(lines):
        match = _KEY.match(line)
        if not match:
            continue
        name, value = match[1], (match[2] or "").strip()
        if name in found:
            raise bad_file(source, "every key once", f"{shown(name)} twice")
        is_matrix = value in {_MATRIX, _MANY}
        found[name] = _matrix(lines, start + 1, name, source) if is_matrix else value.strip("\"'")
    return found


def write_matrix(name: str, matrix: np.ndarray) -> str:
    """A matrix of doubles as FileStorage writes it."""
    entries = ", ".join(repr(float(x)) for x in matrix.ravel())
    rows, columns = matrix.shape
    return f"{name}: {_MATRIX}\n   rows: {rows}\n   cols: {columns}\n   dt: d\n   data: [ {entries} ]\n"


def _matrix(lines: list[str], start: int, name: str, source: str) -> np.ndarray:
    """The indented block below a matrix's key."""
    block = []
    for line in lines[start:]:
        if line.strip() and not line[0].isspace():
            break
        block.append(line.strip())
    text = " ".join(block)
    what = f"matrix {shown(name)}"
    fields = dict(re.findall(r"\b(rows|cols|dt)\s*:\s*(\S+)", text))
    sizes = re.search(r"\bsizes\s*:\s*\[([^\]]*)\]", text)
    if sizes:
        shape = sizes[1].replace(",", " ").split()
        fields["rows"], fields["cols"] = [*shape, "1"][:2] if len(shape) in {1, 2} else ("", "")
    if not {"rows", "cols", "dt"} <= fields.keys():
        raise bad_file(source, f"rows, cols and dt in {what}", text)
    if not _KINDS.match(fields["dt"].strip("\"'")):
        raise bad_file(source, f"a type of one number an entry in {what}", fields["dt"])
    rows, columns = (whole(fields[key], source, f"{key} of {what}") for key in ("rows", "cols"))
    if rows * columns > LARGEST_MATRIX:
        raise too_large(source, f"{LARGEST_MATRIX:,} entries in {what}", f"{rows} x {columns}")
    _, opened, rest = text.partition("data:")
    rest = rest.strip()
    end = rest.find("]")
    if not opened or not rest.startswith("[") or end < 0:
        raise bad_file(source, f"data in brackets in {what}", text)
    tokens = rest[1:end].replace(",", " ").split()
    return numbers(tokens, rows * columns, source, what).reshape(rows, columns)
