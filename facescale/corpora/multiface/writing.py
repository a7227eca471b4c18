"""A session in Multiface's layout. Reads nothing; its conversions are its own."""

from collections.abc import Mapping, Sequence

import numpy as np

from facescale.structures.mesh import Mesh
from facescale.structures.view import PinholeRecord


def krt(cameras: Mapping[str, PinholeRecord]) -> bytes:
    """Form KRT: id, K, five coefficients, [R|t] world to camera in mm, a blank line; first pixel at 0."""
    blocks = []
    for name, camera in cameras.items():
        (fx, fy), (cx, cy) = camera.focal.tolist(), (camera.principal - 0.5).tolist()
        rows = [[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0], camera.distortion.tolist()]
        rows += [
            [*turn, shift]
            for turn, shift in zip(camera.rotation.tolist(), camera.translation.tolist(), strict=True)
        ]
        blocks.append("\n".join([name, *(" ".join(map(repr, row)) for row in rows), ""]) + "\n")
    return "".join(blocks).encode()


def tracked_files(mesh: Mesh, rotation: np.ndarray, translation: np.ndarray) -> tuple[bytes, bytes]:
    """Form a .bin and a _transform.txt.

    Args:
        mesh: in the world of the cameras, mm.
        rotation: (3, 3), head to world.
        translation: (3,) mm.
    """
    # world = R v + t, so v = R^T (world - t), which for rows is (world - t) R
    own = (mesh.vertices.astype(np.float64) - translation) @ rotation
    rows = np.column_stack([rotation, translation]).tolist()
    text = "".join(" ".join(f"{x:.9g}" for x in row) + "\n" for row in rows)
    return own.astype("<f4").tobytes(), text.encode()


def frame_list(segments: Mapping[str, Sequence[str]]) -> bytes:
    """Form frame_list.txt: segment -> its frames."""
    return "".join(f"{name} {frame}\n" for name, frames in segments.items() for frame in frames).encode()
