"""The corpus layout "now": the photographs of the NoW benchmark, with face boxes and the subjects' scans.

`imagepaths<split>.txt` names "<subject>/<challenge>/<image>.jpg" below NoW_Dataset/final_release_version/
iphone_pictures; boxes lie in detected_face, scans and their seven points in scans and scans_lmks_onlypp. Scans
judge reconstructions: they are named, and read only where that is asked for.
"""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from facescale.corpora.corpus_files import list_below, optional_file
from facescale.corpora.files import FileEntry, as_input, list_files
from facescale.corpora.finding import Finding, Level, refusal
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.meshes import read_mesh
from facescale.corpora.named_findings import warning
from facescale.corpora.now.files import (
    BOX_LIMIT,
    LIST_LIMIT,
    POINTS_LIMIT,
    read_box,
    read_image_list,
    read_points,
)
from facescale.corpora.view_files import ReadViews, inputs_of, read_limited
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import Item

CORPUS = "now"
CHALLENGES = ("multiview_neutral", "multiview_expressions", "multiview_occlusions", "selfie")
BASE = "NoW_Dataset/final_release_version"
PICTURES, BOXES = f"{BASE}/iphone_pictures", f"{BASE}/detected_face"
SCANS, POINTS = "scans", "scans_lmks_onlypp"
SCAN_LIMIT = 1 << 29


@dataclass(frozen=True, kw_only=True)
class NowOptions:
    """How the benchmark is read."""

    split: Literal["validation", "test"] = "validation"
    """Whose list counts; scans of the test are withheld."""
    challenges: tuple[str, ...] = ()
    """Of `CHALLENGES`; empty: all."""
    boxes: Literal["beside", "ignore"] = "beside"
    """"beside" takes the face box of every image that has one, as the attribute "box"."""
    scan: Literal["named", "read"] = "named"
    """"named": the attributes "scan" and "scan_points" say where they lie. "read": the capture has them."""
    longest_side: int = 0
    """Pixels to whose longest side larger pictures are shrunk, boxes not; 0 keeps them."""

    def __post_init__(self) -> None:
        words = {"split": {"validation", "test"}, "boxes": {"beside", "ignore"}, "scan": {"named", "read"}}
        for name, known in words.items():
            if getattr(self, name) not in known:
                raise ValueError(f"expected {name} out of {sorted(known)}, got {getattr(self, name)!r}")
        strange = sorted(set(self.challenges) - set(CHALLENGES))
        if strange or self.longest_side < 0:
            got = f"{strange} and {self.longest_side}"
            raise ValueError(f"expected challenges of {', '.join(CHALLENGES)} and longest_side >= 0, got {got}")


@dataclass(kw_only=True)
class Listed:
    """What lies in the folders, by path in small letters: cameras differ in how they write .JPG."""

    pictures: dict[str, FileEntry] = field(default_factory=dict)
    """By "<subject>/<challenge>/<image>", without ending."""
    boxes: dict[str, FileEntry] = field(default_factory=dict)
    scans: dict[str, FileEntry] = field(default_factory=dict)
    """By subject."""
    points: dict[str, FileEntry] = field(default_factory=dict)


def index(root: str, options: NowOptions) -> Iterator[Item]:
    """Find the images that the list names and that are there, in the list's order; all where there is no list.

    An item is "<subject>/<challenge>/<image>". Lines that leave the corpus are passed over; the survey says so.

    Raises:
        ValueError: no folder of this corpus.
        OSError: it cannot be listed.
    """
    listed = _listed(root)
    try:
        paths = _paths(root, options)[0]
    except CaptureRejected:
        paths = None  # the survey says so
    if paths is None:
        paths = tuple(entry.path.removeprefix(f"{PICTURES}/") for entry in listed.pictures.values())
    for path in paths:
        subject, challenge, _ = path.split("/")
        picture = listed.pictures.get(_key(path))
        if picture is None or (options.challenges and challenge not in options.challenges):
            continue
        inputs, said = [as_input("image", picture)], {"challenge": challenge, "split": options.split}
        box = listed.boxes.get(_key(path))
        if box is not None and options.boxes == "beside":
            inputs.append(as_input("box", box))
        for role, files in (("scan", listed.scans), ("scan_points", listed.points)):
            entry = files.get(subject.lower())
            if entry is not None and options.scan == "read":
                inputs.append(as_input(role, entry))
            elif entry is not None:
                said[role] = entry.path
        name = posixpath.splitext(path)[0]
        yield Item(
            corpus=CORPUS, item=name, subject=subject, sequence=challenge, inputs=tuple(inputs), attributes=said
        )


def load(item: Item, options: NowOptions) -> Capture:
    """Read one image; the attribute "box" is left, top, right and bottom in pixels of the whole image.

    A box that cannot be read is told in "lost_box" and spoils nothing.

    Raises:
        CaptureRejected: the image, or a scan that was to be read, cannot be used.
        OSError: a file cannot be read.
    """
    read, said = ReadViews(longest_side=options.longest_side), dict(item.attributes)
    for file in inputs_of(item.inputs, "image"):
        read.read(file, posixpath.basename(file.path))
    lost = read.lost
    for file in inputs_of(item.inputs, "box"):
        try:
            said["box"] = " ".join(f"{side:g}" for side in read_box(read_limited(file, BOX_LIMIT)))
        except CaptureRejected as why:
            said["lost_box"] = f"{why.reason}: {why.detail}"
    scans = [read_mesh(read_limited(f, SCAN_LIMIT), ".obj") for f in inputs_of(item.inputs, "scan")]
    points = [read_points(read_limited(f, POINTS_LIMIT)) for f in inputs_of(item.inputs, "scan_points")]
    return Capture(
        item=item.item,
        subject=item.subject,
        scan=scans[0] if scans else None,
        unit="mm" if scans else None,
        keypoints=points[0] if points and scans else None,
        views=tuple(read.views),
        lost_views=lost,
        attributes=said | read.focals,
    )


def survey(root: str, options: NowOptions) -> Iterator[Finding]:
    """What the list names and is not there, and the other way round.

    Raises:
        ValueError: no folder of this corpus.
        OSError: it cannot be listed.
    """
    listed = _listed(root)
    try:
        paths, strange = _paths(root, options)
    except CaptureRejected as bad:
        yield refusal(bad)
        paths, strange = None, ()
    if paths is None:
        message = f"expected imagepaths{options.split}.txt, found none that can be read: all images are taken"
        yield Finding(level=Level.WARNING, reason="no-list", message=message)
        paths = tuple(listed.pictures)
    if strange:
        yield Finding(
            level=Level.WARNING, reason="bad-path", message=f"lines of the list are no paths: {strange[:3]}"
        )
    kinds: tuple[tuple[str, str, Mapping[str, FileEntry]], ...] = (
        ("missing-image", "images of the list are not there", listed.pictures),
        ("missing-box", "images have no face box", listed.boxes),
    )
    for reason, what, there in kinds:
        lost = [path for path in paths if _key(path) not in there]
        if lost:
            yield warning(reason, what, lost)
    subjects = sorted({path.split("/")[0] for path in paths})
    if options.split == "validation":
        for what, there in (("scan", listed.scans), ("points on their scan", listed.points)):
            lost = [subject for subject in subjects if subject.lower() not in there]
            if lost:
                yield warning("missing-scan", f"subjects have no {what}", lost)
    odd = sorted({path.split("/")[1] for path in paths} - set(CHALLENGES))
    if odd:
        yield warning("unknown-challenge", "challenges are not the benchmark's", odd)


def _paths(root: str, options: NowOptions) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Paths and strange lines of the split's list; None where it is not there."""
    name = f"imagepaths{options.split}.txt"
    try:
        data = optional_file(root, name, limit=LIST_LIMIT)
    except ValueError as error:
        raise CaptureRejected("bad-list", f"{name}: {error}") from error
    return (None, ()) if data is None else read_image_list(data, name)


def _listed(root: str) -> Listed:
    found = Listed()
    parts = (
        (PICTURES, (".jpg", ".jpeg", ".png"), 3, found.pictures),
        (BOXES, (".npy",), 3, found.boxes),
        (SCANS, (".obj",), 2, found.scans),
        (POINTS, (".pp",), 2, found.points),
    )
    for folder, suffixes, depth, target in parts:
        for entry in list_below(root, folder):
            path = entry.path.removeprefix(f"{folder}/")
            if path.lower().endswith(suffixes) and path.count("/") == depth - 1:
                key = _key(path) if depth > 2 else path.split("/")[0].lower()  # noqa: PLR2004 - by subject
                target.setdefault(key, entry)
    if not found.pictures:
        for _ in list_files(root):  # says it where the root is no folder
            break
        raise ValueError(f"expected pictures below {PICTURES} at {root}, found none")
    return found


def _key(path: str) -> str:
    return posixpath.splitext(path)[0].lower()


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="NoW benchmark: photographs of 100 people, validation and test",
    holds="views",
    role="image",
    options=NowOptions,
    index=index,
    load=load,
    survey=survey,
    licence="NoW (MPI licence, registration)",
)
