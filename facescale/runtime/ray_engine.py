"""Supervisors in actors of Ray Data, on this machine or a cluster. The only module that imports Ray.

Ray Data carries shards out and small reports back; it writes nothing and never sees a stage.
"""

import contextlib
import json
import logging
import math
import os
import secrets
import signal
import socket
import sys
import tempfile
import threading
import time
import typing
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import ray
import ray.data
from ray.exceptions import RayActorError, RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from facescale.runtime.board import Board
from facescale.runtime.cluster_access import refuse_open_cluster
from facescale.runtime.deadlines import no_progress_s
from facescale.runtime.engine import nobody_left, workers_held
from facescale.runtime.lease import read_lease
from facescale.runtime.local_engine import cores
from facescale.runtime.protocol import Report, Shard, Task, WorkerConfig, item_from_json
from facescale.runtime.storage import Storage, StorageUnavailable
from facescale.runtime.supervisor import Supervisor
from facescale.structures.outcome import Outcome

_SPARE_CPUS = 2
"""Logical CPUs beyond the workers', so that Ray Data's own tasks can never starve behind the actors."""
_QUIET = {"RAY_BACKEND_LOG_LEVEL": "fatal"}
"""Ray reports as an error that the actors of Ray Data take arguments from the object store. Set the variable to
"info" to have Ray's own log files speak again."""
_OBJECT_STORE = 100 * 2**20
_FAILED_STARTS = 10
_HOLD_S = 2.0
_NEWS_S = 1.0
"""Between two questions of a worker whether it must go."""
_REPORT = {field.name: field.type for field in fields(Report)}
_ARROW: Mapping[Any, pa.DataType] = {int: pa.int64(), bool: pa.bool_()}
_SCHEMA = pa.schema([(name, _ARROW.get(kind, pa.string())) for name, kind in _REPORT.items()])


@typing.final
class RayEngine:
    """Runs shards through one pool of actors per pass."""

    def __init__(self, config: WorkerConfig, *, workers: int, address: str) -> None:
        """Join a cluster, or start Ray on this machine.

        Args:
            config: of the run.
            workers: size of the pool; 0 takes as many as the cluster holds now.
            address: of a cluster; empty takes RAY_ADDRESS, and without that this machine. A Ray that this
                process already joined is used as it is.
        """
        self._config = config
        self._connection = contextlib.ExitStack()
        self._batches: Any = None
        self._board: Any = None
        self._halted = False
        self._avoided: set[str] = set()
        """Nodes on which a worker was out: what it gave back goes elsewhere."""
        self._metrics: Metrics | None = None
        address = address or os.environ.get("RAY_ADDRESS", "")
        if ray.is_initialized():
            local = False
        elif address:
            local = False
            refuse_open_cluster(address, os.environ, home=Path.home())
            self._connection.enter_context(_joined(address))
        else:
            local = True
            cpus = max(cores(), math.ceil(workers * config.num_cpus)) + _SPARE_CPUS
            self._connection.enter_context(start_ray(cpus))
        held = ray.cluster_resources()
        cpus = cores() if local else held.get("CPU", 0.0)
        self._workers = workers or workers_held(config, cpus=cpus, gpus=held.get("GPU", 0.0))
        _quieten()

    @property
    def workers(self) -> int:
        """How many work side by side."""
        return self._workers

    def run(self, shards: Sequence[Shard], *, witness: Task | None = None) -> Iterator[Report]:
        """Run shards to their ends; reports arrive a shard at a time. See `engine.Engine`."""
        if not shards:
            return
        # What was given back must not meet the one worker that gave it back.
        pool = self._workers if shards[0].last_instance else min(self._workers, len(shards))
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        remote: Any = ray.remote(Board)
        board = remote.options(num_cpus=0, scheduling_strategy=here).remote(len(shards), pool, _leaving_nodes)
        self._board = board
        if self._halted:
            board.halt.remote()
        self._batches = iter(self._dataset(shards, pool, board, witness))
        out: set[str] = set()
        done_with: set[str] = set()
        for batch in self._batches:
            for row in batch.to_pylist():
                report = Report(**row)
                yield report
                if report.kind == "out":
                    out.add(report.worker)
                    self._avoided.add(report.node)
                    if len(out) == pool:
                        yield nobody_left(report.worker, report.message)
                if self._halted and report.kind == "returned":
                    done_with.add(report.worker)
            # Every shard that nobody has begun would cost another dispatch, only to be handed back.
            if done_with:
                joined: Any = ray.get(board.joined.remote())
                if len(done_with) >= joined:
                    return
        self._batches = None

    def halt(self) -> None:
        """See `engine.Engine`."""
        self._halted = True
        if self._board is not None:
            self._board.halt.remote()

    def observe(self, outcome: Outcome) -> None:
        """Count an item in Ray's own metrics, which Prometheus collects from every node."""
        if self._metrics is None:
            self._metrics = Metrics()
        self._metrics.observe(outcome)

    def close(self) -> None:
        """Stop at once; what is going on is lost."""
        if self._batches is not None:
            self._batches.close()
            self._batches = None
        self._connection.close()

    def _dataset(self, shards: Sequence[Shard], pool: int, board: Any, witness: Task | None) -> Any:
        # A block is what one actor gets at a time, and an actor gets no second one before the first has ended.
        # The blocks are made here and not by a `repartition`: that is a task, which needs a CPU of its own and
        # never starts where workers have taken them all.
        data = ray.data.from_blocks([pa.table({"shard": [_to_json(shard)]}) for shard in shards])
        self._configure(data.context, longest=max(len(shard.tasks) for shard in shards))
        config = self._config
        resources: dict[str, Any] = {"num_cpus": config.num_cpus}
        if config.num_gpus > 0:
            resources["num_gpus"] = config.num_gpus
        if config.memory > 0:
            resources["memory"] = config.memory
        if self._avoided and _others_than(self._avoided):
            resources["label_selector"] = {"ray.io/node-id": f"!in({','.join(sorted(self._avoided))})"}
        return data.map_batches(
            RayWorker,
            fn_constructor_args=(config, board, witness),
            compute=ray.data.ActorPoolStrategy(size=pool, max_tasks_in_flight_per_actor=1),
            batch_size=None,
            batch_format="pyarrow",
            **resources,
        ).iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0)

    def _configure(self, context: Any, *, longest: int) -> None:
        context.enable_progress_bars = False
        context.enable_auto_log_stats = False
        # An actor that is killed while it starts says little of the next one.
        context.max_consecutive_actor_init_deaths = _FAILED_STARTS * self._workers
        context.execution_no_progress_timeout_s = no_progress_s(
            longest_shard=longest,
            deadline_s=self._config.deadline_s,
            setup_deadline_s=self._config.setup_deadline_s,
        )


@typing.final
class RayWorker:
    """What an actor of the pool runs: one supervisor."""

    def __init__(self, config: WorkerConfig, board: Any, witness: Task | None) -> None:
        actor = ray.get_runtime_context().get_actor_id() or secrets.token_hex(4)
        # The actor's id outlives its process: a restarted actor is the same worker.
        self._name = f"{socket.gethostname()}-{actor[:8]}"
        self._board = board
        self._out = config.out
        self._seen = False
        self._patience_s = config.deadline_s
        self._supervisor = Supervisor(config, self._name, witness=witness, find_witness=self._find_witness)
        board.join.remote(self._name)
        threading.Thread(target=self._watch, name="notice", daemon=True).start()

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Run the one shard of a block."""
        shard = _from_json(batch["shard"][0].as_py())
        if not self._seen and (blind := self._blind()):
            return _table([blind])
        self._seen = True
        if self._supervisor.is_out:
            self._hold()
        node = ray.get_runtime_context().get_node_id()
        found = self._supervisor.run(shard)
        reports = [replace(one, node=node) if one.kind == "out" else one for one in found]
        if self._supervisor.is_out:
            self._board.leave.remote(self._name)
        self._board.end.remote(shard.number, self._supervisor.witness)
        return _table(reports)

    def _watch(self) -> None:
        """Hand back before the node goes, where that is announced, or when the run is to end."""
        node = ray.get_runtime_context().get_node_id()
        try:
            while not ray.get(self._board.must_go.remote(node)):
                time.sleep(_NEWS_S)
        except RayError:
            return  # the board is gone, and the run with it
        self._supervisor.hand_back()
        self._board.leave.remote(self._name)

    def _find_witness(self) -> Task | None:
        """Wait for an item that another worker has done, as long as one may come."""
        end = time.monotonic() + self._patience_s
        try:
            while time.monotonic() < end:
                witness, may_come = ray.get(self._board.doubt.remote(self._name))
                if witness is not None or not may_come:
                    return witness
                time.sleep(_NEWS_S)
        except RayError:
            return None
        finally:
            self._board.trust.remote(self._name)
        return None

    def _blind(self) -> Report | None:
        """Report that this node sees another OUT than the driver, which the folder of one machine is."""
        reason = "out-not-shared"
        message = (
            f"{self._out} on node {socket.gethostname()} is not the folder that the driver sees; "
            "use s3:// or a folder that is mounted on every node"
        )
        try:
            if read_lease(Storage.open(self._out)) is not None:
                return None
        except StorageUnavailable as error:
            reason, message = error.kind, error.message
        return Report(kind="stop", worker=self._name, reason=reason, message=message)

    def _hold(self) -> None:
        # Ray Data hands shards to whoever is idle: a worker that gave each of them back at once would go
        # through the whole run. So it keeps one until the others have done the rest.
        try:
            while not ray.get(self._board.only_held_left.remote()):
                time.sleep(_HOLD_S)
        except RayActorError:
            return  # the board went with its node, and the run goes with it


@typing.final
class Metrics:
    """What Ray publishes of a run for Prometheus."""

    def __init__(self) -> None:
        from ray.util.metrics import Counter

        self._items = Counter("facescale_items", "Items that came to an end.", ("status", "reason"))
        self._seconds = Counter("facescale_seconds", "Worker seconds of items, by stage.", ("stage",))

    def observe(self, outcome: Outcome) -> None:
        """Count one item."""
        self._items.inc(1.0, {"status": outcome.status.value, "reason": outcome.reason})
        for stage, seconds in outcome.timings.items():
            if seconds > 0:
                self._seconds.inc(seconds, {"stage": stage})


def _others_than(nodes: Collection[str]) -> bool:
    """Whether a node that is alive and takes work is none of these."""
    return any(
        node["Alive"] and node["NodeID"] not in nodes and node["Resources"].get("CPU", 0) > 0
        for node in ray.nodes()
    )


def _leaving_nodes() -> Collection[str]:
    """Return the ids of nodes that were announced to go: by a cloud, an autoscaler or `ray drain-node`."""
    # Ray has no public call for it; its own libraries use this one.
    from ray._private.state import state

    return frozenset(state.get_draining_nodes())


@contextlib.contextmanager
def _joined(address: str) -> Iterator[None]:
    with _environment(_QUIET):
        with _held_back_stderr(), _own_signals():
            ray.init(address=address, logging_level=logging.ERROR, log_to_driver=False)
        try:
            yield
        finally:
            ray.shutdown()


@contextlib.contextmanager
def start_ray(cpus: int) -> Iterator[None]:
    """Run a Ray of our own on this machine.

    Args:
        cpus: logical CPUs, which may be more than the machine has.
    """
    # A token of our own: nobody else on the machine may use this Ray, and no file is left in HOME. Ray reads it
    # once a process, so it stays.
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    with _environment({**_QUIET, "RAY_USAGE_STATS_ENABLED": "0"}):
        with _held_back_stderr(), _own_signals():
            ray.init(
                address="local",
                num_cpus=cpus,
                include_dashboard=False,
                object_store_memory=_OBJECT_STORE,
                logging_level=logging.ERROR,
                log_to_driver=False,
            )
        try:
            yield
        finally:
            ray.shutdown()


@contextlib.contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Set variables that the user has not set, for as long as Ray runs."""
    added = {name: value for name, value in wanted.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """Undo that Ray takes SIGTERM for itself: the run around it has its own way to end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _held_back_stderr() -> Iterator[None]:
    """Hold back what is written to stderr meanwhile, and leave out what Ray says of its own log level."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as aside, open(os.dup(2), "wb", buffering=0) as console:  # noqa: PTH123
        os.dup2(aside.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(console.fileno(), 2)
            aside.seek(0)
            console.writelines(line for line in aside if b"RAY_BACKEND_LOG_LEVEL" not in line)


def _quieten() -> None:
    """Leave the console to our own live table; Ray Data's log files stay as they are."""
    for handler in logging.getLogger("ray.data").handlers:
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            handler.setLevel(logging.ERROR)


def _table(reports: Sequence[Report]) -> pa.Table:
    return pa.Table.from_pylist([asdict(report) for report in reports], schema=_SCHEMA)


def _to_json(shard: Shard) -> str:
    return json.dumps(asdict(shard))


def _from_json(text: str) -> Shard:
    read = json.loads(text)
    tasks = tuple(Task(key=task["key"], item=item_from_json(task["item"])) for task in read["tasks"])
    return Shard(**{**read, "tasks": tasks})
