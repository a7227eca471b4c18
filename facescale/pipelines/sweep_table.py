"""The one table of a sweep of registrations: its rows as plain values, from the results of all its points.

Compares like with like: within a corpus, over the scans that every head and preset has done. Knows nothing of
layouts, formats or pages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from facescale.pipelines.sweep_points import Point, PointEnd
from facescale.reporting import columns, numbers
from facescale.reporting.sweep_rows import MEAN_HEAD_PRESET, MEASURES
from facescale.runtime import results
from facescale.runtime.outcomes import OutcomeLedger
from facescale.runtime.storage import Storage
from facescale.structures.outcome import Status

FORMAT_VERSION = 1
SECONDS = "seconds_solve"
RIVAL = "adam"
"""The preset whose time others are compared with."""
RANKED_BY = "scan_to_mesh_mean_mm"
_TEXT = ("corpus", "head", "preset", "status", "why")
_WHOLE = ("rank", "scans", "done", "rejected", "failed", "pending", "compared", "parameters", "beat_mean_head")
_FIGURES = (*MEASURES, "seconds_a_scan", "times_faster_than_adam", "iterations", "converged_share")
SCHEMA = pa.schema([
    *((name, pa.string()) for name in _TEXT),
    ("stand_in", pa.bool_()),
    *((name, pa.int64()) for name in _WHOLE),
    *((name, pa.float64()) for name in _FIGURES),
])  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A point with what its folder holds."""

    end: PointEnd
    rows: tuple[Mapping[str, Any], ...]
    """Of its results, one an item; none where it never began."""

    @property
    def point(self) -> Point:
        """The combination."""
        return self.end.point

    @property
    def done(self) -> dict[str, Mapping[str, Any]]:
        """Item -> row of what is done and measured."""
        return {
            row["item"]: row
            for row in self.rows
            if row["status"] == Status.DONE and numbers.number(row.get(columns.FIT)) is not None
        }


def standing_of(end: PointEnd, out: str) -> Standing:
    """Read what a point's folder holds now."""
    table = results.load_results(OutcomeLedger(Storage.open(end.point.out(out))))
    return Standing(end=end, rows=() if table is None else tuple(table.to_pylist()))


def table_rows(standings: Sequence[Standing]) -> list[dict[str, Any]]:
    """All rows: corpus by corpus, the mean heads last, then the stand-ins.

    Args:
        standings: of all points of the sweep.
    """
    rows: list[dict[str, Any]] = []
    for corpus in dict.fromkeys(one.point.corpus.name for one in standings):
        here = [one for one in standings if one.point.corpus.name == corpus]
        real = [one for one in here if not one.point.head.stand_in]
        compared = common_items(real)
        found = [_row(one, real, compared) for one in real]
        found.sort(key=lambda row: (row[RANKED_BY] is None, row[RANKED_BY] or 0.0))
        for rank, row in enumerate((row for row in found if row[RANKED_BY] is not None), 1):
            row["rank"] = rank
        rows += [*found, *_mean_heads(real, compared)]
        made_up = [one for one in here if one.point.head.stand_in]
        rows += [_row(one, made_up, common_items(made_up), accuracy=False) for one in made_up]
    return rows


def to_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows with the types of `SCHEMA`, whichever of them are empty."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=SCHEMA)


def common_items(standings: Iterable[Standing]) -> list[str]:
    """Items that every point has done; one that has done none does not count, or nothing is compared."""
    sets = [set(one.done) for one in standings if one.done]
    return sorted(set.intersection(*sets)) if sets else []


def _row(
    one: Standing, beside: Sequence[Standing], compared: Sequence[str], *, accuracy: bool = True
) -> dict[str, Any]:
    done = one.done
    taken = [done[item] for item in compared] if done else []
    seconds = _middle(row.get(SECONDS) for row in taken)
    rival = next((other for other in beside if _is_rival(other, one)), None)
    rivals = _middle(rival.done[item].get(SECONDS) for item in compared) if rival and taken else None
    counts = {status.value: sum(row["status"] == status for row in one.rows) for status in Status}
    beat = [row for row in done.values() if row[columns.FIT] < (row.get(columns.MEAN_HEAD) or 0.0)]
    return {
        "corpus": one.point.corpus.name,
        "head": one.point.head.label,
        "preset": one.point.preset,
        "status": _status(one),
        "why": one.end.why,
        "stand_in": one.point.head.stand_in,
        "rank": None,
        "scans": len(one.rows),
        "done": counts[Status.DONE.value],
        "rejected": counts[Status.REJECTED.value],
        "failed": counts[Status.FAILED.value] + counts[Status.QUARANTINED.value],
        "pending": counts[Status.PENDING.value],
        "compared": len(taken),
        "parameters": one.point.head.parameters,
        "beat_mean_head": len(beat) if done else None,
        **{name: _mean(taken, column) if accuracy else None for name, column in MEASURES.items()},
        "seconds_a_scan": seconds,
        "times_faster_than_adam": rivals / seconds if rivals and seconds else None,
        "iterations": _middle(row.get("iterations") for row in taken),
        "converged_share": float(np.mean([row.get("fit_ended") == "converged" for row in taken]))
        if taken
        else None,
    }


def _is_rival(other: Standing, one: Standing) -> bool:
    return other.point.preset == RIVAL and other.point.head == one.point.head and bool(other.done)


def _mean_heads(real: Sequence[Standing], compared: Sequence[str]) -> list[dict[str, Any]]:
    """One row a head: the mean head laid on rigidly, from the first preset that has done something."""
    rows = []
    for head in dict.fromkeys(one.point.head for one in real):
        first = next((one for one in real if one.point.head == head and one.done), None)
        if first is None:
            continue
        taken = [first.done[item] for item in compared]
        row = dict.fromkeys(SCHEMA.names)
        row |= {
            "corpus": first.point.corpus.name,
            "head": head.label,
            "preset": MEAN_HEAD_PRESET,
            "status": "done",
            "stand_in": False,
            "scans": len(first.rows),
            "compared": len(taken),
            "parameters": 0,
            **{name: _mean(taken, f"mean_head_{column}") for name, column in MEASURES.items()},
        }
        rows.append(row)
    return rows


def _status(one: Standing) -> str:
    if one.point.head.absent:
        return "not run"
    if not one.rows:
        return "broken" if one.end.why.startswith("broken") else "pending"
    return "done" if one.end.fine else "incomplete"


def _mean(rows: Sequence[Mapping[str, Any]], column: str) -> float | None:
    """Over scans, each counting alike."""
    values = numbers.finite(row.get(column) for row in rows)
    return float(values.mean()) if values.size else None


def _middle(values: Iterable[object]) -> float | None:
    found = numbers.finite(values)
    return float(np.median(found)) if found.size else None
