"""Bosphorus' .bnt range images: reads the grid of measured points, and joins neighbours to a mesh.

Little-endian: uint16 rows, uint16 columns, float64 depth of the background, uint16 length of a picture's name
and the name, uint32 count of numbers, then float64: the table of points (x, y, z, u, v) column by column, that
is all x first. Points go row by row from the lowest row, so that an upright picture needs them flipped.
"""

import struct
from dataclasses import dataclass

import numpy as np

from facescale.corpora.rejections import empty_file, not_a_mesh, truncated
from facescale.structures.mesh import Mesh

CHANNELS = 5
JUMP = 10.0
"""Neighbours farther apart than this along z, mm, are of different surfaces; the grid's step is 0.3 mm."""
_FARTHEST = 1e6
"""mm; a depth beyond it is a mark of the background whatever the header says."""
_START = struct.Struct("<HHdH")
_COUNT = struct.Struct("<I")


@dataclass(frozen=True, kw_only=True)
class RangeImage:
    """One range image, upright: row 0 is the top."""

    positions: np.ndarray
    """(rows, columns, 3) float64, the corpus' unit: x to the picture's right, y up, z towards the sensor."""
    texture: np.ndarray
    """(rows, columns, 2) float64, where in the photograph a point is, 0..1 each."""
    seen: np.ndarray
    """(rows, columns) bool; elsewhere is background."""
    picture: str
    """Name of the photograph, as the file has it; not to be trusted as a path."""


def read_bnt(data: bytes) -> RangeImage:
    """Parse a .bnt file.

    Raises:
        CaptureRejected: empty-file, not-a-mesh or truncated.
    """
    if not data:
        raise empty_file()
    if len(data) < _START.size:
        raise truncated(f"a .bnt header of {_START.size} bytes", f"{len(data)}")
    rows, columns, background, length = _START.unpack_from(data)
    at = _START.size + length
    if at + _COUNT.size > len(data):
        raise truncated(f"a picture's name of {length} bytes", f"{len(data) - _START.size} bytes")
    (count,) = _COUNT.unpack_from(data, at)
    if count != CHANNELS * rows * columns or not count:
        raise not_a_mesh(f"5 numbers for each of {rows} x {columns} points in a .bnt", f"{count:,}")
    start = at + _COUNT.size
    if start + 8 * count > len(data):
        raise truncated(f"{8 * count:,} bytes of points", f"{len(data) - start:,}")
    grid = np.frombuffer(data, "<f8", count, start).reshape(CHANNELS, rows, columns)[:, ::-1]
    points = np.moveaxis(grid[:3], 0, -1).astype(np.float64)
    depth = points[..., 2]
    return RangeImage(
        positions=points,
        texture=np.moveaxis(grid[3:], 0, -1).astype(np.float64),
        seen=np.isfinite(points).all(axis=-1) & (depth != background) & (np.abs(depth) < _FARTHEST),
        picture=data[_START.size : at].decode("latin-1"),
    )


def mesh_of(image: RangeImage) -> Mesh:
    """Join neighbouring points to triangles, except across the background and jumps of depth.

    Returns:
        Vertices float64: the seen points row by row from the top. Faces wind counter-clockwise for the sensor.
    """
    number = np.cumsum(image.seen.ravel()).reshape(image.seen.shape) - 1
    number[~image.seen] = -1
    depth = image.positions[..., 2]
    here, right, below, across = (slice(None, -1), slice(None, -1)), (slice(None, -1), slice(1, None)), (
        slice(1, None), slice(None, -1)), (slice(1, None), slice(1, None))  # fmt: skip
    faces = []
    for corners in ((here, below, across), (here, across, right)):
        triangles = np.stack([number[corner] for corner in corners], axis=-1).reshape(-1, 3)
        with np.errstate(invalid="ignore", over="ignore"):
            depths = np.stack([depth[corner] for corner in corners], axis=-1).reshape(-1, 3)
            near = np.ptp(depths, axis=1) < JUMP
        faces.append(triangles[(triangles >= 0).all(axis=1) & near])
    return Mesh(vertices=image.positions[image.seen], faces=np.concatenate(faces).astype(np.int32))
