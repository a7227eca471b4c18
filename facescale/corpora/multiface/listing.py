"""Multiface's folders: entities, segments and the files of each frame, by name. Opens nothing but lists."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from facescale.corpora.corpus_files import list_below, list_folders, optional_file
from facescale.corpora.files import FileEntry, join
from facescale.corpora.multiface.files import TEXT_LIMIT, read_camera_split, read_test_segments

ENTITY = re.compile(r"m--(?P<date>\d{8})--(?P<time>\d{4})--(?P<entity>\d{4,12})(?:--GHS)?")
RATE = 30.0
"""Frames a second."""
UNWRAPPED = "unwrapped_uv_1024"
TEST_SEGMENTS = "test_segment.json"
_IMAGE = re.compile(r"(?P<camera>[^/]+)/(?P<frame>\d+)\.(?i:png|jpe?g)")
_TRACKED = re.compile(r"(?P<frame>\d+)(?P<kind>_transform\.(?i:txt)|\.(?i:bin|obj))")


@dataclass(frozen=True, kw_only=True)
class MultifaceOptions:
    """How Multiface is read."""

    item: Literal["frame", "segment"] = "frame"
    """"frame" makes all cameras at one moment an item, "segment" all moments that are taken of a segment."""
    frames: int = 0
    """Moments taken of each segment, evenly spaced; 0 takes all."""
    segments: tuple[str, ...] = ()
    """Beginnings of the names of segments that are taken; empty: all."""
    split: Literal["all", "train", "test"] = "all"
    """Segments by test_segment.json, whose names are beginnings."""
    cameras: tuple[str, ...] = ()
    """Cameras that are taken; empty: all that have pictures of the segment."""
    camera_split: Literal["all", "train", "test", "visual"] = "all"
    """Cameras by camera-split-config_<entity>.json."""
    meshes: Literal["read", "ignore"] = "read"
    """Whether tracked meshes become registered ones."""
    longest_side: int = 0
    """Pixels to whose longest side larger pictures are shrunk, their cameras with them; 0 keeps them."""

    def __post_init__(self) -> None:
        for name, words in (
            ("item", {"frame", "segment"}),
            ("split", {"all", "train", "test"}),
            ("camera_split", {"all", "train", "test", "visual"}),
            ("meshes", {"read", "ignore"}),
        ):
            if getattr(self, name) not in words:
                raise ValueError(f"expected {name} out of {sorted(words)}, got {getattr(self, name)!r}")
        if self.frames < 0 or self.longest_side < 0:
            got = f"{self.frames} and {self.longest_side}"
            raise ValueError(f"expected frames and longest_side to be 0 or more, got {got}")


@dataclass(frozen=True, kw_only=True)
class Entity:
    """One capture of one person."""

    folder: str
    """Relative to the root; empty where the root is it."""
    name: str
    """Seven or nine digits, a string."""
    script: str
    """"v1" or "v2": the expressions that were performed."""

    def path(self, name: str) -> str:
        """Of a file or folder, relative to the root."""
        return f"{self.folder}/{name}" if self.folder else name


@dataclass(kw_only=True)
class Segment:
    """What is there of one segment."""

    name: str
    images: dict[str, dict[str, FileEntry]] = field(default_factory=dict)
    """Frame, padded as in the files -> camera -> picture."""
    cameras: list[str] = field(default_factory=list)
    """With at least one picture."""
    vertices: dict[str, FileEntry] = field(default_factory=dict)
    transforms: dict[str, FileEntry] = field(default_factory=dict)
    topology: dict[str, FileEntry] = field(default_factory=dict)
    textures: dict[str, FileEntry] = field(default_factory=dict)
    """Averages over views."""

    @property
    def frames(self) -> list[str]:
        """All that have a picture or a mesh, in order."""
        return sorted({*self.images, *self.vertices}, key=lambda frame: (int(frame), frame))

    def times(self) -> dict[str, float]:
        """Frame -> seconds after the segment's first: numbers count a clock of which few ticks are frames."""
        frames = self.frames
        numbers = [int(frame) for frame in frames]
        steps = Counter(b - a for a, b in pairwise(numbers) if b > a)
        step = min((gap for gap, count in steps.items() if count == max(steps.values())), default=1)
        return {
            frame: (number - numbers[0]) / step / RATE for frame, number in zip(frames, numbers, strict=True)
        }


def entities(root: str) -> list[Entity]:
    """The captures below a root, or the one that it is.

    Raises:
        ValueError: no folder, or none of them.
        OSError: it cannot be listed.
    """
    names = list_folders(root)
    found = [_entity(name, name) for name in names if ENTITY.fullmatch(name)]
    own = join(root, "").rstrip("/").rsplit("/", 1)[-1]
    if not found and {"images", "tracked_mesh"} & set(names) and ENTITY.fullmatch(own):
        found = [_entity("", own)]
    if not found:
        raise ValueError(f"expected folders m--<date>--<time>--<entity>--GHS at {root}, found none")
    return found


def segments(root: str, entity: Entity, options: MultifaceOptions) -> Iterator[Segment]:
    """The chosen segments of a capture, one at a time, in order of their names.

    Raises:
        ValueError: a split is asked for and its list is not there.
        CaptureRejected: that list is none.
        OSError: the storage cannot be listed.
    """
    names = {n for part in ("images", "tracked_mesh") for n in _folders(root, entity.path(part))}
    test = segments_for_tests(root, entity) if options.split != "all" else ()
    cameras = chosen_cameras(root, entity, options)
    for name in sorted(names):
        wanted = not options.segments or name.startswith(options.segments)
        if wanted and (options.split == "all" or name.startswith(test) == (options.split == "test")):
            yield _segment(root, entity, name, cameras)


def segments_for_tests(root: str, entity: Entity) -> tuple[str, ...]:
    """Beginnings of the names of test segments.

    Raises:
        ValueError: test_segment.json is not there.
        CaptureRejected: bad-list.
    """
    return read_test_segments(_list(root, entity, TEST_SEGMENTS, "split"))


def chosen_cameras(root: str, entity: Entity, options: MultifaceOptions) -> frozenset[str] | None:
    """Cameras that are taken; None: all.

    Raises:
        ValueError: a split is asked for and its list is not there.
        CaptureRejected: that list is none.
    """
    chosen = frozenset(options.cameras) or None
    if options.camera_split == "all":
        return chosen
    name = f"camera-split-config_{entity.name}.json"
    split = read_camera_split(_list(root, entity, name, "camera_split"))
    if options.camera_split not in split:
        raise ValueError(f"expected {options.camera_split!r} in {name}, got {', '.join(split)}")
    listed = frozenset(split[options.camera_split])
    return listed if chosen is None else listed & chosen


def _list(root: str, entity: Entity, name: str, option: str) -> bytes:
    for path in (name, entity.path(name)):
        data = optional_file(root, path, limit=TEXT_LIMIT)
        if data is not None:
            return data
    raise ValueError(f"expected {name} at {root} for the option {option}, found none")


def _entity(folder: str, name: str) -> Entity:
    found = ENTITY.fullmatch(name)
    assert found is not None
    return Entity(folder=folder, name=found["entity"], script="v1" if found["time"] == "0000" else "v2")


def _folders(root: str, folder: str) -> list[str]:
    try:
        return list_folders(join(root, folder))
    except ValueError:
        return []


def _segment(root: str, entity: Entity, name: str, cameras: frozenset[str] | None) -> Segment:
    segment = Segment(name=name)
    base = entity.path(f"images/{name}")
    seen: dict[str, None] = {}
    for entry in list_below(root, base):
        found = _IMAGE.fullmatch(entry.path.removeprefix(f"{base}/"))
        if found is not None and (cameras is None or found["camera"] in cameras):
            seen.setdefault(found["camera"])
            segment.images.setdefault(found["frame"], {})[found["camera"]] = entry
    segment.cameras = list(seen)
    base = entity.path(f"tracked_mesh/{name}")
    kinds = {".bin": segment.vertices, ".obj": segment.topology}
    for entry in list_below(root, base):
        found = _TRACKED.fullmatch(entry.path.removeprefix(f"{base}/"))
        if found is not None:
            kinds.get(found["kind"].lower(), segment.transforms)[found["frame"]] = entry
    base = entity.path(f"{UNWRAPPED}/{name}/average")
    for entry in list_below(root, base):
        segment.textures[entry.path.removeprefix(f"{base}/").split(".")[0]] = entry
    return segment
