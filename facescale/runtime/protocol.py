"""What crosses the pipe between supervisor and child, and what reaches the driver. JSON lines; no IO."""

import json
import signal
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from facescale.runtime.deadlines import Phase
from facescale.runtime.stage import StageSpec
from facescale.structures.item import InputFile, Item

ANSWERS_FD = "FACESCALE_ANSWERS_FD"
FAULTS_FD = "FACESCALE_FAULTS_FD"
STACK_SIGNAL = signal.SIGUSR1
"""Makes the child write the Python stack of every thread, even while native code holds the GIL."""
MAX_LINE = 64 * 2**20
"""Longer than any message can sensibly be; beyond it, the pipe carries something else."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One item to do."""

    key: str
    item: Item


@dataclass(frozen=True, kw_only=True)
class WorkerConfig:
    """What supervisors and children of one run share; plain values, so that it may travel anywhere."""

    spec: StageSpec
    out: str
    run: str
    deadline_s: float
    setup_deadline_s: float
    num_cpus: float = 1.0
    num_gpus: float = 0.0
    memory: int = 0
    """Bytes that a child may hold; 0 is no limit."""
    batch_size: int = 1
    recycle_shards: int = 0
    """Shards after which a child is replaced; 0 is never."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """Supervisor to child, first: who you are."""

    config: WorkerConfig
    worker: str


@dataclass(frozen=True, kw_only=True)
class Work:
    """Supervisor to child: do these."""

    tasks: tuple[Task, ...]
    rehearsal: bool = False
    """Repeat what was done before and keep nothing."""


@dataclass(frozen=True, kw_only=True)
class Halt:
    """Supervisor to child, at any time: finish the batch at hand, and begin nothing more, ever."""


@dataclass(frozen=True, kw_only=True)
class Ready:
    """Child to supervisor: set-up is over."""

    seconds: float


@dataclass(frozen=True, kw_only=True)
class Began:
    """Child to supervisor: these items entered a phase."""

    phase: Phase
    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Finished:
    """Child to supervisor: an item has its end, and storage holds it."""

    key: str
    outcome: str
    """`Outcome.to_json`, as text."""
    committed: bool
    """False where another attempt had been first, or nothing was kept."""


@dataclass(frozen=True, kw_only=True)
class Halted:
    """Child to supervisor: all that was begun has its end, and these keys were left alone."""

    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """Child to supervisor: infrastructure fails, the run must stop."""

    kind: str
    message: str


@dataclass(frozen=True, kw_only=True)
class GivingUp:
    """Child to supervisor, last: this process is of no more use (set-up raised, or the device is lost)."""

    reason: str
    message: str


Message = Start | Work | Halt | Ready | Began | Finished | Halted | Stopped | GivingUp

_KINDS: Mapping[str, type[Any]] = {
    kind.__name__: kind for kind in (Start, Work, Halt, Ready, Began, Finished, Halted, Stopped, GivingUp)
}


def encode(message: Message) -> bytes:
    """Return one line."""
    text = json.dumps({"is": type(message).__name__, **asdict(message)}, separators=(",", ":"))
    return text.encode() + b"\n"


def decode(line: bytes) -> Message:
    """Read one line.

    Raises:
        ValueError: not a message.
    """
    try:
        fields = json.loads(line)
        kind = _KINDS[fields.pop("is")]
        if kind is Start:
            fields["config"] = worker_config(fields["config"])
        if kind is Work:
            fields["tasks"] = tuple(
                Task(key=task["key"], item=item_from_json(task["item"])) for task in fields["tasks"]
            )
        if kind in {Began, Halted}:
            fields["keys"] = tuple(fields["keys"])
        return kind(**fields)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"expected a message, got {line[:80]!r}") from error


def worker_config(fields: Mapping[str, Any]) -> WorkerConfig:
    """Read what `asdict` made of a WorkerConfig."""
    return WorkerConfig(**{**fields, "spec": StageSpec(**fields["spec"])})


def item_from_json(fields: Mapping[str, Any]) -> Item:
    """Read what `asdict` made of an Item."""
    return Item(**{**fields, "inputs": tuple(InputFile(**file) for file in fields["inputs"])})


ReportKind = Literal["outcome", "skipped", "returned", "out", "stop", "note"]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Supervisor to driver: one small row. Flat, so that Ray Data carries it as a row of a table."""

    kind: ReportKind
    """outcome: an item ended. skipped: it had ended before. returned: it was given back undecided. out: the
    worker gets no more work. stop: the run must stop. note: only counts."""
    worker: str
    key: str = ""
    outcome: str = ""
    """`Outcome.to_json`, as text, where `kind` is "outcome"."""
    committed: bool = False
    reason: str = ""
    message: str = ""
    node: str = ""
    """Of a worker that is out, where the engine has several."""
    redone: int = 0
    """Items begun again because work was lost before its outcome."""
    lost_workers: int = 0
    """Workers lost while they held a shard."""
    deaths: int = 0
    """Children that died."""


@dataclass(frozen=True, kw_only=True)
class Shard:
    """What one dispatch carries."""

    number: int
    tasks: tuple[Task, ...] = field(repr=False)
    last_instance: bool = False
    """See `blame.Docket`."""
