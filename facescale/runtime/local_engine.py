"""Supervisors on threads of this process: no Ray, one machine. Knows nothing of manifests or of the run."""

import os
import queue
import threading
import typing
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from facescale.runtime import guard
from facescale.runtime.engine import nobody_left
from facescale.runtime.protocol import Report, Shard, Task, WorkerConfig
from facescale.runtime.supervisor import Supervisor
from facescale.structures.outcome import Outcome

_LOOK_S = 0.5
_CLOSE_S = 10.0


def cores() -> int:
    """Return the processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def gpus() -> list[str]:
    """Return the GPUs that this process may use, as CUDA_VISIBLE_DEVICES names them, without loading CUDA."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        return [name for name in named.split(",") if name.strip() and name.strip() != "-1"]
    found = Path("/proc/driver/nvidia/gpus")
    return [str(number) for number, _ in enumerate(found.iterdir())] if found.is_dir() else []


def gpus_of(worker: int, num_gpus: float, available: Sequence[str]) -> dict[str, str]:
    """Return the environment that shows a worker its GPUs; workers with a part of a GPU share it.

    Raises:
        ValueError: there are fewer GPUs than one worker needs.
    """
    if num_gpus <= 0:
        return {}
    each = max(1, int(num_gpus))
    if len(available) < each:
        raise ValueError(f"expected {each} GPUs for a worker, got {len(available)} on this machine")
    first = int(worker * num_gpus) if num_gpus < 1 else worker * each
    mine = [available[(first + i) % len(available)] for i in range(each)]
    return {"CUDA_VISIBLE_DEVICES": ",".join(mine)}


@typing.final
class LocalEngine:
    """Runs shards on this machine."""

    def __init__(self, config: WorkerConfig, *, workers: int) -> None:
        self._config = config
        self._environments = [gpus_of(number, config.num_gpus, gpus()) for number in range(workers)]
        self._reports: queue.SimpleQueue[Report | guard.Caught | None] = queue.SimpleQueue()
        self._shards: deque[Shard] = deque()
        self._supervisors: list[Supervisor] = []
        self._threads: dict[int, threading.Thread] = {}
        self._out: set[int] = set()
        """Workers that get no more work."""
        self._closing = False
        self._halted = False

    @property
    def workers(self) -> int:
        """How many work side by side."""
        return len(self._environments)

    def run(self, shards: Sequence[Shard], *, witness: Task | None = None) -> Iterator[Report]:
        """Run shards to their ends, reporting each item as it ends.

        Args:
            shards: what to do, in about this order.
            witness: an item known to be good, where there is one.
        """
        self._shards = deque(shards)
        sound = [number for number in range(self.workers) if number not in self._out]
        self._threads = {
            number: threading.Thread(
                target=self._work, args=(number, witness), name=f"worker-{number}", daemon=True
            )
            for number in sound[: len(shards)]
        }
        for thread in self._threads.values():
            thread.start()
        ended = 0
        while ended < len(self._threads):
            try:
                # A wait without end could not be interrupted from the keyboard.
                report = self._reports.get(timeout=_LOOK_S)
            except queue.Empty:
                continue
            if report is None:
                ended += 1
            elif isinstance(report, guard.Caught):
                raise RuntimeError(f"a supervisor failed: {report.trace}") from report.error
            else:
                yield report
                if report.kind == "out" and self._out.issuperset(self._threads):
                    yield nobody_left(report.worker, report.message)
        for shard in self._shards:
            yield from (Report(kind="returned", worker="", key=task.key) for task in shard.tasks)

    def halt(self) -> None:
        """See `engine.Engine`."""
        self._halted = True
        for supervisor in list(self._supervisors):
            supervisor.hand_back()

    def observe(self, outcome: Outcome) -> None:
        """Publish nothing: there is nobody to ask for it."""

    def close(self) -> None:
        """Stop at once; what is going on is lost."""
        self._closing = True
        self._shards.clear()
        for supervisor in list(self._supervisors):
            supervisor.abandon()
        for thread in self._threads.values():
            thread.join(_CLOSE_S)

    def _find_witness(self) -> Task | None:
        return next((one.witness for one in list(self._supervisors) if one.witness is not None), None)

    def _work(self, number: int, witness: Task | None) -> None:
        ended = guard.attempt(lambda: self._supervise(number, witness))
        self._reports.put(ended if isinstance(ended, guard.Caught) else None)

    def _supervise(self, number: int, witness: Task | None) -> None:
        supervisor = Supervisor(
            self._config,
            f"local-{number}",
            witness=witness,
            environment=self._environments[number],
            find_witness=self._find_witness,
        )
        self._supervisors.append(supervisor)
        try:
            while not (self._closing or self._halted or supervisor.is_out):
                try:
                    shard = self._shards.popleft()
                except IndexError:
                    return
                for report in supervisor.run(shard):
                    if report.kind == "out":
                        self._out.add(number)
                    self._reports.put(report)
        finally:
            supervisor.close()
