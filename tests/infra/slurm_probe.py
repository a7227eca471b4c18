"""Stands for a job: `python -m tests.infra.slurm_probe --engine ray --address ... --workers ... --device ...`.

Says what it was given and what Ray it found, waits to be told to stop, and ends as an interrupted run does.
"""

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

INTERRUPTED = 130


def main() -> int:
    parser = argparse.ArgumentParser()
    for flag in ("--out", "--engine", "--address", "--workers", "--device"):
        parser.add_argument(flag, required=True)
    given = parser.parse_args()
    import ray

    ray.init(address=given.address, logging_level="ERROR", log_to_driver=False)
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    found = {
        **vars(given),
        "nodes": sum(node["Alive"] for node in ray.nodes()),
        "cpus": ray.cluster_resources()["CPU"],
        "token": os.environ["RAY_AUTH_TOKEN"],
        "mode": os.environ["RAY_AUTH_MODE"],
    }
    note = Path(given.out)
    note.with_suffix(".part").write_text(json.dumps(found))
    note.with_suffix(".part").rename(note)
    return INTERRUPTED if told.wait(120) else 1


if __name__ == "__main__":
    sys.exit(main())
