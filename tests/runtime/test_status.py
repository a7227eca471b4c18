import json
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from facescale.runtime.lease import Lease, read_lease
from facescale.runtime.status import Pulse, RunStatus, read_status, render
from facescale.structures.outcome import Status
from tests.runtime.ledger_of import SmallOut


@pytest.fixture
def out(tmp_path):
    out = SmallOut(str(tmp_path / "out"), count=10)
    for number in range(4):
        out.end(number, run="run-2" if number else "run-1", timings={"fit": float(number)})
    out.end(4, Status.REJECTED, run="run-2", reason="no-face")
    out.end(5, Status.REJECTED, run="run-2", reason="no-face")
    out.end(6, Status.FAILED, run="run-2", reason="timeout")
    return out


def look(out: SmallOut, *, after_s: float) -> RunStatus:
    started = datetime.fromisoformat(read_lease(out.storage).started)
    return read_status(out.storage, now=started + timedelta(seconds=after_s))


def shown(status: RunStatus) -> str:
    console = Console(width=250, force_terminal=False)
    with console.capture() as capture:
        console.print(render(status))
    return capture.get()


def test_a_folder_that_nobody_worked_in_never_started(out):
    status = read_status(out.storage)
    assert status.pulse is Pulse.NEVER
    assert (status.items_per_s, status.eta_s, status.committed) == (None, None, 0)
    assert "never started" in shown(status)


def test_the_counts_add_up_and_the_reasons_are_counted(out):
    status = read_status(out.storage)
    summary = status.summary
    assert (summary.total, summary.done, summary.rejected, summary.failed, summary.pending) == (10, 4, 2, 1, 3)
    assert dict(status.reasons) == {"rejected: no-face": 2, "failed: timeout": 1}


def test_a_running_job_has_a_rate_and_an_eta(out):
    with Lease.acquire(out.storage, "run-2"):
        status = look(out, after_s=50.0)
    assert status.pulse is Pulse.RUNNING
    assert (status.run, status.committed) == ("run-2", 6)
    assert status.items_per_s == pytest.approx(6 / 50.0)
    assert status.eta_s == pytest.approx(3 / (6 / 50.0))
    assert "run run-2" in shown(status)
    assert "25 s left" in shown(status)


def test_a_job_that_fell_silent_is_dead_and_has_no_eta(out):
    lease = Lease.acquire(out.storage, "run-2")
    lease._stopped.set()
    status = look(out, after_s=3600.0)
    assert status.pulse is Pulse.SILENT
    assert status.eta_s is None
    assert "dead, last heard of 1 h 00 min ago" in shown(status)


def test_a_job_that_ended_is_finished_however_long_ago(out):
    Lease.acquire(out.storage, "run-2").release()
    assert look(out, after_s=1.0).pulse is Pulse.FINISHED
    assert look(out, after_s=1e6).pulse is Pulse.FINISHED


def test_the_slowest_items_come_first(out):
    slowest = read_status(out.storage).slowest
    assert [(slow.item, slow.seconds) for slow in slowest] == [
        ("003", 3.0),
        ("002", 2.0),
        ("001", 1.0),
        ("000", 0.0),
    ]


def test_what_each_class_cost_is_summed(out):
    usage = {"seconds_gpu": 2.0, "peak_memory": 3_000_000_000}
    out.end(7, run="run-2", timings={"load": 1.0, "fit": 4.0}, row=usage)
    out.end(8, Status.FAILED, run="run-2", reason="out-of-memory", timings={"fit": 1.0}, row=usage)
    status = read_status(out.storage)
    done, short = status.spent["done"], status.spent["failed: out-of-memory"]
    assert (done.items, done.seconds, done.gpu_seconds, done.peak_memory) == (5, 11.0, 2.0, 3_000_000_000)
    assert (short.items, short.gpu_seconds) == (1, 2.0)
    assert sum(one.items for one in status.spent.values()) == 9
    assert status.seconds_by_stage == {"load": 1.0, "fit": 11.0, "save": 0.0}
    assert "cost by class" in shown(status)


def test_the_live_table_of_the_driver_is_shown(out):
    with Lease.acquire(out.storage, "run-2") as lease:
        lease.stage = {"register": {"done": 3, "rate": 0.123456}, "workers": ["a", "b"]}
        lease.beat()
        text = shown(look(out, after_s=1.0))
    assert "done 3, rate 0.123" in text


def test_looking_changes_nothing(out):
    Lease.acquire(out.storage, "run-2").release()
    before = {name: out.storage.read(name) for name in out.storage.names("")}
    read_status(out.storage)
    assert {name: out.storage.read(name) for name in out.storage.names("")} == before


def test_json_holds_everything(out):
    with Lease.acquire(out.storage, "run-2"):
        status = look(out, after_s=50.0)
    fields = json.loads(status.to_json())
    assert fields["pulse"] == "running"
    assert fields["summary"]["done"] == 4
    assert fields["slowest"][0] == {"item": "003", "status": "done", "seconds": 3.0}


def test_reasons_with_brackets_are_shown_as_they_are(out):
    out.end(7, Status.REJECTED, reason="[bold]odd[/x]")
    assert "rejected: [bold]odd[/x]" in shown(read_status(out.storage))


def test_a_folder_that_is_no_output_is_a_clear_error(tmp_path):
    with pytest.raises(ValueError, match="expected the output folder of a run"):
        read_status(str(tmp_path))


def test_now_is_the_present_unless_told(out):
    with Lease.acquire(out.storage, "run-2"):
        status = read_status(out.storage)
    assert status.pulse is Pulse.RUNNING
    assert abs((datetime.now(UTC) - datetime.fromisoformat(read_lease(out.storage).beat)).total_seconds()) < 60
