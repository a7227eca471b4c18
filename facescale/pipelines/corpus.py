"""`facescale corpus index | check | show`: look at a corpus before anything is computed.

Joins corpora, rendering and reporting for people; prints tables on a terminal and JSON lines for programs.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from facescale.corpora.scans import ScansConfig
from facescale.pipelines.corpus_output import print_table, progress, readable_size, row_file
from facescale.structures.item import Item
from facescale.structures.units import Unit

FINE, REJECTED = 0, 1
_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class IndexConfig:
    """Which items a corpus has."""

    root: str
    """The corpus: a folder or s3://bucket/prefix."""
    corpus: Literal["scans"] = "scans"
    """Layout of the corpus."""
    subject: str = ""
    """Where a scan's path names its subject, such as "{subject}/{name}"; empty: the first folder."""
    limit: int | None = None
    """Stop after so many items."""
    json: bool = False
    """Print one JSON object an item instead of a table."""

    def __post_init__(self) -> None:
        _check_limit(self.limit)
        ScansConfig(subject=self.subject)


@dataclass(frozen=True, kw_only=True)
class CheckConfig:
    """What is wrong with a corpus."""

    root: str
    """The corpus: a folder or s3://bucket/prefix."""
    corpus: Literal["scans"] = "scans"
    """Layout of the corpus."""
    subject: str = ""
    """Where a scan's path names its subject, such as "{subject}/{name}"; empty: the first folder."""
    unit: Unit | None = None
    """Unit of all scans, where you know it: then sizes are checked against it."""
    out: str = ""
    """File for the whole table, .parquet or .jsonl; empty: none."""
    workers: int = 2
    """Scans that are read at a time."""
    limit: int | None = None
    """Stop after so many items."""
    json: bool = False
    """Print one JSON object an item instead of tables."""

    def __post_init__(self) -> None:
        _check_limit(self.limit)
        ScansConfig(subject=self.subject, unit=self.unit)
        if self.workers < 1:
            raise ValueError(f"expected at least one worker, got {self.workers}")
        if self.out and not self.out.endswith((".parquet", ".jsonl")):
            raise ValueError(f"expected out to end in .parquet or .jsonl, got {self.out!r}")


@dataclass(frozen=True, kw_only=True)
class ShowConfig:
    """What a corpus looks like."""

    root: str
    """The corpus: a folder or s3://bucket/prefix."""
    corpus: Literal["scans"] = "scans"
    """Layout of the corpus."""
    subject: str = ""
    """Where a scan's path names its subject, such as "{subject}/{name}"; empty: the first folder."""
    unit: Unit | None = None
    """Unit of all scans, where you know it: then sizes are checked against it."""
    out: str = "contact-sheet.html"
    """The page to write."""
    limit: int = 100
    """Scans on the page, spread evenly over the corpus; about 15 kB and 0.3 s each."""
    size: int = 176
    """Pixels of a side of each of a scan's three pictures."""

    def __post_init__(self) -> None:
        _check_limit(self.limit)
        ScansConfig(subject=self.subject, unit=self.unit)
        if not 32 <= self.size <= 1024:  # noqa: PLR2004 - what a thumbnail can be
            raise ValueError(f"expected size within 32..1024, got {self.size}")


def index(config: IndexConfig) -> int:
    """Print the items of a corpus.

    Returns:
        Exit status 0.

    Raises:
        ValueError: there is no folder, or no scan in it.
        OSError: it cannot be listed.
    """
    shown: list[Item] = []
    counts: Counter[str] = Counter()
    subjects: set[str] = set()
    for item in _items(config.root, ScansConfig(subject=config.subject), config.limit):
        if config.json:
            print(json.dumps(asdict(item), sort_keys=True))
            continue
        counts["items"] += 1
        counts["bytes"] += item.size
        counts["keypoints"] += any(file.role == "keypoints" for file in item.inputs)
        counts["unmatched"] += "subject_pattern" in item.attributes
        subjects.add(item.subject)
        if len(shown) < _SHOWN:
            shown.append(item)
    if config.json:
        return FINE
    rows = [
        (i.item, i.subject, i.inputs[0].path, readable_size(i.inputs[0].size), _keypoint_path(i)) for i in shown
    ]
    print_table(("item", "subject", "scan", "size", "keypoints"), rows, right=(3,))
    if counts["items"] > len(shown):
        print(f"... and {counts['items'] - len(shown):,} more (--json prints all)")
    print(
        f"{counts['items']:,} items of {len(subjects):,} subjects, {readable_size(counts['bytes'])}, "
        f"{counts['keypoints']:,} with keypoints"
    )
    if counts["unmatched"]:
        print(
            f"the subject pattern does not match {counts['unmatched']:,} of them: they keep the default subject"
        )
    return FINE


def check(config: CheckConfig) -> int:
    """Read all items and print what a run would stumble over.

    Returns:
        Exit status: 0 where every item can be read, 1 where some would be rejected.

    Raises:
        ValueError: there is no folder, or no scan in it.
        OSError: it cannot be listed, or the table cannot be written.
    """
    from facescale.corpora.check import CHECK_SCHEMA, ItemCheck, Level, check_items

    settings = ScansConfig(subject=config.subject, unit=config.unit)
    items = _items(config.root, settings, config.limit)
    levels: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], ItemCheck] = {}
    with row_file(config.out, CHECK_SCHEMA) as add_row, progress("checking", quiet=config.json) as advance:
        for found in check_items(items, settings, workers=config.workers):
            advance()
            levels[found.level.value] += 1
            for finding in found.findings:
                kind = (finding.level.value, finding.reason)
                reasons[kind] += 1
                examples.setdefault(kind, found)
            add_row(found.row())
            if config.json:
                print(json.dumps(found.row(), sort_keys=True))
    if not config.json:
        _print_findings(reasons, examples)
        total = levels.total()
        print(
            f"{total:,} items: {levels['ok']:,} fine, {levels['warning']:,} with something odd, "
            f"{levels['error']:,} would be rejected" + (f"; all of it in {config.out}" if config.out else "")
        )
    return REJECTED if levels[Level.ERROR.value] else FINE


def show(config: ShowConfig) -> int:
    """Write a page with pictures of scans and their keypoints.

    Returns:
        Exit status 0.

    Raises:
        ValueError: there is no folder, or no scan in it.
        OSError: it cannot be listed, or the page cannot be written.
    """
    from facescale.corpora.files import write_bytes
    from facescale.pipelines.contact_cards import card_of
    from facescale.reporting.contact_sheet import render_sheet

    settings = ScansConfig(subject=config.subject, unit=config.unit)
    items = list(_items(config.root, settings, None))
    chosen = (
        [items[len(items) * k // config.limit] for k in range(config.limit)]
        if len(items) > config.limit
        else items
    )
    cards = []
    with progress("drawing", total=len(chosen)) as advance:
        for item in chosen:
            cards.append(card_of(item, settings, size=config.size))
            advance()
    left_out = ""
    if len(items) > len(chosen):
        left_out = f"{len(chosen):,} of {len(items):,} scans, spread evenly over the corpus."
    page = render_sheet("Scans", cards, subtitle=config.root, left_out=left_out)
    write_bytes(config.out, page.encode("utf-8"))
    print(f"{len(cards):,} scans in {config.out}")
    return FINE


def _check_limit(limit: int | None) -> None:
    if limit is not None and limit < 1:
        raise ValueError(f"expected a limit of at least 1, got {limit}")


def _items(root: str, settings: ScansConfig, limit: int | None) -> Iterator[Item]:
    """Items of the corpus, at least one."""
    from itertools import islice

    from facescale.corpora import scans
    from facescale.corpora.meshes import MESH_SUFFIXES

    count = 0
    for item in islice(scans.index(root, settings), limit):
        count += 1
        yield item
    if not count:
        raise ValueError(f"expected {', '.join(MESH_SUFFIXES)} files below {root}, found none")


def _keypoint_path(item: Item) -> str:
    return next((file.path for file in item.inputs if file.role == "keypoints"), "")


def _print_findings(reasons: "Counter[tuple[str, str]]", examples: dict[tuple[str, str], Any]) -> None:
    rows = []
    for (level, reason), count in sorted(reasons.items(), key=lambda entry: (entry[0][0], -entry[1])):
        found = examples[level, reason]
        finding = next(f for f in found.findings if f.reason == reason)
        text = finding.message + (f" ({finding.hint})" if finding.hint else "")
        rows.append((level, reason, f"{count:,}", found.item.item, text))
    if rows:
        print_table(("level", "reason", "items", "for example", "which says"), rows, right=(2,))
