"""Runs of the simulated stage for tests: in this process or in one of their own that can be killed."""

import hashlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

from facescale.runtime.manifest import build_manifest
from facescale.runtime.options import RunOptions
from facescale.runtime.outcomes import OutcomeLedger
from facescale.runtime.run import run
from facescale.runtime.stage import StageSpec
from facescale.runtime.storage import Storage
from tests.runtime.simulated_stage import item

FACTORY = "tests.runtime.simulated_stage:make_stage"
ROOT = Path(__file__).parents[2]


def manifest_of(items):
    return build_manifest(items, method={"name": "simulated"}, assets={}, method_version=1)


def simulate(out, items, *, stage=None, selection=None, config=None, observer=None, **options):
    """Run in this process."""
    spec = StageSpec(factory=FACTORY, arguments=stage or {})
    options = RunOptions(**{"engine": "local", "workers": 2, "deadline_s": 20.0, **options})
    return run(
        spec, manifest_of(items), str(out), options, selection=selection, config=config, observer=observer
    )


def by_item(report):
    """Item -> its row of the results table."""
    return {row["item"]: row for row in report.results.to_pylist()}


def statuses(report):
    return {name: row["status"] for name, row in by_item(report).items()}


class Detached:
    """A run in a process of its own."""

    def __init__(self, out, items, *, stage=None, largest_file=None, environment=None, mlflow="", **options):
        job = {
            "out": str(out),
            "items": [(entry.item, dict(entry.attributes)) for entry in items],
            "stage": stage or {},
            "mlflow": mlflow,
            "options": options,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.runtime.harness"],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.process.stdin.write(json.dumps(job))
        self.process.stdin.close()
        self.process.stdin = None
        if largest_file is not None:
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (largest_file, largest_file))

    def kill(self, number=signal.SIGKILL):
        os.kill(self.process.pid, number)
        return self.end()

    def end(self, timeout=120):
        """Wait; return exit status and all that was printed."""
        said, _ = self.process.communicate(timeout=timeout)
        return self.process.returncode, said


def wait_until(condition, *, timeout=60.0, what="the condition"):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"{what} did not come true within {timeout} s"
        time.sleep(0.02)


def outcomes_in(out):
    """Number of outcome objects; cheap, for polling."""
    return sum(1 for _ in Path(out).glob("outcomes/*/*.json"))


def verify_everything(out, manifest):
    """Check all that an OUT promises: every outcome is whole, and every file that it vouches for is there."""
    ledger = OutcomeLedger(Storage.open(out))
    keys = set(manifest["key"].to_pylist())
    assert ledger.final_keys() <= keys
    for key in ledger.final_keys():
        outcome = ledger.get(key)
        for record in outcome.files:
            data = Path(out, outcome.attempt, record.path).read_bytes()
            assert (len(data), hashlib.sha256(data).hexdigest()) == (record.size, record.sha256)


def children_of(pid):
    """Ids of the processes that a process started, and of theirs."""
    found = []
    for task in Path("/proc").glob(f"{pid}/task/*/children"):
        try:
            direct = [int(word) for word in task.read_text().split()]
        except OSError:
            continue
        for child in direct:
            found += [child, *children_of(child)]
    return found


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def workers_below(pid, pattern):
    """Ids of the processes below another whose command line matches."""
    return [number for number in children_of(pid) if re.search(pattern, command_of(number))]


def children_at_work_on(out):
    """Ids of all children that run a stage into this OUT, whoever started them."""
    numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    pattern = rf"facescale\.runtime\.child \S+ {re.escape(str(out))} "
    return [number for number in numbers if re.search(pattern, command_of(number))]


def _main(text):
    job = json.loads(text)
    items = [item(name, **attributes) for name, attributes in job["items"]]
    observer, close = _tracked(job["out"], job["mlflow"])
    report = simulate(job["out"], items, stage=job["stage"], observer=observer, **job["options"])
    print(report.summary, report.why)
    close(report)
    return int(report.exit_status)


def _tracked(out, server):
    """Track as the pipelines do, where a server is named."""
    if not server:
        return None, lambda _report: None
    from facescale.pipelines.job_tracking import JobTracking

    tracking = JobTracking(out, server, name="simulated", params={})
    return tracking.observe, lambda report: print(tracking.close({"done": report.summary.done}, {}, "FINISHED"))


if __name__ == "__main__":
    sys.exit(_main(sys.stdin.read()))
