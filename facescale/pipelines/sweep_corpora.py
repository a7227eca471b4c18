"""The corpora of a sweep, as people name them: NAME=ROOT on the command line, or tables of a TOML file."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from facescale.corpora.layouts import LAYOUTS, find_layout
from facescale.registration.config import Axis, ScaleMode
from facescale.structures.units import Unit

TABLE = "corpus"
"""Of the file: one [[corpus]] each."""
_NAME = re.compile(r"[\w.()+-]+")


@dataclass(frozen=True, kw_only=True)
class SweepCorpus:
    """One corpus of a sweep: where it lies and how it is read."""

    name: str
    """In rows, pictures and folders."""
    root: str
    layout: str = ""
    """One that `facescale corpus layouts` lists; empty: the one called like `name`."""
    option: tuple[str, ...] = ()
    """Settings of the layout, NAME=VALUE."""
    subject: str = ""
    """Of plain scans: where a path names its subject."""
    truth: str = ""
    """Folder of ground truth that `facescale corpus rehearse` wrote."""
    where: str = ""
    """Take only items for which this holds."""
    limit: int | None = None
    """Take only the first so many of them; None: what the sweep says."""
    scale: ScaleMode = "fixed"
    unit: Unit | None = None
    up: Axis | None = None
    front: Axis | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"expected a name of letters, digits and ._()+-, got {self.name!r}")
        if not self.root:
            raise ValueError(f"expected a root of the corpus {self.name}, got none")
        find_layout(self.layout_name)

    @property
    def layout_name(self) -> str:
        """The layout that it is read with."""
        return self.layout or self.name


def read_corpora(words: Sequence[str]) -> tuple[SweepCorpus, ...]:
    """Understand what a user gave as corpora.

    Args:
        words: each NAME=ROOT, where NAME is a layout or, with a layout before it, LAYOUT:NAME; or the path of a
            .toml file with one table [[corpus]] each, whose keys are the fields of `SweepCorpus`.

    Raises:
        ValueError: none of both, an unknown layout or key, or one name twice.
        OSError: the file cannot be read.
    """
    found = [corpus for word in words for corpus in _read(word)]
    if not found:
        raise ValueError("expected at least one corpus, got none")
    names = [corpus.name for corpus in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"expected distinct names of corpora, got {', '.join(twice)} more than once")
    return tuple(found)


def _read(word: str) -> list[SweepCorpus]:
    if word.endswith(".toml"):
        return _of_file(Path(word).expanduser())
    name, equals, root = word.partition("=")
    if not equals or not root:
        raise ValueError(
            f"expected NAME=ROOT or a .toml file, with NAME one of {', '.join(LAYOUTS)}; got {word!r}"
        )
    layout, colon, own = name.partition(":")
    return [SweepCorpus(name=own if colon else layout, layout=layout, root=root)]


def _of_file(path: Path) -> list[SweepCorpus]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"expected TOML in {path}: {error}") from error
    if set(tables) != {TABLE} or not isinstance(tables[TABLE], list):
        raise ValueError(f"expected [[{TABLE}]] tables and nothing else in {path}, got {sorted(tables)}")
    return [_of_table(table, path) for table in tables[TABLE]]


def _of_table(table: dict[str, Any], path: Path) -> SweepCorpus:
    known = {field.name for field in fields(SweepCorpus)}
    unknown = sorted(table.keys() - known)
    if unknown or not {"name", "root"} <= table.keys():
        raise ValueError(
            f"expected name and root, and out of {', '.join(sorted(known))}, in every [[{TABLE}]] of {path}; "
            f"got {', '.join(unknown or sorted(table))}"
        )
    if "option" in table:
        table = {**table, "option": tuple(table["option"])}
    return SweepCorpus(**table)
