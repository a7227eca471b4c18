"""VHAP's input: a sequence as single pictures with alpha and landmarks. Knows nothing of exports.

A picture's number is its frame's after resampling. Rows of a landmark file stand for frames only where there is
one a frame: detectors leave out frames without a face, and nothing says which, so that shorter files are not
used. Intrinsics belong to pictures of full size.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from facescale.corpora.camera_files import camera_of
from facescale.corpora.corpus_files import list_below
from facescale.corpora.files import as_input
from facescale.corpora.nersemble.calibration import RigCalibration
from facescale.corpora.nersemble.sequence import files_of, rig_of
from facescale.corpora.nersemble.still_frames import StillFrame, chosen_frames, read_stills
from facescale.corpora.picture_rejections import no_usable_view
from facescale.corpora.rejections import bad_array
from facescale.corpora.vhap.landmarks import LIMIT, points_of, read_landmarks
from facescale.corpora.vhap.options import RATE, VhapOptions
from facescale.corpora.vhap.tree import Sequence
from facescale.corpora.view_files import read_limited
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile, Item
from facescale.structures.view import ImagePoints, PinholeRecord

_LISTED = 20
CALIBRATION = "camera_params.json"


def pictures_folder(options: VhapOptions) -> str:
    """Name of the folder whose pictures are read."""
    return "images" if options.downsample == 1 else f"images_{options.downsample}"


def calibration_of(root: str, sequence: Sequence) -> InputFile | None:
    """The calibration of a sequence's participant: beside "sequences", or in a folder of its own.

    Raises:
        OSError: a folder cannot be listed.
    """
    places = [f"{sequence.participant}/calibration", f"camera_params/{sequence.participant}"]
    for folder in places if sequence.is_v2 else reversed(places):
        for entry in list_below(root, folder):
            if entry.path.lower() == f"{folder}/{CALIBRATION}".lower():
                return as_input("cameras", entry)
    return None


def prepared_item(corpus: str, sequence: Sequence, calibration: InputFile | None, options: VhapOptions) -> Item:
    """One sequence with the files of its chosen frames and cameras."""
    pictures = sequence.pictures.get(pictures_folder(options), {})
    alpha = sequence.pictures.get("alpha_maps", {})
    everything = {number for kind in sequence.pictures.values() for _, number in kind}
    numbers = chosen_frames((number for _, number in pictures), options.choice)
    serials = options.wanted({serial for serial, _ in pictures})
    inputs = []
    for serial in serials:
        for number in numbers:
            if (serial, number) in pictures:
                inputs.append(as_input("image", pictures[serial, number]))
            if (serial, number) in alpha:
                inputs.append(as_input("mask", alpha[serial, number]))
    for method in _methods(options):
        found = sequence.landmarks.get(method, {})
        inputs += [as_input("landmarks", found[serial]) for serial in serials if serial in found]
        if found:
            break
    inputs += [] if calibration is None else [calibration]
    rank = {number: place for place, number in enumerate(sorted(everything))}
    said = {
        "form": "input",
        "frames": str(len(everything)),
        "rows": " ".join(f"{number}={rank[number]}" for number in numbers),
    }
    return Item(
        corpus=corpus,
        item=sequence.item,
        subject=sequence.participant,
        sequence=sequence.name,
        inputs=tuple(inputs),
        attributes={key: value for key, value in said.items() if value},
    )


def load_prepared(item: Item, options: VhapOptions) -> Capture:
    """Read the chosen pictures, calibrated in mm, with alpha and landmarks where they are.

    Raises:
        CaptureRejected: no calibration, one that is none, or no picture that can be used.
        OSError: a file cannot be read.
    """
    rig = rig_of(item, options, intrinsics="shared")
    pictures, masks = _by_frame(item, "image"), _by_frame(item, "mask")
    marks = _Landmarks.of(item)
    serials = options.wanted({serial for serial, _ in pictures} | set(rig.rotations))
    frames = [
        StillFrame(
            camera=serial,
            number=number,
            file=pictures.get((serial, number)),
            mask=masks.get((serial, number)),
            landmarks=marks.at(serial, number),
        )
        for serial in serials
        for number in sorted(marks.rows)
    ]
    rate = options.rate or RATE
    calibrated = _full_size(rig, options.downsample)
    views, lost = read_stills(frames, calibrated, longest_side=options.longest_side, rate=rate)
    if not views:
        listed = "; ".join(f"{one.name}: {one.reason}" for one in lost[:_LISTED])
        raise no_usable_view(listed or f"no picture in {pictures_folder(options)}")
    attributes = {key: value for key, value in item.attributes.items() if key != "rows"}
    attributes |= {"lost_landmarks": "; ".join(marks.strays)} if marks.strays else {}
    return Capture(
        item=item.item,
        subject=item.subject,
        views=tuple(views),
        lost_views=tuple(lost),
        attributes=attributes,
    )


@dataclass(kw_only=True)
class _Landmarks:
    """Landmarks by camera, and why some are not used."""

    shares: dict[str, np.ndarray] = field(default_factory=dict)
    rows: Mapping[int, int]
    """Frame -> row."""
    strays: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, item: Item) -> "_Landmarks":
        """Those of an item.

        Raises:
            OSError: a file cannot be read.
        """
        pairs = (pair.split("=") for pair in item.attributes.get("rows", "").split())
        found = cls(rows={int(number): int(row) for number, row in pairs})
        expected = int(item.attributes["frames"])
        for serial, file in files_of(item, "landmarks").items():
            try:
                shares = read_landmarks(read_limited(file, LIMIT))
                if len(shares) != expected:
                    raise bad_array(f"landmarks of {expected:,} frames", f"of {len(shares):,}, not told which")
            except CaptureRejected as why:
                found.strays.append(f"{serial}: {why.reason}, {why.detail}")
                continue
            found.shares[serial] = shares
        return found

    def at(self, serial: str, number: int) -> Callable[[tuple[int, int]], ImagePoints | None] | None:
        """What gives the points of a frame in a picture of a size."""
        if serial not in self.shares or number not in self.rows:
            return None
        row = self.shares[serial][self.rows[number]]
        return lambda size: points_of(row, size)


def _methods(options: VhapOptions) -> tuple[str, ...]:
    if options.landmarks == "none":
        return ()
    return ("STAR", "face-alignment") if options.landmarks == "any" else (options.landmarks,)


def _by_frame(item: Item, role: str) -> dict[tuple[str, int], InputFile]:
    """Serial and number -> file."""
    found = {}
    for file in item.inputs:
        if file.role == role:
            stem = file.path.rpartition("/")[2].partition(".")[0]
            _, serial, number = stem.split("_")
            found[serial, int(number)] = file
    return found


def _full_size(rig: RigCalibration, downsample: int) -> Callable[[str, tuple[int, int]], PinholeRecord | None]:
    """Cameras of pictures whose intrinsics belong to larger ones."""

    def camera(serial: str, stored: tuple[int, int]) -> PinholeRecord | None:
        return camera_of(rig.camera(serial, (stored[0] * downsample, stored[1] * downsample)), stored)

    return camera
