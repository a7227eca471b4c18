"""Keypoint files beside a scan: MeshLab .pp, .txt and .npy, in and out. Knows nothing of meshes."""

import io
import xml.parsers.expat
from collections.abc import Sequence
from typing import Literal

import numpy as np

from facescale.corpora.rejections import bad_keypoints
from facescale.structures.keypoints import NOW7, Keypoints

KeypointFormat = Literal["pp", "txt", "npy"]
KEYPOINT_LIMIT = 1 << 20
"""Bytes; a larger file beside a scan holds no keypoints."""

IBUG68 = tuple(f"ibug_{index:02d}" for index in range(68))
_BY_COUNT = {len(NOW7): NOW7, len(IBUG68): IBUG68}
_KNOWN = frozenset(NOW7) | frozenset(IBUG68)
_ROWS = "7 rows (NoW's order) or 68 (ibug's) of x y z, or rows that begin with a name"


def read_keypoints(data: bytes, suffix: str) -> Keypoints:
    """Parse a keypoint file, positions float64 in the file's own unit and frame.

    Points carry the names of `NOW7` or "ibug_00".."ibug_67"; where none has such a name, 7 points are taken
    in NoW's order and 68 in ibug's. MeshLab's inactive points are left out.

    Args:
        data: the file.
        suffix: ".pp", ".txt" or ".npy", any case.

    Raises:
        CaptureRejected: bad-keypoints.
        ValueError: a suffix that no reader knows.
    """
    if len(data) > KEYPOINT_LIMIT:
        raise bad_keypoints(f"at most {KEYPOINT_LIMIT:,} bytes", f"{len(data):,}")
    match suffix.lower():
        case ".pp":
            names, rows, active = _picked_points(data)
        case ".txt":
            names, rows = _text(data)
            active = [True] * len(rows)
        case ".npy":
            names, rows = [], _array(data)
            active = [True] * len(rows)
        case _:
            raise ValueError(f"expected .pp, .txt or .npy, got {suffix!r}")
    return _named(names, rows, active)


def write_keypoints(keypoints: Keypoints, form: KeypointFormat) -> bytes:
    """Form a keypoint file; a .npy carries no names, so it takes the 7 or 68 in their order only.

    Raises:
        ValueError: a .npy of another set, or names that a reader would not know.
    """
    if form == "npy":
        if keypoints.names not in {NOW7, IBUG68}:
            raise ValueError(f"expected the 7 or 68 points in order for .npy, got {keypoints.names}")
        buffer = io.BytesIO()
        np.save(buffer, keypoints.positions, allow_pickle=False)
        return buffer.getvalue()
    rows = [
        (name, [repr(float(x)) for x in row])
        for name, row in zip(keypoints.names, keypoints.positions, strict=True)
    ]
    if form == "txt":
        return "".join(f"{name} {' '.join(row)}\n" for name, row in rows).encode()
    points = (f' <point x="{x}" y="{y}" z="{z}" active="1" name="{name}"/>' for name, (x, y, z) in rows)
    return "\n".join(["<!DOCTYPE PickedPoints>", "<PickedPoints>", *points, "</PickedPoints>", ""]).encode()


def _named(names: Sequence[str], rows: Sequence[Sequence[float]], active: Sequence[bool]) -> Keypoints:
    if not (names and all(name in _KNOWN for name, on in zip(names, active, strict=True) if on)):
        # Unnamed points go by their place; a template that is not filled in keeps its inactive places.
        chosen = [row for row, on in zip(rows, active, strict=True) if on]
        if len(rows) in _BY_COUNT:
            names = _BY_COUNT[len(rows)]
        elif len(chosen) in _BY_COUNT:
            names, rows, active = _BY_COUNT[len(chosen)], chosen, [True] * len(chosen)
        else:
            raise bad_keypoints(_ROWS, f"{len(chosen)} points" + (f" named {list(names)[:3]}" if names else ""))
    kept = [(name, row) for name, row, on in zip(names, rows, active, strict=True) if on]
    if not kept or len({name for name, _ in kept}) != len(kept):
        raise bad_keypoints("distinct names", str([name for name, _ in kept][:8]))
    positions = np.array([row for _, row in kept], np.float64)
    if not np.isfinite(positions).all():
        raise bad_keypoints("finite coordinates", "NaN or infinity")
    return Keypoints(names=tuple(name for name, _ in kept), positions=positions)


def _picked_points(data: bytes) -> tuple[list[str], list[list[float]], list[bool]]:
    names: list[str] = []
    rows: list[list[float]] = []
    active: list[bool] = []

    def element(tag: str, attributes: dict[str, str]) -> None:
        if tag == "point":
            rows.append([float(attributes[axis]) for axis in "xyz"])
            names.append(attributes.get("name", ""))
            active.append(attributes.get("active", "1") != "0")

    def entity(*_: object) -> None:
        raise bad_keypoints("picked points without XML entities", "an entity declaration")

    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = element
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(data, True)
    except (xml.parsers.expat.ExpatError, KeyError, ValueError) as error:
        raise bad_keypoints("MeshLab picked points with numbers x, y and z", str(error)[:80]) from error
    return names, rows, active


def _text(data: bytes) -> tuple[list[str], list[list[float]]]:
    names: list[str] = []
    rows: list[list[float]] = []
    try:
        for line in data.decode("utf-8-sig").splitlines():
            words = line.split("#")[0].replace(",", " ").split()
            if words:
                *name, x, y, z = words
                names.append(name[0] if name else "")
                rows.append([float(x), float(y), float(z)])
    except ValueError as error:
        raise bad_keypoints(_ROWS, str(error)[:80]) from error
    return (names if any(names) else []), rows


def _array(data: bytes) -> list[list[float]]:
    try:
        found = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise bad_keypoints("a .npy array of numbers", str(error)[:80]) from error
    if not isinstance(found, np.ndarray) or found.dtype.kind not in "fiu":
        raise bad_keypoints("a .npy array of numbers", str(getattr(found, "dtype", type(found))))
    if found.ndim == 3 and found.shape[0] == 1:  # noqa: PLR2004 - NoW's predictions come as (1, 7, 3)
        found = found[0]
    if found.ndim != 2 or found.shape[1] != 3:  # noqa: PLR2004 - rows of x y z
        raise bad_keypoints("an array of shape (7, 3) or (68, 3)", str(found.shape))
    return found.astype(np.float64).tolist()
