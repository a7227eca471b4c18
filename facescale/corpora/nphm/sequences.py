"""Which files of MonoNPHM's tracking folders are what, by their paths. Opens none."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from facescale.corpora.files import FileEntry, list_files

KINDS = ("source", "seg", "matting", "depth", "tracked", "points")
_FILE = re.compile(
    r"(?P<sequence>(?:.+/)?[^/]+)/(?:(?P<kind>source|seg|matting|depth)/(?P<frame>\d{1,6})\.png"
    r"|metrical_tracker/[^/]+/checkpoint/(?P<tracked>\d{1,6})_cam_params_opencv\.npz"
    r"|(?P<points>pipnet/test\.npy))"
)


@dataclass(frozen=True, kw_only=True)
class TrackedSequence:
    """One sequence of frames."""

    path: str
    """Relative to the root."""
    files: Mapping[str, Mapping[int, FileEntry]]
    """One of `KINDS` -> number of the frame, as the file's name has it, padded or not -> file. Of "points" the
    number is 0."""


def sequences(root: str) -> Iterator[TrackedSequence]:
    """All sequences below a root in the order of their paths, streaming.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    known = ((found, entry) for entry in list_files(root) if (found := _FILE.fullmatch(entry.path)) is not None)
    for path, members in groupby(known, key=lambda pair: pair[0]["sequence"]):
        files: dict[str, dict[int, FileEntry]] = {kind: {} for kind in KINDS}
        for found, entry in members:
            if found["points"]:
                files["points"][0] = entry
            elif found["tracked"]:
                files["tracked"][int(found["tracked"])] = entry
            else:
                files[found["kind"]][int(found["frame"])] = entry
        yield TrackedSequence(path=path, files=files)


def frame_number(path: str) -> int | None:
    """The number of a frame's file; None of files that belong to all frames."""
    found = _FILE.fullmatch(path)
    if found is None or found["points"]:
        return None
    return int(found["tracked"] or found["frame"])
