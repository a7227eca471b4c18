"""Drives one engine over the pending items of a run: passes, counts, breaker, live table, results every minute.

Knows nothing of how the run was planned or what it reports at its end.
"""

import threading
import time
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from facescale.runtime import events, guard, shards
from facescale.runtime.breaker import Breaker
from facescale.runtime.engine import Engine
from facescale.runtime.lease import Lease
from facescale.runtime.live_table import LiveTable, Row
from facescale.runtime.progress import Progress
from facescale.runtime.protocol import Report, Shard, Task
from facescale.runtime.results import ResultsView
from facescale.runtime.summary import ExitStatus
from facescale.structures.outcome import FINAL, Outcome, Status

_LOOK_S = 1.0
_LEASE_S = 10.0
_RESULTS_S = 60.0
_NAMED = 5
_PASSES = 4
"""Times that an item goes round, where every worker that gets it is in doubt."""


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """Why a run ended before its items did."""

    status: ExitStatus
    why: str


@typing.final
class Driver:
    """One run at work."""

    def __init__(
        self,
        tasks: Mapping[str, Task],
        seconds: Mapping[str, float],
        *,
        standing: Mapping[str, Status],
        progress: Progress,
        view: ResultsView,
    ) -> None:
        """Be ready to run.

        Args:
            tasks: key -> what to do, in order.
            seconds: key -> estimated seconds of work.
            standing: key -> how an item stood before; pending where it is missing.
            progress: counts of OUT.
            view: is told of outcomes.
        """
        self._tasks = tasks
        self._seconds = seconds
        self._standing = dict(standing)
        self.progress = progress
        self._breaker = Breaker()
        self._view = view
        self._returned: dict[str, Task] = {}
        self._engine: Engine | None = None
        self._open = dict.fromkeys(tasks)
        """Keys that this run has not taken to an end, in order."""
        self.halting = False
        """Whether somebody asked the run to end soon."""
        self.stopped: Stopped | None = None
        """Set once the run has to end early."""
        self.messages: list[str] = []
        """What the user should be told, once each."""

    def drive(self, engine: Engine, *, batch_size: int, witness: Task | None, lease: Lease) -> None:
        """Run all tasks; those that a worker gave back go round again, as the last instance."""
        self._engine = engine
        if self.halting:
            engine.halt()
        left = list(self._tasks)
        self.progress.start_work(time.monotonic())
        for number in range(_PASSES):
            self._returned = {}
            some = self._cut(left, engine.workers, batch_size, last_instance=number > 0)
            for report in engine.run(some, witness=witness):
                self._take(report)
                if report.kind == "outcome" and self._standing[report.key] is Status.DONE:
                    witness = self._tasks[report.key]
                if lease.taken_by:
                    self._stop(ExitStatus.FOLDER_IN_USE, lease.taken_by)
                if self.stopped:
                    return
            left = list(self._returned)
            if self.halting or not left:
                return
        self.messages.append(f"{len(left)} items are left undecided: every worker that tried them was in doubt")

    def halt(self) -> None:
        """Have what is being computed finished, and nothing more begun; from any thread."""
        self.halting = True
        if self._engine is not None:
            self._engine.halt()

    @property
    def cut_short(self) -> bool:
        """Whether the run was asked to end, and items are left."""
        return self.halting and bool(self._open)

    def words_on_halt(self, *, abandoned: bool) -> str:
        """Say what became of the shards at hand.

        Args:
            abandoned: what was being computed could not be waited for.
        """
        fate = "abandoned, and counts against no item" if abandoned else "finished and saved"
        names = [self._tasks[key].item.item for key in self._open]
        some = ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
        return (
            f"interrupted: what was being computed was {fate}; {len(names)} items are left ({some}); "
            "run the same command again to go on"
        )

    def _cut(self, keys: list[str], workers: int, batch_size: int, *, last_instance: bool) -> list[Shard]:
        costs = [self._seconds[key] for key in keys]
        parts = shards.cut(costs, workers=workers, batch_size=batch_size)
        return [
            Shard(
                number=number,
                tasks=tuple(self._tasks[keys[index]] for index in part),
                last_instance=last_instance,
            )
            for number, part in enumerate(parts)
        ]

    def _take(self, report: Report) -> None:
        progress = self.progress
        progress.redone += report.redone
        progress.lost_workers += report.lost_workers
        progress.deaths += report.deaths
        match report.kind:
            case "outcome" | "skipped":
                self._open.pop(report.key, None)
                if report.outcome:
                    self._end(report)
            case "returned":
                self._returned[report.key] = self._tasks[report.key]
            case "out":
                self.messages.append(f"worker {report.worker} gets no more work: {report.message}")
            case "stop":
                self._stop(ExitStatus.BREAKER, f"{report.reason}: {report.message}")
            case "note":
                pass

    def _end(self, report: Report) -> None:
        outcome = Outcome.from_json(report.outcome.encode())
        before = self._standing.get(report.key, Status.PENDING)
        if before in FINAL:
            return  # a shard that the engine repeated reports again
        self._standing[report.key] = outcome.status
        events.item_ended(outcome)
        if self._engine is not None:
            self._engine.observe(outcome)
        self.progress.end(outcome, before, committed=report.committed)
        if report.committed and outcome.status is not Status.FAILED:
            self._view.observe(outcome)
        why = self._breaker.add(outcome.status, outcome.reason)
        if why:
            self._stop(ExitStatus.BREAKER, why)

    def _stop(self, status: ExitStatus, why: str) -> None:
        if self.stopped is None:
            self.stopped = Stopped(status=status, why=why)


@typing.final
class Ticker:
    """Publishes a run's progress from a thread of its own; a context manager."""

    def __init__(
        self,
        driver: Driver,
        table: LiveTable,
        lease: Lease,
        refresh: Callable[[], None],
        observer: Callable[[Row], None] | None,
    ) -> None:
        """Be ready to tick.

        Args:
            driver: whose progress it is.
            table: shows it.
            lease: publishes it.
            refresh: rebuilds and writes the results table.
            observer: gets the row once a minute.
        """
        self._driver = driver
        self._table = table
        self._lease = lease
        self._refresh = refresh
        self._observer = observer
        self._ended = threading.Event()
        self._said = 0
        self._thread = threading.Thread(target=self._ticks, name="ticker", daemon=True)

    def __enter__(self) -> "Ticker":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._publish(time.monotonic(), last=True)

    def _ticks(self) -> None:
        lease_due = time.monotonic()
        results_due = lease_due + _RESULTS_S
        while not self._ended.wait(_LOOK_S):
            now = time.monotonic()
            self._publish(now)
            if now >= lease_due:
                lease_due = now + _LEASE_S
                self._lease.stage = self._driver.progress.table(now)
            if now >= results_due:
                results_due = now + _RESULTS_S
                self._write_results(now)

    def _write_results(self, now: float) -> None:
        # What goes wrong here must stop neither the work nor this thread: a store that is away for a minute is
        # for those who save to judge, and the last write of the table tries again.
        observer, row = self._observer, self._driver.progress.table(now)
        for what, call in (
            ("the results table could not be written", self._refresh),
            ("progress could not be reported", lambda: observer(row) if observer is not None else None),
        ):
            failed = guard.attempt(call)
            if isinstance(failed, guard.Caught):
                self._table.say(f"{what}: {failed.words}")

    def _publish(self, now: float, *, last: bool = False) -> None:
        for message in self._driver.messages[self._said :]:
            self._table.say(message)
        self._said = len(self._driver.messages)
        row = self._driver.progress.table(now)
        self._table.show(row, now, last=last)
        if last:
            self._lease.stage = row
