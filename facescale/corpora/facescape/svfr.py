"""The corpus layout "facescape-svfr": FaceScape's benchmark of single-view reconstruction, single pictures.

In the wild items are called by three digits, in the lab "<person and expression:2>_<focal length:1>_<view:2>".
True meshes lie in folders whose names end in "gt_mesh" (wild_gt_mesh); in which folders the pictures lie is not
documented, so any picture of an item's name counts. Meshes are scaled to one distance of the pupils.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from facescale.corpora.facescape.tu import LICENCE, OBJ_LIMIT
from facescale.corpora.files import FileEntry, as_input, list_files
from facescale.corpora.finding import Finding
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.meshes import read_mesh
from facescale.corpora.named_findings import warning
from facescale.corpora.view_files import ReadViews, inputs_of, read_limited
from facescale.structures.capture import Capture
from facescale.structures.item import Item

CORPUS = "facescape-svfr"
WILD, LAB = 400, 660
"""Items of the parts as they were published."""
_NAME = re.compile(r"(?P<wild>\d{3})|(?P<person>\d{2})_(?P<focal>\d)_(?P<view>\d{2})")
_PICTURES = (".jpg", ".jpeg", ".png")
_TRUTH = "gt_mesh"


@dataclass(frozen=True, kw_only=True)
class SvfrOptions:
    """How the benchmark is read."""

    part: Literal["all", "wild", "lab"] = "all"
    """Pictures in the wild, in the lab, or both."""
    truth: Literal["named", "read"] = "named"
    """"named": the attribute "truth" says where the true mesh lies. "read": it is the capture's scan."""
    longest_side: int = 0
    """Pixels to whose longest side larger pictures are shrunk; 0 keeps them."""

    def __post_init__(self) -> None:
        if self.part not in {"all", "wild", "lab"} or self.truth not in {"named", "read"}:
            got = f"{self.part!r} and {self.truth!r}"
            raise ValueError(f"expected part all, wild or lab and truth named or read, got {got}")
        if self.longest_side < 0:
            raise ValueError(f"expected longest_side to be 0 or more pixels, got {self.longest_side}")


@dataclass(kw_only=True)
class _Parts:
    """Files by item, such as "wild/017" or "lab/05_1_10"."""

    pictures: dict[str, FileEntry] = field(default_factory=dict)
    truths: dict[str, FileEntry] = field(default_factory=dict)
    twins: list[str] = field(default_factory=list)
    """Pictures whose item has one already."""


def index(root: str, options: SvfrOptions) -> Iterator[Item]:
    """Find the pictures, in the order of their items.

    An item is "wild/<3 digits>" or "lab/<name>"; a lab's subject is its first two digits, which stand for a
    person with an expression.

    Raises:
        ValueError: no folder.
        OSError: it cannot be listed.
    """
    parts = _parts(root)
    for name, picture in sorted(parts.pictures.items()):
        part, _, stem = name.partition("/")
        if options.part not in {"all", part}:
            continue
        inputs, said = [as_input("image", picture)], {"part": part, "scale": "normalised"}
        truth = parts.truths.get(name)
        if truth is not None and options.truth == "read":
            inputs.append(as_input("scan", truth))
        elif truth is not None:
            said["truth"] = truth.path
        found = _NAME.fullmatch(stem)
        if found is not None and part == "lab":
            said |= {"focal": found["focal"], "view": found["view"]}
        subject = stem if part == "wild" else f"lab_{stem[:2]}"
        yield Item(corpus=CORPUS, item=name, subject=subject, inputs=tuple(inputs), attributes=said)


def load(item: Item, options: SvfrOptions) -> Capture:
    """Read one picture, uncalibrated, and its true mesh where that is asked for.

    Raises:
        CaptureRejected: the picture or the mesh cannot be used.
        OSError: a file cannot be read.
    """
    read = ReadViews(longest_side=options.longest_side)
    for file in inputs_of(item.inputs, "image"):
        read.read(file, posixpath.basename(file.path))
    lost = read.lost
    scans = [read_mesh(read_limited(file, OBJ_LIMIT), ".obj") for file in inputs_of(item.inputs, "scan")]
    return Capture(
        item=item.item,
        subject=item.subject,
        scan=scans[0] if scans else None,
        unit="mm" if scans else None,
        views=tuple(read.views),
        lost_views=lost,
        attributes={**item.attributes, **read.focals},
    )


def survey(root: str, options: SvfrOptions) -> Iterator[Finding]:
    """Pictures without a true mesh, meshes without a picture, and how many of the published items are missing.

    Raises:
        ValueError: no folder.
        OSError: it cannot be listed.
    """
    parts = _parts(root)
    wanted = {name for name in (*parts.pictures, *parts.truths) if options.part in {"all", name.split("/")[0]}}
    if lost := sorted(wanted - set(parts.truths)):
        yield warning("missing-truth", "pictures have no true mesh", lost)
    if lost := sorted(wanted - set(parts.pictures)):
        yield warning("missing-image", "true meshes have no picture", lost)
    if parts.twins:
        yield warning("surplus-image", "pictures have the name of another", parts.twins)
    for part, whole in (("wild", WILD), ("lab", LAB)):
        there = sum(name.startswith(f"{part}/") for name in parts.pictures)
        if 0 < there < whole:
            yield warning(
                "incomplete", f"parts have fewer pictures than published ({there} of {whole})", [part]
            )


def _parts(root: str) -> _Parts:
    found = _Parts()
    for entry in list_files(root):
        folder, name = posixpath.split(entry.path)
        stem, suffix = posixpath.splitext(name)
        shown = _NAME.fullmatch(stem)
        if shown is None:
            continue
        item = f"{'wild' if shown['wild'] else 'lab'}/{stem}"
        if suffix.lower() in _PICTURES:
            if item in found.pictures:
                found.twins.append(entry.path)
            found.pictures.setdefault(item, entry)
        elif suffix.lower() == ".obj" and posixpath.basename(folder).endswith(_TRUTH):
            found.truths.setdefault(item, entry)
    return found


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="FaceScape's single-view benchmark: pictures in the wild and in the lab with true meshes",
    holds="views",
    role="image",
    options=SvfrOptions,
    index=index,
    load=load,
    survey=survey,
    licence=LICENCE,
)
