"""`facescale review`: people look at results, accept or reject them, and the results table keeps it.

Joins runtime and reporting. Without a decision it writes the page to decide on; with decisions it stores them.
"""

import csv
import getpass
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pyarrow as pa

from facescale.corpora.files import join, local_path, write_bytes
from facescale.pipelines.corpus_output import progress
from facescale.reporting import columns, numbers
from facescale.reporting.review_page import ReviewCard, render_review
from facescale.runtime import manifest as manifests
from facescale.runtime.lease import FolderInUse, Lease
from facescale.runtime.outcomes import OutcomeLedger, new_run_id
from facescale.runtime.results import ResultsView
from facescale.runtime.reviews import DECISIONS, Decision, Review, ReviewLedger, decision_of, timestamp
from facescale.runtime.storage import Storage
from facescale.runtime.where import compile_where
from facescale.structures.outcome import Status

PAGE, PREVIEW = "review.html", "preview.webp"
_KEY_DIGITS = 8
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class ReviewConfig:
    """What to decide about, or what was decided."""

    out: str
    """Results: a folder or s3://bucket/prefix."""
    page: str = ""
    """The page to write; empty: review.html in OUT."""
    metric: str = columns.FIT
    """Column that the page is sorted by, largest first."""
    where: str = ""
    """Show only rows of the results for which this holds, such as 'face_scan_to_mesh_mean_mm > 0.5'."""
    undecided: bool = False
    """Show only what nobody has decided about."""
    limit: int = 300
    """Results on the page, the worst ones; about 40 kB each."""
    apply: tuple[str, ...] = ()
    """Files of decisions that the page saved, or any CSV with the columns key or item, and decision."""
    accept: tuple[str, ...] = ()
    """Items, or beginnings of keys, to accept."""
    reject: tuple[str, ...] = ()
    """Items, or beginnings of keys, to reject."""
    clear: tuple[str, ...] = ()
    """Items, or beginnings of keys, to take the decision back from."""
    reason: str = ""
    """Why, for --accept and --reject."""
    author: str = ""
    """Who decides; empty: the user's name, or the file's own."""

    def __post_init__(self) -> None:
        if self.limit < 1:
            raise ValueError(f"expected a limit of at least 1, got {self.limit}")
        if self.reason and not (self.accept or self.reject):
            raise ValueError("expected --accept or --reject with a reason, got neither")


def review(config: ReviewConfig) -> int:
    """Write the page, or store decisions.

    Returns:
        Exit status 0.

    Raises:
        ValueError: no results at `out`, nothing to show, or a decision about an item that is not there; then
            none is stored.
        OSError: a file of decisions cannot be read.
    """
    storage = Storage.open(config.out)
    manifest = manifests.load_manifest(storage)
    if manifest is None:
        raise ValueError(f"expected the results of a run, found no manifest in {storage.uri}")
    if config.apply or config.accept or config.reject or config.clear:
        _store(config, storage, manifest)
    else:
        _write_page(config, storage, manifest)
    return 0


def _store(config: ReviewConfig, storage: Storage, manifest: pa.Table) -> None:
    names = Names(manifest)
    author = config.author or getpass.getuser()
    batches = [
        decisions_of(_read(path).decode("utf-8-sig"), names, author=config.author, default=author, name=path)
        for path in config.apply
    ]
    at = timestamp()
    asked: list[tuple[Decision, Sequence[str]]] = [
        ("accept", config.accept), ("reject", config.reject), ("clear", config.clear),
    ]  # fmt: skip
    typed = [
        Review(
            key=names.key(name),
            decision=decision,
            reason="" if decision == "clear" else config.reason,
            author=author,
            at=at,
        )
        for decision, items in asked
        for name in items
    ]
    twice = [key for key, count in Counter(one.key for one in typed).items() if count > 1]
    if twice:
        raise ValueError(f"expected one decision an item, got several for {twice[0]}")
    ledger = ReviewLedger(storage)
    ledger.current()  # a record that cannot be read is heard of before anything is added
    for batch in (*batches, typed):
        if batch:
            fresh = ledger.submit(batch)
            counts = Counter(one.decision for one in batch)
            told = ", ".join(f"{counts[name]} {name}" for name in DECISIONS if counts[name])
            print(f"{told}" if fresh else f"{told}: handed in before")
    standing = Counter(one.decision for one in ledger.current().values())
    print(f"in all {standing['accept']} accepted, {standing['reject']} rejected of {manifest.num_rows} items")
    _rebuild(storage, manifest)


def _rebuild(storage: Storage, manifest: pa.Table) -> None:
    """Bring results/table.parquet up to date, unless a run does."""
    try:
        with Lease.acquire(storage, f"review-{new_run_id()}", visiting=True):
            view = ResultsView(OutcomeLedger(storage))
            view.refresh(manifest)
            view.save()
    except FolderInUse:
        print("a run is going on: it brings the results table up to date within a minute")


class Names:
    """Keys by the names that people use for items."""

    def __init__(self, manifest: pa.Table) -> None:
        self._keys = manifest["key"].to_pylist()
        self._known = set(self._keys)
        self._by_item: dict[str, list[str]] = {}
        for key, item in zip(self._keys, manifest["item"].to_pylist(), strict=True):
            self._by_item.setdefault(item, []).append(key)

    def key(self, name: str) -> str:
        """Find the one key that an item id, a key or the beginning of a key names.

        Raises:
            ValueError: none, or several.
        """
        if name in self._known:
            return name
        found = self._by_item.get(name, [])
        if not found and re.fullmatch(f"[0-9a-f]{{{_KEY_DIGITS},}}", name):
            found = [key for key in self._keys if key.startswith(name)]
        if len(found) == 1:
            return found[0]
        if found:
            many = ", ".join(key[:12] for key in found)
            raise ValueError(f"expected one result named {name!r}, found {len(found)}; name its key: {many}")
        raise ValueError(
            f"expected an item of these results, or at least {_KEY_DIGITS} digits of a key, got {name!r}"
        )


def decisions_of(text: str, names: Names, *, author: str, default: str, name: str) -> list[Review]:
    """Read a CSV of decisions.

    Args:
        text: with a header; columns key or item, decision, and where they are there reason, at and author.
        names: of the results.
        author: replaces the file's own where it is given.
        default: where the file has none.
        name: of the file, for messages.

    Raises:
        ValueError: a column is missing, or a line that is wrong: its number and why. All or nothing.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""))
    there = set(reader.fieldnames or ())
    if "decision" not in there or not there & {"key", "item"}:
        raise ValueError(
            f"expected a CSV with the columns decision and key or item in {name}, got {sorted(there)}"
        )
    now = timestamp()
    found = []
    for row in reader:
        cells = {column: (row.get(column) or "").strip() for column in ("key", "item", *row) if column}
        if not any(cells.values()):
            continue
        try:
            found.append(
                Review(
                    key=names.key(cells["key"] or cells["item"]),
                    decision=decision_of(cells["decision"]),
                    reason=cells.get("reason", ""),
                    author=author or cells.get("author", "") or default,
                    at=timestamp(cells["at"]) if cells.get("at") else now,
                )
            )
        except ValueError as error:
            raise ValueError(f"{name}, line {reader.line_num}: {error}") from error
    if not found:
        raise ValueError(f"expected decisions in {name}, found none")
    return found


def _write_page(config: ReviewConfig, storage: Storage, manifest: pa.Table) -> None:
    reviews = ReviewLedger(storage).current()
    table = ResultsView(OutcomeLedger(storage)).refresh(manifest)
    if config.metric not in table.column_names:
        known = [name for name in table.column_names if name.endswith("_mm")]
        raise ValueError(f"expected a column of the results such as {known[:_SHOWN]}, got {config.metric!r}")
    rows = _sorted(table, config)
    shown = rows[: config.limit]
    if not shown:
        raise ValueError("expected results to review, found none: nothing done is left that --where keeps")
    cards = []
    with progress("reading pictures", total=len(shown)) as advance:
        paths = (f"{row['attempt']}/{PREVIEW}" for row in shown)
        for row, (_, picture) in zip(shown, storage.read_many(paths), strict=True):
            cards.append(_card(row, config.metric, picture, reviews.get(row["key"])))
            advance()
    left_out = ""
    if len(rows) > len(shown):
        left_out = f"The worst {len(shown):,} of {len(rows):,}; --limit shows more, --undecided only new ones."
    page = render_review(
        "Review",
        cards,
        identity=hashlib.sha256(storage.uri.encode()).hexdigest()[:16],
        subtitle=config.out,
        left_out=left_out,
        measure=dict(columns.MEASURES).get(config.metric, config.metric),
    )
    where = config.page or join(config.out, PAGE)
    write_bytes(where, page.encode("utf-8"))
    print(f"{numbers.counted(len(cards), 'result')} in {where}")
    print(f"then: facescale review --out {config.out} --apply decisions.csv")


def _sorted(table: pa.Table, config: ReviewConfig) -> list[dict[str, Any]]:
    """What is done and asked for, the worst first; what was not measured comes before all."""
    rows = [row for row in table.to_pylist() if row["status"] == Status.DONE]
    if config.where:
        keep = compile_where(config.where, columns=table.column_names, attributes=())
        rows = [row for row in rows if keep(row)]
    if config.undecided:
        rows = [row for row in rows if row["review"] is None]

    def order(row: Mapping[str, Any]) -> tuple[float, str]:
        value = numbers.number(row[config.metric])
        return (float("-inf") if value is None else -value, row["item"])

    return sorted(rows, key=order)


def _card(row: Mapping[str, Any], metric: str, picture: bytes | None, decided: Review | None) -> ReviewCard:
    return ReviewCard(
        key=row["key"],
        item=row["item"],
        error=numbers.number(row[metric]),
        figures="; ".join(_figures(row)),
        picture=picture,
        decision=cast("Any", decided.decision) if decided else "",
        reason=decided.reason if decided else "",
        at=decided.at if decided else "",
    )


def _figures(row: Mapping[str, Any]) -> Iterator[str]:
    names = (("face_scan_to_mesh_p90_mm", "p90"), (columns.MEAN_HEAD, "mean head"))
    for name, label in names:
        if numbers.number(row.get(name)) is not None:
            yield f"{label} {numbers.millimetres(row[name])} mm"
    for name, label in (("face_coverage", "coverage"), ("face_observed", "observed")):
        if numbers.number(row.get(name)) is not None:
            yield f"{label} {numbers.share(row[name])}"
    if row.get("notes"):
        yield str(row["notes"])


def _read(uri: str) -> bytes:
    """A small file of the user's, local or in a bucket."""
    if uri.startswith("s3://"):
        folder, _, name = uri.rpartition("/")
        return Storage.open(folder).read(name)
    return local_path(uri).read_bytes()
