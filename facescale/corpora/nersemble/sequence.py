"""One sequence of a rig: from the files of an item to its capture. For all deliveries with videos."""

import posixpath
import re

from facescale.corpora.camera_videos import CameraVideo, read_rig
from facescale.corpora.files import read_input
from facescale.corpora.nersemble.calibration import (
    LIMIT,
    Intrinsics,
    RigCalibration,
    bad_calibration,
    read_camera_params,
)
from facescale.corpora.nersemble.options import RigOptions
from facescale.corpora.picture_rejections import no_usable_view
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile, Item

_SERIAL = re.compile(r"(?:cam_|image_)?(?P<serial>\w+?)(?:_\d{6})?\.\w+", re.IGNORECASE)
_NAMED = 20
"""Cameras named in one message."""


def files_of(item: Item, role: str) -> dict[str, InputFile]:
    """Serial -> the camera's file of a role."""
    found: dict[str, InputFile] = {}
    for file in item.inputs:
        if file.role == role and (name := _SERIAL.fullmatch(posixpath.basename(file.path))):
            found.setdefault(name["serial"], file)
    return found


def beside(item: Item, role: str, *, limit: int) -> bytes | None:
    """Bytes of the one file of a role; None where there is none.

    Raises:
        CaptureRejected: it is larger than any such file.
        OSError: it cannot be read.
    """
    file = next((file for file in item.inputs if file.role == role), None)
    if file is None:
        return None
    try:
        return read_input(file, limit=limit)
    except ValueError as error:
        raise CaptureRejected("too-large", f"{file.path}: {error}") from error


def rig_of(item: Item, options: RigOptions, *, intrinsics: Intrinsics) -> RigCalibration:
    """The calibration of an item's participant.

    Raises:
        CaptureRejected: there is none, or it is not what it should be.
        OSError: it cannot be read.
    """
    data = beside(item, "cameras", limit=LIMIT)
    if data is None:
        hint = "download the participant's calibration, or read the videos alone with the layout videos"
        raise bad_calibration("one for the participant", "none", hint)
    return read_camera_params(data, intrinsics=intrinsics, unit=options.unit, pixel_centre=options.pixel_centre)


def capture_of(item: Item, cameras: list[CameraVideo], rig: RigCalibration, options: RigOptions) -> Capture:
    """Decode a rig's videos and make a capture of them.

    Raises:
        CaptureRejected: no camera can be used.
        OSError: a file cannot be read.
    """
    read = read_rig(cameras, options.choice, rig.camera, rate=options.rate)
    if not read.views:
        listed = "; ".join(f"{lost.name}: {lost.reason}" for lost in read.lost[:_NAMED])
        raise no_usable_view(listed or "no camera at all")
    return Capture(
        item=item.item,
        subject=item.subject,
        views=read.views,
        lost_views=read.lost,
        attributes={**item.attributes, **read.attributes},
    )
