"""The corpus layout "scans": any tree of head scans with keypoint files beside them. Indexes, reads and writes.

Knows nothing of heads or of what is done with a scan.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from facescale.corpora.files import FileEntry, as_input, join, list_files, read_input, write_bytes
from facescale.corpora.keypoint_files import KEYPOINT_LIMIT, KeypointFormat, read_keypoints, write_keypoints
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.meshes import MESH_SUFFIXES, read_mesh
from facescale.corpora.ply import write_ply
from facescale.corpora.rejections import bad_keypoints, too_large
from facescale.corpora.subjects import match_subject, subject_pattern
from facescale.structures.capture import Capture
from facescale.structures.item import Item
from facescale.structures.units import UNITS, Unit

CORPUS = "scans"
_INFIXES = ("", "_picked_points", "_keypoints", "_landmarks", "_lmks")
_KEYPOINT_SUFFIXES = (".pp", ".txt", ".npy")


@dataclass(frozen=True, kw_only=True)
class ScansConfig:
    """How a tree of scans is read."""

    subject: str = ""
    """Where the subject's id stands in a scan's relative path without its ending: a template such as
    "{subject}/{name}" or "{subject}_{sequence}", or a regular expression with a group (?P<subject>...).
    Empty: the first folder, or the file's own name at the top. FaceVerse's flat names, 001_02.obj, are
    "{subject}_{sequence}"."""
    endings: tuple[str, ...] = ()
    """Endings of the scans that are taken, such as "obj"; empty: all that can be read. FaceVerse has its fitted
    models as .ply beside its scans."""
    unit: Unit | None = None
    """The unit of all scans where it is known; None lets it be recovered for each."""
    keypoints: Literal["beside", "ignore"] = "beside"
    """"beside" takes the keypoint file next to a scan, "ignore" takes none."""
    max_bytes: int = 1 << 30
    """A larger scan is refused before it is read. Reading one takes up to five times its size in memory."""
    max_vertices: int = 50_000_000
    """A scan with more vertices is refused."""

    def __post_init__(self) -> None:
        subject_pattern(self.subject)
        if not {f".{ending}" for ending in self.endings} <= set(MESH_SUFFIXES):
            able = ", ".join(suffix[1:] for suffix in MESH_SUFFIXES)
            raise ValueError(f"expected endings out of {able}, got {', '.join(self.endings)}")
        if self.unit is not None and self.unit not in UNITS:
            raise ValueError(f"expected unit to be one of {', '.join(UNITS)}, got {self.unit!r}")
        if self.keypoints not in {"beside", "ignore"}:
            raise ValueError(f"expected keypoints to be beside or ignore, got {self.keypoints!r}")
        for name in ("max_bytes", "max_vertices"):
            if getattr(self, name) < 1:
                raise ValueError(f"expected {name} to be positive, got {getattr(self, name)}")


def index(root: str, config: ScansConfig | None = None) -> Iterator[Item]:
    """Find the scans below a root, streaming, in a fixed order; no file is opened.

    An item's id is the scan's relative path without its ending, or with it where several scans share that
    path. Its keypoint file is the first that exists of <stem>.pp, .txt, .npy, then the same with
    _picked_points, _keypoints, _landmarks, _lmks after the stem; endings may be in any case. A subject pattern
    that a path does not match leaves the default subject and sets the attribute "subject_pattern" to
    "unmatched".

    Args:
        root: a local folder or s3:// prefix.
        config: how to read it.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    config = config or ScansConfig()
    pattern = subject_pattern(config.subject)
    suffixes = tuple(f".{ending}" for ending in config.endings) or MESH_SUFFIXES
    waiting: dict[str, list[FileEntry]] = {}
    sidecars: dict[str, FileEntry] = {}
    for entry in list_files(root):
        # A stem's files all begin with it: in a sorted listing none can follow once a path does not.
        while waiting and not entry.path.startswith(next(iter(waiting))):
            stem = next(iter(waiting))
            yield from _items(stem, waiting.pop(stem), sidecars, (config, pattern))
        if not waiting:
            sidecars = {p: s for p, s in sidecars.items() if entry.path.startswith(_shortest_stem(p))}
        stem, suffix = posixpath.splitext(entry.path)
        if suffix.lower() in suffixes:
            waiting.setdefault(stem, []).append(entry)
        elif suffix.lower() in _KEYPOINT_SUFFIXES:
            sidecars[stem + suffix.lower()] = entry
    for stem, scans in waiting.items():
        yield from _items(stem, scans, sidecars, (config, pattern))


def load(item: Item, config: ScansConfig | None = None) -> Capture:
    """Read one item.

    Returns:
        The scan (vertices float64, faces int32) and its keypoints in the file's unit and frame.

    Raises:
        CaptureRejected: the scan or its keypoints cannot be used; the reasons are in `corpora.meshes`.
        OSError: a file cannot be read.
    """
    config = config or ScansConfig()
    return parse(item, read(item, config), config)


def read(item: Item, config: ScansConfig) -> dict[str, bytes]:
    """Read an item's files as they are, by role, each with one request.

    Raises:
        CaptureRejected: one is larger than it may be.
        OSError: one cannot be read.
    """
    found: dict[str, bytes] = {}
    for file in item.inputs:
        try:
            if file.role == "scan":
                found["scan"] = read_input(file, limit=config.max_bytes)
            elif file.role == "keypoints" and config.keypoints == "beside":
                found["keypoints"] = read_input(file, limit=KEYPOINT_LIMIT)
        except ValueError as error:
            if file.role == "scan":
                raise too_large(str(error)) from error
            raise bad_keypoints("a keypoint file", f"{file.path}: {error}") from error
    return found


def parse(item: Item, files: Mapping[str, bytes], config: ScansConfig) -> Capture:
    """Make a capture of what `read` read.

    Raises:
        CaptureRejected: as `load` does.
    """
    suffix = {file.role: posixpath.splitext(file.path)[1] for file in item.inputs}
    keypoints = None
    if "keypoints" in files:
        keypoints = read_keypoints(files["keypoints"], suffix["keypoints"])
    return Capture(
        item=item.item,
        subject=item.subject,
        scan=read_mesh(files["scan"], suffix["scan"], max_vertices=config.max_vertices),
        unit=config.unit,
        keypoints=keypoints,
        attributes=dict(item.attributes),
    )


def write_scan(capture: Capture, root: str, *, keypoint_format: KeypointFormat = "pp") -> tuple[str, ...]:
    """Write a capture in this layout: `<item>.ply`, and `<item>.<keypoint_format>` where it has keypoints.

    Args:
        capture: its item id becomes the relative path.
        root: a local folder or s3:// prefix.
        keypoint_format: of the keypoint file.

    Returns:
        The relative paths written.

    Raises:
        ValueError: an item id that leaves the root or that the index would not find again.
        OSError: it cannot be written.
    """
    parts = capture.item.split("/")
    hidden = any(part == "" or part.startswith(".") for part in parts)
    if hidden or capture.item.lower().endswith(MESH_SUFFIXES) or any(p.endswith("-truth") for p in parts[:-1]):
        raise ValueError(f"expected an item id that is a plain relative path, got {capture.item!r}")
    written = {f"{capture.item}.ply": write_ply(capture.surface)}
    if capture.keypoints is not None:
        written[f"{capture.item}.{keypoint_format}"] = write_keypoints(capture.keypoints, keypoint_format)
    for path, data in written.items():
        write_bytes(join(root, path), data)
    return tuple(written)


def _items(
    stem: str,
    scans: list[FileEntry],
    sidecars: dict[str, FileEntry],
    settings: tuple[ScansConfig, re.Pattern[str] | None],
) -> Iterator[Item]:
    config, pattern = settings
    beside = None
    if config.keypoints == "beside":
        names = (stem + infix + suffix for infix in _INFIXES for suffix in _KEYPOINT_SUFFIXES)
        beside = next((sidecars[name] for name in names if name in sidecars), None)
    # A stem that itself ends like a mesh ("a.ply.obj") keeps its ending too: ids can then never collide.
    ambiguous = len(scans) > 1 or posixpath.splitext(stem)[1].lower() in MESH_SUFFIXES
    found = match_subject(pattern, stem)
    for scan in scans:
        inputs = [as_input("scan", scan)]
        if beside is not None:
            inputs.append(as_input("keypoints", beside))
        yield Item(
            corpus=CORPUS,
            item=scan.path if ambiguous else stem,
            subject=found.subject,
            sequence=found.sequence,
            inputs=tuple(inputs),
            attributes=found.attributes,
        )


def _shortest_stem(path: str) -> str:
    """The shortest stem of a scan that a keypoint file can belong to."""
    stem = posixpath.splitext(path)[0]
    return min((stem.removesuffix(infix) for infix in _INFIXES), key=len)


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="any tree of head scans (PLY, OBJ, STL, GLB) with keypoint files beside them",
    holds="scan",
    role="scan",
    beside="keypoints",
    options=ScansConfig,
    index=index,
    load=load,
)
