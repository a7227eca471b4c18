"""Writes captures as REALY's folders. Shares no conversion with the reader."""

from collections.abc import Mapping, Sequence

import numpy as np

from facescale.corpora.files import join, write_bytes
from facescale.structures.mesh import Mesh


def write_realy(
    regions: Mapping[str, Mesh], keypoints: np.ndarray | None, root: str, *, person: int, scale: float
) -> tuple[str, ...]:
    """Write the regions of a person and the 85 keypoints, in the person's own unit.

    Args:
        regions: name -> mesh in mm.
        keypoints: (85, 3) mm; None writes no file.
        root: a local folder or s3:// prefix.
        person: 1 to 100.
        scale: mm in the person's unit.

    Returns:
        The relative paths written.

    Raises:
        OSError: they cannot be written.
    """
    written = {
        f"REALY_scan_region/{person}/{name}.obj": _obj(mesh.vertices / scale, mesh.faces)
        for name, mesh in regions.items()
    }
    if keypoints is not None:
        written[f"REALY_HIFI3D_keypoints/{person}.obj"] = _obj(keypoints / scale, np.zeros((0, 3), np.int64))
    for path, data in written.items():
        write_bytes(join(root, path), data)
    return tuple(written)


def write_scales(scales: Sequence[float], root: str) -> None:
    """Write metrical_scale.txt at the root.

    Raises:
        OSError: it cannot be written.
    """
    write_bytes(join(root, "metrical_scale.txt"), "".join(f"{scale!r}\n" for scale in scales).encode())


def _obj(vertices: np.ndarray, faces: np.ndarray) -> bytes:
    lines = ["v {!r} {!r} {!r}".format(*row) for row in vertices.astype(np.float64).tolist()]
    lines += ["f {} {} {}".format(*row) for row in (faces.astype(np.int64) + 1).tolist()]
    return ("\n".join(lines) + "\n").encode()
