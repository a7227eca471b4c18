"""What a run has to do: pure decisions over manifest, final keys and failures. No storage, no Ray."""

# pyright: reportAttributeAccessIssue=false
# pyarrow.compute makes its functions at import, where pyright cannot see them.

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from facescale.runtime.where import compile_where

MAX_RUNS = 3
"""Runs in which an item may fail before only `facescale retry` opens it again."""
_COLUMNS = ("key", "corpus", "item", "subject", "sequence", "size", "cost")
_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The part of the manifest that a run is asked to do; the same selection is the same items every time."""

    limit: int | None = None
    """The first so many items, in the manifest's order, of those that the other two leave."""
    where: str = ""
    """See `where.py`; empty takes all."""
    subjects: frozenset[str] | None = None
    """Subjects to take; None takes all."""

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"expected a limit of at least 1, got {self.limit}")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run is going to do, and how much that is."""

    pending: pa.Table
    """Rows of the manifest to do now, in its order."""
    total: int
    """Items of the manifest."""
    final: int
    """Items that are done, rejected or quarantined: skipped."""
    exhausted: int
    """Items that failed in `MAX_RUNS` runs: skipped until they are reopened."""
    left_out: int
    """Items that are pending or may be retried, but outside the selection."""
    retried: int
    """Of `pending`: items that failed in an earlier run."""
    workers: int
    seconds_per_cost: float | None
    """Measured on done items; None before there are any."""

    @property
    def size(self) -> int:
        """Bytes of the inputs to read."""
        return pc.sum(self.pending["size"]).as_py() or 0

    @property
    def hours(self) -> float | None:
        """Estimated wall hours; None while nothing was measured."""
        if self.seconds_per_cost is None:
            return None
        cost = pc.sum(self.pending["cost"]).as_py() or 0.0
        return cost * self.seconds_per_cost / self.workers / 3600.0

    def __str__(self) -> str:
        skipped = f"{self.final} final, {self.left_out} left out, {self.exhausted} failed in {MAX_RUNS} runs"
        lines = [
            f"{self.pending.num_rows} of {self.total} items to do, {_bytes(self.size)} to read",
            f"skipped: {skipped}; to try again: {self.retried}",
        ]
        if self.hours is None:
            lines.append(f"time unknown on {self.workers} workers: nothing is done yet; try --limit 10 first")
        else:
            lines.append(
                f"about {self.hours:.2f} h on {self.workers} workers, measured on the items done so far"
            )
        return "\n".join(lines)


def read_subjects(path: Path) -> frozenset[str]:
    """Read a file of subject ids, one a line; blank lines and those that start with # are skipped.

    Raises:
        ValueError: no such file, or no subject in it.
    """
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"expected a text file of subjects at {path}: {error}") from error
    subjects = frozenset(line for line in lines if line and not line.startswith("#"))
    if not subjects:
        raise ValueError(f"expected at least one subject in {path}, got none")
    return subjects


def select(manifest: pa.Table, selection: Selection) -> pa.Table:
    """Return the rows that the selection asks for, in the manifest's order.

    Raises:
        ValueError: a subject that the manifest lacks, or an expression outside the language.
    """
    chosen = manifest
    if selection.subjects is not None:
        known = set(pc.unique(manifest["subject"]).to_pylist())
        unknown = sorted(selection.subjects - known)
        if unknown:
            more = ", ..." if len(unknown) > _NAMED else ""
            raise ValueError(
                f"expected subjects of this corpus ({len(known)} of them), got {len(unknown)} others: "
                f"{', '.join(unknown[:_NAMED])}{more}"
            )
        wanted = pa.array(sorted(selection.subjects), pa.string())
        chosen = chosen.filter(pc.is_in(chosen["subject"], value_set=wanted))
    if selection.where:
        chosen = chosen.filter(_where(manifest, chosen, selection.where))
    return chosen if selection.limit is None else chosen.slice(0, selection.limit)


def make_plan(
    manifest: pa.Table,
    *,
    final: Collection[str],
    failed_runs: Mapping[str, int],
    selection: Selection | None = None,
    workers: int = 1,
    seconds_per_cost: float | None = None,
) -> Plan:
    """Decide what a run does.

    Args:
        manifest: all items of OUT.
        final: keys that have an outcome.
        failed_runs: key -> in how many runs the item failed.
        selection: what the user asks for; all unless told.
        workers: how many work side by side.
        seconds_per_cost: from `measured_seconds_per_cost`.
    """
    is_final = pc.is_in(manifest["key"], value_set=_keys(final))
    exhausted = [key for key, runs in failed_runs.items() if runs >= MAX_RUNS]
    is_exhausted = pc.and_not(pc.is_in(manifest["key"], value_set=_keys(exhausted)), is_final)
    to_do = manifest.filter(pc.invert(pc.or_(is_final, is_exhausted)))
    chosen = select(manifest, selection or Selection())
    pending = chosen.filter(pc.is_in(chosen["key"], value_set=to_do["key"].combine_chunks()))
    return Plan(
        pending=pending,
        total=manifest.num_rows,
        final=_count(is_final),
        exhausted=_count(is_exhausted),
        left_out=to_do.num_rows - pending.num_rows,
        retried=_count(pc.is_in(pending["key"], value_set=_keys(failed_runs))),
        workers=workers,
        seconds_per_cost=seconds_per_cost,
    )


def measured_seconds_per_cost(manifest: pa.Table, results: pa.Table) -> float | None:
    """Return worker seconds per unit of cost over the items done so far, None where there are none.

    Args:
        manifest: with the column "cost".
        results: with the columns "key", "status" and "seconds", a row a manifest row in its order.
    """
    assert results["key"].equals(manifest["key"]), "results are not this manifest's"
    timed = pc.and_(pc.equal(results["status"], "done"), pc.is_valid(results["seconds"]))
    cost = pc.sum(manifest["cost"].filter(timed)).as_py()
    seconds = pc.sum(results["seconds"].filter(timed)).as_py()
    return seconds / cost if cost and seconds else None


def _where(manifest: pa.Table, chosen: pa.Table, expression: str) -> pa.Array:
    attributes = {name for row in manifest["attributes"].to_pylist() for name, _ in row}
    test = compile_where(expression, columns=_COLUMNS, attributes=attributes)
    rows: list[dict[str, Any]] = chosen.select([*_COLUMNS, "attributes"]).to_pylist()
    return pa.array([test({**row, "attributes": dict(row["attributes"])}) for row in rows], pa.bool_())


def _keys(keys: Collection[str]) -> pa.Array:
    return pa.array(list(keys), pa.string())


def _count(mask: pa.ChunkedArray) -> int:
    return pc.sum(mask).as_py() or 0


def _bytes(size: int) -> str:
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000.0:  # noqa: PLR2004 - decimal units
            return f"{value:.3g} {unit}"
        value /= 1000.0
    return f"{value:.4g} TB"
