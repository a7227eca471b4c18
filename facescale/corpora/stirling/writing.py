"""Writes captures as a copy of Stirling/ESRC has them. Shares no conversion with the reader."""

import io
from collections.abc import Mapping

import numpy as np

from facescale.corpora.files import join, write_bytes
from facescale.corpora.obj_writing import write_obj
from facescale.structures.capture import Capture
from facescale.structures.keypoints import NOW7
from facescale.structures.units import MILLIMETRES_PER


def write_stirling(
    capture: Capture,
    root: str,
    *,
    name: str,
    points_name: str | None = None,
    photographs: Mapping[str, bytes] = {},
) -> tuple[str, ...]:
    """Write a scan in mm, its .lnd file where it has the seven points, and photographs of its subject.

    Args:
        capture: a scan whose unit is stated.
        root: a local folder or s3:// prefix.
        name: of the scan: "F1001_N", "m1011b_NH", "F1001_2_N".
        points_name: of the .lnd file where its case differs.
        photographs: encoded, by path below Subset_2D_FG2018, such as "HQ/F1001_01.jpg".

    Returns:
        The relative paths written, the scan's first.

    Raises:
        ValueError: a name without the letter of the sex, or a scan without unit.
        OSError: it cannot be written.
    """
    if name[:1].upper() not in {"F", "M"} or capture.unit is None:
        raise ValueError(
            f"expected a name such as F1001_N and a scan of known unit, got {name!r}, {capture.unit}"
        )
    folder = f"{name[0].upper()}_3D_N"
    scale = MILLIMETRES_PER[capture.unit]
    written = {f"{folder}/{name}.obj": write_obj(capture.surface, scale=scale)}
    if capture.keypoints is not None and set(NOW7) <= set(capture.keypoints.names):
        at = dict(zip(capture.keypoints.names, capture.keypoints.positions * scale, strict=True))
        lines = io.StringIO()
        for number, point in enumerate(NOW7):
            x, y, z = (repr(float(value)) for value in np.asarray(at[point]))
            lines.write(f"{number} {x} {y} {z}\n")
        written[f"annotations/{folder}/{points_name or name}.lnd"] = lines.getvalue().encode()
    written |= {f"Subset_2D_FG2018/{path}": data for path, data in photographs.items()}
    for path, data in written.items():
        write_bytes(join(root, path), data)
    return tuple(written)
