"""Processes that a test starts and that are gone after it, whatever they started in turn."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
MARK = "FACESCALE_TEST_MARK"


def clean_environment(**added: str) -> dict[str, str]:
    """Return this process' environment without what would lead to another cluster, bucket or server."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RAY_", "AWS_", "MLFLOW_", "SLURM_", "PYTEST_"))
    }
    python = ROOT / ".venv/bin"
    return {
        **kept,
        "PATH": f"{python}:{kept['PATH']}",
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "RAY_USAGE_STATS_ENABLED": "0",
        **added,
    }


Start = Callable[[Sequence[str], Path], "subprocess.Popen[bytes]"]
"""Starts a command whose output goes to a file."""


@contextlib.contextmanager
def family(environment: Mapping[str, str], mark: str = "") -> Iterator[Start]:
    """Give a way to start processes; all that carry their mark are killed at the end.

    Ray's daemons leave the process group of what started them, so that groups do not reach them; but the
    environment is inherited by all.
    """
    mark = mark or secrets.token_hex(8)
    started: list[subprocess.Popen[bytes]] = []

    def start(command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
        with log.open("wb") as output:
            child = subprocess.Popen(
                command,
                env={**environment, MARK: mark},
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        started.append(child)
        return child

    try:
        yield start
    finally:
        for child in reversed(started):
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + 10
        while marked(mark) and time.monotonic() < deadline:
            time.sleep(0.2)
            for child in started:
                child.poll()
        while left := marked(mark):
            for number in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            for child in started:
                child.poll()
            time.sleep(0.1)


def marked(mark: str) -> list[int]:
    """Return the processes that carry a mark."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
    return found


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what: Callable[[], bool], child: subprocess.Popen[bytes], log: Path, *, seconds: float) -> None:
    """Wait until something holds while a process lives; otherwise show what it said."""
    deadline = time.monotonic() + seconds
    while not what():
        said = log.read_text(errors="replace")[-4000:]
        assert child.poll() is None, f"ended with {child.returncode}: {said}"
        assert time.monotonic() < deadline, f"not there after {seconds} s: {said}"
        time.sleep(0.3)
