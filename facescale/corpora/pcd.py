"""Point clouds in PCD files, as text or binary: positions, normals and colours. Opens no file."""

import numpy as np

from facescale.structures.errors import CaptureRejected
from facescale.structures.mesh import Mesh

MAX_POINTS = 200_000_000
_HEADER = 1 << 14
_KINDS = {"F": "f", "U": "u", "I": "i"}
_SIZES = {"F": (4, 8), "U": (1, 2, 4, 8), "I": (1, 2, 4, 8)}
_POSITIONS = ("x", "y", "z")
_NORMALS = ("normal_x", "normal_y", "normal_z")


def parse_pcd(data: bytes) -> Mesh:
    """Read a point cloud.

    Returns:
        Points in their order and unit, without faces; normals and colours where the file has them.

    Raises:
        CaptureRejected: no such file, one that ends early, or a compressed one.
    """
    header, begin = _header(data)
    layout = _layout(header)
    count = _whole(header, "POINTS")
    form = " ".join(header.get("DATA", [])).lower()
    if form == "binary":
        if layout.itemsize * count > len(data) - begin:
            wanted = f"{count:,} points of {layout.itemsize} bytes"
            raise _bad(wanted, f"{len(data) - begin:,} bytes", "truncated")
        rows = np.frombuffer(data, layout, count, begin)
    elif form == "ascii":
        rows = _text(data[begin:], layout, count)
    else:
        found = f"found PCD data of the kind {form[:20]!r}"
        raise CaptureRejected("unsupported", found, "save it as binary PCD")
    names = layout.names or ()
    if not all(name in names for name in _POSITIONS):
        raise _bad("fields x y z", " ".join(names)[:60])
    with np.errstate(invalid="ignore"):
        points = np.stack([rows[name].astype(np.float32) for name in _POSITIONS], axis=1)
    normals = None
    if all(name in names for name in _NORMALS):
        normals = np.stack([rows[name].astype(np.float32) for name in _NORMALS], axis=1)
    finite = np.isfinite(points).all(axis=1)
    if not finite.any():
        raise _bad("points", "none that is finite", "empty-mesh")
    return Mesh(
        vertices=points,
        faces=np.zeros((0, 3), np.int32),
        normals=normals,
        colours=_colours(rows) if "rgb" in names and layout["rgb"].itemsize == 4 else None,  # noqa: PLR2004
    )


def _header(data: bytes) -> tuple[dict[str, list[str]], int]:
    head = data[:_HEADER]
    place = head.find(b"\nDATA ")
    end = head.find(b"\n", place + 1)
    if place < 0 or end < 0:
        raise _bad("a PCD file with a line DATA", f"{data[:16]!r}", "not-a-mesh")
    lines = head[:end].decode("ascii", errors="replace").splitlines()
    words = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return {line[0].upper(): line[1:] for line in words}, end + 1


def _layout(header: dict[str, list[str]]) -> np.dtype:
    names, sizes, kinds = (header.get(name, []) for name in ("FIELDS", "SIZE", "TYPE"))
    counts = header.get("COUNT") or ["1"] * len(names)
    if not names or not len(names) == len(sizes) == len(kinds) == len(counts) or len(set(names)) != len(names):
        found = f"{len(names)}, {len(sizes)}, {len(kinds)}, {len(counts)}"
        raise _bad("as many FIELDS, SIZE, TYPE and COUNT", found)
    fields = []
    for name, size, kind, count in zip(names, sizes, kinds, counts, strict=True):
        usable = kind in _KINDS and size.isdigit() and int(size) in _SIZES[kind]
        if not usable or not count.isdigit() or not 1 <= int(count) <= 1024:  # noqa: PLR2004 - descriptors have many
            found = f"{kind[:5]} {size[:5]} {count[:5]}"
            raise _bad(f"a field {name[:20]} of F, U or I of 1 to 8 bytes", found)
        base = f"<{_KINDS[kind]}{size}"
        fields.append((name, base) if count == "1" else (name, base, (int(count),)))
    try:
        return np.dtype(fields)
    except (ValueError, TypeError) as error:
        raise _bad("fields with plain names", str(error)[:60]) from error


def _text(data: bytes, layout: np.dtype, count: int) -> np.ndarray:
    width = sum(int(np.prod(layout[name].shape, dtype=np.int64)) for name in layout.names or ())
    words = data.split()
    if len(words) < width * count:
        raise _bad(f"{width * count:,} numbers", f"{len(words):,}", "truncated")
    try:
        table = np.array(words[: width * count], dtype=np.float64).reshape(count, width)
    except ValueError as error:
        raise _bad("numbers", str(error)[:60]) from error
    rows = np.zeros(count, layout)
    column = 0
    for name in layout.names or ():
        wide = int(np.prod(layout[name].shape, dtype=np.int64))
        part = table[:, column : column + wide]
        with np.errstate(invalid="ignore", over="ignore"):
            rows[name] = part[:, 0] if wide == 1 else part
        column += wide
    return rows


def _colours(rows: np.ndarray) -> np.ndarray:
    """Bytes blue, green, red of a packed number."""
    packed = np.ascontiguousarray(rows["rgb"]).view(np.uint32)
    return np.stack([packed >> 16 & 255, packed >> 8 & 255, packed & 255], axis=1).astype(np.uint8)


def _whole(header: dict[str, list[str]], name: str) -> int:
    words = header.get(name, [""])
    if len(words) != 1 or not words[0].isdigit() or len(words[0]) > 12 or int(words[0]) > MAX_POINTS:  # noqa: PLR2004
        raise _bad(f"a number of {name} up to {MAX_POINTS:,}", " ".join(words)[:20])
    return int(words[0])


def _bad(expected: str, found: str, reason: str = "not-a-mesh") -> CaptureRejected:
    return CaptureRejected(reason, f"PCD: expected {expected}, found {found}", "copy the file again")
