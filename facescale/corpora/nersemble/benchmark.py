"""The corpus layout "nersemble-benchmark": the benchmark's subset, an item a sequence of a task or a picture.

{nvs,mono_flame_avatar}/<participant>/calibration/camera_params.json            intrinsics for every serial
{nvs,mono_flame_avatar}/<participant>/sequences/<sequence>/{images,alpha_maps}/cam_<serial>.mp4
nvs/<participant>/sequences/<sequence>/pointclouds/frame_<5 digits>.pcd
svfr/<participant>/<sequence>_<timestep>_<serial>/rgb.png                       one picture, no calibration

The point cloud of the first chosen frame becomes the scan, in the unit of the world. Not loaded, though listed
among an item's files: the tracking (tracking/flame2023_tracking*.npz), parameters of a head model for which
captures have no place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from facescale.corpora.camera_videos import CameraVideo
from facescale.corpora.files import as_input, list_files
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.nersemble.options import RigOptions
from facescale.corpora.nersemble.rig import LICENCE, RATE
from facescale.corpora.nersemble.sequence import capture_of, files_of, rig_of
from facescale.corpora.nersemble.still_frames import StillFrame, bounded, read_stills
from facescale.corpora.pcd import parse_pcd
from facescale.corpora.picture_rejections import no_usable_view
from facescale.structures.capture import Capture
from facescale.structures.item import InputFile, Item

CORPUS = "nersemble-benchmark"
PARTICIPANT = re.compile(r"(?P<task>nvs|mono_flame_avatar)/(?P<participant>[^/]+)/(?P<rest>.+)", re.IGNORECASE)
FILES = {
    "video": re.compile(r"sequences/(?P<sequence>[^/]+)/images/cam_\w+\.mp4", re.IGNORECASE),
    "mask": re.compile(r"sequences/(?P<sequence>[^/]+)/alpha_maps/cam_\w+\.mp4", re.IGNORECASE),
    "points": re.compile(r"sequences/(?P<sequence>[^/]+)/pointclouds/frame_\d+\.pcd", re.IGNORECASE),
    "tracking": re.compile(r"sequences/(?P<sequence>[^/]+)/tracking/flame2023_tracking\w*\.npz", re.IGNORECASE),
}
"""Role -> path below a participant."""
PICTURE = re.compile(
    r"svfr/(?P<participant>[^/]+)/(?P<sequence>[^/]+)_(?P<timestep>\d+)_(?P<serial>\d+)/rgb\.png", re.IGNORECASE
)
_FRAME = re.compile(r".*frame_(?P<number>\d+)\.pcd", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class BenchmarkOptions(RigOptions):
    """How the benchmark is read."""

    task: Literal["all", "nvs", "mono_flame_avatar", "svfr"] = "all"
    """Which of its tasks."""
    points: bool = True
    """Whether the point cloud of the first chosen frame is read, where there are some."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.task not in {"all", "nvs", "mono_flame_avatar", "svfr"}:
            raise ValueError(f"expected task to be all, nvs, mono_flame_avatar or svfr, got {self.task!r}")


def index(root: str, options: BenchmarkOptions | None = None) -> Iterator[Item]:
    """Find the items of the wanted tasks, streaming; no file is opened.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    task = (options or BenchmarkOptions()).task
    owner, shared, sequences = ("", ""), [], {}
    for entry in list_files(root):
        if found := PARTICIPANT.fullmatch(entry.path):
            if (found["task"], found["participant"]) != owner:
                yield from _sequences(owner, shared, sequences, task)
                owner, shared, sequences = (found["task"], found["participant"]), [], {}
            if found["rest"].lower() == "calibration/camera_params.json":
                shared.append(as_input("cameras", entry))
            for role, pattern in FILES.items():
                if inner := pattern.fullmatch(found["rest"]):
                    sequences.setdefault(inner["sequence"], []).append(as_input(role, entry))
        elif (found := PICTURE.fullmatch(entry.path)) and task in {"all", "svfr"}:
            yield from _sequences(owner, shared, sequences, task)
            owner, shared, sequences = ("", ""), [], {}
            yield Item(
                corpus=CORPUS,
                item=entry.path.rpartition("/")[0],
                subject=found["participant"],
                sequence=found["sequence"],
                inputs=(as_input("video", entry),),
                attributes={"task": "svfr", "timestep": found["timestep"], "serial": found["serial"]},
            )
    yield from _sequences(owner, shared, sequences, task)


def load(item: Item, options: BenchmarkOptions) -> Capture:
    """Read the chosen frames of the chosen cameras with their alpha, or the one picture.

    Raises:
        CaptureRejected: no calibration, one that is none, or nothing that can be used.
        OSError: a file cannot be read.
    """
    if item.attributes.get("task") == "svfr":
        return _single(item, options)
    rig = rig_of(item, options, intrinsics="per-serial")
    files, masks = files_of(item, "video"), files_of(item, "mask")
    cameras = [
        CameraVideo(name=serial, file=files.get(serial), mask=masks.get(serial))
        for serial in options.wanted(set(files))
    ]
    capture = capture_of(item, cameras, rig, options)
    clouds = {
        int(found["number"]): file
        for file in item.inputs
        if file.role == "points" and (found := _FRAME.fullmatch(file.path))
    }
    first = int(capture.views[0].name.rpartition("/")[2])
    if not options.points or first not in clouds:
        return capture
    return replace(capture, scan=parse_pcd(bounded(clouds[first])), unit=options.unit)


def _single(item: Item, options: BenchmarkOptions) -> Capture:
    serial, number = item.attributes["serial"], int(item.attributes["timestep"])
    frame = StillFrame(camera=serial, number=number, file=item.inputs[0])
    views, lost = read_stills(
        [frame], lambda *_: None, longest_side=options.longest_side, rate=options.rate or RATE
    )
    if not views:
        raise no_usable_view(lost[0].reason)
    return Capture(item=item.item, subject=item.subject, views=tuple(views), attributes=dict(item.attributes))


def _sequences(
    owner: tuple[str, str], shared: list[InputFile], sequences: dict[str, list[InputFile]], task: str
) -> Iterator[Item]:
    kind, participant = owner
    if task not in {"all", kind.lower()}:
        return
    for sequence, files in sequences.items():
        if any(file.role == "video" for file in files):
            yield Item(
                corpus=CORPUS,
                item=f"{kind}/{participant}/{sequence}",
                subject=participant,
                sequence=sequence,
                inputs=(*files, *shared),
                attributes={"task": kind.lower()},
            )


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="NeRSemble's benchmark: novel views, avatars from one video, reconstruction from one picture",
    holds="views",
    role="video",
    beside="cameras",
    options=BenchmarkOptions,
    index=index,
    load=load,
    licence=LICENCE,
)
