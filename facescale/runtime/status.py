"""How a running or dead job stands, from storage alone. Knows nothing of the processes that do the work."""

# pyright: reportAttributeAccessIssue=false
# pyarrow.compute makes its functions at import, where pyright cannot see them.

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from facescale.runtime.lease import LeaseRecord, LeaseTiming, read_lease
from facescale.runtime.manifest import load_manifest
from facescale.runtime.outcomes import OutcomeLedger
from facescale.runtime.results import ResultsView, statuses
from facescale.runtime.storage import Storage
from facescale.runtime.summary import Summary, summarise
from facescale.structures.outcome import Status

_SLOWEST = 5
_STAGES = ("load", "fit", "save")
_COLOURS = {"done": "green", "rejected": "yellow", "failed": "red", "quarantined": "red", "pending": "dim"}


class Pulse(StrEnum):
    """Whether somebody is working in OUT."""

    NEVER = "never started"
    RUNNING = "running"
    SILENT = "dead"
    FINISHED = "finished"


@dataclass(frozen=True, kw_only=True)
class Slow:
    """One of the items that took longest."""

    item: str
    status: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What the items of one class have cost."""

    items: int
    seconds: float
    gpu_seconds: float
    peak_memory: int
    """Most bytes that a process held; 0 where nothing was measured."""


@dataclass(frozen=True, kw_only=True)
class RunStatus:
    """One look at OUT."""

    out: str
    pulse: Pulse
    silent_s: float | None
    """Since the last beat, by the clocks of two machines: for the eye, never for a decision."""
    run: str
    host: str
    summary: Summary
    reasons: Mapping[str, int]
    """"status: reason" -> items, most first; rejected, failed and quarantined ones."""
    spent: Mapping[str, Spent]
    """"status" or "status: reason" -> what its items cost; pending ones are left out."""
    seconds_by_stage: Mapping[str, float]
    """Worker seconds that load, fit and save took."""
    slowest: tuple[Slow, ...]
    stage: Mapping[str, Any]
    """The driver's last live table."""
    committed: int
    """Outcomes of the last run."""
    items_per_s: float | None
    eta_s: float | None
    """Until nothing is pending, at this run's rate; None where nobody is running."""

    def to_json(self) -> str:
        """Serialise for `facescale status --json`."""
        return json.dumps(asdict(self), indent=2)


def read_status(out: str | Storage, *, now: datetime | None = None) -> RunStatus:
    """Look at OUT without changing anything in it.

    Args:
        out: its address, or the opened storage.
        now: the time to judge silence by; the present unless told.

    Raises:
        ValueError: OUT holds no manifest.
        StorageUnavailable: OUT cannot be read.
    """
    storage = Storage.open(out) if isinstance(out, str) else out
    manifest = load_manifest(storage)
    if manifest is None:
        raise ValueError(f"expected the output folder of a run, found no manifest in {storage.uri}")
    lease = read_lease(storage)
    table = ResultsView(OutcomeLedger(storage)).refresh(manifest)
    summary = summarise(statuses(table))
    now = now or datetime.now(UTC)
    pulse, silent = _pulse(lease, now)
    committed = _count(pc.equal(table["run"], lease.run)) if lease else 0
    rate = _rate(lease, committed, until=now if pulse is Pulse.RUNNING else None)
    return RunStatus(
        out=storage.uri,
        pulse=pulse,
        silent_s=silent,
        run=lease.run if lease else "",
        host=lease.host if lease else "",
        summary=summary,
        reasons=_reasons(table),
        spent=_spent(table),
        seconds_by_stage={name: pc.sum(table[f"seconds_{name}"]).as_py() or 0.0 for name in _STAGES},
        slowest=_slowest(table),
        stage=lease.stage if lease else {},
        committed=committed,
        items_per_s=rate,
        eta_s=summary.pending / rate if rate and pulse is Pulse.RUNNING else None,
    )


def render(status: RunStatus) -> RenderableType:
    """Lay a status out for a terminal."""
    parts: list[RenderableType] = [Text(_headline(status), style="bold")]
    counts = Text(f"{status.summary.total} items: ")
    for name, colour in _COLOURS.items():
        counts.append(f"{getattr(status.summary, name)} {name}  ", style=colour)
    parts.append(counts)
    if status.items_per_s:
        eta = f", about {_duration(status.eta_s)} left" if status.eta_s is not None else ""
        parts.append(Text(f"{status.committed} in this run, {status.items_per_s:.3g} items/s{eta}"))
    if status.stage:
        parts.append(
            _table("live table", ("", ""), [(name, _cell(value)) for name, value in status.stage.items()])
        )
    if status.reasons:
        rows = [(name, str(count)) for name, count in status.reasons.items()]
        parts.append(_table("why", ("reason", "items"), rows))
    if any(status.seconds_by_stage.values()):
        rows = [(name, _cell(seconds)) for name, seconds in status.seconds_by_stage.items()]
        parts.append(_table("worker seconds", ("stage", "s"), rows))
    if status.spent:
        rows = [
            (name, str(one.items), _cell(one.seconds), _cell(one.gpu_seconds), f"{one.peak_memory / 1e9:.2f}")
            for name, one in status.spent.items()
        ]
        parts.append(_table("cost by class", ("class", "items", "s", "GPU s", "peak GB"), rows))
    if status.slowest:
        rows = [(slow.item, slow.status, f"{slow.seconds:.2f}") for slow in status.slowest]
        parts.append(_table("slowest", ("item", "status", "s"), rows))
    return Group(*parts)


def _pulse(lease: LeaseRecord | None, now: datetime) -> tuple[Pulse, float | None]:
    if lease is None:
        return Pulse.NEVER, None
    silent = (now - datetime.fromisoformat(lease.beat)).total_seconds()
    if lease.released:
        return Pulse.FINISHED, silent
    alive = silent < max(LeaseTiming().patience_s, lease.period_s)
    return (Pulse.RUNNING if alive else Pulse.SILENT), silent


def _rate(lease: LeaseRecord | None, committed: int, *, until: datetime | None) -> float | None:
    if lease is None or not committed:
        return None
    end = until or datetime.fromisoformat(lease.beat)
    seconds = (end - datetime.fromisoformat(lease.started)).total_seconds()
    return committed / seconds if seconds > 0 else None


def _reasons(table: pa.Table) -> dict[str, int]:
    pairs = zip(table["status"].to_pylist(), table["reason"].to_pylist(), strict=True)
    found = Counter(f"{status}: {reason}" for status, reason in pairs if reason)
    return dict(found.most_common())


def _spent(table: pa.Table) -> dict[str, Spent]:
    names = [name for name in ("seconds_gpu", "peak_memory") if name in table.column_names]
    found: dict[str, Spent] = {}
    for row in table.select(["status", "reason", "seconds", *names]).to_pylist():
        if row["status"] == Status.PENDING:
            continue
        name = f"{row['status']}: {row['reason']}" if row["reason"] else row["status"]
        before = found.get(name, Spent(items=0, seconds=0.0, gpu_seconds=0.0, peak_memory=0))
        found[name] = Spent(
            items=before.items + 1,
            seconds=before.seconds + (row["seconds"] or 0.0),
            gpu_seconds=before.gpu_seconds + (row.get("seconds_gpu") or 0.0),
            peak_memory=max(before.peak_memory, int(row.get("peak_memory") or 0)),
        )
    return dict(sorted(found.items(), key=lambda entry: -entry[1].items))


def _slowest(table: pa.Table) -> tuple[Slow, ...]:
    timed = table.filter(pc.is_valid(table["seconds"])).select(["item", "status", "seconds"])
    order = pc.sort_indices(timed, sort_keys=[("seconds", "descending")])[:_SLOWEST]
    return tuple(Slow(**row) for row in timed.take(order).to_pylist())


def _count(mask: pa.ChunkedArray) -> int:
    return pc.sum(mask).as_py() or 0


def _headline(status: RunStatus) -> str:
    if status.pulse is Pulse.NEVER:
        return f"{status.out}: never started"
    ago = f"last heard of {_duration(max(0.0, status.silent_s or 0.0))} ago"
    return f"{status.out}: run {status.run} on {status.host} {status.pulse.value}, {ago}"


def _table(title: str, names: tuple[str, ...], rows: list[tuple[str, ...]]) -> Table:
    table = Table(title=title, title_justify="left", show_header=any(names))
    for name in names:
        table.add_column(name)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_cell(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "\n".join(_cell(inner) for inner in value)
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _duration(seconds: float | None) -> str:
    whole = round(seconds or 0.0)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {whole % 60:02d} s"
