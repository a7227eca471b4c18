"""Folders below a root in which VHAP's files lie, one at a time. Opens no file.

What belongs to one folder is adjacent in a sorted listing, so that only one folder's names are in memory.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from facescale.corpora.corpus_files import list_below
from facescale.corpora.files import FileEntry, list_files

_OF_A_FOLDER = re.compile(
    r"(?P<folder>(?:[^/]+/)*?)"
    r"(?P<inner>(?:images(?:_[24])?|alpha_maps|fg_masks|flame_param|landmark2d/[^/]+)/[^/]+"
    r"|transforms\w*\.json|canonical_flame_param\.npz)",
    re.IGNORECASE,
)
_PICTURE = re.compile(
    r"(?P<kind>images|images_2|images_4|alpha_maps)/cam_(?P<serial>[^/_]+)_(?P<frame>\d+)\.(?:jpe?g|png)",
    re.IGNORECASE,
)
_LANDMARKS = re.compile(r"landmark2d/(?P<method>STAR|face-alignment)/(?P<serial>[^/]+)\.npz", re.IGNORECASE)
_SEQUENCE = re.compile(r"(?P<participant>[^/]+)(?P<v2>/sequences)?/(?P<sequence>[^/]+)", re.IGNORECASE)
LISTS = {
    "all": "transforms.json",
    "train": "transforms_train.json",
    "val": "transforms_val.json",
    "test": "transforms_test.json",
}
"""Split -> the file of an export that lists its frames."""


@dataclass(frozen=True, kw_only=True)
class Folder:
    """One sequence's or export's folder."""

    path: str
    """Relative to the root; empty: the root itself."""
    files: dict[str, FileEntry] = field(default_factory=dict)
    """Path below the folder -> file, whose own path is relative to the root."""

    @property
    def is_export(self) -> bool:
        """Whether it lists frames."""
        return bool(self.lists("all"))

    def lists(self, split: str) -> list[FileEntry]:
        """The files that list the frames of a split; of all, the three splits where there is no common one."""
        there = {name.lower(): entry for name, entry in self.files.items() if "/" not in name}
        wanted = [LISTS[split]]
        if split == "all" and wanted[0] not in there:
            wanted = list(LISTS.values())
        return [there[name] for name in wanted if name in there]


@dataclass(frozen=True, kw_only=True)
class Sequence:
    """The input of one sequence, by camera and frame."""

    folder: str
    participant: str
    name: str
    is_v2: bool
    """Whether it lies below "sequences", with the calibration beside."""
    pictures: dict[str, dict[tuple[str, int], FileEntry]]
    """"images", "images_2", "images_4", "alpha_maps" -> serial and frame -> picture."""
    landmarks: dict[str, dict[str, FileEntry]]
    """"STAR", "face-alignment" -> serial -> file."""

    @property
    def item(self) -> str:
        """Id."""
        return f"{self.participant}/{self.name}"


def folders(root: str) -> Iterator[Folder]:
    """All folders of either form.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    found: Folder | None = None
    for entry in list_files(root):
        match = _OF_A_FOLDER.fullmatch(entry.path)
        if match is None:
            continue
        path = match["folder"].rstrip("/")
        if found is None or path != found.path:
            if found is not None:
                yield found
            found = Folder(path=path)
        found.files[match["inner"]] = entry
    if found is not None:
        yield found


def sequence_of(folder: Folder) -> Sequence | None:
    """The input that a folder holds; None where it has no picture of that form or lies elsewhere."""
    place = _SEQUENCE.fullmatch(folder.path)
    if place is None:
        return None
    pictures: dict[str, dict[tuple[str, int], FileEntry]] = {}
    landmarks: dict[str, dict[str, FileEntry]] = {}
    for name, entry in folder.files.items():
        if found := _PICTURE.fullmatch(name):
            pictures.setdefault(found["kind"].lower(), {})[found["serial"], int(found["frame"])] = entry
        elif found := _LANDMARKS.fullmatch(name):
            method = "STAR" if found["method"].lower() == "star" else "face-alignment"
            landmarks.setdefault(method, {})[found["serial"]] = entry
    if not any(kind.startswith("images") for kind in pictures):
        return None
    return Sequence(
        folder=folder.path,
        participant=place["participant"],
        name=place["sequence"],
        is_v2=place["v2"] is not None,
        pictures=pictures,
        landmarks=landmarks,
    )


def named_files(root: str, folder: Folder, paths: Iterable[str]) -> dict[str, FileEntry]:
    """Those of the files that a folder's list names that are there, in it or in others below the root.

    Args:
        root: of the corpus.
        folder: the list's.
        paths: relative to the root.

    Raises:
        OSError: another folder cannot be listed.
    """
    there = {entry.path: entry for entry in folder.files.values()}
    known = {path.rpartition("/")[0] for path in there}
    found: dict[str, FileEntry] = {}
    elsewhere: dict[str, set[str]] = {}
    for path in paths:
        above = path.rpartition("/")[0]
        if path in there:
            found[path] = there[path]
        elif above not in known:
            elsewhere.setdefault(above, set()).add(path)
    for above, wanted in elsewhere.items():
        found |= {entry.path: entry for entry in list_below(root, above) if entry.path in wanted}
    return found
