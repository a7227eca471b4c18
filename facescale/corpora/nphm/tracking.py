"""The layout "mononphm": frames of a head with what MonoNPHM's preprocessing found of them. Knows no method.

A frame n is source/<n, 5 digits>.png; masks, depths and the tracker's cameras lie in folders beside.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from facescale.corpora.contained import contained
from facescale.corpora.files import as_input, join, read_input
from facescale.corpora.finding import Finding, Level
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.nphm.frames import Marks, TrackedFrame, load_frame
from facescale.corpora.nphm.sequences import TrackedSequence, frame_number, sequences
from facescale.corpora.nphm.tracker_files import Intrinsics, read_kinect_intrinsics, read_pipnet
from facescale.corpora.picture_rejections import no_usable_view
from facescale.corpora.rejections import missing_file
from facescale.corpora.scan_inputs import input_of, load_beside
from facescale.structures.capture import Capture
from facescale.structures.depth_map import DepthMap
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile, Item
from facescale.structures.view import LostView, View

NAME = "mononphm"
_ROLES = {"source": "image", "seg": "mask", "matting": "mask", "depth": "depth"}
_LANDMARK_LIMIT = 1 << 28
_LISTED = 3


@dataclass(frozen=True, kw_only=True)
class MononphmOptions:
    """How MonoNPHM's tracking folders are read."""

    frames: int = 60
    """Frames that are taken of a sequence, evenly; 0 takes all."""
    camera: Literal["tracker", "kinect"] = "tracker"
    """Whose intrinsics hold for pictures: the tracker's own estimate, or those of the file of intrinsics."""
    mask: Literal["matting", "segmentation", "none"] = "matting"
    """What tells the subject: the matting, or all that the segmentation does not call background."""
    depth: bool = False
    """Whether depth maps come along; they need the file of intrinsics."""
    intrinsics: str = "kinect_intrinsics.txt"
    """File of the Kinect's intrinsics below the root; a copy of it is among MonoNPHM's assets."""
    tracked_before: int = 1
    """The tracker's file n - tracked_before is of frame n, but never below 0: so the authors' loader has it."""

    def __post_init__(self) -> None:
        if self.frames < 0 or self.tracked_before < 0:
            got = f"{self.frames} and {self.tracked_before}"
            raise ValueError(f"expected frames and tracked_before of 0 or more, got {got}")
        try:
            contained(self.intrinsics)
        except CaptureRejected as bad:
            raise ValueError(f"expected intrinsics below the root: {bad.detail}") from bad


def index(root: str, options: MononphmOptions) -> Iterator[Item]:
    """Find the sequences, in the order of their paths, streaming; no file is opened.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    shared: tuple[InputFile, ...] = ()
    if options.camera == "kinect" or options.depth:
        path = contained(options.intrinsics)
        shared = (InputFile(role="intrinsics", uri=join(root, path), path=path, size=0),)
    for sequence in sequences(root):
        if sequence.files["source"]:
            yield Item(
                corpus=NAME,
                item=sequence.path,
                subject=sequence.path.split("/")[0],
                sequence=sequence.path.rsplit("/", maxsplit=1)[-1],
                inputs=(*_inputs(sequence, options), *shared),
                attributes={"frames": str(len(sequence.files["source"]))},
            )


def load(item: Item, options: MononphmOptions) -> Capture:
    """Read a sequence: frames with cameras in mm of FLAME's space, masks, landmarks and depths.

    Frames that cannot be used are lost views; without the tracker's file a frame has no camera.

    Raises:
        CaptureRejected: no frame can be used, or what belongs to all frames is damaged.
        OSError: a file cannot be read.
    """
    points = input_of(item, "landmarks")
    marks = None
    if points is not None:
        names, shares = read_pipnet(load_beside(points, limit=_LANDMARK_LIMIT))
        marks = Marks(names=names, shares=shares)
    kinect = _kinect(item)
    views: list[View] = []
    depths: list[DepthMap] = []
    lost: list[LostView] = []
    for frame in _frames(item, options):
        own = options.camera == "tracker"
        try:
            view, depth = load_frame(frame, marks, kinect, mask=options.mask, own=own)
        except CaptureRejected as refused:
            lost.append(LostView(name=frame.name, reason=f"{refused.reason}: {refused.detail}"))
            continue
        views.append(view)
        depths += [] if depth is None else [depth]
    if not views:
        raise no_usable_view("; ".join(f"{one.name}: {one.reason}" for one in lost[:_LISTED]) or "no frame")
    return Capture(
        item=item.item,
        subject=item.subject,
        views=tuple(views),
        lost_views=tuple(lost),
        depth_maps=tuple(depths),
        attributes=dict(item.attributes),
    )


def survey(root: str, options: MononphmOptions) -> Iterator[Finding]:
    """Sequences whose frames lack masks, segmentations or cameras, or that have no frames or landmarks."""
    for sequence in sequences(root):
        frames = set(sequence.files["source"])
        if not frames:
            message = f"{sequence.path} has no frames in source/"
            yield Finding(level=Level.ERROR, reason="missing-file", message=message)
            continue
        tracked = {max(n - options.tracked_before, 0) for n in frames}
        for kind, numbers in (("matting", frames), ("seg", frames), ("tracked", tracked)):
            absent = sorted(numbers - set(sequence.files[kind]))
            if absent:
                count = f"{len(absent)} of {len(numbers)} files"
                message = f"{sequence.path}: {count} of {kind} are not there, such as {absent[0]}"
                yield Finding(level=Level.WARNING, reason=f"missing-{kind}", message=message)
        if not sequence.files["points"]:
            message = f"{sequence.path} has no pipnet/test.npy"
            yield Finding(level=Level.WARNING, reason="missing-points", message=message)


def _inputs(sequence: TrackedSequence, options: MononphmOptions) -> Iterator[InputFile]:
    files = sequence.files
    wanted = sorted(files["source"])
    if 0 < options.frames < len(wanted):
        wanted = [wanted[n] for n in np.linspace(0, len(wanted) - 1, options.frames).round().astype(int)]
    kinds = ["source", *{"matting": ["matting"], "segmentation": ["seg"], "none": []}[options.mask]]
    kinds += ["depth"] if options.depth else []
    for number in wanted:
        for kind in kinds:
            if number in files[kind]:
                yield as_input(_ROLES[kind], files[kind][number])
    for tracked in sorted({max(n - options.tracked_before, 0) for n in wanted}):
        if tracked in files["tracked"]:
            yield as_input("camera", files["tracked"][tracked])
    for entry in files["points"].values():
        yield as_input("landmarks", entry)


def _frames(item: Item, options: MononphmOptions) -> Iterator[TrackedFrame]:
    by_role: dict[str, dict[int, InputFile]] = {}
    for file in item.inputs:
        number = frame_number(file.path)
        if number is not None:
            by_role.setdefault(file.role, {})[number] = file
    for number, image in by_role.get("image", {}).items():
        yield TrackedFrame(
            number=number,
            name=image.path.rsplit("/", maxsplit=1)[-1],
            image=image,
            mask=by_role.get("mask", {}).get(number),
            depth=by_role.get("depth", {}).get(number),
            camera=by_role.get("camera", {}).get(max(number - options.tracked_before, 0)),
        )


def _kinect(item: Item) -> Intrinsics | None:
    """Of the Kinect, where the item was indexed to have them."""
    file = input_of(item, "intrinsics")
    if file is None:
        return None
    try:
        return read_kinect_intrinsics(read_input(file, limit=1 << 16))
    except FileNotFoundError as error:
        raise missing_file(file.path, "the root") from error
    except ValueError as error:
        raise missing_file(f"a small text file {file.path}", "the root") from error


LAYOUT = CorpusLayout(
    name=NAME,
    title="MonoNPHM: tracking folders with masks, landmarks, depth and the metrical tracker's cameras",
    holds="views",
    role="image",
    beside="mask",
    options=MononphmOptions,
    index=index,
    load=load,
    survey=survey,
    licence="mononphm (research only)",
)
