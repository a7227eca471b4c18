"""One job on a fleet while something goes wrong, and what came of it, read back from its outcomes.

Knows nothing of particular faults; those are in `spot_faults`.
"""

import signal
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from facescale.runtime.begun import bound
from facescale.runtime.outcomes import OutcomeLedger
from facescale.runtime.storage import Storage
from facescale.runtime.summary import Summary
from tests.runtime.harness import Detached, children_at_work_on, manifest_of, wait_until
from tests.runtime.simulated_stage import item

PATIENCE_S = 240.0


@dataclass(frozen=True, kw_only=True)
class Count:
    """What came of a job: the first three must be 0, and `redone` at the most `in_flight`."""

    items: int
    lost: int
    """Items without the outcome that they must have."""
    second: int
    """Outcomes that were made more than once or changed after they were made."""
    false_quarantines: int
    redone: int
    """Fits of healthy items beyond their first one, from the stage's own journal."""
    in_flight: int
    """What the workers that were lost can have held."""
    counted_redone: int
    """What the runs themselves said of it."""
    seconds: float
    capacity_s: float
    """Of these, what the workers that were away would have saved."""
    status: int
    """Exit status of the last driver."""

    def sound(self):
        return not (self.lost or self.second or self.false_quarantines) and self.redone <= self.in_flight


class Trial:
    """Items that are short, workers that are few, and one driver after another until all is done.

    Args:
        fleet: where it runs.
        folder: for OUT and the journal, unless OUT is elsewhere.
        out: a local folder, or s3://bucket/prefix.
        server: the S3 server behind `out`.
        count: items.
        seconds: of work an item.
        workers: of the pool.
        expected: item -> status that it must end with; done unless told.
        attributes: item -> attributes beyond its seconds.
        stage: arguments of the simulated stage.
        mlflow: a tracking server.
        timeout_s: how long one wait may last.
    """

    def __init__(
        self, fleet, folder, *, out="", server=None, count=48, seconds=0.3, workers=4,
        expected=None, attributes=None, stage=None, mlflow="", timeout_s=PATIENCE_S,
    ):  # fmt: skip
        self.fleet = fleet
        self.folder = Path(folder)
        self.out = out or str(self.folder / "out")
        self.server = server
        self.workers = workers
        self.journal = self.folder / "journal"
        self.journal.touch()
        self._expected = expected or {}
        special = attributes or {}
        names = [f"s-{number:04d}" for number in range(count)]
        self.items = [item(name, **{"fit_s": seconds, **special.get(name, {})}) for name in names]
        self._stage = {"journal": str(self.journal), **(stage or {})}
        self._mlflow = mlflow
        self._timeout_s = timeout_s
        self._storage = Storage.open(self.out)
        self._first_seen = {}
        self._begin = 0.0
        self._away = []
        self._counted = 0
        self.in_flight = 0
        self.said = ""

    def start(self, **options):
        """Start a driver."""
        self._begin = self._begin or time.monotonic()
        self.driver = self.another(**options)

    def another(self, **options):
        """Start a driver that is not waited for."""
        return Detached(
            self.out,
            self.items,
            stage=self._stage,
            environment=self.fleet.environment,
            mlflow=self._mlflow,
            engine="ray",
            workers=self.workers,
            **options,
        )

    def ended(self):
        """How many items have an outcome; notices outcomes that change."""
        if self.server is not None:
            return sum("/outcomes/" in name for name in list(self.server.created))
        found = {path.stem: path.stat().st_ino for path in Path(self.out).glob("outcomes/*/*.json")}
        for key, inode in found.items():
            self._first_seen.setdefault(key, inode)
        return len(found)

    def until(self, count):
        """Wait until so many items have ended."""
        wait_until(
            lambda: self.ended() >= count or self.driver.process.poll() is not None,
            timeout=self._timeout_s,
            what=f"{count} outcomes in {self.out}",
        )

    def lose(self, workers, *, batch_size=1):
        """Note that so many workers are being lost with what they hold."""
        self.in_flight += workers * bound(10**6, batch_size=batch_size)

    def away(self, workers, *, back=False):
        """Note that so many workers are away from now on, or back."""
        self._away.append((time.monotonic(), -workers if back else workers))

    def kill_driver(self):
        """Let the driver's machine vanish, and wait until none of its work goes on."""
        self.lose(self.workers)
        self.driver.kill(signal.SIGKILL)
        self._collect()
        wait_until(lambda: not children_at_work_on(self.out), timeout=60, what="the end of all children")

    def finish(self, *, status=0):
        """Wait for the driver and read everything back.

        Args:
            status: with which it must exit; None takes any.
        """
        code, self.said = self.driver.end(timeout=self._timeout_s)
        end = time.monotonic()
        assert status in {None, code}, f"exit status {code}, expected {status}:\n{self.said}"
        self._collect()
        return self._count(code, end)

    def _collect(self):
        try:
            self._counted += Summary.from_json(self._storage.read("summary.json")).this_run.redone
        except FileNotFoundError:
            return

    def _count(self, code, end):
        manifest = manifest_of(self.items)
        names = dict(zip(manifest["key"].to_pylist(), manifest["item"].to_pylist(), strict=True))
        ledger = OutcomeLedger(self._storage)
        found = {names[key]: outcome.status.value for key, outcome in ledger.get_many(ledger.final_keys())}
        expected = {entry.item: self._expected.get(entry.item, "done") for entry in self.items}
        fits = Counter(
            line.split()[1] for line in self.journal.read_text().splitlines() if line.startswith("fit ")
        )
        healthy = [name for name, status in expected.items() if status == "done"]
        capacity = sum(count * max(0.0, end - when) for when, count in self._away) / self.workers
        return Count(
            items=len(self.items),
            lost=sum(found.get(name) != status for name, status in expected.items()),
            second=self._second(),
            false_quarantines=sum(found.get(name) == "quarantined" for name in healthy),
            redone=sum(max(0, fits[name] - 1) for name in healthy),
            in_flight=self.in_flight,
            counted_redone=self._counted,
            seconds=end - self._begin,
            capacity_s=capacity,
            status=code,
        )

    def _second(self):
        if self.server is not None:
            return sum(times - 1 for name, times in self.server.created.items() if "/outcomes/" in name)
        before = dict(self._first_seen)
        self.ended()
        now = {path.stem: path.stat().st_ino for path in Path(self.out).glob("outcomes/*/*.json")}
        return sum(now.get(key) != inode for key, inode in before.items())
