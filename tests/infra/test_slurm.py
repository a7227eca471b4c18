"""The batch script, with Slurm's two commands replaced by ones that run everything here."""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time

import pytest

from tests.infra.processes import ROOT, clean_environment, family, free_port, marked, wait_for

SCRIPT = ROOT / "infra/slurm/facescale.sbatch"
SCONTROL = """#!/bin/sh
[ "$1 $2" = "show hostnames" ] || exit 1
printf 'node1\\nnode2\\n'
"""
# Takes srun's own options away. Two Ray nodes on one machine want ports of their own.
SRUN = """#!/usr/bin/env python
import os, socket, sys

def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])

words = sys.argv[1:]
while words[0].startswith("--"):
    words.pop(0)
if words[:2] == ["ray", "start"]:
    words += ["--dashboard-agent-listen-port", port(), "--metrics-export-port", port()]
    if "--head" in words:
        words += ["--ray-client-server-port", port()]
os.execvp(words[0], words)
"""


def test_shellcheck_finds_nothing_in_any_script():
    scripts = [*ROOT.glob("infra/**/*.sh"), *ROOT.glob("infra/**/*.sbatch")]
    assert len(scripts) == 2
    checked = subprocess.run(
        [f"{sys.prefix}/bin/shellcheck", *map(str, scripts)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def test_without_an_entry_file_it_says_what_was_expected():
    ended = subprocess.run(
        ["bash", str(SCRIPT)], capture_output=True, text=True, check=False, env=clean_environment()
    )
    assert ended.returncode == 2
    assert "expected an entry file" in ended.stderr


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_ray_of_all_nodes_starts_the_job_is_told_to_stop_and_nothing_is_left(tmp_path):
    for name, text in (("scontrol", SCONTROL), ("srun", SRUN)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    note, log, mark = tmp_path / "found.json", tmp_path / "log", secrets.token_hex(8)
    with tempfile.TemporaryDirectory(prefix="fs-slurm-", ignore_cleanup_errors=True) as folder:
        environment = clean_environment(
            SLURM_JOB_ID="4711",
            SLURM_JOB_NODELIST="node[1-2]",
            SLURM_CPUS_PER_TASK="3",
            FACESCALE_RAY_PORT=str(free_port()),
            TMPDIR=folder,
        )
        environment["PATH"] = f"{tmp_path}:{environment['PATH']}"
        with family(environment, mark) as start:
            batch = start(["bash", str(SCRIPT), "tests.infra.slurm_probe", "--out", str(note)], log)
            wait_for(note.exists, batch, log, seconds=200)
            found = json.loads(note.read_text())
            os.kill(batch.pid, signal.SIGTERM)
            assert batch.wait(timeout=60) == 130, log.read_text()
            deadline = time.monotonic() + 20
            while marked(mark) and time.monotonic() < deadline:
                time.sleep(0.2)
            assert marked(mark) == []
    assert found["nodes"] == 2
    assert found["cpus"] == 3 + 3 + 2
    assert found["workers"] == "6"
    assert (found["engine"], found["device"], found["mode"]) == ("ray", "cpu", "token")
    assert len(found["token"]) == 64
    assert found["token"] not in log.read_text()
