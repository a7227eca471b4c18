"""The corpus layout "nersemble-paper": the preprocessed sequences of the first release's paper.

<participant>/camera_params.json
<participant>/sequences/<sequence>/frame_<5 digits>/images-2x-73fps/cam_<serial>.png        half size
                                                   /alpha_map-73fps/cam_<serial>.png
                                                   /colmap-73fps/depth_maps_compressed/cam_<serial>.png

Names without "-73fps" are taken too. Intrinsics belong to full-size pictures. Alpha and depth lie beside
pictures by name; their sizes do not enter an item's identity. Not loaded: depth in .npz files, and the colour
corrections (annotations/<sequence>/color_correction), which are made for the raw videos' colours.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from facescale.corpora.files import as_input, list_files
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.nersemble.calibration import RigCalibration
from facescale.corpora.nersemble.options import RigOptions
from facescale.corpora.nersemble.rig import LICENCE, RATE
from facescale.corpora.nersemble.sequence import rig_of
from facescale.corpora.nersemble.still_frames import StillFrame, bounded, chosen_frames, read_stills
from facescale.corpora.picture_rejections import no_usable_view
from facescale.corpora.pictures import MAX_PIXELS
from facescale.structures.capture import Capture
from facescale.structures.depth_map import DepthMap
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile, Item
from facescale.structures.units import MILLIMETRES_PER
from facescale.structures.view import View

CORPUS = "nersemble-paper"
PICTURE = re.compile(
    r"(?P<participant>[^/]+)/sequences/(?P<sequence>[^/]+)/frame_(?P<frame>\d+)/images-2x(?P<rate>-73fps)?"
    r"/cam_(?P<serial>\w+)\.png",
    re.IGNORECASE,
)
CALIBRATION = re.compile(r"(?P<participant>[^/]+)/camera_params\.json", re.IGNORECASE)
FARTHEST, STEPS = 2.0, 65534
"""Depth, in units of the world, of the largest value, and that value less one."""


@dataclass(frozen=True, kw_only=True)
class PaperOptions(RigOptions):
    """How preprocessed sequences are read."""

    depth: bool = True
    """Whether depth maps are read, where there are some."""


def index(root: str, options: PaperOptions | None = None) -> Iterator[Item]:
    """Find the sequences below a root, streaming; no file is opened.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    del options
    key, pictures = ("", ""), []
    calibration: dict[str, InputFile] = {}
    for entry in list_files(root):
        if found := CALIBRATION.fullmatch(entry.path):
            calibration = {found["participant"]: as_input("cameras", entry)}
        elif found := PICTURE.fullmatch(entry.path):
            if (found["participant"], found["sequence"]) != key:
                yield from _item(key, pictures, calibration)
                key, pictures = (found["participant"], found["sequence"]), []
            pictures.append(as_input("image", entry))
    yield from _item(key, pictures, calibration)


def load(item: Item, options: PaperOptions) -> Capture:
    """Read the chosen frames of the chosen cameras.

    Returns:
        Views "<serial>/<frame>" with alpha, calibrated in mm, and depth maps of those that have some.

    Raises:
        CaptureRejected: no calibration, one that is none, or no picture that can be used.
        OSError: a file cannot be read.
    """
    rig = rig_of(item, options, intrinsics="shared")
    pictures: dict[tuple[str, int], InputFile] = {}
    for file in item.inputs:
        if found := PICTURE.fullmatch(file.path):
            pictures[found["serial"], int(found["frame"])] = file
    numbers = chosen_frames((number for _, number in pictures), options.choice)
    serials = options.wanted({serial for serial, _ in pictures} | set(rig.rotations))
    frames = [
        StillFrame(camera=serial, number=number, file=file, mask=_beside(file, "alpha_map"))
        for serial in serials
        for number in numbers
        for file in [pictures.get((serial, number))]
    ]
    rate = options.rate or RATE
    views, lost = read_stills(frames, rig.camera, longest_side=options.longest_side, rate=rate)
    if not views:
        raise no_usable_view("; ".join(f"{one.name}: {one.reason}" for one in lost[:20]) or "no frame")
    depths = []
    for view in views if options.depth else ():
        picture = pictures[view.group, int(view.name.rpartition("/")[2])]
        file = _beside(picture, "colmap", "depth_maps_compressed/")
        if file is not None and (depth := _depth(file, view, rig, options)) is not None:
            depths.append(depth)
    return Capture(
        item=item.item,
        subject=item.subject,
        views=tuple(views),
        lost_views=tuple(lost),
        depth_maps=tuple(depths),
        attributes={**item.attributes, "frames": str(len({number for _, number in pictures}))},
    )


def read_depth(data: bytes) -> np.ndarray:
    """Depth of a 16-bit picture in units of the world, float32; 0 where nothing was measured.

    Raises:
        CaptureRejected: no such picture.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as opened:
            usable = opened.width * opened.height <= MAX_PIXELS and opened.mode.startswith("I")
            kind = f"{opened.width} x {opened.height} pixels of the kind {opened.mode}"
            stored = np.asarray(opened).astype(np.float64) if usable else np.zeros((0, 0))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, MemoryError) as error:
        raise CaptureRejected("bad-depth", f"expected a 16-bit PNG of depths, found: {error}") from error
    if not usable:
        raise CaptureRejected("bad-depth", f"expected a 16-bit PNG of depths, found {kind}")
    return np.where(stored > 0, (stored - 1) * FARTHEST / STEPS, 0).astype(np.float32)


def _depth(file: InputFile, view: View, rig: RigCalibration, options: PaperOptions) -> DepthMap | None:
    try:
        depth = read_depth(bounded(file)) * np.float32(MILLIMETRES_PER[options.unit])
    except FileNotFoundError:
        return None
    return DepthMap(
        name=view.name,
        depth=depth,
        camera=rig.camera(view.group, (depth.shape[1], depth.shape[0])),
        time_s=view.time_s,
        group=view.group,
    )


def _beside(file: InputFile | None, folder: str, below: str = "") -> InputFile | None:
    """The file of the same camera and frame in another folder; it may not be there."""
    if file is None:
        return None

    def moved(path: str) -> str:
        head, _, name = path.rpartition("/")
        above, _, own = head.rpartition("/")
        return f"{above}/{folder}{'-73fps' if own.lower().endswith('-73fps') else ''}/{below}{name}"

    return replace(file, role=folder, uri=moved(file.uri), path=moved(file.path), size=0, digest="")


def _item(key: tuple[str, str], pictures: list[InputFile], calibration: dict[str, InputFile]) -> Iterator[Item]:
    participant, sequence = key
    if pictures:
        beside = (calibration[participant],) if participant in calibration else ()
        yield Item(
            corpus=CORPUS,
            item=f"{participant}/{sequence}",
            subject=participant,
            sequence=sequence,
            inputs=(*pictures, *beside),
        )


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="NeRSemble's ten preprocessed sequences: half-size pictures, alpha and depth of 16 cameras",
    holds="views",
    role="image",
    beside="cameras",
    options=PaperOptions,
    index=index,
    load=load,
    licence=LICENCE,
)
