"""What a download of NeRSemble v2 lacks as a whole, by its own lists. Opens the lists and no video."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from facescale.corpora.files import join, list_files, read_input
from facescale.corpora.finding import Finding, Level
from facescale.corpora.nersemble.rig import BACKGROUND, SEQUENCES, SERIALS
from facescale.structures.item import InputFile

METADATA = "metadata_sequences.csv"
METADATA_LIMIT = 16 << 20
PRESENT = frozenset({"x", "m"})
"""Cells that say that a sequence is there."""
DIGITS = 3
"""Of a participant's folder."""
_NAMED = 3
_FOLDER = re.compile(r"(?P<participant>[^/]+)/(?P<kind>[^/]+)/(?P<rest>.+)")
_VIDEO = re.compile(r"(?P<sequence>[^/]+)/(?P<images>images)/(?P<cam>cam_)(?P<serial>\w+)\.mp4", re.IGNORECASE)


def read_sequences(data: bytes) -> dict[str, set[str]]:
    """Participant -> names of the sequences that metadata_sequences.csv says are there.

    Raises:
        ValueError: not such a table.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"expected a table with commas in UTF-8, got: {error}") from error
    if not rows or "ID" not in rows[0]:
        raise ValueError(
            f"expected a column ID and at least one row, got {list(rows[0])[:5] if rows else 'none'}"
        )
    known = {*SEQUENCES, BACKGROUND}
    return {
        row["ID"].strip(): {
            name for name, cell in row.items() if name in known and (cell or "").strip().lower() in PRESENT
        }
        for row in rows
        if (row["ID"] or "").strip()
    }


class _Download:
    """What lies below a root, from one listing."""

    def __init__(self, root: str) -> None:
        self.videos: dict[tuple[str, str], set[str]] = {}
        """Participant and sequence -> serials."""
        self.participants: set[str] = set()
        self.calibrated: set[str] = set()
        self.odd: list[str] = []
        """Paths whose case is not the corpus'."""
        self.empty: list[str] = []
        for entry in list_files(root):
            found = _FOLDER.fullmatch(entry.path)
            if found is None:
                continue
            participant, kind, rest = found["participant"], found["kind"].lower(), found["rest"]
            if kind == "calibration" and rest.lower() == "camera_params.json":
                self.calibrated.add(participant)
            elif kind == "sequences" and (video := _VIDEO.fullmatch(rest)):
                self.videos.setdefault((participant, video["sequence"]), set()).add(video["serial"])
                if (found["kind"], video["images"], video["cam"]) != ("sequences", "images", "cam_"):
                    self.odd.append(entry.path)
                if not entry.size:
                    self.empty.append(entry.path)
            else:
                continue
            self.participants.add(participant)


def survey(root: str, options: Any) -> Iterator[Finding]:
    """Compare the folders with the corpus' own list and with the rig.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    del options
    found = _Download(root)
    yield from _listed(root, found)
    bare = sorted({participant for participant, _ in found.videos} - found.calibrated)
    yield from _finding(
        "missing-calibration", "participants have no calibration/camera_params.json", bare, Level.ERROR
    )
    short = [
        f"{participant}/{sequence} ({len(serials)})"
        for (participant, sequence), serials in sorted(found.videos.items())
        if not set(SERIALS) <= serials
    ]
    yield from _finding("missing-cameras", f"sequences lack some of the {len(SERIALS)} cameras", short)
    strange = sorted({f"{p}/{s}" for p, s in found.videos if s not in SEQUENCES})
    yield from _finding("unknown-sequence", "sequences have names that the corpus does not", strange)
    unpadded = sorted(p for p in found.participants if p.isdigit() and len(p) < DIGITS)
    yield from _finding(
        "unpadded-id", f"participants' folders have fewer than {DIGITS} digits and are subjects so", unpadded
    )
    yield from _finding("odd-case", "paths differ from the corpus' in case", found.odd)
    yield from _finding("empty-file", "videos have 0 bytes", found.empty)


def _listed(root: str, found: _Download) -> Iterator[Finding]:
    file = InputFile(role="list", uri=join(root, METADATA), path=METADATA, size=0)
    try:
        promised = read_sequences(read_input(file, limit=METADATA_LIMIT))
    except FileNotFoundError:
        message = f"there is no {METADATA}: what should be there is not known"
        yield Finding(level=Level.WARNING, reason="no-metadata", message=message)
        return
    except ValueError as error:
        yield Finding(level=Level.WARNING, reason="bad-metadata", message=f"{METADATA}: {error}")
        return
    # ids are compared as numbers: spreadsheets drop leading zeros
    there = {(_number(participant), sequence) for participant, sequence in found.videos}
    wanted = {
        (_number(participant), sequence): f"{participant}/{sequence}"
        for participant, sequences in promised.items()
        for sequence in sequences - {BACKGROUND}
    }
    own = {_number(participant) for participant in found.participants}
    absent = sorted({name for (number, _), name in wanted.items() if number not in own})
    yield from _finding(
        "missing-participant",
        "participants of the list are not there",
        sorted({name.partition("/")[0] for name in absent}),
    )
    lost = sorted(name for key, name in wanted.items() if key[0] in own and key not in there)
    yield from _finding("missing-sequence", "sequences of the list are not there", lost)
    more = sorted(f"{p}/{s}" for p, s in found.videos if (_number(p), s) not in wanted)
    yield from _finding("unlisted-sequence", "sequences are there that the list does not have", more)


def _finding(reason: str, says: str, names: list[str], level: Level = Level.WARNING) -> Iterator[Finding]:
    if names:
        more = f", and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        message = f"{len(names):,} {says}: {', '.join(names[:_NAMED])}{more}"
        yield Finding(level=level, reason=reason, message=message)


def _number(participant: str) -> str:
    return participant.lstrip("0") or "0"
