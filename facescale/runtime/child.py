"""The process that runs a stage: load on threads, fit on the main thread, save on threads. Never imports Ray.

Started by a supervisor as `python -m facescale.runtime.child`; reads work from stdin, answers on a pipe of its
own and dies with its supervisor.
"""

import ctypes
import faulthandler
import os
import queue
import signal
import sys
import threading
import time
import typing
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facescale.runtime import guard, protocol
from facescale.runtime.batches import BatchFitter, DeviceLostError
from facescale.runtime.committer import Committer, Spent
from facescale.runtime.protocol import ANSWERS_FD, FAULTS_FD, STACK_SIGNAL, Task
from facescale.runtime.stage import AbstractStage

BATCHES_AHEAD = 2
_MOST_THREADS = 8
_MOST_THREADS_ON_CPU = 4
"""There, loading and saving share one core with the fit, and more threads would only get in its way."""
_STRAGGLER_S = 2.0
_LOOK_S = 0.5
"""Between two looks whether to halt, while nothing is loaded."""
_PR_SET_PDEATHSIG = 1


@dataclass
class _Sample:
    task: Task
    value: Any
    spent: Spent = field(default_factory=Spent)


@typing.final
class Answers:
    """Writes messages to the supervisor, whole, from any thread."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def send(self, message: protocol.Message) -> None:
        """Write one message."""
        data = memoryview(protocol.encode(message))
        with self._lock:
            while data:
                data = data[os.write(self._descriptor, data) :]


@typing.final
class Child:
    """Runs shards through a stage."""

    def __init__(
        self,
        stage: AbstractStage,
        committer: Committer,
        answers: Answers,
        start: protocol.Start,
        halt: threading.Event,
    ) -> None:
        self._stage = stage
        self._committer = committer
        self._answers = answers
        self._config = start.config
        self._halt = halt
        self._fitter = BatchFitter(stage.fit, max(1, stage.batch_size))
        most = _MOST_THREADS if start.config.num_gpus > 0 else _MOST_THREADS_ON_CPU
        threads = max(2, min(most, stage.batch_size))
        self._loaders = ThreadPoolExecutor(threads, "load")
        self._savers = ThreadPoolExecutor(threads, "save")
        self._loaded: queue.SimpleQueue[_Sample] = queue.SimpleQueue()
        self._failure: guard.Infrastructure | None = None

    def run(self, work: protocol.Work) -> None:
        """Take every item of a shard to its end, or those that are in the fit when it has to halt."""
        waiting = deque(work.tasks)
        untouched = {task.key for task in work.tasks}
        keep = self._committer.rehearse if work.rehearsal else self._committer.keep
        loading = 0
        # What is fitted and not yet saved is bounded as well, or slow storage would fill the memory.
        room = threading.Semaphore((1 + BATCHES_AHEAD) * self._fitter.size)
        saving: list[Future[None]] = []
        while (waiting or loading) and not self._halt.is_set():
            loading += self._start_loads(waiting, loading)
            batch, verdicts, taken = self._collect(loading)
            loading -= taken
            loading += self._start_loads(waiting, loading)
            if self._halt.is_set():
                break
            for sample in [*self._fit(batch), *verdicts]:
                untouched.discard(sample.task.key)
                room.acquire()
                saving.append(self._savers.submit(self._save, keep, sample, room))
            if self._failure is not None:
                break
        for future in saving:
            future.result()
        if self._halt.is_set() and self._failure is None:
            self._answers.send(protocol.Halted(keys=tuple(untouched)))

    def _start_loads(self, waiting: "deque[Task]", loading: int) -> int:
        count = min(len(waiting), BATCHES_AHEAD * self._fitter.size - loading)
        for _ in range(count):
            self._loaders.submit(self._load, waiting.popleft())
        return max(0, count)

    def _load(self, task: Task) -> None:
        self._answers.send(protocol.Began(phase="load", keys=(task.key,)))
        begin, cpu = time.perf_counter(), time.thread_time()
        value = guard.load(lambda: self._stage.load(task.item))
        spent = Spent(load=time.perf_counter() - begin, cpu=time.thread_time() - cpu)
        self._loaded.put(_Sample(task, value, spent))

    def _collect(self, loading: int) -> tuple[list[_Sample], list[_Sample], int]:
        """Wait for a batch; a straggler does not hold back what is there."""
        batch: list[_Sample] = []
        verdicts: list[_Sample] = []
        while len(batch) < self._fitter.size and len(batch) + len(verdicts) < loading:
            some = bool(batch or verdicts)
            try:
                sample = self._loaded.get(timeout=_STRAGGLER_S if some else _LOOK_S)
            except queue.Empty:
                if some or self._halt.is_set():
                    break
                continue
            (verdicts if isinstance(sample.value, guard.Verdict) else batch).append(sample)
        return batch, verdicts, len(batch) + len(verdicts)

    def _fit(self, batch: list[_Sample]) -> list[_Sample]:
        if not batch:
            return []
        self._answers.send(protocol.Began(phase="fit", keys=tuple(sample.task.key for sample in batch)))
        clock = time.thread_time if self._config.num_cpus <= 1 else time.process_time
        begin, cpu = time.perf_counter(), clock()
        results = self._fitter([sample.value for sample in batch])
        seconds = (time.perf_counter() - begin) / len(batch)
        cpu_seconds = (clock() - cpu) / len(batch)
        for sample, result in zip(batch, results, strict=True):
            sample.value = result
            sample.spent.fit = seconds
            sample.spent.cpu += cpu_seconds
            sample.spent.gpu = seconds * self._config.num_gpus
        return batch

    def _save(
        self,
        keep: Callable[[Task, Any, Spent], protocol.Finished],
        sample: _Sample,
        room: threading.Semaphore,
    ) -> None:
        try:
            if self._failure is not None:
                return
            self._answers.send(protocol.Began(phase="save", keys=(sample.task.key,)))
            finished = guard.attempt(lambda: keep(sample.task, sample.value, sample.spent))
            if isinstance(finished, guard.Caught):
                self._failure = guard.judge_save(finished, aside=self._committer.saves_aside)
                if self._failure.kind == guard.SCRATCH_FULL:
                    _give_up(self._answers, self._failure.kind, self._failure.message)
                self._answers.send(protocol.Stopped(kind=self._failure.kind, message=self._failure.message))
            else:
                self._answers.send(finished)
        finally:
            room.release()


def main() -> None:
    """Serve a supervisor until it closes the pipe."""
    _die_with_parent()
    faults = int(os.environ.pop(FAULTS_FD))
    descriptor = int(os.environ.pop(ANSWERS_FD))
    for inherited in (faults, descriptor):
        os.set_inheritable(inherited, False)
    faulthandler.enable(file=faults, all_threads=True)
    faulthandler.register(STACK_SIGNAL, file=faults, all_threads=True, chain=False)
    answers = Answers(descriptor)
    inbox: queue.SimpleQueue[protocol.Message] = queue.SimpleQueue()
    halt = threading.Event()
    threading.Thread(target=_receive, args=(inbox, halt), name="inbox", daemon=True).start()
    start = inbox.get()
    assert isinstance(start, protocol.Start), start
    child = _set_up(start, answers, halt)
    while True:
        work = inbox.get()
        assert isinstance(work, protocol.Work), work
        try:
            child.run(work)
        except DeviceLostError as error:
            _give_up(answers, "device-lost", str(error))


def _set_up(start: protocol.Start, answers: Answers, halt: threading.Event) -> Child:
    begin = time.perf_counter()

    def make() -> Child:
        stage = start.config.spec.build()
        stage.setup()
        return Child(stage, Committer(stage, start.config, start.worker), answers, start, halt)

    made = guard.attempt(make)
    if isinstance(made, guard.Caught):
        _give_up(answers, "setup-failed", f"{made.words}\n{made.trace}")
    answers.send(protocol.Ready(seconds=time.perf_counter() - begin))
    return made


def _give_up(answers: Answers, reason: str, message: str) -> typing.NoReturn:
    answers.send(protocol.GivingUp(reason=reason, message=message))
    # At once: a lost device can hang the interpreter's own exit.
    os._exit(1)


def _receive(inbox: "queue.SimpleQueue[protocol.Message]", halt: threading.Event) -> None:
    buffer = b""
    while chunk := os.read(0, 1 << 16):
        *lines, buffer = (buffer + chunk).split(b"\n")
        for line in lines:
            message = protocol.decode(line)
            if isinstance(message, protocol.Halt):
                halt.set()
            else:
                inbox.put(message)
    # The supervisor has closed the pipe or is gone: whatever is going on has nobody to report to.
    os._exit(0)


def _die_with_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # When memory runs out, the kernel should take the process that can be blamed, not its supervisor.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


if __name__ == "__main__":
    main()
