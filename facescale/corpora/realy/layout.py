"""The layout "realy": regions of scans with 85 keypoints, or the photographs that predictions start from.

Regions overlap and are in a unit of their own, person by person: metrical_scale.txt of the evaluation's code
makes mm of it. Knows no method and none of the evaluation's steps.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from facescale.corpora.contained import contained
from facescale.corpora.files import FileEntry, as_input, join, list_files
from facescale.corpora.finding import Finding, Level
from facescale.corpora.images import IMAGE_SUFFIXES
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.realy.parts import joined, keypoints_of, read_scales
from facescale.corpora.rejections import missing_file
from facescale.corpora.scan_inputs import input_of, load_beside, load_mesh, load_pictures
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile, Item

NAME = "realy"
REGIONS = ("nose", "mouth", "forehead", "cheek")
PEOPLE = 100
_REGION = re.compile(
    rf"(?:.+/)?REALY_scan_region/(?P<person>\d{{1,3}})/(?P<region>{'|'.join(REGIONS)})\.obj", re.IGNORECASE
)
_POINTS = re.compile(r"(?:.+/)?REALY_HIFI3D_keypoints/(?P<person>\d{1,3})\.obj", re.IGNORECASE)
_IMAGE = re.compile(r"(?:.+/)?REALY_image/(?P<stem>(?:.+/)?(?P<person>\d{1,3})(?:_[^/]*)?)\.\w+", re.IGNORECASE)
Region = Literal["all", "nose", "mouth", "forehead", "cheek"]


@dataclass(frozen=True, kw_only=True)
class RealyOptions:
    """How REALY is read."""

    items: Literal["scans", "images"] = "scans"
    """"scans": an item the regions of a person. "images": an item a photograph, without its scan."""
    region: Region = "all"
    """"all" joins the four regions to one mesh, vertex by vertex in the order nose, mouth, forehead, cheek."""
    scales: str = ""
    """Path of metrical_scale.txt below the root (a number a person, part of the evaluation's code): scans are
    then in mm. Empty: in a unit of their own, which a method must find out."""

    def __post_init__(self) -> None:
        try:
            if self.scales:
                contained(self.scales)
        except CaptureRejected as bad:
            raise ValueError(f"expected scales below the root: {bad.detail}") from bad


def index(root: str, options: RealyOptions) -> Iterator[Item]:
    """Find people or photographs, in the order of their numbers or paths; no file is opened.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    regions, points, images = _gathered(root)
    if options.items == "images":
        for entry, person, stem in images:
            yield _item(f"images/{stem}", person, (as_input("image", entry),), {})
        return
    wanted = REGIONS if options.region == "all" else (options.region,)
    scales: tuple[InputFile, ...] = ()
    if options.scales:
        path = contained(options.scales)
        scales = (InputFile(role="scales", uri=join(root, path), path=path, size=0),)
    for person in sorted(regions, key=int):
        found = regions[person]
        parts = tuple(as_input(_role(n), found[name]) for n, name in enumerate(n for n in wanted if n in found))
        if parts:
            beside = (as_input("keypoints", points[person]),) if person in points else ()
            counted = str(sum(1 for _, of, _ in images if of == person))
            yield _item(
                person, person, (*parts, *beside, *scales), {"images": counted, "region": options.region}
            )


def load(item: Item, options: RealyOptions) -> Capture:
    """Read the regions as one mesh with the keypoints; or a photograph.

    Raises:
        CaptureRejected: a region, the keypoints, the scales or the photograph cannot be used.
        OSError: a file cannot be read.
    """
    if options.items == "images":
        return load_pictures(item)
    parts = [file for file in item.inputs if file.role in {"scan", "part"}]
    wanted = len(REGIONS) if options.region == "all" else 1
    if len(parts) < wanted:
        there = ", ".join(posixpath.basename(file.path) for file in parts)
        raise missing_file(f"{wanted} regions", f"{posixpath.dirname(parts[0].path)}, which has {there}")
    scan = joined([load_mesh(file) for file in parts])
    points = input_of(item, "keypoints")
    keypoints = None if points is None else keypoints_of(load_mesh(points))
    scale = _scale(item)
    if scale is not None:
        scan = replace(scan, vertices=scan.vertices * scale)
        keypoints = None if keypoints is None else replace(keypoints, positions=keypoints.positions * scale)
    return Capture(
        item=item.item,
        subject=item.subject,
        scan=scan,
        unit=None if scale is None else "mm",
        keypoints=keypoints,
        attributes=dict(item.attributes),
    )


def survey(root: str, options: RealyOptions) -> Iterator[Finding]:
    """People without all regions, keypoints or photographs, and numbers that are not there."""
    del options
    regions, points, images = _gathered(root)
    for person in sorted(regions, key=int):
        absent = [name for name in REGIONS if name not in regions[person]]
        if absent:
            message = f"person {person} has no {', '.join(absent)}"
            yield Finding(level=Level.ERROR, reason="missing-file", message=message)
        if person not in points:
            yield Finding(
                level=Level.WARNING, reason="no-keypoints", message=f"person {person} has no keypoints"
            )
    pictured = {person for _, person, _ in images}
    without = sorted(set(regions) - pictured, key=int)
    if images and without:
        message = f"{len(without)} people have no photographs, such as {without[0]}"
        yield Finding(level=Level.WARNING, reason="missing-image", message=message)
    absent = sorted({str(n) for n in range(1, PEOPLE + 1)} - set(regions), key=int)
    if absent:
        message = f"{len(absent)} of {PEOPLE} people are not there, such as {absent[0]}"
        yield Finding(level=Level.WARNING, reason="missing-scan", message=message)


def _gathered(
    root: str,
) -> tuple[Mapping[str, Mapping[str, FileEntry]], Mapping[str, FileEntry], list[tuple[FileEntry, str, str]]]:
    """Person -> region -> file, person -> keypoints, and photographs with person and name. Some 900 files."""
    regions: dict[str, dict[str, FileEntry]] = {}
    points: dict[str, FileEntry] = {}
    images: list[tuple[FileEntry, str, str]] = []
    for entry in list_files(root):
        region, point, image = (form.fullmatch(entry.path) for form in (_REGION, _POINTS, _IMAGE))
        if region is not None:
            regions.setdefault(str(int(region["person"])), {})[region["region"].lower()] = entry
        elif point is not None:
            points[str(int(point["person"]))] = entry
        elif image is not None and posixpath.splitext(entry.path)[1].lower() in IMAGE_SUFFIXES:
            images.append((entry, str(int(image["person"])), image["stem"]))
    return regions, points, images


def _role(number: int) -> str:
    """The first region stands for the scan where files are counted and shown."""
    return "part" if number else "scan"


def _item(name: str, person: str, inputs: tuple[InputFile, ...], attributes: Mapping[str, str]) -> Item:
    return Item(corpus=NAME, item=name, subject=person, inputs=inputs, attributes=attributes)


def _scale(item: Item) -> float | None:
    """Millimetres in the scan's unit; None where no list of them is named."""
    file = input_of(item, "scales")
    if file is None:
        return None
    try:
        scales = read_scales(load_beside(file))
    except FileNotFoundError as error:
        raise missing_file(file.path, "the root") from error
    number = int(item.subject)
    if not 1 <= number <= len(scales):
        raise missing_file(f"a scale for person {number}", f"{file.path}, which has {len(scales)}")
    return float(scales[number - 1])


def _pictures(options: RealyOptions) -> str:
    return "image" if options.items == "images" else ""


LAYOUT = CorpusLayout(
    name=NAME,
    title="REALY: regions of Headspace's scans with 85 keypoints, and photographs",
    holds="scan",
    role="scan",
    beside="keypoints",
    options=RealyOptions,
    index=index,
    load=load,
    survey=survey,
    pictures=_pictures,
    licence="realy (by Headspace's agreement, academics only)",
)
