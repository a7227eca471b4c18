"""Frames of a rig that lie as single pictures, with alpha where there is some. Knows no delivery's folders."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from facescale.corpora.camera_files import camera_of
from facescale.corpora.files import read_input
from facescale.corpora.pictures import decode_picture
from facescale.corpora.video_frames import FrameChoice, chosen_numbers
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile
from facescale.structures.view import ImagePoints, LostView, PinholeRecord, View

LIMIT = 1 << 28
"""Bytes of a picture."""


@dataclass(frozen=True, kw_only=True)
class StillFrame:
    """One picture of one camera."""

    camera: str
    number: int
    file: InputFile | None
    """None where it is not there."""
    mask: InputFile | None = None
    """Alpha, which may not be there either."""
    landmarks: Callable[[tuple[int, int]], ImagePoints | None] | None = None
    """Width and height -> points marked in the picture."""


def chosen_frames(numbers: Iterable[int], choice: FrameChoice) -> list[int]:
    """Numbers of the wanted frames out of those that there are; `start` is a number, `stride` counts those."""
    there = sorted({number for number in numbers if number >= choice.start})
    return [there[place] for place in chosen_numbers(0, len(there), choice)]


def read_stills(
    frames: Sequence[StillFrame],
    calibrated: Callable[[str, tuple[int, int]], PinholeRecord | None],
    *,
    longest_side: int,
    rate: float,
) -> tuple[list[View], list[LostView]]:
    """Read pictures.

    Args:
        frames: in the order of the views.
        calibrated: name of a camera, and width and height as stored -> its calibration.
        longest_side: pixels to which larger pictures are shrunk; 0 keeps them.
        rate: frames a second.

    Raises:
        OSError: a file cannot be read, alpha that is not there apart.
    """
    views: list[View] = []
    lost: list[LostView] = []
    for frame in frames:
        name = f"{frame.camera}/{frame.number:06d}"
        try:
            views.append(_view(name, frame, calibrated, longest_side, rate))
        except CaptureRejected as refused:
            lost.append(LostView(name=name, reason=f"{refused.reason}: {refused.detail}"))
    return views, lost


def _view(
    name: str,
    frame: StillFrame,
    calibrated: Callable[[str, tuple[int, int]], PinholeRecord | None],
    longest_side: int,
    rate: float,
) -> View:
    if frame.file is None:
        raise CaptureRejected("missing-picture", "expected a picture of this camera, found none")
    picture = decode_picture(bounded(frame.file), longest_side=longest_side)
    record = calibrated(frame.camera, picture.size)
    height, width = picture.image.shape[:2]
    return View(
        name=name,
        image=picture.image,
        camera=None if record is None else camera_of(record, (width, height)),
        time_s=frame.number / rate,
        group=frame.camera,
        mask=_mask(frame.mask, (height, width)),
        landmarks=None if frame.landmarks is None else frame.landmarks((width, height)),
    )


def bounded(file: InputFile) -> bytes:
    """A file's bytes.

    Raises:
        CaptureRejected: it is larger than any picture.
        OSError: it cannot be read.
    """
    try:
        return read_input(file, limit=LIMIT)
    except ValueError as error:
        raise CaptureRejected("too-large", f"{file.path}: {error}") from error


def _mask(file: InputFile | None, shape: tuple[int, int]) -> np.ndarray | None:
    """Alpha in the size of its picture; that of a larger one is shrunk by area as pictures are."""
    if file is None:
        return None
    try:
        mask = decode_picture(bounded(file), longest_side=max(shape)).image[..., 0]
    except FileNotFoundError:
        return None
    if mask.shape != shape:
        found = f"{mask.shape[1]} x {mask.shape[0]}"
        raise CaptureRejected("bad-mask", f"expected alpha of {shape[1]} x {shape[0]} pixels, found {found}")
    return np.ascontiguousarray(mask)
