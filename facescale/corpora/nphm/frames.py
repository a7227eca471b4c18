"""One frame of a MonoNPHM tracking folder, read: picture, mask, landmarks, camera, depth. Knows no folders."""

import posixpath
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from facescale.corpora.files import read_input
from facescale.corpora.nphm.tracker_files import Intrinsics, TrackedPose, read_cam_params
from facescale.corpora.picture_rejections import damaged_picture, too_large_picture
from facescale.corpora.pictures import decode_picture
from facescale.corpora.planes import decode_plane
from facescale.corpora.scan_inputs import load_beside
from facescale.structures.depth_map import DepthMap
from facescale.structures.item import InputFile
from facescale.structures.view import ImagePoints, PinholeRecord, View

MaskKind = Literal["matting", "segmentation", "none"]
KINECT, CAMERA = "kinect", "camera"
"""Groups of depth maps and of views."""
_LIMIT = 1 << 28


@dataclass(frozen=True, kw_only=True)
class TrackedFrame:
    """The files of one frame."""

    number: int
    name: str
    image: InputFile
    mask: InputFile | None
    depth: InputFile | None
    camera: InputFile | None


@dataclass(frozen=True, kw_only=True)
class Marks:
    """Landmarks of all frames."""

    names: tuple[str, ...]
    shares: np.ndarray
    """(t, k, 2) float64, of the picture's width and height; row n is of frame n."""


def load_frame(
    frame: TrackedFrame, marks: Marks | None, kinect: Intrinsics | None, *, mask: MaskKind, own: bool
) -> tuple[View, DepthMap | None]:
    """Read a frame.

    Args:
        frame: its files.
        marks: landmarks of the sequence.
        kinect: intrinsics of the Kinect, for its depth and where they hold for pictures.
        mask: what the file of the mask holds.
        own: whether the tracker's own intrinsics hold for pictures.

    Returns:
        The view, without camera where the tracker has none; and the depth map where both depth and camera are
        there, in mm.

    Raises:
        CaptureRejected: a file cannot be used.
        OSError: a file cannot be read.
    """
    image = decode_picture(_bytes(frame.image)).image
    height, width = image.shape[:2]
    pose = None if frame.camera is None else read_cam_params(load_beside(frame.camera), frame.camera.path)
    view = View(
        name=frame.name,
        image=image,
        camera=None if pose is None else pose.camera(_chosen(pose, kinect, own=own), (width, height)),
        group=CAMERA,
        mask=None if frame.mask is None else _mask(frame.mask, mask, (height, width)),
    )
    if marks is not None and frame.number < len(marks.shares):
        positions = marks.shares[frame.number] * (width, height)
        view = replace(view, landmarks=ImagePoints(names=marks.names, positions=positions))
    depth = None
    if frame.depth is not None and pose is not None and kinect is not None:
        depth = _depth(frame.depth, frame.name, pose, kinect)
    return view, depth


def _chosen(pose: TrackedPose, kinect: Intrinsics | None, *, own: bool) -> Intrinsics:
    return pose.intrinsics if own or kinect is None else kinect


def _mask(file: InputFile, kind: MaskKind, size: tuple[int, int]) -> np.ndarray:
    plane = decode_plane(_bytes(file))
    if plane.shape != size or plane.dtype != np.uint8:
        found = f"{plane.shape[1]} x {plane.shape[0]} of {plane.dtype} for a picture of {size[1]} x {size[0]}"
        raise damaged_picture("", f"a mask {posixpath.basename(file.path)} of {found}")
    # a segmentation numbers its classes, 0 being the background
    return plane if kind == "matting" else np.where(plane > 0, 255, 0).astype(np.uint8)


def _depth(file: InputFile, name: str, pose: TrackedPose, kinect: Intrinsics) -> DepthMap:
    plane = decode_plane(_bytes(file))
    if plane.dtype != np.uint16:
        raise damaged_picture("", f"a depth map {file.path} of {plane.dtype}, not uint16")
    height, width = plane.shape
    camera: PinholeRecord = pose.camera(kinect, (width, height))
    return DepthMap(name=f"{KINECT}/{name}", depth=plane.astype(np.float32), camera=camera, group=KINECT)


def _bytes(file: InputFile) -> bytes:
    try:
        return read_input(file, limit=_LIMIT)
    except ValueError as error:
        raise too_large_picture(f"{file.path}: {error}") from error
