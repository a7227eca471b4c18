"""A cluster of several Ray nodes on this machine whose nodes can be lost in every way that spot machines are.

Uses `ray.cluster_utils.Cluster`; nodes have logical CPUs and GPUs. A run joins it through RAY_ADDRESS.
"""

import os
import secrets
import signal
import subprocess
import sys
from contextlib import suppress

from tests.runtime.harness import children_of, command_of, wait_until

_OBJECT_STORE = 80 * 2**20
_WORKER = r"^ray::MapWorker"


class Fleet:
    """A head without work, and nodes; a context manager.

    Args:
        nodes: how many to start with.
        cpus: logical CPUs of each, which are its workers.
        gpus: logical GPUs of each.
        lenient: leave the time after which a silent node counts as dead as it is, instead of about two seconds.
    """

    def __init__(self, *, nodes=2, cpus=1, gpus=0, lenient=False):
        # One token a process: Ray reads it once.
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
        from ray.cluster_utils import Cluster

        self._cpus, self._gpus = cpus, gpus
        quick = {
            "health_check_period_ms": 500,
            "health_check_timeout_ms": 500,
            "health_check_failure_threshold": 3,
        }
        self._cluster = Cluster(
            initialize_head=True,
            head_node_args={
                "num_cpus": 0,
                "include_dashboard": False,
                "object_store_memory": _OBJECT_STORE,
                "_system_config": {} if lenient else quick,
            },
        )
        self.nodes = []
        for _ in range(nodes):
            self.add()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for node in self.nodes:
            self.thaw(node)
        self._cluster.shutdown()

    @property
    def address(self):
        return self._cluster.gcs_address

    def add(self, *, wait=True, **environment):
        """Start one more node whose processes see these variables."""
        node = self._cluster.add_node(
            wait=wait,
            num_cpus=self._cpus,
            num_gpus=self._gpus,
            object_store_memory=_OBJECT_STORE,
            env_vars=environment,
        )
        self.nodes.append(node)
        return node

    def kill(self, node):
        """Let a node vanish with all that runs on it, as a reclaimed machine does."""
        for number in [self.raylet(node), *children_of(self.raylet(node))]:
            _signal(number, signal.SIGKILL)
        self._forget(node, graceful=False)

    def leave(self, node):
        """End a node as Kubernetes ends a pod: SIGTERM, and time to react to it."""
        self._forget(node, graceful=True)

    def drain(self, node, *, seconds):
        """Announce that a node will be taken away, as cloud providers do before they reclaim one."""
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "ray.scripts.scripts",
                "drain-node",
                f"--address={self.address}",
                f"--node-id={node.node_id}",
                "--reason=DRAIN_NODE_REASON_PREEMPTION",
                "--reason-message=told to go",
                f"--deadline-remaining-seconds={seconds}",
            ],
            capture_output=True,
            text=True,
            check=True,
        )

    def freeze(self, node):
        """Stop all processes of a node: to the others it is gone, and it does not know."""
        for number in [self.raylet(node), *children_of(self.raylet(node))]:
            _signal(number, signal.SIGSTOP)

    def thaw(self, node):
        """Let a frozen node go on where it was."""
        for number in [*children_of(self.raylet(node)), self.raylet(node)]:
            _signal(number, signal.SIGCONT)

    def raylet(self, node):
        return node.all_processes["raylet"][0].process.pid if node.all_processes else 0

    def supervisors(self, node):
        """Ids of the actors that run shards on a node."""
        return [
            number
            for number in children_of(self.raylet(node))
            if command_of(number).startswith("ray::MapWorker")
        ]

    def stage_processes(self, node):
        """Ids of the children that run the stage on a node."""
        below = children_of(self.raylet(node))
        return [number for number in below if "facescale.runtime.child" in command_of(number)]

    def alive(self):
        """How many nodes the head believes to be alive, itself not counted."""
        return sum(entry["Alive"] for entry in self._cluster.global_state.node_table()) - 1

    def _forget(self, node, *, graceful):
        self.nodes.remove(node)
        with suppress(AssertionError):
            self._cluster.remove_node(node, allow_graceful=graceful)


def _signal(number, what):
    with suppress(ProcessLookupError):
        os.kill(number, what)


def at_work(fleet, count):
    """Wait until so many children are there."""
    wait_until(
        lambda: sum(len(fleet.stage_processes(node)) for node in fleet.nodes) >= count,
        timeout=120,
        what=f"{count} children at work",
    )
