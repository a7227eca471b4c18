"""Where a job's items come from: a layout with its options, as plain values that cross to workers."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from facescale.corpora.layout import CorpusLayout, Holds
from facescale.corpora.layout_options import options_of
from facescale.corpora.layouts import LAYOUTS, find_layout
from facescale.structures.capture import Capture
from facescale.structures.item import Item


@dataclass(frozen=True, kw_only=True)
class CorpusSource:
    """A corpus layout and how it is read."""

    corpus: str
    """Name of the layout."""
    options: tuple[str, ...] = ()
    """Its settings, "name=value"."""
    holds: Holds
    """What the job needs captures to have."""

    def __post_init__(self) -> None:
        if self.holds not in {self.layout.holds, self.layout.shown(self.settings)[0]}:
            able = ", ".join(name for name in LAYOUTS if find_layout(name).holds == self.holds)
            needed = "scans" if self.holds == "scan" else "pictures"
            raise ValueError(f"expected a corpus with {needed} ({able}), got {self.corpus!r}")

    @cached_property
    def layout(self) -> CorpusLayout[Any]:
        """The layout of that name."""
        return find_layout(self.corpus)

    @cached_property
    def settings(self) -> Any:
        """The layout's options."""
        return options_of(self.layout.options, self.options)

    @property
    def role(self) -> str:
        """Of the files that items chiefly have."""
        return self.layout.shown(self.settings)[1]

    @property
    def licences(self) -> Mapping[str, str]:
        """What outcomes say of the corpus; nothing of a user's own files."""
        return {self.corpus: self.layout.licence} if self.layout.licence else {}

    def index(self, root: str) -> Iterator[Item]:
        """Items of a corpus; raises as the layout's index does."""
        return self.layout.index(root, self.settings)

    def load(self, item: Item) -> Capture:
        """One item, read; raises as the layout's load does."""
        return self.layout.load(item, self.settings)


def method_part(source: CorpusSource) -> Mapping[str, Any]:
    """What of a corpus' options decides results beside the items: nothing of plain scans, whose index says all.

    Subject patterns only name items.
    """
    reader = {name: value for name, value in asdict(source.settings).items() if name != "subject"}
    return {} if source.corpus == "scans" else {"reader": reader}
