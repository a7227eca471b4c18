"""COLMAP's points3D.txt and points3D.bin, without tracks. `colmap_models` states the conventions."""

from dataclasses import dataclass

import numpy as np

from facescale.geometry.cameras.formats.colmap_binary import Reader
from facescale.geometry.cameras.formats.colmap_models import SOURCE
from facescale.geometry.cameras.formats.reading import LARGEST, numbers, text_of
from facescale.geometry.cameras.formats.rejections import bad_file, too_large

MAX_BYTES = 1 << 30
MAX_POINTS = 50_000_000
_FIELDS = 8
_POINT = np.dtype(
    [("id", "<u8"), ("position", "<f8", 3), ("colour", "u1", 3), ("error", "<f8"), ("track", "<u8")]
)
_TRACK = 8
_BYTE = 255


@dataclass(frozen=True, kw_only=True)
class SparsePoints:
    """Points of the reconstruction, in its unit."""

    ids: np.ndarray
    """[n] int64."""
    positions: np.ndarray
    """[n, 3] float64."""
    colours: np.ndarray
    """[n, 3] uint8, sRGB."""
    errors: np.ndarray
    """[n] float64, mean reprojection error in pixels; -1 where it was not computed."""


def read_points_text(data: bytes) -> SparsePoints:
    """Read points3D.txt.

    Raises:
        CaptureRejected: not such a file.
    """
    rows = []
    for line in text_of(data, SOURCE, max_bytes=MAX_BYTES).splitlines():
        tokens = line.split()
        if not tokens or tokens[0].startswith("#"):
            continue
        rows.append(numbers(tokens[:_FIELDS], _FIELDS, SOURCE, "a point"))
    table = np.array(rows, dtype=np.float64).reshape(-1, _FIELDS)
    colours = table[:, 4:7]
    if len(colours) and not (colours.min() >= 0 and colours.max() <= _BYTE):
        raise bad_file(SOURCE, "colours from 0 to 255", f"{colours.min():g} to {colours.max():g}")
    return SparsePoints(
        ids=table[:, 0].astype(np.int64),
        positions=table[:, 1:4],
        colours=colours.astype(np.uint8),
        errors=table[:, 7],
    )


def read_points_binary(data: bytes) -> SparsePoints:
    """Read points3D.bin.

    Raises:
        CaptureRejected: not such a file.
    """
    reader = Reader(data, "points3D.bin")
    (count,) = reader.take("<Q")
    if count > min(MAX_POINTS, len(data) // _POINT.itemsize):
        raise too_large(SOURCE, f"{len(data) // _POINT.itemsize:,} points in {len(data):,} bytes", count)
    table = np.zeros(count, dtype=_POINT)
    for row in range(count):
        start = reader.place
        reader.skip(_POINT.itemsize)
        table[row] = np.frombuffer(data, dtype=_POINT, count=1, offset=start)[0]
        reader.skip(int(table[row]["track"]) * _TRACK)
    reader.finish()
    positions = table["position"]
    if not (np.isfinite(positions).all() and (np.abs(positions) <= LARGEST).all()):
        raise bad_file(SOURCE, f"finite positions below {LARGEST:g}", "others")
    return SparsePoints(
        ids=table["id"].astype(np.int64),
        positions=positions.copy(),
        colours=table["colour"].copy(),
        errors=table["error"].copy(),
    )
