"""Which file of a copy of Stirling/ESRC is what, by its name in any case. Opens none of them.

Folders are named as copies have them (F_3D_N, M_3D_N, annotations/..., Subset_2D_FG2018/HQ); they decide only
what a file's own name leaves open.
"""

import posixpath
import re
from collections import defaultdict
from dataclasses import dataclass, field

from facescale.corpora.files import FileEntry, list_files
from facescale.corpora.images import IMAGE_SUFFIXES
from facescale.corpora.meshes import MESH_SUFFIXES

_STEM = re.compile(r"(?P<sex>[fm]?)(?P<number>\d{4})(?P<letter>[a-z]?)(?:_(?P<variant>\w+))?")
_PICTURE = re.compile(r"(?P<sex>[fm]?)(?P<number>\d{4})(?P<letter>[a-z]?)(?:[_\- .]\S*)?")
_SEX_FOLDER = re.compile(r"(?:^|/)(?P<sex>[fm])_3d_\w+$")
_QUALITY = re.compile(r"(?:^|/)(?P<quality>hq|lq)(?:/|$)")


@dataclass(kw_only=True)
class Tree:
    """All files of the corpus that have a part in it; some thousands."""

    scans: list[FileEntry] = field(default_factory=list)
    points: dict[str, list[FileEntry]] = field(default_factory=lambda: defaultdict(list))
    """Name in lower case -> .lnd files."""
    images: list[FileEntry] = field(default_factory=list)
    images_of: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    """(subject, quality) -> photographs."""

    def points_of(self, scan: FileEntry) -> FileEntry | None:
        """The .lnd file with a scan's name in any case; of several the one in a folder named alike."""
        candidates = self.points.get(stem_of(scan).lower(), [])
        folder = posixpath.basename(posixpath.dirname(scan.path)).lower()
        alike = (c for c in candidates if posixpath.basename(posixpath.dirname(c.path)).lower() == folder)
        return next(alike, candidates[0] if candidates else None)


def gathered(root: str, variants: tuple[str, ...]) -> Tree:
    """List a copy.

    Args:
        root: a local folder or s3:// prefix.
        variants: kinds of scans that are taken, in any case; none: all.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed.
    """
    tree = Tree()
    for entry in list_files(root):
        suffix = posixpath.splitext(entry.path)[1].lower()
        if suffix in MESH_SUFFIXES and _STEM.fullmatch(stem_of(entry).lower()) and wanted(entry, variants):
            tree.scans.append(entry)
        elif suffix == ".lnd":
            tree.points[stem_of(entry).lower()].append(entry)
        elif suffix in IMAGE_SUFFIXES and pictured(entry)[1]:
            tree.images.append(entry)
            tree.images_of[pictured(entry)] += 1
    return tree


def stem_of(entry: FileEntry) -> str:
    """A file's name without folder and ending."""
    return posixpath.splitext(posixpath.basename(entry.path))[0]


def wanted(entry: FileEntry, variants: tuple[str, ...]) -> bool:
    """Whether a scan or its points are of one of the kinds."""
    return not variants or named(entry)[1].lower() in {one.lower() for one in variants}


def named(entry: FileEntry) -> tuple[str, str]:
    """A scan's subject and variant; where its name lacks the letter of the sex, the folder has it."""
    found = _STEM.fullmatch(stem_of(entry).lower())
    if found is None:
        return stem_of(entry).lower(), ""
    folder = _SEX_FOLDER.search(posixpath.dirname(entry.path).lower())
    sex = found["sex"] or (folder["sex"] if folder else "")
    return f"{sex}{found['number']}{found['letter']}", (found["variant"] or "").upper()


def pictured(entry: FileEntry) -> tuple[str, str]:
    """A photograph's subject, and "hq" or "lq" by its folder; an empty text for other pictures."""
    quality = _QUALITY.search(posixpath.dirname(entry.path).lower())
    found = _PICTURE.fullmatch(stem_of(entry).lower())
    if quality is None or found is None:
        return "", ""
    return f"{found['sex']}{found['number']}{found['letter']}", quality["quality"]
