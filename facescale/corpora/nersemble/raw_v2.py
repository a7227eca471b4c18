"""The corpus layout "nersemble-v2": a current download of the raw videos, an item a participant and sequence.

<participant>/calibration/{camera_params,color_calibration}.json
<participant>/sequences/<sequence>/images/cam_<serial>.mp4

Names are taken as they are written, whatever their case. Not loaded: the pictures of the empty stage
(sequences/BACKGROUND/image_<serial>.jpg) and what the metadata say of participants beyond the sequences. The
corpus has neither alpha, depth nor tracking.
"""

import re
from collections.abc import Iterator

from facescale.corpora.camera_videos import CameraVideo
from facescale.corpora.files import as_input, list_files
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.nersemble.colours import LIMIT, Correction, bad_colours, polynomial, read_polynomials
from facescale.corpora.nersemble.options import ColouredRigOptions
from facescale.corpora.nersemble.rig import LICENCE
from facescale.corpora.nersemble.sequence import beside, capture_of, files_of, rig_of
from facescale.corpora.nersemble.survey_v2 import survey
from facescale.structures.capture import Capture
from facescale.structures.item import InputFile, Item

CORPUS = "nersemble-v2"
VIDEO = re.compile(
    r"(?P<participant>[^/]+)/sequences/(?P<sequence>[^/]+)/images/cam_(?P<serial>\w+)\.mp4", re.IGNORECASE
)
CALIBRATION = re.compile(
    r"(?P<participant>[^/]+)/calibration/(?P<kind>camera_params|color_calibration)\.json", re.IGNORECASE
)
ROLES = {"camera_params": "cameras", "color_calibration": "colours"}


def index(root: str, options: ColouredRigOptions | None = None) -> Iterator[Item]:
    """Find the sequences below a root, streaming, participant by participant; no file is opened.

    Args:
        root: a local folder or s3:// prefix.
        options: how it is read; no item depends on it.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    del options
    participant, shared, sequences = "", [], {}
    for entry in list_files(root):
        first = entry.path.partition("/")[0]
        if first != participant:
            yield from _items(participant, shared, sequences)
            participant, shared, sequences = first, [], {}
        if found := CALIBRATION.fullmatch(entry.path):
            shared.append(as_input(ROLES[found["kind"].lower()], entry))
        elif found := VIDEO.fullmatch(entry.path):
            sequences.setdefault(found["sequence"], []).append(as_input("video", entry))
    yield from _items(participant, shared, sequences)


def load(item: Item, options: ColouredRigOptions) -> Capture:
    """Read the chosen frames of the chosen cameras.

    Returns:
        Views "<serial>/<frame>" in the order of the rig, calibrated in mm; cameras that cannot be used are
        `lost_views`.

    Raises:
        CaptureRejected: no calibration, one that is none, or no camera that can be used.
        OSError: a file cannot be read.
    """
    rig = rig_of(item, options, intrinsics="shared")
    files = files_of(item, "video")
    corrections = _corrections(item) if options.colour == "corrected" else None
    cameras = [
        CameraVideo(
            name=serial,
            file=files.get(serial),
            correct=None if corrections is None else corrections.get(serial),
            lacks="" if corrections is None or serial in corrections else "a colour calibration of this camera",
        )
        for serial in options.wanted(set(files) | set(rig.rotations))
    ]
    return capture_of(item, cameras, rig, options)


def _corrections(item: Item) -> dict[str, Correction]:
    """Serial -> what corrects its colours."""
    data = beside(item, "colours", limit=LIMIT)
    if data is None:
        raise bad_colours("color_calibration.json", "none")
    return {serial: polynomial(matrix) for serial, matrix in read_polynomials(data).items()}


def _items(participant: str, shared: list[InputFile], sequences: dict[str, list[InputFile]]) -> Iterator[Item]:
    for sequence, videos in sequences.items():
        yield Item(
            corpus=CORPUS,
            item=f"{participant}/{sequence}",
            subject=participant,
            sequence=sequence,
            inputs=(*videos, *shared),
        )


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="NeRSemble v2 as downloaded: 16 calibrated cameras, raw videos at 73 frames a second",
    holds="views",
    role="video",
    beside="cameras",
    options=ColouredRigOptions,
    index=index,
    load=load,
    survey=survey,
    licence=LICENCE,
)
