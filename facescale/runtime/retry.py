"""Reopen items that a rerun would leave alone, by moving their records to retired/. Nothing is ever deleted."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa

from facescale.runtime.lease import Lease, LeaseTiming
from facescale.runtime.manifest import load_manifest
from facescale.runtime.outcomes import OutcomeLedger, new_run_id
from facescale.runtime.results import ResultsView
from facescale.runtime.storage import Storage
from facescale.structures.outcome import Status

REOPENED: tuple[Status, ...] = (Status.FAILED, Status.REJECTED, Status.QUARANTINED)
"""Statuses that can be reopened; a done item cannot."""
_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """One item that the next run will do again."""

    key: str
    item: str
    status: Status
    """What it was."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class RetryReport:
    """What was reopened."""

    items: tuple[Reopened, ...]

    def __str__(self) -> str:
        if not self.items:
            return "nothing to reopen"
        counts = Counter(f"{one.status.value}: {one.reason}" for one in self.items)
        lines = [f"reopened {len(self.items)} items; the next run does them again"]
        lines += [f"  {count} {name}" for name, count in counts.most_common()]
        lines += [f"    {one.item} ({one.status.value}: {one.reason})" for one in self.items[:_SHOWN]]
        if len(self.items) > _SHOWN:
            lines.append(f"    ... and {len(self.items) - _SHOWN} more")
        return "\n".join(lines)


def retry(
    out: str | Storage,
    *,
    reasons: Collection[str] = (),
    statuses: Collection[Status] = (),
    timing: LeaseTiming | None = None,
) -> RetryReport:
    """Reopen the items of some reasons or statuses.

    Holds the lease meanwhile, so that no run decides on records that are being moved.

    Args:
        out: OUT, or its opened storage.
        reasons: slugs as `facescale status` prints them; empty takes every reason.
        statuses: a subset of `REOPENED`; empty takes all of them.
        timing: how the lease measures time.

    Raises:
        ValueError: neither is given, or a reason that no item has, or OUT holds no manifest.
        FolderInUse: a run holds OUT.
    """
    if not reasons and not statuses:
        raise ValueError("expected a reason (--class) or a status to reopen, got neither")
    strangers = sorted(set(statuses) - set(REOPENED))
    if strangers:
        raise ValueError(f"expected statuses among {[s.value for s in REOPENED]}, got {strangers}")
    storage = Storage.open(out) if isinstance(out, str) else out
    manifest = load_manifest(storage)
    if manifest is None:
        raise ValueError(f"expected the output folder of a run, found no manifest in {storage.uri}")
    ledger = OutcomeLedger(storage)
    with Lease.acquire(storage, f"retry-{new_run_id()}", visiting=True, timing=timing):
        view = ResultsView(ledger)
        chosen = _choose(view.refresh(manifest), frozenset(reasons), frozenset(statuses or REOPENED))
        for one in chosen:
            ledger.retire(one.key)
        view.refresh(manifest)
        view.save()
    return RetryReport(items=chosen)


def _choose(table: pa.Table, reasons: frozenset[str], statuses: frozenset[Status]) -> tuple[Reopened, ...]:
    rows = table.select(["key", "item", "status", "reason"]).to_pylist()
    closed = [
        Reopened(key=row["key"], item=row["item"], status=Status(row["status"]), reason=row["reason"] or "")
        for row in rows
        if row["status"] in REOPENED
    ]
    known = Counter(one.reason for one in closed)
    unknown = sorted(reasons - known.keys())
    if unknown:
        names = ", ".join(f"{reason} ({count})" for reason, count in known.most_common()) or "none"
        raise ValueError(f"no item has the reason {', '.join(unknown)}; expected one of: {names}")
    return tuple(one for one in closed if one.status in statuses and (not reasons or one.reason in reasons))
