"""What a corpus layout is: one form for every corpus. Reads nothing and knows none of them by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from facescale.corpora.finding import Finding
from facescale.structures.capture import Capture
from facescale.structures.item import Item

Holds = Literal["scan", "views"]
Options = TypeVar("Options")


def nothing_to_report(root: str, options: Any) -> Iterator[Finding]:
    """The survey of a layout that promises nothing beyond the files that are there."""
    del root, options
    return iter(())


def never_pictures(options: Any) -> str:
    """Of a layout whose items are of one kind."""
    del options
    return ""


@dataclass(frozen=True, kw_only=True)
class CorpusLayout(Generic[Options]):
    """How one corpus lies on disk, and how it is read."""

    name: str
    """On the command line, such as "nersemble-v2"."""
    title: str
    """One line for people."""
    holds: Holds
    """What captures chiefly have: a "scan" to register, or "views" to reconstruct from."""
    role: str
    """Of the input files that are counted and shown: "scan", "image", "video"."""
    beside: str = ""
    """Role of files that may lie beside them; empty: none."""
    options: type[Options]
    """Frozen dataclass of settings, each with a default and its documentation."""
    index: Callable[[str, Options], Iterator[Item]]
    """Root and options -> items, streaming, in a fixed order; opens at most small lists. Raises ValueError
    where the root is no folder of this layout, OSError where it cannot be listed."""
    load: Callable[[Item, Options], Capture]
    """Raises CaptureRejected where the data can never serve, OSError where they cannot be read."""
    survey: Callable[[str, Options], Iterator[Finding]] = nothing_to_report
    """What the corpus as a whole lacks or has too much of: items that its lists name and that are not there."""
    licence: str = ""
    """Flag that outcomes carry; empty for a user's own files, of whose licence nothing is known."""
    pictures: Callable[[Options], str] = never_pictures
    """Role of the pictures that options make the items of a corpus of scans; empty where they do not."""

    def shown(self, options: Options) -> tuple[Holds, str]:
        """What captures chiefly have with some options, and the role of their files."""
        role = self.pictures(options)
        return ("views", role) if role else (self.holds, self.role)
