"""A child process as its supervisor holds it: spawn, send, hear, kill. Knows nothing of items or evidence.

Imports neither torch nor warp.
"""

import math
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
import typing
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from facescale.runtime import protocol
from facescale.runtime.blame import Death
from facescale.runtime.protocol import ANSWERS_FD, FAULTS_FD, STACK_SIGNAL

_TAIL = 4000
_CHUNK = 1 << 16
_LOOK_S = 1.0
"""Between two looks at what no descriptor tells: memory, and a death whose pipe a grandchild still holds."""
_STACK_S = 1.0
_REAP_S = 10.0
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """The child is no more."""

    death: Death
    said: str
    """The last that it wrote to stdout or stderr."""
    stack: str
    """The Python stacks that faulthandler wrote, empty where it could not."""


@typing.final
class ChildProcess:
    """One child. Must be made on a thread that outlives it: the kernel kills it when that thread ends."""

    def __init__(self, start: protocol.Start, environment: Mapping[str, str]) -> None:
        self._memory = start.config.memory
        answers, answers_end = os.pipe()
        faults, faults_end = os.pipe()
        said, said_end = os.pipe()
        self._out_of_memory_before = _out_of_memory_kills()
        self._process = subprocess.Popen(
            # The last two are for whoever reads a list of processes.
            [sys.executable, "-u", "-m", "facescale.runtime.child", start.worker, start.config.out],
            stdin=subprocess.PIPE,
            stdout=said_end,
            stderr=said_end,
            pass_fds=(answers_end, faults_end),
            env={
                **_environment(start.config.num_cpus),
                **environment,
                ANSWERS_FD: str(answers_end),
                FAULTS_FD: str(faults_end),
            },
            # Its own session: a Ctrl-C in the terminal is the driver's to handle, and one kill reaches the
            # programs that a stage may have started.
            start_new_session=True,
        )
        for descriptor in (answers_end, faults_end, said_end):
            os.close(descriptor)
        assert self._process.stdin is not None
        self._stdin = self._process.stdin.fileno()
        self._answers, self._said, self._faults = answers, said, faults
        self._selector = selectors.DefaultSelector()
        for descriptor in (self._answers, self._said, self._faults):
            os.set_blocking(descriptor, False)
            self._selector.register(descriptor, selectors.EVENT_READ)
        os.set_blocking(self._stdin, False)
        self._outgoing = b""
        self._sending = threading.Lock()
        self._buffer = b""
        self._heard: deque[bytes] = deque()
        self._tail = {self._said: b"", self._faults: b""}
        self._struck = ""
        self._closed = False
        self.send(start)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def send(self, message: protocol.Message) -> None:
        """Queue a message; it leaves while `hear` waits: a hanging child must never block its supervisor.

        Any thread may call it.
        """
        with self._sending:
            self._outgoing += protocol.encode(message)
        self._flush()

    def hear(self, limit_s: float) -> protocol.Message | Ended | None:
        """Wait for the next message.

        Args:
            limit_s: seconds of silence to bear.

        Returns:
            The message; how the child ended; or None after the silence, with the child still alive.
        """
        begin = time.monotonic()
        while True:
            if self._heard:
                return protocol.decode(self._heard.popleft())
            left = begin + limit_s - time.monotonic()
            spoke = self._answers in self._turn(min(max(left, 0.0), _LOOK_S))
            if self._heard:
                continue
            if self._process.poll() is not None:
                return self._end()
            if self._memory and _resident(self._process.pid) > self._memory:
                return self.strike("out-of-memory")
            # Only a look that came after the deadline and found nothing to read is a missed deadline: a
            # supervisor that was itself held up must first read what arrived meanwhile.
            if left <= 0 and not spoke:
                return None

    def strike(self, why: str) -> Ended:
        """Kill the child, after asking it for its stacks.

        Args:
            why: slug under which its death is counted.
        """
        self._struck = why
        with suppress(ProcessLookupError):
            os.kill(self._process.pid, STACK_SIGNAL)
        end = time.monotonic() + _STACK_S
        while time.monotonic() < end and self._process.poll() is None:
            if self._faults not in self._turn(_STACK_S / 10) and self._tail[self._faults]:
                break
        self.kill()
        return self._end()

    def kill(self) -> None:
        """Kill the child and whatever it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_REAP_S)

    def close(self) -> None:
        """Kill the child and release what belongs to it; once is enough."""
        if self._closed:
            return
        self._closed = True
        self.kill()
        self._selector.close()
        for descriptor in (self._answers, self._said, self._faults):
            os.close(descriptor)
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()

    def _turn(self, timeout: float) -> set[int]:
        """Read and write what is ready; return the descriptors that had something to say."""
        if self._outgoing:
            self._flush()
            timeout = min(timeout, 0.01) if self._outgoing else timeout
        spoke: set[int] = set()
        for key, _ in self._selector.select(timeout):
            try:
                data = os.read(key.fd, _CHUNK)
            except BlockingIOError:
                continue
            if not data:
                self._selector.unregister(key.fd)
                if key.fd == self._answers:
                    self._wait_for_exit()
                continue
            spoke.add(key.fd)
            if key.fd == self._answers:
                *lines, self._buffer = (self._buffer + data).split(b"\n")
                self._heard.extend(lines)
                assert len(self._buffer) < protocol.MAX_LINE, "the child's pipe carries no messages"
            else:
                self._tail[key.fd] = (self._tail[key.fd] + data)[-_TAIL:]
        return spoke

    def _flush(self) -> None:
        with self._sending:
            try:
                self._outgoing = self._outgoing[os.write(self._stdin, self._outgoing) :]
            except BlockingIOError:
                return
            except OSError:
                self._outgoing = b""  # it has died: `hear` will tell

    def _wait_for_exit(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_LOOK_S)

    def _end(self) -> Ended:
        while self._turn(0.0):
            pass
        self.kill()
        returncode = self._process.returncode
        before, now = self._out_of_memory_before, _out_of_memory_kills()
        death = Death(
            returncode=-signal.SIGKILL if returncode is None else returncode,
            struck=self._struck,
            machine_out_of_memory=None if before is None or now is None else now > before,
        )
        texts = [self._tail[d].decode(errors="replace") for d in (self._said, self._faults)]
        return Ended(death=death, said=texts[0], stack=texts[1])


def _environment(num_cpus: float) -> dict[str, str]:
    threads = str(max(1, math.ceil(num_cpus)))
    return {
        **os.environ,
        **dict.fromkeys(_THREAD_VARIABLES, threads),
        # The child must find the stage wherever this process would, for instance beside a job's entry file.
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(path or str(Path.cwd()) for path in sys.path)),
    }


def _resident(pid: int) -> int:
    """Return the bytes that a process holds in memory; 0 where the system does not say."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _out_of_memory_kills() -> int | None:
    """Return how many processes the kernel has killed for want of memory; None where it does not say."""
    try:
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
    except (OSError, ValueError):
        return None
    return None
