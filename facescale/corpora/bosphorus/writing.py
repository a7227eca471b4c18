"""Writes captures as Bosphorus' files. Shares no conversion with the reader."""

import struct
from collections.abc import Mapping

import numpy as np

from facescale.corpora.files import join, write_bytes

BACKGROUND = -1e9


def write_bosphorus(
    depth: np.ndarray,
    root: str,
    *,
    name: str,
    step: float,
    points: Mapping[str, np.ndarray],
    header: bool = False,
) -> tuple[str, ...]:
    """Write a range image and its labelled points.

    Args:
        depth: (rows, columns) heights towards the sensor in mm, the top row first; NaN is background.
        root: a local folder or s3:// prefix.
        name: such as "bs000_N_N_0".
        step: between neighbouring points, mm; the middle of the picture is the origin.
        points: label -> (3,) mm; none writes no .lm3 file.
        header: whether the .lm3 file has a header that "*" begins.

    Returns:
        The relative paths written, the scan's first.

    Raises:
        OSError: they cannot be written.
    """
    folder = name.split("_", maxsplit=1)[0]
    written = {f"{folder}/{name}.bnt": bnt(depth, step=step, picture=f"{name}.png")}
    if points:
        written[f"{folder}/{name}.lm3"] = lm3(points, header=header)
    for path, data in written.items():
        write_bytes(join(root, path), data)
    return tuple(written)


def bnt(depth: np.ndarray, *, step: float, picture: str) -> bytes:
    """Form a .bnt file: the lowest row first, one coordinate of all points after another."""
    rows, columns = depth.shape
    numbers = bytearray()
    gone = ~np.isfinite(depth)
    for channel in range(5):
        for row in range(rows - 1, -1, -1):
            for column in range(columns):
                if gone[row, column]:
                    value = BACKGROUND
                elif channel == 0:
                    value = step * (column - (columns - 1) / 2)
                elif channel == 1:
                    value = step * ((rows - 1) / 2 - row)
                elif channel == 2:  # noqa: PLR2004 - x, y, z, u, v
                    value = float(depth[row, column])
                else:
                    value = (column / columns, row / rows)[channel - 3]
                numbers += struct.pack("<d", value)
    name = picture.encode("ascii")
    start = struct.pack("<HHdH", rows, columns, BACKGROUND, len(name))
    return start + name + struct.pack("<I", 5 * rows * columns) + bytes(numbers)


def lm3(points: Mapping[str, np.ndarray], *, header: bool = False) -> bytes:
    """Form a .lm3 file."""
    lines = ["# landmarks"]
    lines += ["*", "made up", ""] if header else [""]
    lines += [f"{len(points)} landmarks:"]
    for label, (x, y, z) in points.items():
        lines += [label, f"{float(x)!r} {float(y)!r} {float(z)!r}"]
    return ("\n".join(lines) + "\n").encode()
