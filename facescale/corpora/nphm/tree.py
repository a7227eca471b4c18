"""Which folders of NPHM's data are scans: <person>/<expression>/, in chunks, below some roots. Opens none."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from facescale.corpora.files import FileEntry, list_files

_FOLDER = re.compile(r"(?:(?P<chunk>.+)/)?(?P<subject>\d{1,3})/(?P<expression>\d{1,3})")
PADDED = 3


@dataclass(frozen=True, kw_only=True)
class ScanFolder:
    """One expression of one person."""

    subject: int
    expression: int
    chunk: str
    """Folders above, relative to the root; empty: none."""
    path: str
    """Relative to its root."""
    files: dict[str, FileEntry]
    """By name."""

    @property
    def item(self) -> str:
        """Id of the item: both numbers with three digits, whatever the folders have."""
        return f"{self.subject:0{PADDED}d}/{self.expression:0{PADDED}d}"

    @property
    def padded(self) -> bool:
        """Whether the folders have three digits as well."""
        return self.path.endswith(self.item)


def scan_folders(roots: Iterable[str]) -> Iterator[ScanFolder]:
    """All folders of expressions, root by root in the order of their paths, streaming.

    Raises:
        ValueError: a root is no folder.
        OSError: one cannot be listed.
    """
    for root in roots:
        for path, entries in groupby(list_files(root), key=lambda entry: posixpath.dirname(entry.path)):
            found = _FOLDER.fullmatch(path)
            if found is not None:
                yield ScanFolder(
                    subject=int(found["subject"]),
                    expression=int(found["expression"]),
                    chunk=found["chunk"] or "",
                    path=path,
                    files={posixpath.basename(entry.path): entry for entry in entries},
                )
