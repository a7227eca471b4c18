"""What happens to jobs on spot machines, one function a fault: each gets a trial and lets it happen.

Used by the tests with few items and by the soak with many.
"""

import json
import os
import random
import signal
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.runtime.harness import Detached, outcomes_in, wait_until
from tests.runtime.s3_server import puts_under
from tests.runtime.simulated_stage import item


def nothing(trial):
    """Nothing goes wrong."""
    trial.start()
    return trial.finish()


def node_killed(trial):
    """A node vanishes in the middle of its shards; another one comes in its place."""
    fleet = trial.fleet
    trial.start()
    trial.until(len(trial.items) // 4)
    victim = fleet.nodes[-1]
    trial.lose(len(fleet.supervisors(victim)))
    trial.away(2)
    fleet.kill(victim)
    fleet.add()
    trial.away(2, back=True)
    return trial.finish()


def workers_killed(trial):
    """Supervisors and children get SIGKILL, one after another, from outside."""
    chance = random.Random(7)
    trial.start()
    for part in range(1, 7):
        trial.until(part * len(trial.items) // 8)
        strike(trial, chance, supervisor=part % 2 == 0)
    return trial.finish()


def strike(trial, chance, *, supervisor):
    """Kill one supervisor, or one process that runs the stage."""
    node = chance.choice(trial.fleet.nodes)
    targets = trial.fleet.supervisors(node) if supervisor else trial.fleet.stage_processes(node)
    if targets:
        trial.lose(1)
        with suppress(ProcessLookupError):
            os.kill(chance.choice(targets), signal.SIGKILL)


def driver_killed(trial):
    """The driver's machine vanishes, and the same command is given again."""
    trial.start()
    trial.until(len(trial.items) // 3)
    trial.kill_driver()
    trial.start(takeover=True)
    return trial.finish()


def node_leaves(trial):
    """A node is ended as Kubernetes ends a pod."""
    fleet = trial.fleet
    trial.start()
    trial.until(len(trial.items) // 4)
    victim = fleet.nodes[-1]
    trial.lose(len(fleet.supervisors(victim)))
    trial.away(2)
    fleet.leave(victim)
    fleet.add()
    trial.away(2, back=True)
    return trial.finish()


def node_announced(trial, *, notice_s=10):
    """A node is announced to go, hands back what it can, and is taken away."""
    fleet = trial.fleet
    trial.start()
    trial.until(len(trial.items) // 4)
    victim = fleet.nodes[-1]
    trial.lose(len(fleet.supervisors(victim)))
    trial.away(2)
    fleet.drain(victim, seconds=notice_s)
    time.sleep(notice_s)
    fleet.kill(victim)
    fleet.add()
    trial.away(2, back=True)
    return trial.finish()


def nodes_late(trial):
    """Half of the workers that were asked for come late."""
    fleet = trial.fleet
    gone = fleet.nodes[-1]
    fleet.kill(gone)
    trial.start()
    trial.away(2)
    trial.until(len(trial.items) // 4)
    fleet.add()
    trial.away(2, back=True)
    return trial.finish()


def zombie(trial):
    """A node falls silent until it is given up, and comes back to life with its work half done."""
    fleet = trial.fleet
    trial.start()
    trial.until(len(trial.items) // 4)
    victim, before = fleet.nodes[-1], fleet.alive()
    trial.lose(len(fleet.supervisors(victim)))
    trial.away(2)
    fleet.freeze(victim)
    wait_until(lambda: fleet.alive() < before, timeout=60, what="the loss of a silent node")
    fleet.add()
    trial.away(2, back=True)
    trial.until(3 * len(trial.items) // 4)
    fleet.thaw(victim)
    count = trial.finish()
    fleet.kill(victim)
    return count


def two_drivers(trial):
    """A second job starts in the same folder: it is refused; a third takes the folder over."""
    trial.start()
    trial.until(len(trial.items) // 6)
    code, said = trial.another().end(timeout=200)
    assert code == 4, said
    assert "in use by" in said
    return trial.finish()


def taken_over(trial):
    """A second job takes the folder from the first one, which stops."""
    trial.start()
    trial.until(len(trial.items) // 6)
    first = trial.driver
    # The first one lives: until it looks at its lease both do the same items, and one of them in vain.
    trial.in_flight += len(trial.items)
    trial.start(takeover=True)
    code, said = first.end(timeout=200)
    assert code == 4, said
    return trial.finish()


def gpu_broken(trial, *, action):
    """One of two nodes has a device on which every fit fails: it raises, or takes its process with it."""
    fleet = trial.fleet
    fleet.kill(fleet.nodes[-1])
    bad = fleet.add(SIMULATED_FIT=action)
    trial.start()
    # Two workers begin three shards each, of which three children die or one item known to be good is repeated.
    trial.lose(4)
    trial.away(2)
    count = trial.finish()
    fleet.kill(bad)
    fleet.add()
    return count


def disk_full(trial):
    """One of two nodes has no space left on its own disk, while OUT is on S3."""
    fleet = trial.fleet
    fleet.kill(fleet.nodes[-1])
    bad = fleet.add(SIMULATED_SAVE="no-space")
    trial.start()
    trial.lose(4)
    trial.away(2)
    count = trial.finish()
    fleet.kill(bad)
    fleet.add()
    return count


def store_storms(trial):
    """The store refuses, stalls, and loses the answers of what it has done."""
    server = trial.server
    server.fail(60, "SlowDown", probability=0.3)
    server.lose_answers(20, match=puts_under("outcomes/"), probability=0.4)
    server.delay(10, 2.0, match=puts_under("items/"), probability=0.3)
    trial.start()
    return trial.finish()


class Trackers:
    """Something that answers like a tracking server for so many requests, and then never again."""

    def __init__(self, answers):
        self.left = answers
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.do_GET()

            def do_GET(self):
                length = int(self.headers.get("Content-Length") or 0)
                self.rfile.read(length)
                outer.left -= 1
                root = {"artifact_location": "mlflow-artifacts:/1", "lifecycle_stage": "active"}
                run = {"run_id": "r", "run_uuid": "r", "experiment_id": "1", "status": "RUNNING"}
                run |= {"artifact_uri": "mlflow-artifacts:/1/r", "lifecycle_stage": "active"}
                experiment = {"experiment_id": "1", "name": "facescale", **root}
                answer = {"experiment_id": "1", "experiment": experiment, "run": {"info": run, "data": {}}}
                body = json.dumps(answer).encode()
                self.send_response(200 if outer.left >= 0 else 503)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def tracking_away(folder, *, when):
    """MLflow is away from the start, goes away while the run is opened, or before it is closed.

    Returns:
        How many items were done, and what the driver said.
    """
    server = Trackers({"start": 0, "middle": 1, "end": 3}[when])
    items = [item(f"s-{number:02d}", fit_s=0.05) for number in range(12)]
    driver = Detached(folder / "out", items, mlflow=server.url, engine="local", workers=2)
    try:
        code, said = driver.end(timeout=200)
    finally:
        server.close()
    assert code == 0, said
    return outcomes_in(folder / "out"), said


def gpu_raises(trial):
    """Every fit fails on one of two nodes, with an ordinary exception."""
    return gpu_broken(trial, action="broken-gpu")


def gpu_crashes(trial):
    """Every fit on one of two nodes takes its process with it."""
    return gpu_broken(trial, action="segfault")
