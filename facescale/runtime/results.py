"""The results table of one OUT: one row a manifest key, a view of outcomes/, failures/ and review/.

Knows nothing of what the rows measure: it only keeps their types stable.
"""

# pyright: reportAttributeAccessIssue=false
# pyarrow.compute makes its functions at import, where pyright cannot see them.

import json
import threading
import typing
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from facescale.runtime.manifest import format_of, to_parquet
from facescale.runtime.outcomes import CorruptOutcome, OutcomeLedger, parse_outcome
from facescale.runtime.reviews import Review, ReviewLedger
from facescale.structures.formats import check_format
from facescale.structures.outcome import FINAL, Outcome, Status

PATH = "results/table.parquet"
FORMAT_VERSION = 1
CORRUPT = "corrupt-outcome"
_CORRUPT_HINT = f"facescale retry --class {CORRUPT} sets the object aside and does the item again"
_MANIFEST_COLUMNS = ("key", "corpus", "item", "subject", "sequence", "size")
_BATCH = 4096
_LARGEST_INT = 2**63

_FIXED = pa.schema([
    ("status", pa.string()),
    ("reason", pa.string()),
    ("message", pa.string()),
    ("hint", pa.string()),
    ("attempt", pa.string()),
    ("run", pa.string()),
    ("worker", pa.string()),
    ("licences", pa.string()),
    ("seconds", pa.float64()),
    ("seconds_load", pa.float64()),
    ("seconds_fit", pa.float64()),
    ("seconds_save", pa.float64()),
])  # fmt: skip
"""Columns of every OUT between the manifest's and the stage's; `seconds` is the sum of the parts."""
_FAILED_RUNS = "failed_runs"
_REVIEW = ("review", "review_reason")
"""What people decided, "accept" or "reject", and why."""
_RESERVED = frozenset((*_MANIFEST_COLUMNS, *_FIXED.names, _FAILED_RUNS, *_REVIEW))
_WIDTHS = (pa.null(), pa.bool_(), pa.int64(), pa.float64(), pa.string())
"""Types of a stage's column, each wide enough for all before it."""


@typing.final
class ResultsView:
    """Keeps the finished rows between refreshes, so that each outcome is read once."""

    def __init__(self, ledger: OutcomeLedger, *, cached: bool = True, threads: int = 16) -> None:
        """Start from what the last run wrote, or from nothing.

        Args:
            ledger: of OUT.
            cached: take rows of the previous table whose outcome still stands; False reads all again.
            threads: outcomes that are read at a time.
        """
        self._ledger = ledger
        self._threads = threads
        self._finished = (_previous(ledger) if cached else None) or _tabulate([])
        self._observed: dict[str, Outcome] = {}
        self._failures: dict[str, Outcome] = {}
        self._reviews = ReviewLedger(ledger.storage)
        self._refreshing = threading.Lock()
        self.table: pa.Table | None = None
        """What `refresh` made last."""

    def observe(self, outcome: Outcome) -> None:
        """Hand over an outcome that was committed just now, which saves the next refresh its read.

        Any thread may call it, also while another one refreshes.
        """
        self._observed[outcome.key] = outcome

    def refresh(self, manifest: pa.Table) -> pa.Table:
        """Bring the table up to date with storage.

        Returns:
            One row a row of the manifest, in its order. A corrupt outcome is a failed row.
        """
        with self._refreshing:
            self.table = self._refreshed(manifest)
            return self.table

    def save(self) -> None:
        """Write results/table.parquet atomically."""
        assert self.table is not None, "refresh comes before save"
        self._ledger.storage.write(PATH, to_parquet(self.table, FORMAT_VERSION))

    def _refreshed(self, manifest: pa.Table) -> pa.Table:
        final = self._ledger.final_keys()
        failures = self._ledger.failures()
        self._forget(final)
        known = set(self._finished["key"].to_pylist())
        wanted = [key for key in manifest["key"].to_pylist() if key in final and key not in known]
        unfinished = self._read(wanted)
        keys = {*manifest["key"].to_pylist()} - final
        unfinished += self._read_failures({key: failures[key].last for key in keys & failures.keys()})
        everything = _join([self._finished, _tabulate(unfinished)])
        runs = {key: record.runs for key, record in failures.items()}
        return _lay_out(manifest, everything, runs, self._reviews.current(strict=False))

    def _forget(self, final: set[str]) -> None:
        # A key that was ever reopened may hold another outcome than the row we have: those few are read anew.
        keep = pa.array(list(final - self._ledger.retired_keys()), pa.string())
        self._finished = self._finished.filter(pc.is_in(self._finished["key"], value_set=keep))

    def _read(self, keys: Sequence[str]) -> list[Outcome]:
        """Add outcomes to the finished rows; return stand-ins for those that cannot be trusted."""
        fresh = [self._observed.pop(key) for key in keys if key in self._observed]
        parts = [self._finished, _tabulate(fresh)]
        seen = {outcome.key for outcome in fresh}
        found = self._ledger.get_many((key for key in keys if key not in seen), threads=self._threads)
        corrupt = []
        while batch := list(islice(found, _BATCH)):
            parts.append(_tabulate([outcome for _, outcome in batch if isinstance(outcome, Outcome)]))
            corrupt += [_corrupt(key, error) for key, error in batch if isinstance(error, CorruptOutcome)]
        self._finished = _join(parts)
        return corrupt

    def _read_failures(self, paths: Mapping[str, str]) -> list[Outcome]:
        missing = {path: key for key, path in paths.items() if path not in self._failures}
        for path, data in self._ledger.storage.read_many(missing, threads=self._threads):
            if data is not None:
                self._failures[path] = _failure(data, missing[path])
        return [self._failures[path] for path in paths.values() if path in self._failures]


def statuses(table: pa.Table) -> list[str]:
    """Return one status a row, for `summarise`."""
    return table["status"].to_pylist()


def load_results(ledger: OutcomeLedger) -> pa.Table | None:
    """Read the table as it was last written, None where there is none that can be read.

    Raises:
        NewerFormat: a later version wrote it.
    """
    try:
        table = pq.read_table(BytesIO(ledger.storage.read(PATH)))
    except (FileNotFoundError, pa.ArrowInvalid):
        return None
    check_format(f"results at {ledger.storage.uri}/{PATH}", format_of(table), FORMAT_VERSION)
    return table


def _previous(ledger: OutcomeLedger) -> pa.Table | None:
    table = load_results(ledger)
    if table is None or not {"key", *_FIXED.names} <= set(table.column_names):
        return None
    own = [name for name in table.column_names if name not in _RESERVED]
    table = table.select(["key", *_FIXED.names, *own])
    table = table.filter(pc.is_in(table["status"], value_set=pa.array(sorted(FINAL), pa.string())))
    for name in own:
        # A column without a value says nothing of its type; a later row will.
        if table[name].null_count == table.num_rows:
            table = table.set_column(table.column_names.index(name), name, pa.nulls(table.num_rows))
    return table if all(table.schema.field(name).type in _WIDTHS for name in own) else None


def _corrupt(key: str, error: CorruptOutcome) -> Outcome:
    return Outcome(
        key=key,
        item="",
        subject="",
        status=Status.FAILED,
        reason=CORRUPT,
        message=str(error),
        hint=_CORRUPT_HINT,
    )


def _failure(data: bytes, key: str) -> Outcome:
    try:
        return parse_outcome(data, key)
    except CorruptOutcome as error:
        return _corrupt(key, error)


def _tabulate(outcomes: Sequence[Outcome]) -> pa.Table:
    """Lay outcomes out as columns: key, the fixed ones, then the stage's."""
    columns: dict[str, Any] = {"key": pa.array([outcome.key for outcome in outcomes], pa.string())}
    for field in _FIXED:
        columns[field.name] = pa.array([_fixed(outcome, field.name) for outcome in outcomes], field.type)
    names = sorted({name for outcome in outcomes for name in outcome.row})
    for name in names:
        values = [outcome.row.get(name) for outcome in outcomes]
        columns[f"row_{name}" if name in _RESERVED else name] = _column(values)
    return pa.table(columns)


def _fixed(outcome: Outcome, name: str) -> Any:
    if name == "licences":
        return json.dumps(dict(outcome.licences), sort_keys=True) if outcome.licences else None
    if name == "seconds":
        return sum(outcome.timings.values()) if outcome.timings else None
    if name.startswith("seconds_"):
        return outcome.timings.get(name.removeprefix("seconds_"))
    value = getattr(outcome, name)
    return str(value) if value else None


def _column(values: Sequence[Any]) -> pa.Array:
    width = max((_width(value) for value in values), default=0)
    if _WIDTHS[width] == pa.string():
        return pa.array([None if value is None else _text(value) for value in values], pa.string())
    if _WIDTHS[width] == pa.float64():
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    return pa.array([None if value is None else _WHOLE[width](value) for value in values], _WIDTHS[width])


_WHOLE: tuple[Any, ...] = (bool, bool, int)


def _width(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, bool):
        return 1
    if isinstance(value, int):
        return 2 if -_LARGEST_INT <= value < _LARGEST_INT else 3
    return 3 if isinstance(value, float) else 4


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _join(tables: Iterable[pa.Table]) -> pa.Table:
    """Stack tables of finished rows, each stage column at the widest of its types."""
    some = [table for table in tables if table.num_rows] or [_tabulate([])]
    widths: dict[str, int] = {}
    for table in some:
        for field in table.schema:
            if field.name not in _RESERVED:
                widths[field.name] = max(widths.get(field.name, 0), _WIDTHS.index(field.type))
    schema = pa.schema([
        ("key", pa.string()),
        *_FIXED,
        *((name, _WIDTHS[widths[name]]) for name in sorted(widths)),
    ])  # fmt: skip
    return pa.concat_tables([_widen(table, schema) for table in some]).combine_chunks()


def _widen(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = []
    for field in schema:
        if field.name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, field.type))
            continue
        column = table[field.name]
        if field.type == pa.string() and column.type not in (pa.string(), pa.null()):
            column = pa.array([None if v is None else _text(v) for v in column.to_pylist()], pa.string())
        columns.append(column if column.type == field.type else pc.cast(column, field.type, safe=False))
    return pa.table(columns, schema=schema)


def _lay_out(
    manifest: pa.Table, rows: pa.Table, failed_runs: Mapping[str, int], reviews: Mapping[str, Review]
) -> pa.Table:
    """Put one row at each row of the manifest; a key without one is pending."""
    keys = manifest["key"]
    place = pc.index_in(keys, value_set=rows["key"].combine_chunks())
    placed = rows.drop_columns(["key"]).take(place)
    columns: dict[str, Any] = {name: manifest[name] for name in _MANIFEST_COLUMNS}
    for name in placed.column_names:
        column = placed[name]
        if name == "status":
            column = pc.fill_null(column, Status.PENDING.value)
        columns[name] = pc.cast(column, pa.float64()) if column.type == pa.null() else column
        if name == "reason":
            columns[_FAILED_RUNS] = pa.array([failed_runs.get(k, 0) for k in keys.to_pylist()], pa.int64())
    decided = [reviews.get(key) for key in keys.to_pylist()]
    columns["review"] = pa.array([one and one.decision for one in decided], pa.string())
    columns["review_reason"] = pa.array([one and (one.reason or None) for one in decided], pa.string())
    table = pa.table(columns)
    assert table.num_rows == manifest.num_rows
    return table
