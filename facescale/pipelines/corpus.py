"""`facescale corpus index | check | show`: look at a corpus before anything is computed.

Joins corpora, rendering and reporting for people; prints tables on a terminal and JSON lines for programs.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from facescale.corpora.finding import Finding, Level, verdict, worst
from facescale.pipelines.corpus_layouts import Checked, ItemKind, Layout, layout_of
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
    corpus: str = "scans"
    """Layout of the corpus; `facescale corpus layouts` lists them."""
    option: tuple[str, ...] = ()
    """Settings of the layout, NAME=VALUE; `facescale corpus layouts --corpus NAME` lists them."""
    subject: str = ""
    """Where a file's path names its subject, such as "{subject}/{name}"; empty: the first folder."""
    item: ItemKind = "subject"
    """Of photographs: whether an item is a subject or a single image."""
    limit: int | None = None
    """Stop after so many items."""
    json: bool = False
    """Print one JSON object an item instead of a table."""

    def __post_init__(self) -> None:
        _check_limit(self.limit)
        layout_of(self.corpus, subject=self.subject, item=self.item, option=self.option)


@dataclass(frozen=True, kw_only=True)
class CheckConfig:
    """What is wrong with a corpus."""

    root: str
    """The corpus: a folder or s3://bucket/prefix."""
    corpus: str = "scans"
    """Layout of the corpus; `facescale corpus layouts` lists them."""
    option: tuple[str, ...] = ()
    """Settings of the layout, NAME=VALUE; `facescale corpus layouts --corpus NAME` lists them."""
    subject: str = ""
    """Where a file's path names its subject, such as "{subject}/{name}"; empty: the first folder."""
    item: ItemKind = "subject"
    """Of photographs: whether an item is a subject or a single image."""
    unit: Unit | None = None
    """Of scans: the unit of all, where you know it: then sizes are checked against it."""
    out: str = ""
    """File for the whole table, .parquet or .jsonl; empty: none."""
    workers: int = 2
    """Items that are read at a time."""
    limit: int | None = None
    """Stop after so many items."""
    json: bool = False
    """Print one JSON object an item instead of tables."""

    def __post_init__(self) -> None:
        _check_limit(self.limit)
        layout_of(self.corpus, subject=self.subject, unit=self.unit, item=self.item, option=self.option)
        if self.workers < 1:
            raise ValueError(f"expected at least one worker, got {self.workers}")
        if self.out and not self.out.endswith((".parquet", ".jsonl")):
            raise ValueError(f"expected out to end in .parquet or .jsonl, got {self.out!r}")


@dataclass(frozen=True, kw_only=True)
class ShowConfig:
    """What a corpus looks like."""

    root: str
    """The corpus: a folder or s3://bucket/prefix."""
    corpus: str = "scans"
    """Layout of the corpus; `facescale corpus layouts` lists them."""
    option: tuple[str, ...] = ()
    """Settings of the layout, NAME=VALUE; `facescale corpus layouts --corpus NAME` lists them."""
    subject: str = ""
    """Where a file's path names its subject, such as "{subject}/{name}"; empty: the first folder."""
    item: ItemKind = "subject"
    """Of photographs: whether an item is a subject or a single image."""
    unit: Unit | None = None
    """Of scans: the unit of all, where you know it: then sizes are checked against it."""
    out: str = "contact-sheet.html"
    """The page to write."""
    limit: int = 100
    """Items on the page, spread evenly over the corpus; about 15 kB and 0.3 s each."""
    size: int = 176
    """Pixels of a side of each picture; an item has three or up to six."""

    def __post_init__(self) -> None:
        _check_limit(self.limit)
        layout_of(self.corpus, subject=self.subject, unit=self.unit, item=self.item, option=self.option)
        if not 32 <= self.size <= 1024:  # noqa: PLR2004 - what a thumbnail can be
            raise ValueError(f"expected size within 32..1024, got {self.size}")


def index(config: IndexConfig) -> int:
    """Print the items of a corpus.

    Returns:
        Exit status 0.

    Raises:
        ValueError: there is no folder, or nothing of the layout in it.
        OSError: it cannot be listed.
    """
    layout = layout_of(config.corpus, subject=config.subject, item=config.item, option=config.option)
    shown: list[Item] = []
    counts: Counter[str] = Counter()
    subjects: set[str] = set()
    for item in _items(config.root, layout, config.limit):
        if config.json:
            print(json.dumps(asdict(item), sort_keys=True))
            continue
        counts["items"] += 1
        counts["bytes"] += item.size
        counts["files"] += sum(file.role == layout.role for file in item.inputs)
        counts["beside"] += any(file.role == layout.beside for file in item.inputs)
        counts["unmatched"] += "subject_pattern" in item.attributes
        subjects.add(item.subject)
        if len(shown) < _SHOWN:
            shown.append(item)
    if config.json:
        return FINE
    _print_items(layout, shown)
    if counts["items"] > len(shown):
        print(f"... and {counts['items'] - len(shown):,} more (--json prints all)")
    files = f" with {counts['files']:,} {layout.noun}" if counts["files"] > counts["items"] else ""
    beside = f", {counts['beside']:,} with {layout.beside}" if layout.beside else ""
    size = readable_size(counts["bytes"])
    print(f"{counts['items']:,} items of {len(subjects):,} subjects{files}, {size}{beside}")
    if counts["unmatched"]:
        print(
            f"the subject pattern does not match {counts['unmatched']:,} of them: they keep the default subject"
        )
    return FINE


def check(config: CheckConfig) -> int:
    """Read all items and print what a run would stumble over.

    Returns:
        Exit status: 0 where every item can be read and nothing that must be there is missing, otherwise 1.

    Raises:
        ValueError: there is no folder, or nothing of the layout in it.
        OSError: it cannot be listed, or the table cannot be written.
    """
    layout = _chosen(config)
    items = _items(config.root, layout, config.limit)
    levels: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], Checked] = {}
    with row_file(config.out, layout.schema()) as add_row, progress("checking", quiet=config.json) as advance:
        for found in layout.check(items, config.workers):
            advance()
            levels[found.level.value] += 1
            for finding in found.findings:
                kind = (finding.level.value, finding.reason)
                reasons[kind] += 1
                examples.setdefault(kind, found)
            add_row(found.row())
            if config.json:
                print(json.dumps(found.row(), sort_keys=True))
    surveyed = list(layout.survey(config.root)) if config.limit is None else []
    for finding in surveyed if config.json else ():
        print(json.dumps({"item": "", **verdict([finding])}, sort_keys=True))
    if not config.json:
        _print_survey(surveyed)
        _print_findings(reasons, examples)
        total = levels.total()
        print(
            f"{total:,} items: {levels['ok']:,} fine, {levels['warning']:,} with something odd, "
            f"{levels['error']:,} would be rejected" + (f"; all of it in {config.out}" if config.out else "")
        )
    return REJECTED if levels["error"] or worst(surveyed) is Level.ERROR else FINE


def show(config: ShowConfig) -> int:
    """Write a page with pictures of items: scans and their keypoints, or photographs, or frames.

    Returns:
        Exit status 0.

    Raises:
        ValueError: there is no folder, or nothing of the layout in it.
        OSError: it cannot be listed, or the page cannot be written.
    """
    from facescale.corpora.files import write_bytes
    from facescale.reporting.contact_sheet import render_sheet

    layout = _chosen(config)
    items = list(_items(config.root, layout, None))
    chosen = (
        [items[len(items) * k // config.limit] for k in range(config.limit)]
        if len(items) > config.limit
        else items
    )
    cards = []
    with progress("drawing", total=len(chosen)) as advance:
        for item in chosen:
            cards.append(layout.card(item, config.size))
            advance()
    left_out = ""
    if len(items) > len(chosen):
        left_out = f"{len(chosen):,} of {len(items):,} {_shown_as(layout)}, spread evenly over the corpus."
    page = render_sheet(
        layout.noun.capitalize(), cards, subtitle=config.root, left_out=left_out, noun=_shown_as(layout)
    )
    write_bytes(config.out, page.encode("utf-8"))
    print(f"{len(cards):,} {_shown_as(layout)} in {config.out}")
    return FINE


def _chosen(config: CheckConfig | ShowConfig) -> Layout:
    return layout_of(
        config.corpus, subject=config.subject, unit=config.unit, item=config.item, option=config.option
    )


def _check_limit(limit: int | None) -> None:
    if limit is not None and limit < 1:
        raise ValueError(f"expected a limit of at least 1, got {limit}")


def _items(root: str, layout: Layout, limit: int | None) -> Iterator[Item]:
    """Items of the corpus, at least one."""
    from itertools import islice

    count = 0
    for item in islice(layout.index(root), limit):
        count += 1
        yield item
    if not count:
        kinds = f"{', '.join(layout.suffixes)} files" if layout.suffixes else layout.noun
        raise ValueError(f"expected {kinds} below {root}, found none")


def _shown_as(layout: Layout) -> str:
    """What cards are counted as: a card of photographs shows several."""
    return "items" if layout.role == "image" else layout.noun


def _print_items(layout: Layout, items: list[Item]) -> None:
    rows = []
    for item in items:
        own = [file for file in item.inputs if file.role == layout.role]
        more = f" and {len(own) - 1:,} more" if len(own) > 1 else ""
        size = readable_size(sum(file.size for file in own))
        beside = next((file.path for file in item.inputs if file.role == layout.beside), "")
        rows.append((item.item, item.subject, own[0].path + more, size, *([beside] if layout.beside else [])))
    heads = ("item", "subject", layout.role, "size", *([layout.beside] if layout.beside else []))
    print_table(heads, rows, right=(3,))


def _print_survey(found: list[Finding]) -> None:
    """What is said of the corpus as a whole."""
    rows = [(f.level.value, f.reason, f.message + (f" ({f.hint})" if f.hint else "")) for f in found]
    if rows:
        print_table(("level", "reason", "of the corpus"), rows)


def _print_findings(reasons: "Counter[tuple[str, str]]", examples: dict[tuple[str, str], Checked]) -> None:
    rows = []
    for (level, reason), count in sorted(reasons.items(), key=lambda entry: (entry[0][0], -entry[1])):
        found = examples[level, reason]
        finding = next(f for f in found.findings if f.reason == reason)
        text = finding.message + (f" ({finding.hint})" if finding.hint else "")
        rows.append((level, reason, f"{count:,}", found.item.item, text))
    if rows:
        print_table(("level", "reason", "items", "for example", "which says"), rows, right=(2,))
