"""Writes captures as MonoNPHM's tracking folders. Shares no conversion with the reader."""

import io
from collections.abc import Mapping

import numpy as np

from facescale.corpora.encoded import npy, png
from facescale.corpora.files import join, write_bytes
from facescale.structures.capture import Capture
from facescale.structures.view import PinholeRecord


def write_mononphm(
    capture: Capture,
    root: str,
    *,
    sequence: str,
    landmarks: Mapping[int, np.ndarray],
    kinect: np.ndarray | None = None,
) -> tuple[str, ...]:
    """Write frames in the order of the views, numbered from 0, with what belongs to them.

    The tracker's file of frame n is numbered n - 1, and 0 for the first two, as the authors' loader expects:
    frames 0 and 1 therefore share a camera, that of frame 1.

    Args:
        capture: views with cameras in mm; masks and depth maps are written where they are.
        root: a local folder or s3:// prefix.
        sequence: name of the folder.
        landmarks: frame -> (98, 2) points of WFLW in shares of the picture's sides; others become zero.
        kinect: (4,) cx, cy, fx, fy of depth maps; None writes no file of intrinsics.

    Returns:
        The relative paths written.

    Raises:
        OSError: they cannot be written.
    """
    written: dict[str, bytes] = {}
    for number, view in enumerate(capture.views):
        written[f"source/{number:05d}.png"] = png(view.image)
        if view.mask is not None:
            written[f"matting/{number:05d}.png"] = png(view.mask)
            written[f"seg/{number}.png"] = png((view.mask > 127).astype(np.uint8) * 2)  # noqa: PLR2004 - half
        if view.camera is not None:
            name = f"metrical_tracker/{sequence}/checkpoint/{max(number - 1, 0):05d}_cam_params_opencv.npz"
            written[name] = _cam_params(view.camera)
    for number, depth in enumerate(capture.depth_maps):
        written[f"depth/{number:05d}.png"] = png(np.rint(depth.depth).astype(np.uint16))
    if landmarks:
        table = np.zeros((len(capture.views), 98, 2))
        for number, points in landmarks.items():
            table[number] = points
        written["pipnet/test.npy"] = npy(table)
    for path, data in written.items():
        write_bytes(join(root, f"{sequence}/{path}"), data)
    if kinect is not None:
        line = " ".join(repr(float(value)) for value in kinect) + "\n"
        write_bytes(join(root, "kinect_intrinsics.txt"), line.encode())
    return tuple(f"{sequence}/{path}" for path in written)


def _cam_params(camera: PinholeRecord) -> bytes:
    k = np.eye(3)
    k[[0, 1], [0, 1]] = camera.focal
    k[:2, 2] = camera.principal
    buffer = io.BytesIO()
    np.savez(buffer, K=k[None], R=camera.rotation[None], t=camera.translation[None] / 1000.0)
    return buffer.getvalue()
