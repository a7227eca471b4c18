"""The layout "stirling": Stirling/ESRC scans with FG2018's points, or FG2018's photographs of those people."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from facescale.corpora.files import FileEntry, as_input
from facescale.corpora.finding import Finding, Level
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.scan_inputs import input_of, load_beside, load_mesh, load_pictures, required
from facescale.corpora.stirling.lnd import read_lnd
from facescale.corpora.stirling.tree import Tree, gathered, named, pictured, stem_of, wanted
from facescale.structures.capture import Capture
from facescale.structures.item import InputFile, Item

NAME = "stirling"
WITHOUT_POINTS = ("f1033",)
"""Subjects whose scan never had a .lnd file (fg2018-competition, issue 9)."""
_LISTED = 8


@dataclass(frozen=True, kw_only=True)
class StirlingOptions:
    """How a copy of Stirling/ESRC is read."""

    items: Literal["scans", "images"] = "scans"
    """"scans": an item a scan. "images": an item a photograph of FG2018's subset, with the neutral scan."""
    variants: tuple[str, ...] = ("n", "nh", "2_n")
    """Kinds of scans that are taken, as their names end, in any case; empty: all. The default are the neutral
    ones."""
    quality: Literal["all", "hq", "lq"] = "all"
    """Which of FG2018's photographs are taken: 656 are HQ, 1,344 LQ."""
    keypoints: Literal["beside", "ignore"] = "beside"
    """"beside" takes the .lnd file of a scan, "ignore" takes none."""


def index(root: str, options: StirlingOptions) -> Iterator[Item]:
    """Find the scans or photographs, in the order of their paths; no file is opened.

    An item's id is its path without ending, its subject the id in lower case ("f1001", "m1011b": whether a
    letter behind the number is another person is stated nowhere). Attributes of a scan: variant, and how many
    photographs there are of its subject.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    tree = gathered(root, options.variants)
    if options.items == "images":
        yield from _photographs(tree, options)
        return
    for entry in tree.scans:
        subject, variant = named(entry)
        counted = {f"images_{q}": str(tree.images_of.get((subject, q), 0)) for q in ("hq", "lq")}
        yield _item(
            entry, subject, variant, _scan_inputs(tree, entry, options), {"variant": variant, **counted}
        )


def load(item: Item, options: StirlingOptions) -> Capture:
    """Read a scan with its seven points, in mm; or a photograph with them, where there are any.

    Raises:
        CaptureRejected: the scan, its points or the photograph cannot be used.
        OSError: a file cannot be read.
    """
    if options.items == "images":
        found, scan = load_pictures(item), input_of(item, "scan")
    else:
        found = Capture(item=item.item, subject=item.subject, attributes=dict(item.attributes))
        scan = required(item, "scan", "a scan")
    if scan is None:
        return found
    points = input_of(item, "keypoints")
    keypoints = None if points is None else read_lnd(load_beside(points))
    return replace(found, scan=load_mesh(scan), unit="mm", keypoints=keypoints)


def survey(root: str, options: StirlingOptions) -> Iterator[Finding]:
    """Scans without points, points without scan, photographs of people without a scan, case that varies."""
    tree = gathered(root, options.variants)
    used = set()
    for entry in tree.scans:
        points = tree.points_of(entry)
        if points is not None:
            used.add(points.path)
            if stem_of(points) != stem_of(entry):
                yield _warn("odd-case", f"{points.path} belongs to {entry.path}, in another case")
        elif named(entry)[0] in WITHOUT_POINTS:
            yield _warn("no-keypoints", f"{entry.path} has no .lnd file, as in every copy")
        else:
            yield _warn("no-keypoints", f"{entry.path} has no .lnd file", "copy the folder annotations as well")
    for entry in (entry for found in tree.points.values() for entry in found):
        if entry.path not in used and wanted(entry, options.variants):
            yield _warn("no-scan", f"{entry.path} has no scan", "copy the scans again")
    lonely = sorted({subject for subject, _ in tree.images_of} - {named(entry)[0] for entry in tree.scans})
    if lonely and tree.scans:
        listed = ", ".join(lonely[:_LISTED]) + (" ..." if len(lonely) > _LISTED else "")
        yield _warn("no-scan", f"{len(lonely)} people have photographs and no scan: {listed}")


def _photographs(tree: Tree, options: StirlingOptions) -> Iterator[Item]:
    scans: dict[str, FileEntry] = {}
    for entry in tree.scans:
        scans.setdefault(named(entry)[0], entry)
    for entry in tree.images:
        subject, quality = pictured(entry)
        if options.quality in {"all", quality}:
            beside = _scan_inputs(tree, scans[subject], options) if subject in scans else ()
            yield _item(entry, subject, quality, (as_input("image", entry), *beside), {"quality": quality})


def _scan_inputs(tree: Tree, scan: FileEntry, options: StirlingOptions) -> tuple[InputFile, ...]:
    points = tree.points_of(scan) if options.keypoints == "beside" else None
    beside = () if points is None else (as_input("keypoints", points),)
    return (as_input("scan", scan), *beside)


def _item(
    entry: FileEntry, subject: str, sequence: str, inputs: tuple[InputFile, ...], attributes: dict[str, str]
) -> Item:
    return Item(
        corpus=NAME,
        item=posixpath.splitext(entry.path)[0],
        subject=subject,
        sequence=sequence,
        inputs=inputs,
        attributes=attributes,
    )


def _warn(reason: str, message: str, hint: str = "") -> Finding:
    return Finding(level=Level.WARNING, reason=reason, message=message, hint=hint)


def _pictures(options: StirlingOptions) -> str:
    return "image" if options.items == "images" else ""


LAYOUT = CorpusLayout(
    name=NAME,
    title="Stirling/ESRC scans with the seven points of FG2018, and its photographs",
    holds="scan",
    role="scan",
    beside="keypoints",
    options=StirlingOptions,
    index=index,
    load=load,
    survey=survey,
    pictures=_pictures,
    licence="stirling (research; terms unverified)",
)
