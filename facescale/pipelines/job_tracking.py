"""How a job is tracked: one run, opened once the job holds its folder, closed with its aggregates.

Joins tracking and runtime's storage; knows nothing of what a job does.
"""

import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from facescale.runtime.storage import Storage, StorageUnavailable
from facescale.tracking.mlflow_tracker import MlflowConfig, MlflowTracker
from facescale.tracking.tracker import AbstractTracker, NullTracker, RunState

DATABASE = "mlflow.db"
REMOTE_DATABASE = "run/mlflow.db"
PARENT_TAG = "mlflow.parentRunId"
"""By which MLflow shows one run below another."""


@dataclass(frozen=True, kw_only=True)
class ParentRun:
    """A tracked run that jobs hang theirs below."""

    server: str
    """MLflow server, or the address of a database; "off" where nothing is tracked."""
    run: str
    """Its id; empty where nothing is tracked."""
    part: str = ""
    """What the job is called below it; empty for its usual name."""


@final
class JobTracking:
    """Tracks one job.

    A run is opened with the first row of the live table or at the end, whichever comes first: both come after
    the lease, so that a job that is refused its folder leaves nothing there.

    Args:
        out: the job's folder. A remote one has its database copied there at the end, and from there at the
            start, so that it holds all runs of the folder.
        server: an MLflow server; empty for a database of the folder's own, "off" for no tracking.
        name: of the run.
        params: the resolved configuration.
        parent: the run that this one is shown below, where it is recorded as well; None for a run of its own.
    """

    def __init__(
        self,
        out: str,
        server: str,
        *,
        name: str,
        params: Mapping[str, object],
        parent: ParentRun | None = None,
    ) -> None:
        self._out = out
        self._server = parent.server if parent else server
        self._tags = {"out": out, **({PARENT_TAG: parent.run} if parent and parent.run else {})}
        self._name = (parent.part if parent else "") or name
        self._params = dict(params)
        self._tracker: AbstractTracker | None = None
        self._copied: Path | None = None
        self._rows = 0

    def observe(self, row: Mapping[str, Any]) -> None:
        """Record a row of the live table."""
        numbers = {f"live.{name}": value for name, value in row.items() if isinstance(value, int | float)}
        self._open().log_metrics(numbers, step=self._rows)
        self._rows += 1

    def as_parent(self) -> ParentRun:
        """Open the run now, and say where jobs hang theirs below it."""
        tracker = self._open()
        where = tracker.where()
        return ParentRun(server=where.server, run=where.run) if where else ParentRun(server="off", run="")

    def close(self, metrics: Mapping[str, float], artefacts: Mapping[str, bytes], state: RunState) -> str:
        """Record aggregates and files, and close the run.

        Returns:
            One sentence on where it can be seen, or on what went wrong.
        """
        tracker = self._open()
        tracker.log_metrics({name: value for name, value in metrics.items() if math.isfinite(value)})
        with tempfile.TemporaryDirectory() as folder:
            for name, data in artefacts.items():
                path = Path(folder) / name
                path.write_bytes(data)
                tracker.log_artifact(path)
            sentence = tracker.finish(state)
        if self._copied is not None and self._copied.exists():
            Storage.open(self._out).write(REMOTE_DATABASE, self._copied.read_bytes())
        return sentence

    def _open(self) -> AbstractTracker:
        if self._tracker is None:
            self._tracker = self._make()
            self._tracker.start(self._name, params=self._params, tags=self._tags)
        return self._tracker

    def _make(self) -> AbstractTracker:
        if self._server == "off":
            return NullTracker()
        if self._server:
            return MlflowTracker(MlflowConfig(uri=self._server))
        if not self._out.startswith("s3://"):
            folder = Path(self._out.removeprefix("file://")).expanduser().absolute()
            return MlflowTracker(_database(folder / DATABASE, artefacts=(folder / "run/artefacts").as_uri()))
        self._copied = Path(tempfile.mkdtemp(prefix="facescale-")) / DATABASE
        try:
            self._copied.write_bytes(Storage.open(self._out).read(REMOTE_DATABASE))
        except (FileNotFoundError, StorageUnavailable):
            self._copied.unlink(missing_ok=True)
        return MlflowTracker(_database(self._copied, artefacts=f"{self._out.rstrip('/')}/run/artefacts"))


def _database(path: Path, *, artefacts: str) -> MlflowConfig:
    return MlflowConfig(uri=f"sqlite:///{path}", artifacts=artefacts)
