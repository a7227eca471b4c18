"""The MLflow tracker: one run a job, from the driver. Knows nothing of Ray, items or faces.

All calls go through one thread, because a first contact with a database takes seconds and an absent server
minutes, and neither may hold up the driver.
"""

import logging
import math
import os
import tempfile
import typing
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facescale.tracking.tracker import AbstractTracker, RunState, TrackedRun

MAX_PARAM_LENGTH = 6000
"""MLflow refuses longer parameter values."""

SQLITE = "sqlite:///"


@dataclass(frozen=True, kw_only=True)
class MlflowConfig:
    """Where runs are recorded."""

    uri: str
    """Tracking server or "sqlite:////absolute/mlflow.db"."""
    experiment: str = "facescale"
    artifacts: str = ""
    """Artefact root of a new experiment; empty leaves it to the server."""
    patience_s: float = 30.0
    """Longest wait for the store when the run closes."""


@typing.final
class MlflowTracker(AbstractTracker):
    """Records to MLflow; on the first failure it remembers why, and does nothing from then on."""

    def __init__(self, config: MlflowConfig) -> None:
        self._config = config
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mlflow")
        self._pending: list[Future[None]] = []
        self._client: Any = None
        self._run_id = ""
        self._problem = ""

    def start(self, name: str, *, params: Mapping[str, object], tags: Mapping[str, str]) -> None:
        """Open the run in the background."""
        self._submit(lambda: self._start(name, dict(params), dict(tags)))

    def where(self) -> TrackedRun | None:
        """Wait for the run's id; gives up after `patience_s`."""
        try:
            for future in self._pending:
                future.result(timeout=self._config.patience_s)
        except FutureTimeoutError:
            return None
        return TrackedRun(server=self._config.uri, run=self._run_id) if self._run_id else None

    def log_metrics(self, metrics: Mapping[str, float], *, step: int = 0) -> None:
        """Record finite aggregates; MLflow has no place for NaN in every store."""
        finite = {key: float(value) for key, value in metrics.items() if math.isfinite(value)}
        self._submit(lambda: self._log_metrics(finite, step))

    def log_artifact(self, path: Path) -> None:
        """Attach a file."""
        self._submit(lambda: self._client.log_artifact(self._run_id, str(path)))

    def finish(self, state: RunState) -> str:
        """Close the run; gives up after `patience_s` and says so."""
        self._submit(lambda: self._client.set_terminated(self._run_id, status=state))
        try:
            for future in self._pending:
                future.result(timeout=self._config.patience_s)
        except FutureTimeoutError:
            self._problem = f"MLflow at {self._config.uri} did not answer in {self._config.patience_s:.0f} s"
        self._thread.shutdown(wait=False, cancel_futures=True)
        return self._problem or f"MLflow run {self._run_id} in {self._config.uri}"

    def _submit(self, call: Callable[[], object]) -> None:
        self._pending.append(self._thread.submit(self._attempt, call))

    def _attempt(self, call: Callable[[], object]) -> None:
        # MLflow wraps what goes wrong in MlflowException; the rest is sockets, files, its database and clients.
        from botocore.exceptions import BotoCoreError
        from mlflow.exceptions import MlflowException
        from sqlalchemy.exc import SQLAlchemyError

        if self._problem:
            return
        try:
            call()
        except (MlflowException, SQLAlchemyError, BotoCoreError, OSError, ImportError) as error:
            first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
            self._problem = f"MLflow at {self._config.uri} failed, the run goes on without it: {first_line}"

    def _start(self, name: str, params: dict[str, object], tags: dict[str, str]) -> None:
        # The defaults retry for minutes; a job that lost its server learns of it at once instead.
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
        # It announces every migration of a new database on standard error.
        logging.getLogger("mlflow").setLevel(logging.WARNING)
        from mlflow.entities import Param
        from mlflow.tracking import MlflowClient

        if self._config.uri.startswith(SQLITE):
            make_database(Path(self._config.uri.removeprefix(SQLITE)), artifacts=self._config.artifacts)
        self._client = MlflowClient(tracking_uri=self._config.uri)
        experiment = self._client.get_experiment_by_name(self._config.experiment)
        experiment_id = (
            experiment.experiment_id
            if experiment
            else self._client.create_experiment(
                self._config.experiment, artifact_location=self._config.artifacts or None
            )
        )
        self._run_id = self._client.create_run(experiment_id, run_name=name, tags=tags).info.run_id
        self._client.log_batch(
            self._run_id,
            params=[Param(key, str(value)[:MAX_PARAM_LENGTH]) for key, value in params.items()],
        )

    def _log_metrics(self, metrics: dict[str, float], step: int) -> None:
        import time

        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        self._client.log_batch(
            self._run_id, metrics=[Metric(key, value, now, step) for key, value in metrics.items()]
        )


def make_database(path: Path, *, artifacts: str = "") -> None:
    """Make an empty database of MLflow's where there is none, whole or not at all.

    It takes dozens of migrations, and one that was cut off between them opens never again.

    Args:
        path: of the file; one that is there is left alone.
        artifacts: root of its default experiment's; empty: a folder beside it.
    """
    if path.exists():
        return
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        fresh = Path(folder) / path.name
        store = SqlAlchemyStore(f"{SQLITE}{fresh}", artifacts or (path.parent / "mlruns").as_uri())
        store.engine.dispose()
        try:
            # a replacement would drop what another process has written meanwhile
            os.link(fresh, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links
            fresh.replace(path)
