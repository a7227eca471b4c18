"""A run: one map of a stage over a manifest's items, into one OUT. Knows nothing of what the stage does.

Leaves in OUT: manifest.parquet, config.toml, outcomes/, failures/, items/, results/, summary.json, run/.
"""

import os
import signal
import statistics
import threading
import time
import typing
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from facescale.runtime import events, guard
from facescale.runtime.begun import Begun, bound
from facescale.runtime.driver import Driver, Ticker
from facescale.runtime.engine import make_engine
from facescale.runtime.lease import FolderInUse, Lease
from facescale.runtime.live_table import LiveTable, Row
from facescale.runtime.manifest import (
    MergeReport,
    claim_config,
    items_of,
    load_manifest,
    merge_manifest,
    save_manifest,
    to_item,
)
from facescale.runtime.options import RunOptions
from facescale.runtime.outcomes import OutcomeLedger, new_run_id
from facescale.runtime.plan import Plan, Selection, make_plan, measured_seconds_per_cost
from facescale.runtime.progress import Progress
from facescale.runtime.protocol import Task, WorkerConfig
from facescale.runtime.results import CORRUPT, ResultsView, statuses
from facescale.runtime.stage import AbstractStage, StageSpec
from facescale.runtime.storage import Storage, StorageUnavailable
from facescale.runtime.summary import ExitStatus, Summary, ThisRun, exit_status, summarise
from facescale.structures.outcome import FINAL, Status

SUMMARY_PATH = "summary.json"


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """How a run ended."""

    run: str
    """Its id."""
    exit_status: ExitStatus
    why: str = ""
    """Why it ended before its items did, in words; empty where it came to its end by itself."""
    summary: Summary | None = None
    """None where OUT was in use or could not be read."""
    results: pa.Table | None = None
    """The results table as it was written last; None with `summary`."""
    plan: Plan | None = None
    merged: MergeReport = field(default_factory=MergeReport)
    """What the rerun found against the manifest that stood."""


def run(
    spec: StageSpec,
    manifest: pa.Table,
    out: str,
    options: RunOptions | None = None,
    *,
    config: Mapping[str, Any] | None = None,
    may_differ: Collection[str] = (),
    selection: Selection | None = None,
    seconds_per_cost: float | None = None,
    observer: Callable[[Row], None] | None = None,
) -> RunReport:
    """Do what is missing in OUT.

    Args:
        spec: the stage.
        manifest: from `build_manifest`: what the corpus holds now.
        out: a folder or s3://bucket/prefix.
        options: how.
        config: the resolved configuration that OUT belongs to from now on.
        may_differ: see `claim_config`.
        selection: which part of the manifest; all unless told.
        seconds_per_cost: estimated seconds of work for one unit of the manifest's cost, until some items are
            done and it can be measured. None takes one second for the median item.
        observer: gets the row of the live table once a minute.

    Raises:
        ValueError: another configuration than OUT's, a selection that matches nothing known, or a machine
            that cannot hold one worker.
    """
    begin = time.monotonic()
    options = options or RunOptions()
    run_id = new_run_id()
    storage = Storage.open(out)
    try:
        storage.probe()
        with Lease.acquire(storage, run_id, takeover=options.takeover) as lease:
            claim_config(storage, config or {}, may_differ=may_differ)
            planned = _plan(storage, manifest, selection or Selection(), seconds_per_cost, options)
            return _Job(spec, storage, run_id, options, lease).carry_out(planned, begin, observer)
    except FolderInUse as error:
        return RunReport(run=run_id, exit_status=ExitStatus.FOLDER_IN_USE, why=str(error))
    except StorageUnavailable as error:
        return RunReport(run=run_id, exit_status=ExitStatus.BREAKER, why=str(error))


@dataclass(frozen=True, kw_only=True)
class _Planned:
    manifest: pa.Table
    merged: MergeReport
    view: ResultsView
    plan: Plan
    standing: Mapping[str, Status]
    seconds: Mapping[str, float]
    """Key -> estimated seconds, of the items to do."""


def _plan(
    storage: Storage,
    found: pa.Table,
    selection: Selection,
    seconds_per_cost: float | None,
    options: RunOptions,
) -> _Planned:
    """Join the manifests, bring the results up to date, and decide what to do."""
    manifest, merged = merge_manifest(load_manifest(storage), found)
    save_manifest(storage, manifest)
    view = ResultsView(OutcomeLedger(storage))
    results = view.refresh(manifest)
    view.save()
    measured = measured_seconds_per_cost(manifest, results)
    # The table was made from one listing of all outcomes and failures: it tells what a second one would.
    rows = results.select(["key", "status", "reason", "failed_runs"]).to_pylist()
    plan = make_plan(
        manifest,
        final=[row["key"] for row in rows if row["status"] in FINAL or row["reason"] == CORRUPT],
        failed_runs={row["key"]: row["failed_runs"] for row in rows if row["failed_runs"]},
        selection=selection,
        workers=max(1, options.workers),
        seconds_per_cost=measured,
    )
    keys = plan.pending["key"].to_pylist()
    costs = plan.pending["cost"].to_pylist()
    usual = statistics.median(costs) if costs else 1.0
    a_cost = measured or seconds_per_cost or 1.0 / (usual or 1.0)
    return _Planned(
        manifest=manifest,
        merged=merged,
        view=view,
        plan=plan,
        standing={row["key"]: Status(row["status"]) for row in rows},
        seconds={key: cost * a_cost for key, cost in zip(keys, costs, strict=True)},
    )


@typing.final
class _Job:
    """One run between its plan and its summary."""

    def __init__(
        self, spec: StageSpec, storage: Storage, run_id: str, options: RunOptions, lease: Lease
    ) -> None:
        self._spec = spec
        self._storage = storage
        self._run = run_id
        self._options = options
        self._lease = lease

    def carry_out(self, planned: _Planned, begin: float, observer: Callable[[Row], None] | None) -> RunReport:
        """Run what is planned, and whatever happens leave results and summary behind."""
        tasks = {key: Task(key=key, item=item) for key, item in items_of(planned.plan.pending)}
        progress = Progress(
            Counter(planned.standing.values()), planned.seconds, now=begin, workers=self._options.workers
        )
        driver = Driver(tasks, planned.seconds, standing=planned.standing, progress=progress, view=planned.view)

        def refresh() -> None:
            planned.view.refresh(planned.manifest)
            planned.view.save()

        name = self._spec.factory.partition(":")[0].rpartition(".")[2].removesuffix("_stage")
        interrupted = abandoned = ended = False
        with LiveTable(name) as table, Ticker(driver, table, self._lease, refresh, observer):
            try:
                if tasks:
                    with _interruptible(driver, self._options.grace_s):
                        self._work(driver, planned)
                ended, interrupted = True, driver.cut_short
            except KeyboardInterrupt:
                interrupted = abandoned = ended = True
            finally:
                if not ended:  # the engine failed: what is done must be in the table all the same
                    guard.attempt(lambda: self._report(planned, driver, begin, interrupted=False))
        return self._report(planned, driver, begin, interrupted=interrupted, abandoned=abandoned)

    def _work(self, driver: Driver, planned: _Planned) -> None:
        stage = self._spec.build()
        driver.progress.redone += self._redone_of_earlier_runs(planned, stage.batch_size)
        engine = make_engine(self._worker_config(stage), self._options)
        try:
            driver.drive(engine, batch_size=stage.batch_size, witness=_witness(planned), lease=self._lease)
        finally:
            engine.close()
        if driver.stopped is None:
            Begun(self._storage, self._run).forget_groups()

    def _worker_config(self, stage: AbstractStage) -> WorkerConfig:
        return WorkerConfig(
            spec=self._spec,
            out=self._storage.uri,
            run=self._run,
            deadline_s=self._options.deadline_s,
            setup_deadline_s=self._options.setup_deadline_s,
            num_cpus=stage.resources.num_cpus,
            num_gpus=stage.resources.num_gpus,
            memory=stage.resources.memory,
            batch_size=stage.batch_size,
            recycle_shards=self._options.recycle_shards,
        )

    def _redone_of_earlier_runs(self, planned: _Planned, batch_size: int) -> int:
        """Count what earlier drivers took with them; items that were alone count when they begin again."""
        begun = Begun(self._storage, self._run)
        to_do = planned.seconds.keys() - begun.alone()
        unfinished = [len(to_do & set(keys)) for keys in begun.lost_groups()]
        begun.forget_groups()
        return sum(bound(count, batch_size=batch_size) for count in unfinished)

    def _report(
        self, planned: _Planned, driver: Driver, begin: float, *, interrupted: bool, abandoned: bool = False
    ) -> RunReport:
        progress = driver.progress
        results = planned.view.table
        if planned.seconds or results is None:
            results = planned.view.refresh(planned.manifest)
            planned.view.save()
        this_run = ThisRun(
            committed=progress.committed,
            skipped=planned.plan.final + progress.skipped,
            redone=progress.redone,
            lost_workers=progress.lost_workers,
            seconds=time.monotonic() - begin,
        )
        now = dict(zip(results["key"].to_pylist(), map(Status, statuses(results)), strict=True))
        summary = summarise(now.values(), this_run)
        self._storage.write(SUMMARY_PATH, summary.to_json())
        pending = {key for key, status in now.items() if status is Status.PENDING}
        status = exit_status(
            summary,
            max_failed=self._options.max_failed,
            left_out=len(pending - planned.seconds.keys()),
        )
        why = ""
        if driver.stopped is not None:
            status, why = driver.stopped.status, driver.stopped.why
        elif interrupted:
            status, why = ExitStatus.INTERRUPTED, driver.words_on_halt(abandoned=abandoned)
        events.emit(
            "run-ended",
            run=self._run,
            status=status.name,
            why=why,
            **{one.value: getattr(summary, one.value) for one in Status},
        )
        return RunReport(
            run=self._run,
            exit_status=status,
            why=why,
            summary=summary,
            results=results,
            plan=planned.plan,
            merged=planned.merged,
        )


def _witness(planned: _Planned) -> Task | None:
    """Return an item that an earlier run has done, where there is one."""
    for index, key in enumerate(planned.manifest["key"].to_pylist()):
        if planned.standing.get(key) is Status.DONE:
            row = planned.manifest.slice(index, 1).to_pylist()[0]
            return Task(key=key, item=to_item(row))
    return None


@contextmanager
def _interruptible(driver: Driver, grace_s: float) -> Iterator[None]:
    """End a run in good order on Ctrl-C and on SIGTERM, which schedulers send before they kill.

    The first signal has what is being computed finished, a second one or the end of the grace gives it up.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    timers: list[threading.Timer] = []

    def interrupt(number: int, _frame: object) -> None:
        if timers or grace_s == 0:
            raise KeyboardInterrupt
        # The engines' calls take locks that the interrupted code may hold: a thread makes them.
        threading.Thread(target=driver.halt, name="halt", daemon=True).start()
        driver.halting = True
        timers.append(threading.Timer(grace_s, os.kill, (os.getpid(), number)))
        timers[0].daemon = True
        timers[0].start()

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)
