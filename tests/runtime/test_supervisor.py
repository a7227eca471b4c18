import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from facescale.runtime.begun import Begun
from facescale.runtime.outcomes import OutcomeLedger
from facescale.runtime.protocol import Shard, Task, WorkerConfig
from facescale.runtime.stage import StageSpec
from facescale.runtime.storage import Storage
from facescale.runtime.supervisor import Supervisor
from facescale.structures.outcome import Outcome, Status
from tests.runtime.harness import Detached, children_of, wait_until
from tests.runtime.simulated_stage import item, result_of

FACTORY = "tests.runtime.simulated_stage:make_stage"


def tasks_of(*items):
    return tuple(Task(key=f"{hash_of(entry.item):064x}", item=entry) for entry in items)


def hash_of(name):
    return int.from_bytes(name.encode().rjust(8, b"\0"), "big")


class Bench:
    """One supervisor over one OUT, and what it reported."""

    def __init__(self, out, *, deadline_s=20.0, batch_size=1, recycle_shards=0, **arguments):
        self.out = out
        self.ledger = OutcomeLedger(Storage.open(out))
        self.config = WorkerConfig(
            spec=StageSpec(factory=FACTORY, arguments={"batch_size": batch_size, **arguments}),
            out=str(out),
            run="run-1",
            deadline_s=deadline_s,
            setup_deadline_s=60.0,
            memory=arguments.get("memory", 0),
            batch_size=batch_size,
            recycle_shards=recycle_shards,
        )
        self.reports = []

    def run(self, *shards, witness=None, last_instance=False, environment=None):
        supervisor = Supervisor(self.config, "w0", witness=witness, environment=environment)
        try:
            for number, items in enumerate(shards):
                shard = Shard(number=number, tasks=tasks_of(*items), last_instance=last_instance)
                self.reports += supervisor.run(shard)
        finally:
            supervisor.close()
        return self

    def outcomes(self):
        found = [report.outcome for report in self.reports if report.kind == "outcome"]
        return {outcome.item: outcome for outcome in map(Outcome.from_json, map(str.encode, found))}

    def statuses(self):
        return {name: outcome.status.value for name, outcome in self.outcomes().items()}

    def kinds(self):
        return {report.kind for report in self.reports}

    def total(self, field):
        return sum(getattr(report, field) for report in self.reports)


@pytest.fixture
def bench(tmp_path):
    return lambda **options: Bench(tmp_path / "out", **options)


def test_a_healthy_shard_is_done_and_storage_holds_what_was_reported(bench):
    items = [item(f"s-{n}") for n in range(5)]
    run = bench().run(items)
    assert run.statuses() == {f"s-{n}": "done" for n in range(5)}
    for task in tasks_of(*items):
        outcome = run.ledger.get(task.key)
        assert outcome == run.outcomes()[task.item.item]
        (record,) = outcome.files
        saved = run.out / outcome.attempt / record.path
        assert saved.read_text() == result_of(task.item)
        assert outcome.licences == {"head": "CC0"}
        assert outcome.row["peak_memory"] > 10e6
        assert outcome.versions["facescale"]
        assert set(outcome.timings) == {"load", "fit", "save"}
    assert Begun(run.ledger.storage, "later-run").lost_groups() == []


@pytest.mark.parametrize(
    ("action", "reason"),
    [("exit", "crash-exit-3"), ("segfault", "crash-sigsegv"), ("hang", "hang"), ("sleep", "hang")],
)
def test_an_item_that_kills_its_child_is_quarantined_and_its_neighbours_are_done(bench, action, reason):
    run = bench(deadline_s=2.0).run([item("a"), item("b", fit=action), item("c")])
    assert run.statuses() == {"a": "done", "b": "quarantined", "c": "done"}
    outcome = run.outcomes()["b"]
    assert outcome.reason == reason
    assert run.ledger.get(outcome.key) == outcome
    assert run.total("deaths") == 3


def test_a_quarantined_item_carries_signal_output_and_stack(bench):
    run = bench().run([item("a"), item("b", load="shout", fit="segfault")])
    message = run.outcomes()["b"].message
    assert "SIGSEGV" in message
    assert "a native library speaks on stdout" in message
    assert "and on stderr" in message
    assert "simulated_stage.py" in message
    assert "in _act" in message


def test_the_stack_of_a_hang_that_keeps_the_gil_is_known(bench):
    run = bench(deadline_s=1.5).run([item("a"), item("b", fit="hang")])
    outcome = run.outcomes()["b"]
    assert "within 1.5 s" in outcome.message
    assert "in _act" in outcome.message
    assert "deadline_s" in outcome.hint


def test_items_that_stay_below_the_deadline_are_left_alone(bench):
    run = bench(deadline_s=1.6).run([item("a", load_s=1.0, fit_s=1.0, save_s=1.0), item("b", fit_s=1.0)])
    assert run.statuses() == {"a": "done", "b": "done"}
    assert run.total("deaths") == 0


@pytest.mark.parametrize("action", ["hang", "sleep"])
def test_a_load_that_never_ends_is_failed_as_slow_input_and_never_quarantined(bench, action):
    run = bench(deadline_s=1.5).run([item("a"), item("b", load=action), item("c")])
    assert run.statuses() == {"a": "done", "b": "failed", "c": "done"}
    assert run.outcomes()["b"].reason == "slow-input"


@pytest.mark.parametrize("batch_size", [1, 4])
def test_a_slow_load_does_not_hold_back_the_items_behind_it(bench, tmp_path, batch_size):
    journal = tmp_path / "journal"
    items = [item("slow", load="sleep"), *[item(f"s-{n}") for n in range(6)]]
    run = bench(deadline_s=4.0, batch_size=batch_size, journal=str(journal)).run(items)
    # Nothing else was in the child when it was killed.
    assert all(journal.read_text().count(f"load s-{n}\n") == 1 for n in range(6))
    assert run.statuses() == {"slow": "failed"} | {f"s-{n}": "done" for n in range(6)}
    assert run.total("deaths") == 2
    order = [json.loads(report.outcome)["item"] for report in run.reports if report.kind == "outcome"]
    assert order[-1] == "slow"


@pytest.mark.parametrize(
    ("attributes", "status", "reason"),
    [
        ({"load": "reject"}, "rejected", "empty-mesh"),
        ({"load": "raise"}, "rejected", "unreadable"),
        ({"load": "import-error"}, "failed", "load-import-error"),
        ({"fit": "reject"}, "rejected", "empty-mesh"),
        ({"fit": "reject-in-place"}, "rejected", "no-face"),
        ({"fit": "raise"}, "failed", "fit-value-error"),
        ({"fit": "sys-exit"}, "failed", "fit-system-exit"),
    ],
)
@pytest.mark.parametrize("batch_size", [1, 4])
def test_an_exception_ends_its_own_item_only(bench, attributes, status, reason, batch_size):
    run = bench(batch_size=batch_size).run([item("a"), item("b", **attributes), item("c"), item("d")])
    assert run.statuses() == {"a": "done", "b": status, "c": "done", "d": "done"}
    assert run.outcomes()["b"].reason == reason
    assert run.total("deaths") == 0


def test_a_failed_item_is_recorded_as_a_failure_and_not_as_final(bench):
    run = bench().run([item("b", fit="raise")])
    (key,) = (task.key for task in tasks_of(item("b")))
    assert run.ledger.get(key) is None
    assert run.ledger.failures()[key].runs == 1


def test_a_batch_that_is_too_large_for_the_memory_is_halved_for_good(bench, tmp_path):
    journal = tmp_path / "journal"
    items = [item(f"s-{n}", fit="batch-oom") for n in range(16)]
    run = bench(batch_size=8, journal=str(journal)).run(items)
    assert set(run.statuses().values()) == {"done"}
    assert run.total("deaths") == 0
    # Only the first batch met the limit: 8, 4, 2, then twos.
    fits = journal.read_text().splitlines()
    assert sum(line.startswith("fit") for line in fits) < 16 + 8 + 4 + 8


def test_a_lost_device_ends_the_process_and_convicts_only_the_item_that_loses_it_alone(bench):
    run = bench().run([item("a"), item("b", fit="lost-device"), item("c")])
    assert run.statuses() == {"a": "done", "b": "quarantined", "c": "done"}
    assert run.outcomes()["b"].reason == "device-lost"


def test_trouble_in_save_stops_the_run_with_what_the_system_said(bench):
    run = bench().run([item("a"), item("b", save="no-space"), item("c", fit_s=0.5)], [item("d")])
    (stop,) = [report for report in run.reports if report.kind == "stop"]
    assert stop.reason == "no-space"
    assert "No space left" in stop.message
    assert {report.key for report in run.reports if report.kind == "returned"} == {
        task.key for task in tasks_of(item("d"))
    }


def test_an_unexpected_exception_in_save_stops_the_run_too(bench):
    run = bench().run([item("a", save="raise")])
    (stop,) = [report for report in run.reports if report.kind == "stop"]
    assert stop.reason == "save-failed"
    assert "told to raise" in stop.message


def test_a_child_over_its_memory_is_killed_and_the_item_quarantined(bench):
    run = bench(memory=500 << 20).run([item("a"), item("b", fit="hog"), item("c")])
    assert run.statuses() == {"a": "done", "b": "quarantined", "c": "done"}
    assert run.outcomes()["b"].reason == "out-of-memory"


def test_a_setup_that_raises_puts_the_worker_out_after_three_children(bench):
    run = bench(setup="raise").run([item("a"), item("b")], [item("c")])
    assert run.kinds() == {"note", "out", "returned"}
    (out,) = [report for report in run.reports if report.kind == "out"]
    assert "told to raise" in out.message
    assert run.total("deaths") == 3
    assert sum(report.kind == "returned" for report in run.reports) == 3


def test_a_stage_that_kills_every_child_quarantines_nothing(bench):
    shards = [[item(f"s-{shard}{n}", fit="segfault") for n in range(3)] for shard in range(5)]
    run = bench().run(*shards)
    assert run.outcomes() == {}
    assert run.total("deaths") <= 6
    assert sum(report.kind == "returned" for report in run.reports) == 15
    (out,) = [report for report in run.reports if report.kind == "out"]
    assert "crash-sigsegv" in out.message


def test_a_single_item_is_quarantined_once_a_good_one_survived_on_the_same_worker(bench):
    run = bench().run([item("good")], [item("bad", fit="exit")])
    assert run.statuses() == {"good": "done", "bad": "quarantined"}
    assert Begun(run.ledger.storage, "later-run").alone() == set()


def test_a_rehearsal_leaves_no_trace(bench, tmp_path):
    journal = tmp_path / "journal"
    (witness,) = tasks_of(item("good"))
    run = bench(journal=str(journal)).run([item("bad", fit="exit")], witness=witness)
    assert run.statuses() == {"bad": "quarantined"}
    assert "save good" in journal.read_text()
    assert run.ledger.get(witness.key) is None
    assert not (run.out / "items").exists()


def test_the_last_instance_quarantines_a_single_item_without_a_witness(bench):
    assert bench().run([item("bad", fit="exit")]).kinds() == {"note", "returned"}
    assert bench().run([item("bad", fit="exit")], last_instance=True).statuses() == {"bad": "quarantined"}


def test_a_child_killed_from_outside_counts_against_nobody(bench, tmp_path):
    journal = tmp_path / "journal"
    config = bench(journal=str(journal))
    supervisor = Supervisor(config.config, "w0")
    killer = threading.Thread(target=kill_children_at_work, args=(supervisor, 3, journal))
    killer.start()
    shard = Shard(number=0, tasks=tasks_of(*[item(f"s-{n}", fit_s=0.3) for n in range(8)]))
    config.reports += supervisor.run(shard)
    killer.join()
    supervisor.close()
    assert config.statuses() == {f"s-{n}": "done" for n in range(8)}
    assert config.total("deaths") == 3
    assert config.total("redone") >= 1


def kill_children_at_work(supervisor, times, journal):
    """Kill each child once it fits an item, however slowly it starts."""
    for _ in range(times):
        before = fits_in(journal)
        wait_until(lambda before=before: fits_in(journal) > before, what="a fit")
        os.kill(supervisor._nursery._child.pid, signal.SIGKILL)


def fits_in(journal):
    return journal.read_text().count("fit ") if journal.exists() else 0


def test_an_item_alone_in_five_losses_is_failed_as_lost(bench):
    run = bench()
    (task,) = tasks_of(item("a"))
    begun = Begun(run.ledger.storage, "run-0")
    for _ in range(5):
        begun.begin_alone(task.key, "another worker")
    run.run([item("a")])
    assert run.statuses() == {"a": "failed"}
    assert run.outcomes()["a"].reason == "lost"
    assert run.run([item("a")]).statuses() == {"a": "done"}


def test_a_shard_that_was_lost_skips_what_has_an_outcome_and_counts_what_is_redone(bench):
    run = bench()
    items = [item(f"s-{n}") for n in range(9)]
    run.run(items[:2])
    run.reports.clear()
    begun = Begun(run.ledger.storage, "run-1")
    begun.begin_group([task.key for task in tasks_of(*items)], "another worker")
    run.run(items)
    assert set(run.statuses().values()) == {"done"}
    assert len(run.ledger.final_keys()) == 9
    assert run.total("lost_workers") == 1
    assert run.total("redone") == 6


@pytest.mark.parametrize("count", [1, 5])
def test_a_shard_that_is_asked_for_again_reports_again_and_does_nothing_twice(bench, tmp_path, count):
    journal = tmp_path / "journal"
    run = bench(journal=str(journal))
    items = [item(f"s-{n}") for n in range(count)]
    run.run(items)
    before, reported = journal.read_text(), run.statuses()
    run.reports.clear()
    run.run(items)
    assert journal.read_text() == before
    assert run.statuses() == reported
    assert run.total("redone") == 0


def test_a_shard_lost_twice_runs_one_by_one(bench, tmp_path):
    journal = tmp_path / "journal"
    run = bench(batch_size=4, journal=str(journal))
    items = [item(f"s-{n}") for n in range(4)]
    for _ in range(2):
        begun = Begun(run.ledger.storage, "run-1")
        begun.begin_group([task.key for task in tasks_of(*items)], "another worker")
    run.run(items)
    phases = [line.split()[0] for line in journal.read_text().splitlines()]
    assert phases == ["load", "fit", "save"] * 4


def test_a_closed_supervisor_leaves_no_child(bench):
    supervisor = Supervisor(bench().config, "w0")
    child = Path(f"/proc/{supervisor._nursery._child.pid}")
    assert child.exists()
    supervisor.close()
    assert not child.exists()


def test_a_child_that_hangs_with_the_gil_dies_with_its_supervisor(tmp_path):
    # Nothing in the child can run, not even the thread that would notice the end of its input.
    journal = tmp_path / "journal"
    run = Detached(
        tmp_path / "out",
        [item("a", fit="hang")],
        stage={"journal": str(journal)},
        engine="local",
        workers=1,
        deadline_s=600.0,
    )
    wait_until(lambda: journal.exists() and "fit a" in journal.read_text())
    time.sleep(0.3)
    children = children_of(run.process.pid)
    assert len(children) == 1
    run.kill()
    wait_until(lambda: not Path(f"/proc/{children[0]}").exists(), timeout=5)


def test_the_supervisor_side_never_imports_a_numerical_library():
    import subprocess
    import sys

    code = (
        "import sys, facescale.runtime.supervisor, facescale.runtime.local_engine\n"
        "print([name for name in ('torch', 'warp', 'ray', 'scipy', 'trimesh') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_statuses_add_up_in_a_mixed_shard(bench):
    items = [
        item("ok-1"),
        item("crash", fit="exit"),
        item("bad", load="reject"),
        item("raises", fit="raise"),
        item("ok-2"),
    ]
    run = bench(batch_size=3).run(items)
    assert run.statuses() == {
        "ok-1": Status.DONE,
        "crash": Status.QUARANTINED,
        "bad": Status.REJECTED,
        "raises": Status.FAILED,
        "ok-2": Status.DONE,
    }


def test_what_is_in_the_fit_is_finished_and_the_rest_handed_back_on_notice(bench, tmp_path):
    run = bench(journal=str(tmp_path / "journal"))
    supervisor = Supervisor(run.config, "w0")
    journal = tmp_path / "journal"
    notice = threading.Thread(
        target=lambda: (
            wait_until(lambda: journal.exists() and "fit s-1" in journal.read_text()),
            supervisor.hand_back(),
        )
    )
    notice.start()
    try:
        run.reports += supervisor.run(
            Shard(number=0, tasks=tasks_of(*[item(f"s-{n}", fit_s=0.5) for n in range(8)]))
        )
        notice.join()
        again = list(supervisor.run(Shard(number=1, tasks=tasks_of(item("t-0"), item("t-1")))))
    finally:
        supervisor.close()
    done = run.statuses()
    returned = [report.key for report in run.reports if report.kind == "returned"]
    assert "s-1" in done
    assert len(done) < 8
    assert set(done.values()) == {"done"}
    assert len(returned) == 8 - len(done)
    assert run.total("deaths") == run.total("redone") == 0
    assert {report.kind for report in again} == {"returned"}
    assert Begun(run.ledger.storage, "later-run").lost_groups() == []
    fits = [line for line in journal.read_text().splitlines() if line.startswith("fit")]
    assert len(fits) == len(done)


def test_a_worker_on_which_every_fit_fails_is_out_once_a_good_item_fails_there_too(bench):
    good = tasks_of(item("good"))[0]
    run = bench().run(
        [item(f"s-{n}") for n in range(6)], witness=good, environment={"SIMULATED_FIT": "broken-gpu"}
    )
    assert run.kinds() == {"out", "returned"}
    assert {report.key for report in run.reports if report.kind == "returned"} == {
        task.key for task in tasks_of(*[item(f"s-{n}") for n in range(6)])
    }
    (out,) = [report for report in run.reports if report.kind == "out"]
    assert "the tensor core gives up" in out.message
    assert run.ledger.final_keys() == set()


def test_items_that_fail_on_a_worker_where_a_good_one_ends_well_have_failed(bench):
    bad = [item(f"s-{n}", fit="raise") for n in range(6)]
    run = bench().run(bad, witness=tasks_of(item("good"))[0])
    assert set(run.statuses().values()) == {"failed"}
    assert len(run.statuses()) == 6
    assert run.kinds() == {"outcome"}


def test_a_full_disk_of_the_node_takes_out_the_worker_and_no_item(s3_server):
    run = Bench("s3://bucket/out")
    run.run([item(f"s-{n}") for n in range(4)], environment={"SIMULATED_SAVE": "no-space"})
    assert run.kinds() <= {"out", "returned", "note"}
    assert sum(report.kind == "returned" for report in run.reports) == 4
    assert any("no space left on this node" in report.message for report in run.reports)
    assert run.ledger.final_keys() == set()


def test_a_child_is_replaced_after_so_many_shards(bench, tmp_path):
    pids = tmp_path / "pids"
    stage = {"journal": str(pids), "setup": "tell-pid"}
    bench(recycle_shards=2, **stage).run(*[[item(f"s-{n}")] for n in range(5)])
    told = [line for line in pids.read_text().splitlines() if line.startswith("pid ")]
    assert len(told) == len(set(told)) == 3
