import os
import signal
import sys

import pytest

from facescale.runtime.protocol import Shard, Task, WorkerConfig
from facescale.runtime.ray_engine import RayEngine
from facescale.runtime.stage import StageSpec
from facescale.runtime.summary import ExitStatus
from tests.runtime.harness import FACTORY, simulate, statuses
from tests.runtime.simulated_stage import item


def healthy(count, **attributes):
    return [item(f"s-{number:02d}", **attributes) for number in range(count)]


def engine_of(out, *, workers=1):
    config = WorkerConfig(
        spec=StageSpec(factory=FACTORY), out=str(out), run="r", deadline_s=20.0, setup_deadline_s=20.0
    )
    return RayEngine(config, workers=workers, address="")


@pytest.mark.parametrize("engine", ["local", "ray"])
def test_a_broken_worker_gets_no_more_work_and_the_others_do_it_all(ray_cluster, tmp_path, engine, capsys):
    stage = {"setup": f"broken-for-one:{tmp_path / 'broken'}"}
    report = simulate(tmp_path / "out", healthy(24, fit_s=0.1), engine=engine, workers=3, stage=stage)
    assert set(statuses(report).values()) == {"done"}
    assert report.exit_status is ExitStatus.FINE
    said = capsys.readouterr().err
    assert "gets no more work" in said
    assert "told to be broken" in said
    assert (tmp_path / "broken").read_text() not in {row["worker"] for row in report.results.to_pylist()}


def test_a_node_that_sees_another_folder_stops_the_run(ray_cluster, tmp_path):
    engine = engine_of(tmp_path / "not-where-the-driver-is")
    shard = Shard(number=0, tasks=(Task(key="0" * 64, item=item("a")),))
    (report,) = engine.run([shard])
    engine.close()
    assert (report.kind, report.reason) == ("stop", "out-not-shared")
    assert "s3://" in report.message


def test_the_engine_leaves_signals_and_console_as_they_were(ray_cluster, tmp_path, capfd):
    before = signal.getsignal(signal.SIGTERM)
    report = simulate(tmp_path / "out", healthy(4), engine="ray")
    assert report.summary.done == 4
    assert signal.getsignal(signal.SIGTERM) is before
    said = capfd.readouterr()
    assert said.out == ""
    assert all(line.startswith("simulated:") for line in said.err.splitlines()), said.err


def test_nobody_joins_a_local_ray_without_its_token(ray_cluster):
    import subprocess

    code = f"import ray; ray.init(address={ray_cluster!r}, logging_level='ERROR'); print('joined')"
    without = {name: value for name, value in os.environ.items() if name != "RAY_AUTH_TOKEN"}
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**without, "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode != 0
    assert "joined" not in run.stdout
    assert "AuthenticationError" in run.stderr
