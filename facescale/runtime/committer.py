"""Turns what became of an item into its outcome in storage. In the child; knows nothing of threads or pipes."""

import platform
import resource
import shutil
import sys
import tempfile
import time
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facescale import __version__
from facescale.runtime.guard import Verdict
from facescale.runtime.outcomes import OutcomeLedger, attempt_folder, new_attempt_id
from facescale.runtime.protocol import Finished, Task, WorkerConfig
from facescale.runtime.stage import AbstractStage
from facescale.runtime.storage import Storage
from facescale.structures.outcome import Outcome, Status

_REPORTED = ("numpy", "torch", "warp", "trimesh", "scipy")
_KIBIBYTE = 1024


@dataclass(kw_only=True)
class Spent:
    """What an item has cost so far, in seconds."""

    load: float = 0.0
    fit: float = 0.0
    save: float = 0.0
    cpu: float = 0.0
    """Of the threads that worked on it; a batch's is shared out evenly."""
    gpu: float = 0.0
    """For which it held a GPU."""


def versions() -> dict[str, str]:
    """Return the versions of what this process has imported."""
    found = {"facescale": __version__, "python": platform.python_version()}
    for name in _REPORTED:
        version = getattr(sys.modules.get(name), "__version__", None)
        if version:
            found[name] = str(version)
    return found


def peak_memory() -> int:
    """Return the most bytes that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIBIBYTE


@typing.final
class Committer:
    """Saves results and commits outcomes for one child; safe to use from several threads."""

    def __init__(self, stage: AbstractStage, config: WorkerConfig, worker: str) -> None:
        self._stage = stage
        self._config = config
        self._worker = worker
        self._storage = Storage.open(config.out)
        self._ledger = OutcomeLedger(self._storage)
        self._versions = versions()

    @property
    def saves_aside(self) -> bool:
        """Whether artefacts are written to a disk of this node before they are uploaded."""
        return self._storage.aside

    def keep(self, task: Task, result: Any, spent: Spent) -> Finished:
        """Save an item's artefacts and commit it as done, or commit the verdict that stands in their place."""
        if isinstance(result, Verdict):
            return self._keep_verdict(task, result, spent)
        begin, cpu = time.perf_counter(), time.thread_time()
        attempt = attempt_folder(task.item, task.key, new_attempt_id())
        folder = self._storage.folder(attempt)
        saved = self._stage.save(result, folder)
        files = self._storage.upload_folder(folder, attempt) if any(folder.iterdir()) else ()
        if not files:
            self._storage.delete_folder(attempt)
        spent.save += time.perf_counter() - begin
        spent.cpu += time.thread_time() - cpu
        outcome = self._outcome(
            task,
            spent,
            status=Status.DONE,
            attempt=attempt if files else "",
            files=files,
            row={**saved.row, **self._usage(spent)},
            licences=dict(saved.licences),
        )
        committed = self._ledger.commit(outcome)
        if not committed:
            self._ledger.discard(outcome)
        return _finished(outcome, committed=committed)

    def rehearse(self, task: Task, result: Any, spent: Spent) -> Finished:
        """Save an item's artefacts where nobody looks, and keep nothing; the verdict is told all the same."""
        if isinstance(result, Verdict):
            told = self._outcome(
                task, spent, status=result.status, reason=result.reason, message=result.message
            )
            return _finished(told, committed=False)
        folder = Path(tempfile.mkdtemp(prefix="facescale-rehearsal-"))
        try:
            self._stage.save(result, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return _finished(self._outcome(task, spent, status=Status.DONE), committed=False)

    def _keep_verdict(self, task: Task, verdict: Verdict, spent: Spent) -> Finished:
        outcome = self._outcome(
            task,
            spent,
            status=verdict.status,
            reason=verdict.reason,
            message=verdict.message,
            hint=verdict.hint,
            row=self._usage(spent),
        )
        if verdict.status is Status.FAILED:
            self._ledger.record_failure(outcome)
            return _finished(outcome, committed=True)
        return _finished(outcome, committed=self._ledger.commit(outcome))

    def _outcome(self, task: Task, spent: Spent, **fields: Any) -> Outcome:
        return Outcome(
            key=task.key,
            item=task.item.item,
            subject=task.item.subject,
            run=self._config.run,
            worker=self._worker,
            timings={"load": spent.load, "fit": spent.fit, "save": spent.save},
            versions=self._versions,
            **fields,
        )

    def _usage(self, spent: Spent) -> Mapping[str, str | int | float]:
        return {
            "seconds_cpu": spent.cpu,
            "seconds_gpu": spent.gpu,
            "peak_memory": peak_memory(),
            "ended": time.time(),
            "versions": ", ".join(f"{name} {version}" for name, version in self._versions.items()),
        }


def _finished(outcome: Outcome, *, committed: bool) -> Finished:
    return Finished(key=outcome.key, outcome=outcome.to_json().decode(), committed=committed)
