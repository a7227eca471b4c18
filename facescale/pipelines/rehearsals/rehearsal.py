"""What the rehearsal of a layout is: one form for all. Makes nothing and knows no layout by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from facescale.pipelines.rehearse_config import RehearseConfig


def no_lists(config: RehearseConfig) -> None:
    """Of a layout without files that name several subjects."""
    del config


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """How subjects of one layout are made and written."""

    unit: str
    """What a corpus has of each subject, in the plural: "scans", "videos"."""
    settings: frozenset[str]
    """Fields of `RehearseConfig.PARTICULAR` that the corpus depends on; others must keep their defaults."""
    items: Callable[[RehearseConfig, int], tuple[str, ...]]
    """Number of a subject -> the ids that the layout's index will give its items."""
    maker: Callable[[RehearseConfig], Callable[[int], Mapping[str, bytes]]]
    """Loads the head once and gives the function that makes and writes the subject of a number. That returns
    each item's truth (npz), which the caller writes last: it tells that the subject is whole."""
    lists: Callable[[RehearseConfig], None] = no_lists
    """Writes the files that name all subjects, once they are all there."""
