"""A cluster of several Ray nodes on this machine whose nodes can be lost in every way that spot machines are.

Uses `ray.cluster_utils.Cluster` in a process of its own: Ray reads its token and settings once a process, and
others may have started it here before. Nodes have logical CPUs and GPUs; a run joins by `Fleet.environment`.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass

from tests.runtime.harness import ROOT, children_of, command_of

_OBJECT_STORE = 80 * 2**20
_QUICK = {"health_check_period_ms": 500, "health_check_timeout_ms": 500, "health_check_failure_threshold": 3}
"""A silent node counts as dead after about two seconds."""


@dataclass(frozen=True)
class Node:
    """A node that is not the head."""

    node_id: str
    raylet: int
    """Process id."""


class Fleet:
    """A head without work, and nodes; a context manager.

    Args:
        nodes: how many to start with.
        cpus: logical CPUs of each, which are its workers.
        gpus: logical GPUs of each.
    """

    def __init__(self, *, nodes=2, cpus=1, gpus=0):
        self._shape = {"num_cpus": cpus, "num_gpus": gpus}
        self.environment = {"RAY_AUTH_TOKEN": secrets.token_hex(32), "RAY_AUTH_MODE": "token"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.runtime.fleet"],
            cwd=ROOT,
            env={
                **os.environ,
                **self.environment,
                "RAY_USAGE_STATS_ENABLED": "0",
                "RAY_BACKEND_LOG_LEVEL": "fatal",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.environment["RAY_ADDRESS"] = self._ask("head")
        self.nodes = []
        for _ in range(nodes):
            self.add()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for node in self.nodes:
            self.thaw(node)
        self._ask("close")
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def _ask(self, what, **arguments):
        self._process.stdin.write(json.dumps([what, arguments]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"the cluster's process ended at {what}"
        return json.loads(answer)

    def add(self, **environment):
        """Start one more node whose processes see these variables."""
        # What the test has set by now, such as the address of its S3 server, is what a machine would have.
        known = {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "NO_PROXY"))}
        self.nodes.append(Node(*self._ask("add", **self._shape, env_vars={**known, **environment})))
        return self.nodes[-1]

    def kill(self, node):
        """Let a node vanish with all that runs on it, as a reclaimed machine does."""
        for number in [node.raylet, *children_of(node.raylet)]:
            _signal(number, signal.SIGKILL)
        self._forget(node, graceful=False)

    def leave(self, node):
        """End a node as Kubernetes ends a pod: SIGTERM, and time to react to it."""
        self._forget(node, graceful=True)

    def drain(self, node, *, seconds):
        """Announce that a node will be taken away, as cloud providers do before they reclaim one."""
        command = ["ray.scripts.scripts", "drain-node", f"--node-id={node.node_id}"]
        command += [f"--address={self.environment['RAY_ADDRESS']}", "--reason=DRAIN_NODE_REASON_PREEMPTION"]
        command += ["--reason-message=told to go", f"--deadline-remaining-seconds={seconds}"]
        environment = {**os.environ, **self.environment}
        subprocess.run([sys.executable, "-m", *command], env=environment, capture_output=True, check=True)

    def freeze(self, node):
        """Stop all processes of a node: to the others it is gone, and it does not know."""
        for number in [node.raylet, *children_of(node.raylet)]:
            _signal(number, signal.SIGSTOP)

    def thaw(self, node):
        """Let a frozen node go on where it was."""
        for number in [*children_of(node.raylet), node.raylet]:
            _signal(number, signal.SIGCONT)

    def supervisors(self, node):
        """Ids of the actors that run shards on a node."""
        return [
            number for number in children_of(node.raylet) if command_of(number).startswith("ray::MapWorker")
        ]

    def stage_processes(self, node):
        """Ids of the children that run the stage on a node."""
        below = children_of(node.raylet)
        return [number for number in below if "facescale.runtime.child" in command_of(number)]

    def alive(self):
        """How many nodes the head believes to be alive, itself not counted."""
        return self._ask("alive")

    def _forget(self, node, *, graceful):
        self.nodes.remove(node)
        self._ask("remove", node_id=node.node_id, graceful=graceful)


def _signal(number, what):
    with suppress(ProcessLookupError):
        os.kill(number, what)


def _serve(questions, answer):
    """Hold the cluster and do what is asked, one line each."""
    from ray.cluster_utils import Cluster

    shared = {"object_store_memory": _OBJECT_STORE}
    cluster = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 0, "include_dashboard": False, "_system_config": _QUICK, **shared},
    )
    nodes = {}
    for line in questions:
        what, arguments = json.loads(line)
        if what == "close":
            break
        if what == "head":
            answer(cluster.gcs_address)
        elif what == "add":
            node = cluster.add_node(**arguments, **shared)
            nodes[node.node_id] = node
            answer([node.node_id, node.all_processes["raylet"][0].process.pid])
        elif what == "alive":
            answer(sum(entry["Alive"] for entry in cluster.global_state.node_table()) - 1)
        elif what == "remove":
            with suppress(AssertionError):  # what was killed before may not be reaped yet
                cluster.remove_node(nodes.pop(arguments["node_id"]), allow_graceful=arguments["graceful"])
            answer(None)
    cluster.shutdown()
    answer(None)


def _main():
    # Ray prints where it likes: answers go through a copy, and all else to standard error.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(value):
        out.write(json.dumps(value) + "\n")
        out.flush()

    _serve(sys.stdin, answer)


if __name__ == "__main__":
    _main()
