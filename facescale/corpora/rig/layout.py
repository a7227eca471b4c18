"""The corpus layout "rig": captures of one's own, each a folder with a video or a folder of pictures a device.

Every device has its own frame rate, size and clock; clocks agree up to an offset, which may be given. What
calibration lies beside the devices, or above all captures, is found by file name. A view is called
"<device>/<frame>" or "<device>/<file>"; its time is that of its device's own clock.
"""

import json
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from facescale.corpora.camera_files import camera_of
from facescale.corpora.files import FileEntry, as_input, list_files, open_input
from facescale.corpora.finding import Finding
from facescale.corpora.images import IMAGE_SUFFIXES
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.named_findings import warning
from facescale.corpora.picture_rejections import bad_cameras
from facescale.corpora.rig.calibrations import TOOLS, RigCalibration, read_calibration, tool_of
from facescale.corpora.video_frames import FrameChoice, read_video
from facescale.corpora.videos import VIDEO_SUFFIXES
from facescale.corpora.view_files import ReadViews, inputs_of, read_limited
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile, Item
from facescale.structures.view import View

CORPUS = "rig"
OFFSETS = "offsets.json"
OFFSETS_LIMIT = 1 << 20
LONGEST_OFFSET = 1e6
"""Seconds."""


@dataclass(frozen=True, kw_only=True)
class RigOptions:
    """How a rig's captures are read."""

    folders: int = 1
    """Folders that name a capture: 1 for <capture>/<device>.mp4, 2 for <subject>/<sequence>/<device>.mp4. The
    first is the subject."""
    calibration: Literal["auto", "colmap", "opencv", "metashape", "transforms", "cameras", "ignore"] = "auto"
    """Whose files count; "auto" takes the only ones that are there."""
    millimetres: float = 0.0
    """In a unit of the calibration; 0: not known, and the world is arbitrary unless the file itself says it."""
    offsets: tuple[str, ...] = ()
    """"device:seconds", what is added to a device's clock to get the common one; else offsets.json beside the
    devices says it: {"device": seconds}."""
    frames: int = 8
    """Frames taken of each video, evenly spaced."""
    stride: int = 0
    """Take every so many frames instead; 0: `frames` decides."""
    longest_side: int = 0
    """Pixels to whose longest side larger pictures are shrunk, their cameras with them; 0 keeps them."""

    def __post_init__(self) -> None:
        if self.calibration not in {"auto", "ignore", *TOOLS}:
            raise ValueError(f"expected calibration to be auto, ignore or a tool, got {self.calibration!r}")
        for name, least in (
            ("folders", 1), ("frames", 1), ("stride", 0), ("longest_side", 0), ("millimetres", 0),
        ):  # fmt: skip
            if not getattr(self, name) >= least:
                raise ValueError(f"expected {name} to be {least} or more, got {getattr(self, name)}")
        for text in self.offsets:
            device, _, seconds = text.rpartition(":")
            if not device or _seconds(seconds) is None:
                raise ValueError(f"expected offsets as device:seconds, got {text!r}")


def index(root: str, options: RigOptions) -> Iterator[Item]:
    """Find the captures, streaming, in order; no file is opened.

    An item is the capture's folder. Calibrations at the root serve captures that have none of their own.

    Raises:
        ValueError: no folder.
        OSError: it cannot be listed.
    """
    shared: list[InputFile] = []
    waiting: list[Item] = []
    for name, entries in groupby(list_files(root), lambda entry: _capture_of(entry, options)):
        if not name:
            shared += [as_input("calibration", e) for e in entries if _calibrates(e.path, options)]
            continue
        item = _item(name, list(entries), options)
        if item is not None:
            waiting.append(item)
    # Files at the root may come after the folders that they serve.
    for item in waiting:
        own = any(file.role == "calibration" for file in item.inputs)
        yield item if own or not shared else _with(item, shared)


def load(item: Item, options: RigOptions) -> Capture:
    """Read one capture.

    Returns:
        Views device by device. Attributes: "calibration" (the tool), "uncalibrated" (devices without a camera),
        "offset_s:<device>", "rate:<device>" (frames a second of a video).

    Raises:
        CaptureRejected: no view can be used, the calibration cannot be read, or several lie there.
        OSError: a file cannot be read.
    """
    tool = None if options.calibration == "auto" else options.calibration
    calibration = None
    if tool != "ignore":
        files = inputs_of(item.inputs, "calibration")
        calibration = read_calibration(files, tool=tool, millimetres=options.millimetres or None)
    read, said = ReadViews(longest_side=options.longest_side), dict(item.attributes)
    for file in inputs_of(item.inputs, "image"):
        device, name = posixpath.relpath(file.path, item.item).split("/", 1)
        camera = calibration.camera(device, name) if calibration else None
        read.read(file, f"{device}/{name}", camera=camera, group=device)
    for file in inputs_of(item.inputs, "video"):
        device = posixpath.splitext(posixpath.relpath(file.path, item.item))[0]
        try:
            said |= _video(file, device, calibration, read, options)
        except CaptureRejected as why:
            read.lose(device, why)
    lost = read.lost
    metric = calibration is None or calibration.metric
    said |= {} if calibration is None else {"calibration": calibration.tool}
    without = sorted({view.group for view in read.views if view.camera is None})
    said |= {"uncalibrated": " ".join(without)} if without else {}
    offsets = _offsets(item, options)
    said |= {f"offset_s:{device}": f"{seconds:.9g}" for device, seconds in offsets.items()}
    return Capture(
        item=item.item,
        subject=item.subject,
        views=tuple(read.views),
        lost_views=lost,
        world="metric" if metric else "arbitrary",
        attributes=said,
    )


def survey(root: str, options: RigOptions) -> Iterator[Finding]:
    """Captures with other devices than most, and those without calibration or with one device.

    Raises:
        ValueError: no folder.
        OSError: it cannot be listed.
    """
    devices: dict[str, set[str]] = {}
    bare: list[str] = []
    for item in index(root, options):
        devices[item.item] = set(item.attributes["devices"].split(","))
        if options.calibration != "ignore" and not inputs_of(item.inputs, "calibration"):
            bare.append(item.item)
    everyone = set().union(*devices.values())
    usual = {d for d in everyone if sum(d in there for there in devices.values()) * 2 > len(devices)}
    short = [f"{name} ({' '.join(sorted(usual - there))})" for name, there in devices.items() if usual - there]
    if short:
        yield warning("missing-device", "captures lack devices that most have", short)
    if bare:
        yield warning("no-calibration", "captures have no calibration", bare)
    single = [name for name, there in devices.items() if len(there) == 1]
    if single:
        yield warning("one-device", "captures have one device only", single)


def _video(
    file: InputFile, device: str, calibration: RigCalibration | None, read: ReadViews, options: RigOptions
) -> dict[str, str]:
    """Frames of a device into views; what is to be said of it."""
    choice = FrameChoice(frames=options.frames, stride=options.stride, longest_side=options.longest_side)
    with open_input(file) as opened:
        video = read_video(opened, choice)
    for lost in video.lost:
        read.lose(f"{device}/{lost.number:06d}", CaptureRejected("lost-frame", lost.reason))
    record = calibration.camera(device) if calibration else None
    for frame in video.chosen:
        height, width = frame.image.shape[:2]
        camera = None if record is None else camera_of(record, (width, height))
        if record is not None and camera is None:
            expected = "a video of {} x {} pixels or a scaled one".format(*record.size)
            raise bad_cameras(expected, f"{width} x {height}, upright")
        name = f"{device}/{frame.number:06d}"
        view = View(name=name, image=frame.image, camera=camera, time_s=frame.time_s, group=device)
        read.views.append(view)
    return {f"rate:{device}": f"{video.frames / video.duration_s:.6g}"} if video.duration_s > 0 else {}


def _item(name: str, entries: list[FileEntry], options: RigOptions) -> Item | None:
    inputs: list[InputFile] = []
    devices: dict[str, None] = {}
    for entry in entries:
        inner = entry.path.removeprefix(f"{name}/")
        suffix = posixpath.splitext(inner)[1].lower()
        if suffix in VIDEO_SUFFIXES:
            inputs.append(as_input("video", entry))
            devices.setdefault(posixpath.splitext(inner)[0])
        elif suffix in IMAGE_SUFFIXES and "/" in inner:
            inputs.append(as_input("image", entry))
            devices.setdefault(inner.split("/", 1)[0])
        elif posixpath.basename(inner).lower() == OFFSETS:
            inputs.append(as_input("offsets", entry))
        elif _calibrates(inner, options):
            inputs.append(as_input("calibration", entry))
    if not devices:
        return None
    first, *rest = name.split("/")
    return Item(
        corpus=CORPUS,
        item=name,
        subject=first,
        sequence="/".join(rest),
        inputs=tuple(inputs),
        attributes={"devices": ",".join(devices)},
    )


def _capture_of(entry: FileEntry, options: RigOptions) -> str:
    """The folder of a file's capture; empty for one above all."""
    parts = entry.path.split("/")
    return "/".join(parts[: options.folders]) if len(parts) > options.folders else ""


def _calibrates(path: str, options: RigOptions) -> bool:
    kind = tool_of(path)
    return kind is not None and options.calibration in {"auto", kind}


def _with(item: Item, shared: list[InputFile]) -> Item:
    return Item(
        corpus=item.corpus,
        item=item.item,
        subject=item.subject,
        sequence=item.sequence,
        inputs=(*item.inputs, *shared),
        attributes=item.attributes,
    )


def _offsets(item: Item, options: RigOptions) -> Mapping[str, float]:
    """Seconds by device, of the option or of the file.

    Raises:
        CaptureRejected: bad-offsets.
    """
    given = {d: _seconds(s) for d, _, s in (text.rpartition(":") for text in options.offsets)}
    for file in inputs_of(item.inputs, "offsets"):
        try:
            found = json.loads(read_limited(file, OFFSETS_LIMIT))
        except (ValueError, RecursionError) as error:
            raise CaptureRejected("bad-offsets", f"{file.path}: expected JSON, found {error}") from error
        if not isinstance(found, dict):
            raise CaptureRejected("bad-offsets", f'{file.path}: expected {{"device": seconds}}')
        given = {name: _seconds(value) for name, value in found.items()} | given
    bad = [name for name, seconds in given.items() if seconds is None]
    if bad:
        raise CaptureRejected("bad-offsets", f"expected seconds for device {bad[0]!r}, found something else")
    return {name: seconds for name, seconds in sorted(given.items()) if seconds is not None}


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return seconds if abs(seconds) < LONGEST_OFFSET else None


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="captures of your own: a video or a folder of pictures a device, calibrated by a common tool",
    holds="views",
    role="video",
    beside="calibration",
    options=RigOptions,
    index=index,
    load=load,
    survey=survey,
    licence="",
)
