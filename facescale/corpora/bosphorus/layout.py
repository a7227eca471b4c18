"""The layout "bosphorus": range images as meshes, with labelled points and, where asked for, the photograph.

Knows no method. Which directions are clockwise or the subject's left in names of types is left to the user.
"""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from facescale.corpora.bosphorus.bnt import mesh_of, read_bnt
from facescale.corpora.bosphorus.labels import read_lm2, read_lm3
from facescale.corpora.files import FileEntry, as_input, list_files
from facescale.corpora.finding import Finding, Level
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.scan_inputs import (
    by_folder,
    input_of,
    load_beside,
    load_mesh,
    load_pictures,
    required,
)
from facescale.structures.capture import Capture
from facescale.structures.item import Item
from facescale.structures.view import ImagePoints

NAME = "bosphorus"
TYPES = ("N", "E", "LFAU", "UFAU", "CAU", "YR", "PR", "CR", "O", "IGN")
"""Neutral, emotion, lower, upper and combined action units, yaw, pitch and cross rotation, occlusion, IGN."""
_NAME = re.compile(rf"(?P<subject>BS\d{{3}})_(?P<type>{'|'.join(TYPES)})_(?P<code>.+)_(?P<take>\d+)")
_ROLES = {".bnt": "scan", ".lm3": "keypoints", ".lm2": "labels", ".png": "image"}
_FIRST_PIXEL = 0.5
"""The authors' tools count pixels from 1 (inferred: they are MATLAB's); here the first one's centre is 0.5."""


@dataclass(frozen=True, kw_only=True)
class BosphorusOptions:
    """How Bosphorus is read."""

    types: tuple[str, ...] = ()
    """Such as "N,E"; empty: all."""
    keypoints: Literal["beside", "ignore"] = "beside"
    """"beside" takes the .lm3 file of a scan, "ignore" takes none."""
    photographs: bool = False
    """Whether the photograph of a scan comes with it as a view, with the points of the .lm2 file."""

    def __post_init__(self) -> None:
        if not set(self.types) <= set(TYPES):
            raise ValueError(f"expected types out of {', '.join(TYPES)}, got {self.types}")


def index(root: str, options: BosphorusOptions) -> Iterator[Item]:
    """Find the scans in the order of their paths, streaming; no file is opened.

    An item's id is "<subject>/<name>", a face without its .bnt file is none. Attributes: type and code.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    for _, entries in by_folder(list_files(root)):
        for stem, (name, files) in _faces(entries).items():
            if ".bnt" not in files or (options.types and name["type"] not in options.types):
                continue
            suffixes = [".bnt"]
            suffixes += [".lm3"] if options.keypoints == "beside" else []
            suffixes += [".png", ".lm2"] if options.photographs else []
            subject = name["subject"].lower()
            yield Item(
                corpus=NAME,
                item=f"{subject}/{stem}",
                subject=subject,
                sequence=f"{name['type']}_{name['code']}",
                inputs=tuple(as_input(_ROLES[s], files[s]) for s in suffixes if s in files),
                attributes={"type": name["type"], "code": name["code"]},
            )


def load(item: Item, options: BosphorusOptions) -> Capture:
    """Read a range image as a mesh in mm (inferred from the sensor's resolution) with its points.

    Raises:
        CaptureRejected: the range image, its points or the photograph cannot be used.
        OSError: a file cannot be read.
    """
    del options
    scan = load_mesh(required(item, "scan", "a .bnt file"), lambda data: mesh_of(read_bnt(data)))
    points = input_of(item, "keypoints")
    return Capture(
        item=item.item,
        subject=item.subject,
        scan=scan,
        unit="mm",
        keypoints=None if points is None else read_lm3(load_beside(points)),
        views=() if input_of(item, "image") is None else _photograph(item).views,
        attributes=dict(item.attributes),
    )


def survey(root: str, options: BosphorusOptions) -> Iterator[Finding]:
    """Faces that lack one of their four files, and names that are none of the corpus."""
    lacking: dict[str, list[str]] = defaultdict(list)
    for _, entries in by_folder(list_files(root)):
        for stem, (name, files) in _faces(entries).items():
            if options.types and name["type"] not in options.types:
                continue
            for suffix in _ROLES:
                if suffix not in files:
                    lacking[suffix].append(stem)
    for suffix, stems in lacking.items():
        level = Level.ERROR if suffix == ".bnt" else Level.WARNING
        message = f"{len(stems)} faces have no {suffix} file, such as {stems[0]}"
        yield Finding(level=level, reason="missing-file", message=message)


def _photograph(item: Item) -> Capture:
    """The photograph as a capture, with its points."""
    found = load_pictures(item)
    labels = input_of(item, "labels")
    if labels is None:
        return found
    names, pixels = read_lm2(load_beside(labels))
    marked = ImagePoints(names=names, positions=pixels - _FIRST_PIXEL)
    return replace(found, views=(replace(found.views[0], landmarks=marked),))


def _faces(entries: list[FileEntry]) -> dict[str, tuple[re.Match[str], dict[str, FileEntry]]]:
    """Name of a face without ending -> its parts, and its files by their endings."""
    found: dict[str, tuple[re.Match[str], dict[str, FileEntry]]] = {}
    for entry in entries:
        stem, suffix = posixpath.splitext(posixpath.basename(entry.path))
        name = _NAME.fullmatch(stem.upper())
        if name is not None and suffix.lower() in _ROLES:
            key = f"{name['subject'].lower()}{name[0][5:]}"
            found.setdefault(key, (name, {}))[1][suffix.lower()] = entry
    return found


LAYOUT = CorpusLayout(
    name=NAME,
    title="Bosphorus: range images of expressions, poses and occlusions with labelled points",
    holds="scan",
    role="scan",
    beside="keypoints",
    options=BosphorusOptions,
    index=index,
    load=load,
    survey=survey,
    licence="bosphorus (research; terms unverified)",
)
