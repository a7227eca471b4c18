"""Frames of the videos of a rig: the same of every camera, decoded on demand. Knows no corpus by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import UInt8

from facescale.corpora.camera_files import camera_of
from facescale.corpora.files import open_input
from facescale.corpora.video_frames import FrameChoice, TimedFrame, Video, read_video
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile
from facescale.structures.view import LostView, PinholeRecord, View

Correct = Callable[[UInt8[np.ndarray, "h w 3"]], UInt8[np.ndarray, "h w 3"]]


@dataclass(frozen=True, kw_only=True)
class CameraVideo:
    """One camera of a rig and its video."""

    name: str
    file: InputFile | None
    """None where it is not there."""
    mask: InputFile | None = None
    """A video of the same frames whose first channel is alpha."""
    correct: Correct | None = None
    """Of its colours."""
    lacks: str = ""
    """What it is not to be used without, such as the calibration of its colours; empty: nothing."""


@dataclass(frozen=True, kw_only=True)
class RigFrames:
    """What was read of a rig's videos."""

    views: tuple[View, ...]
    """Camera by camera, named "<camera>/<frame>"."""
    lost: tuple[LostView, ...]
    attributes: Mapping[str, str]
    """Frames in each video ("frames:<camera>" where they differ), codec and length."""


def read_rig(
    cameras: list[CameraVideo],
    choice: FrameChoice,
    calibrated: Callable[[str, tuple[int, int]], PinholeRecord | None],
    *,
    rate: float = 0.0,
) -> RigFrames:
    """Decode the same frames of every camera.

    The first video that can be read decides which frames are evenly spaced.

    Args:
        cameras: in the order of the views.
        choice: which frames; of the first video's.
        calibrated: name of a camera, and width and height as stored -> its calibration.
        rate: frames a second where it is known better than the container does; 0: its time stamps count.

    Raises:
        OSError: a file cannot be read.
    """
    views: list[View] = []
    lost: list[LostView] = []
    counts: dict[str, int] = {}
    said: dict[str, str] = {}
    for camera in cameras:
        try:
            video = _read(_usable(camera), choice)
            record = calibrated(camera.name, video.size)
            masks = _masks(camera, video, choice)
            views += [_view(camera, frame, record, masks, rate) for frame in video.chosen]
        except CaptureRejected as refused:
            lost.append(LostView(name=camera.name, reason=f"{refused.reason}: {refused.detail}"))
            continue
        lost += (LostView(name=f"{camera.name}/{one.number:06d}", reason=one.reason) for one in video.lost)
        if not choice.numbers:
            wanted = sorted([*(one.number for one in video.chosen), *(one.number for one in video.lost)])
            choice = replace(choice, numbers=tuple(wanted))
        counts[camera.name] = video.frames
        said = said or {"codec": video.codec, "duration_s": f"{video.duration_s:.6g}"}
    if len(set(counts.values())) > 1:
        said |= {f"frames:{name}": str(count) for name, count in counts.items()}
    elif counts:
        said["frames"] = str(next(iter(counts.values())))
    return RigFrames(views=tuple(views), lost=tuple(lost), attributes=said)


def _usable(camera: CameraVideo) -> InputFile:
    if camera.file is None:
        raise CaptureRejected("missing-video", "expected a video of this camera, found none")
    if camera.lacks:
        raise CaptureRejected("incomplete", f"expected {camera.lacks}, found none")
    return camera.file


def _read(file: InputFile, choice: FrameChoice) -> Video:
    with open_input(file) as opened:
        return read_video(opened, choice)


def _masks(camera: CameraVideo, video: Video, choice: FrameChoice) -> dict[int, np.ndarray]:
    """Number of a frame -> its alpha; frames that the mask's video lacks have none."""
    if camera.mask is None:
        return {}
    wanted = replace(choice, numbers=tuple(one.number for one in video.chosen))
    masks = _read(camera.mask, wanted)
    return {one.number: np.ascontiguousarray(one.image[..., 0]) for one in masks.chosen}


def _view(
    camera: CameraVideo,
    frame: TimedFrame,
    record: PinholeRecord | None,
    masks: dict[int, np.ndarray],
    rate: float,
) -> View:
    height, width = frame.image.shape[:2]
    scaled = None if record is None else camera_of(record, (width, height))
    if record is not None and scaled is None:
        found = f"{width} x {height}, upright"
        raise CaptureRejected("bad-cameras", f"expected pictures of the shape of {record.size}, found {found}")
    mask = masks.get(frame.number)
    if mask is not None and mask.shape != (height, width):
        found = f"{mask.shape[1]} x {mask.shape[0]}"
        raise CaptureRejected("bad-mask", f"expected alpha of {width} x {height} pixels, found {found}")
    return View(
        name=f"{camera.name}/{frame.number:06d}",
        image=frame.image if camera.correct is None else camera.correct(frame.image),
        camera=scaled,
        time_s=frame.number / rate if rate else frame.time_s,
        group=camera.name,
        mask=mask,
    )
