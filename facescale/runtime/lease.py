"""The lease of one OUT: who is running in it, and how far it has come. Knows nothing of what a run does.

It only keeps two runs from wasting each other's time; that no outcome is written twice never rests on it.
"""

import json
import os
import socket
import threading
import time
import typing
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from facescale.runtime.storage import Storage, StorageUnavailable

PATH = "run/lease.json"
_TAKEOVERS = "run/takeovers"
_LOOKS_A_PERIOD = 5


class FolderInUse(Exception):  # noqa: N818 - the state that the user is told of, exit status 4
    """Another run holds OUT."""


@dataclass(frozen=True, kw_only=True)
class LeaseTiming:
    """How the lease measures time; a run of the real thing keeps the defaults."""

    period_s: float = 10.0
    """Between two beats of the holder."""
    patience_s: float = 60.0
    """How long a counter must stand still, by the watcher's own clock, before its holder counts as dead."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        if not 0.0 < self.period_s < self.patience_s:
            raise ValueError(f"expected 0 < period_s < patience_s, got {self.period_s} and {self.patience_s}")


@dataclass(frozen=True, kw_only=True)
class LeaseRecord:
    """What lease.json holds."""

    owner: str
    """Token of one acquisition; never used twice."""
    run: str
    host: str
    pid: int
    counter: int = 0
    """Raised with every beat: its standing still, not any clock, tells that the holder has gone."""
    started: str
    """UTC, for people and rates; never compared to decide who holds the lease."""
    beat: str
    """UTC of the last beat, for people."""
    period_s: float
    released: bool = False
    stage: Mapping[str, Any] = field(default_factory=dict)
    """The driver's live table."""

    def to_json(self) -> bytes:
        """Serialise."""
        return json.dumps(asdict(self), sort_keys=True).encode()

    @classmethod
    def from_json(cls, data: bytes) -> "LeaseRecord":
        """Read what `to_json` wrote.

        Raises:
            ValueError: not a lease.
        """
        try:
            return cls(**json.loads(data))
        except (TypeError, ValueError) as error:
            raise ValueError(f"expected a lease in {PATH}, got {data[:80]!r}") from error


def read_lease(storage: Storage) -> LeaseRecord | None:
    """Return the lease of a running or finished run, None where there never was one.

    Raises:
        ValueError: not a lease.
    """
    try:
        return LeaseRecord.from_json(storage.read(PATH))
    except FileNotFoundError:
        return None


@typing.final
class Lease:
    """A held lease; a context manager that beats on a thread and releases at the end."""

    def __init__(
        self, storage: Storage, record: LeaseRecord, timing: LeaseTiming, *, visiting: bool = False
    ) -> None:
        self._storage = storage
        self._visiting = visiting
        self._record = record
        self._timing = timing
        self._stage: Mapping[str, Any] = record.stage
        self._stopped = threading.Event()
        self._changing = threading.Lock()
        self._thread = threading.Thread(target=self._beats, name="lease", daemon=True)
        self.taken_by: str = ""
        """Empty while the lease is ours, else the words to stop with: somebody took it over."""
        self.trouble: str = ""
        """Why the last beat could not be written, empty where it was."""

    @staticmethod
    def acquire(
        storage: Storage,
        run: str,
        *,
        takeover: bool = False,
        visiting: bool = False,
        timing: LeaseTiming | None = None,
    ) -> "Lease":
        """Take OUT for one run and start beating.

        Returns at once where OUT is free or was released; watches a silent holder for `patience_s`.

        Args:
            storage: OUT.
            run: id of the run.
            takeover: do not watch: the user says that the holder is dead.
            visiting: hold OUT for short work that is no run: what the last run left to be read stays.
            timing: how time is measured.

        Raises:
            FolderInUse: the holder lives, or another starter was faster.
        """
        timing = timing or LeaseTiming()
        record = _fresh(run, timing)
        if not storage.create(PATH, record.to_json()):
            holder = _succeed(storage, record, timing, takeover=takeover)
            if visiting:
                kept = {
                    "run": holder.run,
                    "started": holder.started,
                    "beat": holder.beat,
                    "stage": holder.stage,
                }
                record = replace(record, **kept)
        lease = Lease(storage, record, timing, visiting=visiting)
        if visiting:
            lease.beat()
        lease._thread.start()
        return lease

    @property
    def stage(self) -> Mapping[str, Any]:
        """The live table that the next beat publishes; JSON-able."""
        return self._stage

    @stage.setter
    def stage(self, table: Mapping[str, Any]) -> None:
        # A snapshot that is known to be JSON: the thread must neither meet a half-changed table nor die of it.
        self._stage = json.loads(json.dumps(table))

    def beat(self) -> None:
        """Rewrite the lease now; notice where somebody has taken it over."""
        with self._changing:
            if not self.taken_by:
                self._write(released=False)

    def release(self) -> None:
        """Stop beating and leave the last live table behind, marked as released.

        Where storage is away the lease stays as it is and `trouble` says why: the end of a run must not
        hide what ended it, and the next run only waits a little longer.
        """
        if self._stopped.is_set():
            return
        self._stopped.set()
        self._thread.join()
        with self._changing:
            try:
                if not self.taken_by:
                    self._write(released=True)
            except (StorageUnavailable, OSError) as error:
                self.trouble = str(error)

    def __enter__(self) -> "Lease":
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _beats(self) -> None:
        while not self._stopped.wait(self._timing.period_s):
            try:
                self.beat()
                self.trouble = ""
            except (StorageUnavailable, OSError) as error:
                # A store that is away for a minute is not the lease's to judge: saving will meet it too.
                self.trouble = str(error)

    def _write(self, *, released: bool) -> None:
        successor = self._successor()
        if successor:
            self.taken_by = f"this run's lease of {self._storage.uri} was taken over by {successor}"
            return
        self._record = replace(
            self._record,
            counter=self._record.counter + 1,
            beat=self._record.beat if self._visiting else _now(),
            released=released,
            stage=self._stage,
        )
        self._storage.write(PATH, self._record.to_json())

    def _successor(self) -> str:
        """Name whoever took over, or return nothing where the lease is ours, however the file came to be."""
        try:
            standing = read_lease(self._storage)
        except ValueError:
            return ""
        if standing is None or standing.owner == self._record.owner:
            return ""
        # Two starters may overwrite each other's file for one beat. The claim on the former owner, which only
        # one of them could create, decides whose file it is.
        claimed = any(True for _ in self._storage.names(f"{_TAKEOVERS}/{self._record.owner}"))
        return _words(standing) if claimed else ""


def _succeed(storage: Storage, record: LeaseRecord, timing: LeaseTiming, *, takeover: bool) -> LeaseRecord:
    holder = read_lease(storage)
    if holder is None:
        raise FolderInUse(f"another run started in {storage.uri} at the same moment; try again")
    # Whoever claims the former holder first is the successor. A claim that already stands belongs to a starter
    # that is about to write its lease, or died before: watching tells which, and the number lets the next
    # starter succeed the dead one.
    claims = len(list(storage.names(f"{_TAKEOVERS}/{holder.owner}")))
    if claims or not (holder.released or takeover):
        _watch(storage, holder, timing)
    if not storage.create(f"{_TAKEOVERS}/{holder.owner}/{claims}.json", record.to_json()):
        raise FolderInUse(f"another run took {storage.uri} over at the same moment")
    storage.write(PATH, record.to_json())
    return holder


def _watch(storage: Storage, holder: LeaseRecord, timing: LeaseTiming) -> None:
    begin = timing.clock()
    while timing.clock() - begin < timing.patience_s:
        timing.sleep(timing.period_s / _LOOKS_A_PERIOD)
        standing = read_lease(storage)
        if standing is None or (standing.released and not holder.released):
            return  # released, or deleted by hand, while we watched
        if (standing.owner, standing.counter) != (holder.owner, holder.counter):
            raise FolderInUse(
                f"{storage.uri} is in use by {_words(standing)}; wait for it, choose another OUT, "
                "or pass --takeover if you know that it is dead"
            )


def _fresh(run: str, timing: LeaseTiming) -> LeaseRecord:
    now = _now()
    return LeaseRecord(
        owner=uuid.uuid4().hex,
        run=run,
        host=socket.gethostname(),
        pid=os.getpid(),
        started=now,
        beat=now,
        period_s=timing.period_s,
    )


def _words(record: LeaseRecord) -> str:
    return f"run {record.run} (process {record.pid} on {record.host}, last beat {record.beat})"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
