"""A worker: runs shards in one child after another and judges their deaths. Never runs a stage itself.

Imports neither torch nor warp and never touches a device. Knows nothing of the engine that feeds it.
"""

import typing
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from facescale.runtime import blame, guard, protocol
from facescale.runtime.begun import Begun, bound
from facescale.runtime.nursery import Died, Nursery
from facescale.runtime.outcomes import CorruptOutcome, OutcomeLedger
from facescale.runtime.protocol import Report, Shard, Task, WorkerConfig
from facescale.runtime.storage import Storage, StorageUnavailable
from facescale.runtime.suspicion import Suspicion, in_the_fit
from facescale.structures.outcome import Outcome, Status

_APART_AFTER = 2
"""A shard that was lost that often with its worker runs one by one: one of its items may have done it."""
_MESSAGE = 10_000


@dataclass(kw_only=True)
class _Case:
    """One shard at hand."""

    tasks: Mapping[str, Task]
    docket: blame.Docket
    begun: set[str] = field(default_factory=set)
    """Keys that were begun and not finished: to dispatch them again is to redo work."""
    deaths: dict[str, Died] = field(default_factory=dict)
    """The last death that each key is held against."""
    suspicion: Suspicion


@typing.final
class Supervisor:
    """One worker, for as long as its process or thread lives."""

    def __init__(
        self,
        config: WorkerConfig,
        worker: str,
        *,
        witness: Task | None = None,
        environment: Mapping[str, str] | None = None,
        find_witness: Callable[[], Task | None] = lambda: None,
    ) -> None:
        """Take up work; the first child starts at once, on the side.

        Args:
            config: of the run.
            worker: name in reports and outcomes.
            witness: an item known to be good, where there is one.
            environment: variables for the children, for instance the GPUs that they may see.
            find_witness: asks the other workers for an item that they have done; may take its time.
        """
        self._config = config
        self._worker = worker
        self._witness = witness
        self._find_witness = find_witness
        storage = Storage.open(config.out)
        self._ledger = OutcomeLedger(storage)
        self._begun = Begun(storage, config.run)
        self._standing = blame.Standing()
        self._last_death: Died | None = None
        self._sickness = ""
        """What a rehearsal that ended badly said."""
        self._proved = False
        """Whether an item was done here."""
        self._stopped = False
        self._halted = False
        self._shards = 0
        self._nursery = Nursery(config, worker, environment or {})
        self._nursery.spawn()

    @property
    def is_out(self) -> bool:
        """Whether this worker gets no more work."""
        return self._stopped or self._halted or self._standing.out

    @property
    def witness(self) -> Task | None:
        """The item done last here, known to be good."""
        return self._witness

    def hand_back(self) -> None:
        """Finish what is in the fit, give everything else back, and take nothing more; from any thread."""
        self._halted = True
        self._nursery.halt()

    def abandon(self) -> None:
        """Make `run` end soon, from another thread; what its child was doing is lost."""
        self._stopped = True
        self._nursery.kill()

    def close(self) -> None:
        """Kill the child; `run` must have ended."""
        self._nursery.close()

    def run(self, shard: Shard) -> Iterator[Report]:
        """Take a shard's items to their ends, reporting each as it ends.

        After a report "stop" or "out", and after `hand_back`, every further shard is returned at once.
        """
        if self.is_out:
            yield from (self._report("returned", key=task.key) for task in shard.tasks)
            return
        try:
            yield from self._run(shard)
        except StorageUnavailable as error:
            yield self._stop(error.kind, error.message)
        self._recycle()

    def _recycle(self) -> None:
        # What a library leaks adds up over days; the next child starts while the reports travel.
        self._shards += 1
        every = self._config.recycle_shards
        if every and self._shards % every == 0 and not self.is_out:
            self._nursery.drop()
            self._nursery.spawn()

    def _run(self, shard: Shard) -> Iterator[Report]:
        tasks = {task.key: task for task in shard.tasks}
        docket = blame.Docket(
            list(tasks),
            self._standing,
            witness=self._witness is not None,
            last_instance=shard.last_instance,
        )
        case = _Case(tasks=tasks, docket=docket, suspicion=Suspicion(proved=self._proved))
        if len(tasks) > 1:
            yield from self._begin_group(case)
        else:
            # The engine may ask again for a shard whose reports were lost on their way.
            for key in tasks:
                yield from self._skip_final(key, case)
        while (step := docket.next_step()) is not None:
            yield from self._do(step, case)
            if self._stopped:
                yield from case.suspicion.believe()
                return  # the note of what was begun stands
            if self._halted:
                break
        yield from self._judge_failures(case)
        yield from (self._report("returned", key=key) for key in docket.open)
        if len(tasks) > 1:
            self._begun.end_group(list(tasks))

    def _do(self, step: blame.Step, case: _Case) -> Iterator[Report]:
        match step:
            case blame.Together():
                yield from self._together(case)
            case blame.Alone():
                yield from self._alone(step.key, case)
            case blame.Rehearse():
                yield from self._rehearse(case)
            case blame.Convict():
                yield self._quarantine(step.key, case)
            case blame.GiveBack():
                if step.out:
                    yield self._report("out", message=self._why_out())
                yield from (self._report("returned", key=key) for key in step.keys)

    def _judge_failures(self, case: _Case) -> Iterator[Report]:
        """Report the failures of a shard, after a look whether they are this worker's own."""
        doubted = case.suspicion.is_grave and not (self._stopped or self._halted)
        if doubted and not self._standing.out:
            self._witness = self._witness or self._find_witness()
            if self._witness is not None:
                yield from self._rehearse(case)
        if doubted and self._standing.out:
            yield self._report("out", message=self._why_out())
            yield from case.suspicion.disbelieve()
        else:
            yield from case.suspicion.believe()

    def _begin_group(self, case: _Case) -> Iterator[Report]:
        earlier = self._begun.begin_group(list(case.tasks), self._worker)
        if not (earlier.losses or earlier.ended):
            return
        for key in list(case.docket.open):
            yield from self._skip_final(key, case)
        redone = bound(len(case.docket.open), batch_size=self._config.batch_size)
        yield self._report("note", lost_workers=1, redone=redone)
        if earlier.losses >= _APART_AFTER:
            case.docket.separate()

    def _together(self, case: _Case) -> Iterator[Report]:
        died = yield from self._dispatch(list(case.docket.open), case)
        if died is None:
            return
        for key in list(case.docket.open):
            yield from self._skip_final(key, case)
        if died.reason == guard.SCRATCH_FULL:
            self._standing.broken = True
        elif died.is_evidence:
            case.docket.died()
        else:
            case.docket.separate()

    def _alone(self, key: str, case: _Case) -> Iterator[Report]:
        lost = self._begun.begin_alone(key, self._worker)
        if lost:
            # Here a loss is also a child of ours that was killed from outside; that has been reported.
            yield self._report("note", lost_workers=int(key not in case.begun), redone=1)
            case.begun.discard(key)
            yield from self._skip_final(key, case)
        if key not in case.docket.open:
            self._begun.end_alone(key)
            return
        if lost >= blame.LOSSES:
            yield self._fail(key, case, "lost", f"its worker was lost {lost} times while it ran alone")
        else:
            died = yield from self._dispatch([key], case)
            if self._stopped or (died is not None and not died.is_evidence):
                return  # the note stands and counts
            if died is not None:
                yield from self._hold_against(key, died, case)
        self._begun.end_alone(key)

    def _hold_against(self, key: str, died: Died, case: _Case) -> Iterator[Report]:
        yield from self._skip_final(key, case)
        if key not in case.docket.open:
            return
        if died.reason == guard.SCRATCH_FULL:
            self._standing.broken = True
            return
        guilt = died.missed.guilt if died.missed is not None else "item"
        if key not in case.begun:
            guilt = "worker"  # the child died before it so much as looked at the item
        if guilt != "item":
            case.docket.died()
        if guilt == "worker":
            return
        if died.missed is not None and guilt != "item":
            message = f"{died.describe()}\n{died.missed.hint}"
            yield self._fail(key, case, died.missed.reason, message)
            return
        case.deaths[key] = died
        case.docket.killed(key)

    def _rehearse(self, case: _Case) -> Iterator[Report]:
        """Repeat an item known to be good: does a child survive it here, and does it end well?"""
        assert self._witness is not None
        if (yield from self._start_failed(case)):
            return
        ended, outcome = _exhaust(self._nursery.dispatch([self._witness], {}, rehearsal=True))
        if isinstance(ended, protocol.Halted):
            return
        if isinstance(ended, protocol.Stopped):
            yield self._stop(ended.kind, ended.message)
        elif ended is None:
            sick = outcome is not None and in_the_fit(outcome)
            if outcome is not None and sick:
                self._sickness = f"an item known to be good failed here: {outcome.reason}: {outcome.message}"
            self._proved = self._proved or not sick
            case.docket.rehearsed(survived=not sick)
        else:
            self._last_death = ended
            yield self._report("note", deaths=1)
            if ended.is_evidence:
                case.docket.rehearsed(survived=False)

    def _dispatch(self, keys: list[str], case: _Case) -> Generator[Report, None, Died | None]:
        """Run items in one child.

        Returns:
            The child's death with items in it, None where there was none or nothing in it.
        """
        if (yield from self._start_failed(case)):
            return None
        redone = len(case.begun.intersection(keys))
        if redone:
            yield self._report("note", redone=redone)
            case.begun.difference_update(keys)
        phases: dict[str, Any] = {}
        dispatched = self._nursery.dispatch([case.tasks[key] for key in keys], phases)
        while True:
            try:
                finished = next(dispatched)
            except StopIteration as end:
                ended = end.value
                break
            yield from self._finish(finished, case)
        if isinstance(ended, protocol.Stopped):
            yield self._stop(ended.kind, ended.message)
            return None
        if isinstance(ended, protocol.Halted):
            return None
        if ended is not None:
            self._last_death = ended
            case.begun.update(phases)
            yield self._report("note", deaths=1)
        return ended

    def _start_failed(self, case: _Case) -> Generator[Report, None, bool]:
        died = self._nursery.make_ready()
        if died is None:
            self._standing.failed_starts = 0
            return False
        self._last_death = died
        yield self._report("note", deaths=1)
        if died.is_evidence:
            case.docket.failed_to_start()
        return True

    def _finish(self, finished: protocol.Finished, case: _Case) -> Iterator[Report]:
        outcome = Outcome.from_json(finished.outcome.encode())
        if outcome.status is Status.DONE:
            self._proved = True
            self._witness = case.tasks[finished.key]
            case.docket.finished(finished.key)
        else:
            case.docket.settled(finished.key)
        report = self._report(
            "outcome" if finished.committed else "skipped",
            key=finished.key,
            outcome=finished.outcome,
            committed=finished.committed,
        )
        yield from case.suspicion.take(report, outcome)

    def _skip_final(self, key: str, case: _Case) -> Iterator[Report]:
        """Settle an item that has an outcome already; its message may have been lost with its child."""
        try:
            outcome = self._ledger.get(key)
        except CorruptOutcome as error:
            case.docket.settled(key)
            yield self._report("skipped", key=key, reason="corrupt-outcome", message=str(error))
            return
        if outcome is None:
            return
        case.docket.settled(key)
        case.begun.discard(key)
        ours = outcome.run == self._config.run
        text = outcome.to_json().decode()
        yield self._report("outcome" if ours else "skipped", key=key, outcome=text, committed=ours)

    def _quarantine(self, key: str, case: _Case) -> Report:
        died = case.deaths[key]
        message = f"killed {blame.KILLS} children while alone in them. {died.describe()}"
        hint = died.missed.hint if died.missed else ""
        outcome = self._outcome(case.tasks[key], Status.QUARANTINED, died.reason, message, hint)
        committed = self._ledger.commit(outcome)
        case.docket.settled(key)
        case.begun.discard(key)
        return self._report(
            "outcome" if committed else "skipped",
            key=key,
            outcome=outcome.to_json().decode(),
            committed=committed,
        )

    def _fail(self, key: str, case: _Case, reason: str, message: str) -> Report:
        outcome = self._outcome(case.tasks[key], Status.FAILED, reason, message, "")
        self._ledger.record_failure(outcome)
        case.docket.settled(key)
        case.begun.discard(key)
        return self._report("outcome", key=key, outcome=outcome.to_json().decode(), committed=True)

    def _outcome(self, task: Task, status: Status, reason: str, message: str, hint: str) -> Outcome:
        return Outcome(
            key=task.key,
            item=task.item.item,
            subject=task.item.subject,
            status=status,
            reason=reason,
            message=message[:_MESSAGE],
            hint=hint,
            run=self._config.run,
            worker=self._worker,
        )

    def _stop(self, kind: str, message: str) -> Report:
        self._stopped = True
        self._nursery.drop()
        return self._report("stop", reason=kind, message=message)

    def _why_out(self) -> str:
        if self._sickness:
            return self._sickness
        died = self._last_death
        return f"{died.reason}: {died.describe()}" if died is not None else ""

    def _report(self, kind: protocol.ReportKind, **fields: Any) -> Report:
        return Report(kind=kind, worker=self._worker, **fields)


def _exhaust(dispatched: Generator[protocol.Finished, None, Any]) -> tuple[Any, Outcome | None]:
    """Run a dispatch of one item to its end; return what it returns, and how the item ended."""
    outcome = None
    while True:
        try:
            outcome = Outcome.from_json(next(dispatched).outcome.encode())
        except StopIteration as end:
            return end.value, outcome
