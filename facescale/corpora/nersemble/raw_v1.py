"""The corpus layout "nersemble-v1": the raw videos of the first release, an item a participant and sequence.

sequence_<sequence>_part-<k>/<participant>/<sequence>/cam_<serial>.mp4
camera_params/<participant>/camera_params.json
color_correction/<participant>/<serial>.npy

Archives of whole participants are taken without the first folder. Not loaded: the pictures of the empty stage.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from facescale.corpora.camera_videos import CameraVideo
from facescale.corpora.files import as_input, join, list_files, read_input
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.nersemble.colours import LIMIT, Correction, affine, bad_colours, read_affine
from facescale.corpora.nersemble.options import ColouredRigOptions
from facescale.corpora.nersemble.rig import LICENCE
from facescale.corpora.nersemble.sequence import capture_of, files_of, rig_of
from facescale.structures.capture import Capture
from facescale.structures.item import InputFile, Item

CORPUS = "nersemble-v1"
VIDEO = re.compile(
    r"(?:sequence_[^/]+/)?(?P<participant>\d+)/(?P<sequence>[^/]+)/cam_(?P<serial>\w+)\.mp4", re.IGNORECASE
)
BESIDE = {"camera_params": "cameras", "color_correction": "colours"}
"""Folder -> role of its files."""


def index(root: str, options: ColouredRigOptions | None = None) -> Iterator[Item]:
    """Find the sequences below a root in the order of their folders; no file is opened.

    The calibrations are listed first, then the videos stream.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    del options
    shared: dict[str, list[InputFile]] = {}
    for folder, role in BESIDE.items():
        try:
            for entry in list_files(join(root, folder)):
                participant, nested, name = entry.path.partition("/")
                if nested and (role == "colours" or name.lower() == "camera_params.json"):
                    located = replace(as_input(role, entry), path=f"{folder}/{entry.path}")
                    shared.setdefault(participant, []).append(located)
        except ValueError:  # there is no such folder: the sequences will say what they lack
            continue
    key, videos = ("", ""), []
    for entry in list_files(root):
        found = VIDEO.fullmatch(entry.path)
        if found is None:
            continue
        if (found["participant"], found["sequence"]) != key:
            yield from _item(key, videos, shared)
            key, videos = (found["participant"], found["sequence"]), []
        videos.append(as_input("video", entry))
    yield from _item(key, videos, shared)


def load(item: Item, options: ColouredRigOptions) -> Capture:
    """Read the chosen frames of the chosen cameras, as `raw_v2.load` does.

    Raises:
        CaptureRejected: no calibration, one that is none, or no camera that can be used.
        OSError: a file cannot be read.
    """
    rig = rig_of(item, options, intrinsics="shared")
    files, colours = files_of(item, "video"), files_of(item, "colours")
    corrected = options.colour == "corrected"
    cameras = [
        CameraVideo(
            name=serial,
            file=files.get(serial),
            correct=_correction(colours[serial]) if corrected and serial in colours else None,
            lacks="a colour calibration of this camera" if corrected and serial not in colours else "",
        )
        for serial in options.wanted(set(files) | set(rig.rotations))
    ]
    return capture_of(item, cameras, rig, options)


def _correction(file: InputFile) -> Correction:
    try:
        data = read_input(file, limit=LIMIT)
    except ValueError as error:
        raise bad_colours("a small array", str(error)) from error
    return affine(read_affine(data))


def _item(key: tuple[str, str], videos: list[InputFile], shared: dict[str, list[InputFile]]) -> Iterator[Item]:
    participant, sequence = key
    if videos:
        yield Item(
            corpus=CORPUS,
            item=f"{participant}/{sequence}",
            subject=participant,
            sequence=sequence,
            inputs=(*videos, *shared.get(participant, ())),
        )


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="NeRSemble v1 as downloaded: 16 calibrated cameras, raw videos in one folder a sequence",
    holds="views",
    role="video",
    beside="cameras",
    options=ColouredRigOptions,
    index=index,
    load=load,
    licence=LICENCE,
)
