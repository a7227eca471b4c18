"""NoW's small files: lists of images, boxes of a face detector, points on scans. Knows nothing of folders.

A box is a pickled dictionary in a .npy; it is read as inert records and nothing of it is ever run.
"""

import re
from typing import Any

import numpy as np

from facescale.corpora.contained import contained
from facescale.structures.errors import CaptureRejected
from facescale.structures.inert_pickle import Record, read_pickle
from facescale.structures.keypoints import NOW7, Keypoints
from facescale.structures.pickled_arrays import array_of

LIST_LIMIT, BOX_LIMIT, POINTS_LIMIT = 8 << 20, 1 << 16, 1 << 20
SIDES = ("left", "top", "right", "bottom")
FIRST_POINT = 8
"""Line, from 0, of the first of the seven points: the benchmark reads them by their place."""
STEPS = 1000
"""Instructions of a box' pickle; one has about forty."""
LARGEST = 1e6
_HEADER = re.compile(
    rb"\x93NUMPY[\x01-\x03]\x00.{2,4}"
    rb"\{'descr': '\|O', 'fortran_order': (?:True|False), 'shape': \([\d, ]{0,9}\), *\} *\n",
    re.DOTALL,
)
_HEADER_LIMIT = 1 << 10
_COORDINATE = {axis: re.compile(rf'\b{axis}="([^"]{{1,40}})"') for axis in "xyz"}


def read_image_list(data: bytes, source: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read "<subject>/<challenge>/<image>.jpg" lines.

    Returns:
        The paths, and the lines that are none: they leave the corpus or have other parts.

    Raises:
        CaptureRejected: bad-list, where it is no text.
    """
    found: list[str] = []
    strange: list[str] = []
    for line in _text(data, source, LIST_LIMIT).splitlines():
        if not line.strip():
            continue
        try:
            path = contained(line.strip())
        except CaptureRejected:
            strange.append(line.strip())
            continue
        (found if path.count("/") == 2 else strange).append(path)  # noqa: PLR2004 - three parts
    return tuple(dict.fromkeys(found)), tuple(strange)


def read_box(data: bytes) -> tuple[float, float, float, float]:
    """Read a face box: left, top, right and bottom in pixels of the image.

    Raises:
        CaptureRejected: bad-box.
    """
    if len(data) > BOX_LIMIT:
        raise _bad("bad-box", f"at most {BOX_LIMIT:,} bytes", f"{len(data):,}")
    header = _HEADER.match(data[:_HEADER_LIMIT])
    if header is None:
        raise _bad("bad-box", "a .npy file of one object", f"the bytes {data[:12].hex(' ')}")
    try:
        fields = _dictionary(read_pickle(data[header.end() :], steps=STEPS))
        sides = [float(array_of(fields[side], side)) for side in SIDES]
    except (ValueError, TypeError, LookupError, OverflowError) as error:
        raise _bad("bad-box", f"a dictionary with {', '.join(SIDES)}", error) from error
    left, top, right, bottom = sides
    if not (left < right and top < bottom and max(map(abs, sides)) < LARGEST):
        raise _bad("bad-box", "left < right and top < bottom", sides)
    return left, top, right, bottom


def read_points(data: bytes) -> Keypoints:
    """Read the seven points of a .pp by their place, as the benchmark does: text lines 8 to 14, from 0.

    Raises:
        CaptureRejected: bad-keypoints.
    """
    lines = _text(data, "a .pp file", POINTS_LIMIT).splitlines()[FIRST_POINT : FIRST_POINT + len(NOW7)]
    if len(lines) < len(NOW7):
        expected = f"seven points in lines {FIRST_POINT} to {FIRST_POINT + 6}"
        raise _bad("bad-keypoints", expected, f"{len(lines)} of these lines")
    rows = []
    for number, line in enumerate(lines, FIRST_POINT):
        found = [pattern.search(line) for pattern in _COORDINATE.values()]
        try:
            rows.append([float(one[1]) for one in found if one is not None])
        except ValueError as error:
            raise _bad("bad-keypoints", f"numbers in line {number}", error) from error
        if len(rows[-1]) != 3 or not all(abs(x) < LARGEST for x in rows[-1]):  # noqa: PLR2004 - x, y, z
            raise _bad("bad-keypoints", f'x="..." y="..." z="..." in line {number}', line)
    return Keypoints(names=NOW7, positions=np.array(rows))


def _dictionary(value: Any) -> dict[str, Any]:
    """The one object of an array of objects."""
    if isinstance(value, Record) and value.kind == "array" and isinstance(value.state, tuple):
        value = value.state[-1]
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        raise TypeError(f"a {type(value).__name__}")
    return value


def _text(data: bytes, source: str, limit: int) -> str:
    if len(data) > limit:
        raise _bad("bad-list", f"{source} of at most {limit:,} bytes", f"{len(data):,}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad("bad-list", f"{source} as text in UTF-8", f"the bytes {data[:8].hex(' ')}") from error


def _bad(reason: str, expected: str, found: object) -> CaptureRejected:
    shown = " ".join(str(found).split())[:80]
    return CaptureRejected(reason, f"expected {expected}, found {shown}", "fetch it again")
