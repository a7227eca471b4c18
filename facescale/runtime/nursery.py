"""Keeps one child ready, hands it work, and says how it ended. Knows nothing of evidence, storage or engines.

Imports neither torch nor warp and never touches a device.
"""

import typing
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from facescale.runtime import blame, deadlines, protocol
from facescale.runtime.child_process import ChildProcess, Ended
from facescale.runtime.protocol import Task, WorkerConfig


@dataclass(frozen=True, kw_only=True)
class Died:
    """A child that ended, and what it missed where its supervisor struck it."""

    ended: Ended
    missed: deadlines.Missed | None = None
    words: str = ""
    """What the child said of its own end."""

    @property
    def is_evidence(self) -> bool:
        """Whether the death speaks against what ran in the child."""
        return blame.is_evidence(self.ended.death)

    @property
    def reason(self) -> str:
        """Slug under which it is counted."""
        return self.words.partition(":")[0] or blame.reason(self.ended.death)

    def describe(self) -> str:
        """Say all that is known, for people."""
        parts = (
            self.missed.message if self.missed else "",
            self.words,
            blame.describe(self.ended.death),
            f"stacks:\n{self.ended.stack}" if self.ended.stack.strip() else "",
            f"its output ends with:\n{self.ended.said}" if self.ended.said.strip() else "",
        )
        return "\n".join(part.strip() for part in parts if part)


Phases = dict[str, deadlines.Phase]


@typing.final
class Nursery:
    """At most one child at a time; a new one is made when the last has ended."""

    def __init__(self, config: WorkerConfig, worker: str, environment: Mapping[str, str]) -> None:
        self._config = config
        self._start = protocol.Start(config=config, worker=worker)
        self._environment = environment
        self._child: ChildProcess | None = None
        self._ready = False
        self._halted = False
        # The kernel ties a child's life to the thread that made it, so that thread must live as long as we do.
        self._spawner = ThreadPoolExecutor(1, "spawner")

    def spawn(self) -> ChildProcess:
        """Return the child, ready or not; start one where there is none."""
        if self._child is None:
            self._ready = False
            self._child = self._spawner.submit(ChildProcess, self._start, self._environment).result()
            if self._halted:
                self._child.send(protocol.Halt())
        return self._child

    def halt(self) -> None:
        """Let this child and all after it begin nothing more; from any thread."""
        self._halted = True
        child = self._child
        if child is not None:
            child.send(protocol.Halt())

    def close(self) -> None:
        """Kill the child for good."""
        self.drop()
        self._spawner.shutdown()

    def drop(self) -> None:
        """Kill the child."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def kill(self) -> None:
        """Kill the child, from any thread; whoever waits for it hears of its end."""
        child = self._child
        if child is not None:
            child.kill()

    def make_ready(self) -> Died | None:
        """Wait until a child has set up; return how it ended where it did not."""
        child = self.spawn()
        words = ""
        while not self._ready:
            message = child.hear(self._config.setup_deadline_s)
            match message:
                case protocol.Ready():
                    self._ready = True
                case protocol.GivingUp():
                    words = f"{message.reason}: {message.message}"
                case None:
                    return self._strike(deadlines.missed("start", self._config.setup_deadline_s))
                case Ended():
                    return self._bury(Died(ended=message, words=words))
                case _:
                    raise AssertionError(f"a child that is not ready said {message}")
        return None

    def dispatch(
        self, tasks: Sequence[Task], phases: Phases, *, rehearsal: bool = False
    ) -> Generator[protocol.Finished, None, Died | protocol.Stopped | protocol.Halted | None]:
        """Run tasks in the child that `make_ready` left.

        Args:
            tasks: what to run.
            phases: kept at the phase of each item that the child has begun and not finished.
            rehearsal: keep nothing.

        Returns:
            None where every item has its end; else what came in between. After anything but a halt the child
            is gone.
        """
        assert self._child is not None
        child = self._child
        child.send(protocol.Work(tasks=tuple(tasks), rehearsal=rehearsal))
        left = {task.key for task in tasks}
        words = ""
        while left:
            message = child.hear(self._config.deadline_s)
            match message:
                case protocol.Began():
                    phases.update(dict.fromkeys(message.keys, message.phase))
                case protocol.Finished():
                    phases.pop(message.key, None)
                    left.discard(message.key)
                    yield message
                case protocol.Halted():
                    phases.clear()
                    return message
                case protocol.Stopped():
                    self.drop()
                    return message
                case protocol.GivingUp():
                    words = f"{message.reason}: {message.message}"
                case None:
                    return self._strike(deadlines.missed(deadlines.culprit(phases), self._config.deadline_s))
                case Ended():
                    return self._bury(Died(ended=message, words=words))
                case _:
                    raise AssertionError(f"a working child said {message}")
        return None

    def _strike(self, missed: deadlines.Missed) -> Died:
        assert self._child is not None
        return self._bury(Died(ended=self._child.strike(missed.reason), missed=missed))

    def _bury(self, died: Died) -> Died:
        self.drop()
        return died
