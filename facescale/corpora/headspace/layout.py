"""The layout "headspace": scans of whole heads, with landmarks that are vertices and notes on each person.

Calibrations of the raw camera views (.tka) are counted and not read: no source says what they hold.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from facescale.corpora.files import FileEntry, as_input, list_files
from facescale.corpora.finding import Finding, Level
from facescale.corpora.headspace.points import Order, read_landmarks, read_notes
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.scan_inputs import by_folder, input_of, load_beside, load_mesh, required
from facescale.structures.capture import Capture
from facescale.structures.item import Item

NAME = "headspace"
_FOLDER = re.compile(r"(?:.+/)?(?P<subject>\d{1,5})")
_CAPTURE = re.compile(r"\d{12}")
_SUFFIXES = (".obj", ".ply")
_PADDED = 5


@dataclass(frozen=True, kw_only=True)
class HeadspaceOptions:
    """How Headspace is read."""

    keypoints: Literal["beside", "ignore"] = "beside"
    """"beside" takes the landmarks of a scan where it has some, "ignore" takes none."""
    order: Order = "ibug"
    """What the landmarks are called: "ibug" takes the first 68 in ibug's order (inferred from their number; no
    source states it), "numbered" all by their lines."""
    notes: bool = True
    """Whether what is noted of a person (gender, age, ...) becomes attributes "note:<key>"."""


def index(root: str, options: HeadspaceOptions) -> Iterator[Item]:
    """Find the scans in the order of their paths, streaming; no file is opened.

    An item's id is "<subject>/<capture>": five digits, whatever the folder has, and twelve.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    for folder, entries in by_folder(list_files(root)):
        for subject, capture, files in _captures(folder, entries):
            roles = ("scan", *(("keypoints",) if options.keypoints == "beside" else ()))
            roles += ("notes",) if options.notes else ()
            yield Item(
                corpus=NAME,
                item=f"{subject}/{capture}",
                subject=subject,
                sequence=capture,
                inputs=tuple(as_input(role, files[role]) for role in roles if role in files),
            )


def load(item: Item, options: HeadspaceOptions) -> Capture:
    """Read a scan with its landmarks, in mm (inferred; no source states the unit).

    Scans stay as they lie: they are tilted against an upright head.

    Raises:
        CaptureRejected: the scan, its landmarks or the notes cannot be used.
        OSError: a file cannot be read.
    """
    scan = load_mesh(required(item, "scan", "an .obj file"))
    points, notes = input_of(item, "keypoints"), input_of(item, "notes")
    keypoints = None
    if points is not None:
        keypoints = read_landmarks(load_beside(points), scan.vertices, order=options.order)
    noted = {} if notes is None else read_notes(load_beside(notes))
    return Capture(
        item=item.item,
        subject=item.subject,
        scan=scan,
        unit="mm",
        keypoints=keypoints,
        attributes={**item.attributes, **{f"note:{key}": value for key, value in noted.items()}},
    )


def survey(root: str, options: HeadspaceOptions) -> Iterator[Finding]:
    """Scans without landmarks, people without scans or notes, and calibrations, which are not read."""
    del options
    calibrations = 0
    unpointed: list[str] = []
    for folder, entries in by_folder(list_files(root)):
        calibrations += sum(entry.path.lower().endswith(".tka") for entry in entries)
        found = list(_captures(folder, entries))
        unpointed += [f"{subject}/{capture}" for subject, capture, files in found if "keypoints" not in files]
        named = _FOLDER.fullmatch(folder)
        if named is not None and not found and _is_person(entries):
            yield _warn("missing-scan", f"{folder} has no scan", "copy the folder again")
        if named is not None and found and len(named["subject"]) < _PADDED:
            yield _warn("unpadded-id", f"{folder} is read as {found[0][0]}")
    if unpointed:
        yield _warn("no-keypoints", f"{len(unpointed)} scans have no landmarks, such as {unpointed[0]}")
    if calibrations:
        message = f"{calibrations} files .tka of raw camera views are there and are not read"
        yield _warn("calibration-not-read", message)


def _captures(folder: str, entries: list[FileEntry]) -> Iterator[tuple[str, str, dict[str, FileEntry]]]:
    """Subject, capture and files by their roles, of a person's folder."""
    named = _FOLDER.fullmatch(folder)
    if named is None:
        return
    by_name = {posixpath.basename(entry.path).lower(): entry for entry in entries}
    subject = named["subject"].zfill(_PADDED)
    notes = next((by_name[n] for n in by_name if re.fullmatch(r"person\d+\.txt|subject\.txt", n)), None)
    for name, entry in by_name.items():
        stem, suffix = posixpath.splitext(name)
        if suffix not in _SUFFIXES or not _CAPTURE.fullmatch(stem):
            continue
        if suffix == _SUFFIXES[1] and stem + _SUFFIXES[0] in by_name:
            continue
        files = {"scan": entry}
        landmarks = by_name.get(f"ldmks{stem}.txt")
        files |= {} if landmarks is None else {"keypoints": landmarks}
        files |= {} if notes is None else {"notes": notes}
        yield subject, stem, files


def _is_person(entries: list[FileEntry]) -> bool:
    names = (posixpath.basename(entry.path).lower() for entry in entries)
    return any(name.startswith(("person", "subject", "ldmks")) for name in names)


def _warn(reason: str, message: str, hint: str = "") -> Finding:
    return Finding(level=Level.WARNING, reason=reason, message=message, hint=hint)


LAYOUT = CorpusLayout(
    name=NAME,
    title="Headspace (LYHM): whole heads with landmarks that are vertices",
    holds="scan",
    role="scan",
    beside="keypoints",
    options=HeadspaceOptions,
    index=index,
    load=load,
    survey=survey,
    licence="headspace (signed agreement, academics only)",
)
