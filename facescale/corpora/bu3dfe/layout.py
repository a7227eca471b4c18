"""The layout "bu3dfe": scans of BU-3DFE, cropped or raw, with their points. Knows no method.

Lists of people that papers evaluated on are in no public source, so that none is here.
"""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from facescale.corpora.bu3dfe.points import read_bnd, read_pse
from facescale.corpora.bu3dfe.vrml import read_vrml
from facescale.corpora.files import FileEntry, as_input, list_files
from facescale.corpora.finding import Finding, Level
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.scan_inputs import by_folder, input_of, load_beside, load_mesh, required
from facescale.structures.capture import Capture
from facescale.structures.item import Item

NAME = "bu3dfe"
EXPRESSIONS = ("NE", "AN", "DI", "FE", "HA", "SA", "SU")
"""Neutral, angry, disgusted, fearful, happy, sad, surprised."""
ETHNICITIES = ("WH", "AE", "LA", "BL", "AM", "IN")
SCANS_OF_ONE = 25
_POINTS = {"F3D": ".bnd", "RAW": ".pse"}
_NAME = re.compile(
    rf"(?P<subject>[FM]\d{{4}})_(?P<expression>{'|'.join(EXPRESSIONS)})(?P<level>0[0-4])"
    rf"(?P<ethnicity>{'|'.join(ETHNICITIES)})_(?P<kind>F3D|RAW)"
)


@dataclass(frozen=True, kw_only=True)
class Bu3dfeOptions:
    """How BU-3DFE is read."""

    kind: Literal["F3D", "RAW"] = "F3D"
    """"F3D": cropped faces with 83 points. "RAW": raw scans with 8; they are in another pose."""
    expressions: tuple[str, ...] = ()
    """Such as "NE,HA"; empty: all."""
    keypoints: Literal["beside", "ignore"] = "beside"
    """"beside" takes the .bnd or .pse file of a scan, "ignore" takes none."""

    def __post_init__(self) -> None:
        if not set(self.expressions) <= set(EXPRESSIONS):
            raise ValueError(f"expected expressions out of {', '.join(EXPRESSIONS)}, got {self.expressions}")


def index(root: str, options: Bu3dfeOptions) -> Iterator[Item]:
    """Find the scans in the order of their paths, streaming; no file is opened.

    An item's id is "<subject>/<name>". Attributes: expression, level (00 for neutral, 01 to 04) and ethnicity,
    as the name says.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    for _, entries in by_folder(list_files(root)):
        beside = _beside(entries, options.kind)
        for entry, name in _scans(entries, options):
            inputs = [as_input("scan", entry)]
            points = beside.get(name[0])
            if points is not None and options.keypoints == "beside":
                inputs.append(as_input("keypoints", points))
            yield Item(
                corpus=NAME,
                item=f"{name['subject']}/{name[0]}",
                subject=name["subject"],
                sequence=name["expression"] + name["level"],
                inputs=tuple(inputs),
                attributes={part: name[part] for part in ("expression", "level", "ethnicity", "kind")},
            )


def load(item: Item, options: Bu3dfeOptions) -> Capture:
    """Read a scan with its points, in mm (inferred from sizes; no source states the unit).

    Raises:
        CaptureRejected: the scan or its points cannot be used.
        OSError: a file cannot be read.
    """
    points = input_of(item, "keypoints")
    read_points = read_bnd if options.kind == "F3D" else read_pse
    return Capture(
        item=item.item,
        subject=item.subject,
        scan=load_mesh(required(item, "scan", "a .wrl file"), read_vrml),
        unit="mm",
        keypoints=None if points is None else read_points(load_beside(points)),
        attributes=dict(item.attributes),
    )


def survey(root: str, options: Bu3dfeOptions) -> Iterator[Finding]:
    """Scans without points, and people with fewer than the 25 scans that everyone has."""
    scans: dict[str, int] = defaultdict(int)
    for folder, entries in by_folder(list_files(root)):
        beside = _beside(entries, options.kind)
        for entry, name in _scans(entries, Bu3dfeOptions(kind=options.kind)):
            scans[name["subject"]] += 1
            if name[0] not in beside:
                message = f"{entry.path} has no {_POINTS[options.kind]} file"
                yield Finding(level=Level.WARNING, reason="no-keypoints", message=message)
            if posixpath.basename(folder).upper() != name["subject"]:
                message = f"{entry.path} lies in another's folder; its name counts"
                yield Finding(level=Level.WARNING, reason="misplaced", message=message)
    for subject, count in scans.items():
        if count != SCANS_OF_ONE:
            message = f"{subject} has {count} scans of {SCANS_OF_ONE}"
            yield Finding(level=Level.WARNING, reason="missing-scan", message=message)


def _scans(entries: list[FileEntry], options: Bu3dfeOptions) -> Iterator[tuple[FileEntry, re.Match[str]]]:
    for entry in entries:
        stem, suffix = posixpath.splitext(posixpath.basename(entry.path))
        name = _NAME.fullmatch(stem.upper())
        if name is None or suffix.lower() != ".wrl" or name["kind"] != options.kind:
            continue
        if not options.expressions or name["expression"] in options.expressions:
            yield entry, name


def _beside(entries: list[FileEntry], kind: str) -> dict[str, FileEntry]:
    """Name in upper case -> points."""
    named = ((posixpath.splitext(posixpath.basename(entry.path)), entry) for entry in entries)
    return {stem.upper(): entry for (stem, suffix), entry in named if suffix.lower() == _POINTS[kind]}


LAYOUT = CorpusLayout(
    name=NAME,
    title="BU-3DFE: faces in six expressions and four levels, VRML with 83 points",
    holds="scan",
    role="scan",
    beside="keypoints",
    options=Bu3dfeOptions,
    index=index,
    load=load,
    survey=survey,
    licence="bu3dfe (by request; terms unverified)",
)
