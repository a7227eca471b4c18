import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from facescale.runtime.lease import Lease
from facescale.runtime.plan import Selection
from facescale.runtime.storage import Storage
from facescale.runtime.summary import ExitStatus, Summary
from tests.runtime import harness
from tests.runtime.harness import Detached, by_item, manifest_of, outcomes_in, simulate, statuses, wait_until
from tests.runtime.s3_server import after, puts_under
from tests.runtime.simulated_stage import item, result_of, value_of

ENGINES = pytest.mark.parametrize("engine", ["local", "ray"])


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def with_ray(request, engine):
    if engine == "ray":
        request.getfixturevalue("ray_cluster")


def healthy(count, **attributes):
    return [item(f"s-{number:02d}", **attributes) for number in range(count)]


def assert_adds_up(report):
    parts = report.summary
    assert parts.total == parts.done + parts.rejected + parts.failed + parts.quarantined + parts.pending
    assert report.results.num_rows == parts.total
    assert len(set(report.results["key"].to_pylist())) == parts.total


@ENGINES
@pytest.mark.usefixtures("with_ray")
def test_an_exit_a_segfault_and_a_hang_are_quarantined_and_every_neighbour_is_done(out, engine):
    items = healthy(24, fit_s=0.02)
    for place, action in ((3, "exit"), (10, "segfault"), (16, "hang")):
        items[place] = item(f"s-{place:02d}", fit=action)
    report = simulate(out, items, engine=engine, workers=3, deadline_s=2.0)
    expected = dict.fromkeys((entry.item for entry in items), "done")
    expected |= {"s-03": "quarantined", "s-10": "quarantined", "s-16": "quarantined"}
    assert statuses(report) == expected
    rows = by_item(report)
    assert [rows[name]["reason"] for name in ("s-03", "s-10", "s-16")] == [
        "crash-exit-3",
        "crash-sigsegv",
        "hang",
    ]
    assert report.summary.quarantined == 3
    assert report.exit_status is ExitStatus.TOO_MANY_FAILED
    assert_adds_up(report)


@ENGINES
@pytest.mark.usefixtures("with_ray")
def test_a_run_leaves_manifest_results_and_summary_that_agree(out, engine):
    items = [*healthy(4), item("bad", load="reject"), item("raises", fit="raise")]
    report = simulate(out, items, engine=engine, max_failed=0.5, config={"preset": "fast"})
    assert report.exit_status is ExitStatus.FINE
    assert Summary.from_json((out / "summary.json").read_bytes()) == report.summary
    assert pq.read_table(out / "results" / "table.parquet").equals(report.results)
    assert pq.read_table(out / "manifest.parquet").num_rows == 6
    assert (out / "config.toml").read_text() == 'preset = "fast"\n'
    assert not (out / "run" / "begun").exists()
    rows = by_item(report)
    assert rows["s-02"]["value"] == value_of(items[2])
    assert rows["bad"]["hint"] == "scan it again"
    assert {"seconds_load", "seconds_fit", "seconds_save", "seconds_cpu", "peak_memory", "versions"} <= set(
        rows["s-02"]
    )
    assert report.summary.this_run.committed == 5


@pytest.mark.usefixtures("ray_cluster")
def test_results_do_not_depend_on_engine_workers_shards_or_batches(tmp_path):
    items = [*healthy(13), item("bad", load="reject")]
    found = []
    for number, (engine, workers, batch_size) in enumerate([("local", 1, 1), ("local", 3, 4), ("ray", 2, 3)]):
        out = tmp_path / str(number)
        report = simulate(out, items, engine=engine, workers=workers, stage={"batch_size": batch_size})
        rows = by_item(report)
        files = {
            entry.item: Path(out, rows[entry.item]["attempt"], "result.txt").read_text()
            for entry in items
            if rows[entry.item]["status"] == "done"
        }
        assert files == {entry.item: result_of(entry) for entry in items[:-1]}
        found.append({name: (row["key"], row["status"], row["value"]) for name, row in rows.items()})
    assert found[0] == found[1] == found[2]


def test_a_rerun_of_a_finished_run_starts_no_worker(out, tmp_path):
    journal = tmp_path / "journal"
    first = simulate(out, healthy(5), stage={"journal": str(journal)})
    before = journal.read_text()
    second = simulate(out, healthy(5), stage={"journal": str(journal)})
    assert journal.read_text() == before
    assert (second.summary.done, second.exit_status) == (5, ExitStatus.FINE)
    assert (second.summary.this_run.committed, second.summary.this_run.skipped) == (0, 5)
    assert first.summary.this_run.committed == 5


def test_a_rerun_takes_failed_items_again_in_three_runs_at_most(out, tmp_path):
    journal = tmp_path / "journal"
    items = [*healthy(2), item("bad", fit="raise"), item("rejected", load="reject")]
    for _ in range(5):
        report = simulate(out, items, stage={"journal": str(journal)})
        assert statuses(report)["bad"] == "failed"
    lines = journal.read_text().splitlines()
    assert lines.count("fit bad") == 3
    assert lines.count("load rejected") == 1
    # a good item is done again to judge a worker on which another failed, and leaves nothing behind
    assert lines.count("fit s-01") + lines.count("fit s-00") <= 2 + 3
    for good in ("s-00", "s-01"):
        (folder,) = (Path(out) / "items").glob(f"{good}-*")
        assert len(list(folder.iterdir())) == 1


def test_an_item_that_fails_once_is_done_in_the_next_run(out, tmp_path):
    items = [*healthy(2), item("flaky", fit="raise", once=tmp_path / "once")]
    assert statuses(simulate(out, items))["flaky"] == "failed"
    report = simulate(out, items)
    assert statuses(report)["flaky"] == "done"
    assert report.exit_status is ExitStatus.FINE


def test_a_rerun_may_add_items_and_keeps_those_that_vanished(out):
    simulate(out, healthy(4))
    report = simulate(out, healthy(6)[2:])
    assert report.summary.done == 6
    assert report.merged.added == 2
    assert report.merged.vanished == ("s-00", "s-01")


def test_a_selection_is_all_that_a_run_is_judged_by(out):
    report = simulate(out, healthy(10), selection=Selection(limit=3))
    assert (report.summary.done, report.summary.pending) == (3, 7)
    assert report.exit_status is ExitStatus.FINE
    assert simulate(out, healthy(10)).summary.done == 10


def test_a_folder_of_another_config_is_refused_with_the_difference(out):
    simulate(out, healthy(1), config={"preset": "fast", "points": 5000})
    with pytest.raises(ValueError, match=r"(?s)preset = 'fast'.*preset = 'paper-asm'"):
        simulate(out, healthy(1), config={"preset": "paper-asm", "points": 5000})
    assert simulate(out, healthy(1), config={"preset": "fast", "points": 5000}).summary.done == 1


@ENGINES
@pytest.mark.usefixtures("with_ray")
def test_a_systematic_fault_trips_the_breaker(out, engine):
    report = simulate(out, healthy(300, fit="raise"), engine=engine)
    assert report.exit_status is ExitStatus.BREAKER
    assert "fit-value-error" in report.why
    assert 40 <= report.summary.failed < 300
    assert_adds_up(report)


@ENGINES
@pytest.mark.usefixtures("with_ray")
def test_a_stage_that_kills_every_child_stops_the_run_and_convicts_nobody(out, engine):
    report = simulate(out, healthy(40, fit="segfault"), engine=engine)
    assert report.exit_status is ExitStatus.BREAKER
    assert "no-workers" in report.why
    assert "SIGSEGV" in report.why
    assert (report.summary.quarantined, report.summary.pending) == (0, 40)


@ENGINES
@pytest.mark.usefixtures("with_ray")
def test_a_setup_that_raises_stops_the_run_and_says_what_it_raised(out, engine):
    report = simulate(out, healthy(8), stage={"setup": "raise"}, engine=engine)
    assert report.exit_status is ExitStatus.BREAKER
    assert "told to raise" in report.why
    assert report.summary.pending == 8


def test_a_corpus_of_one_crashing_item_ends_in_quarantine(out):
    assert statuses(simulate(out, [item("only", fit="segfault")])) == {"only": "quarantined"}


def test_credentials_that_expire_during_a_run_stop_it(s3_server):
    s3_server.fail(10**6, "ExpiredToken", match=after(5, puts_under("outcomes/")))
    report = simulate("s3://bucket/out", healthy(40, fit_s=0.05))
    assert report.exit_status is ExitStatus.BREAKER
    assert "credentials" in report.why
    assert report.summary.done == 5


@ENGINES
@pytest.mark.usefixtures("with_ray")
def test_a_full_disk_stops_the_run_at_once_and_says_so(out, engine):
    items = healthy(40, fit_s=0.05)
    items[2] = item("s-02", save="no-space")
    report = simulate(out, items, engine=engine)
    assert report.exit_status is ExitStatus.BREAKER
    assert "no-space" in report.why
    assert "No space left" in report.why
    assert report.summary.pending > 0
    assert_adds_up(report)


def test_a_write_that_the_system_refuses_for_its_size_stops_the_run(out):
    items = [*healthy(3), item("big", save="big"), *healthy(40, fit_s=0.05)[3:]]
    status, said = Detached(out, items, largest_file=1 << 20, engine="local", workers=1).end()
    assert status == ExitStatus.BREAKER
    assert "no-space" in said
    assert "ulimit -f" in said
    assert 0 < outcomes_in(out) < 40


def test_an_output_below_a_file_is_refused_before_anything_starts(tmp_path):
    (tmp_path / "file").write_text("")
    report = simulate(tmp_path / "file" / "out", healthy(1))
    assert report.exit_status is ExitStatus.BREAKER
    assert "denied" in report.why
    assert report.summary is None


@pytest.mark.usefixtures("s3_server")
def test_an_output_without_credentials_is_refused_before_anything_starts(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    report = simulate("s3://bucket/out", healthy(1))
    assert report.exit_status is ExitStatus.BREAKER
    assert "credentials" in report.why


def test_a_second_run_in_the_same_folder_refuses(out):
    with Lease.acquire(Storage.open(out), "the first"):
        began = time.monotonic()
        report = simulate(out, healthy(1))
        assert time.monotonic() - began < 60
    assert report.exit_status is ExitStatus.FOLDER_IN_USE
    assert "the first" in report.why
    assert simulate(out, healthy(1)).exit_status is ExitStatus.FINE


def test_a_run_whose_folder_is_taken_over_stops(out):
    first = Detached(out, healthy(200, fit_s=0.3), engine="local", workers=1)
    wait_until(lambda: outcomes_in(out) > 0)
    with Lease.acquire(Storage.open(out), "the second", takeover=True):
        status, said = first.end()
    assert status == ExitStatus.FOLDER_IN_USE
    assert "the second" in said


@ENGINES
@pytest.mark.usefixtures("with_ray")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_a_summary_that_adds_up_and_no_process(out, engine, number):
    run = Detached(out, healthy(200, fit_s=0.2), engine=engine, workers=2)
    wait_until(lambda: outcomes_in(out) > 2)
    assert harness.children_at_work_on(out)
    status, said = run.kill(number)
    assert status == ExitStatus.INTERRUPTED
    assert "interrupted" in said
    summary = Summary.from_json((out / "summary.json").read_bytes())
    assert summary.total == 200
    assert 2 < summary.done < 200
    wait_until(lambda: not harness.children_at_work_on(out), what="the end of all children")


@ENGINES
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("with_ray")
def test_after_four_kills_of_the_driver_a_full_run_does_what_is_missing(out, engine, tmp_path):
    journal = tmp_path / "journal"
    stage = {"journal": str(journal)}
    items = healthy(24, fit_s=0.25)
    for wanted in (3, 8, 13, 18):
        run = Detached(out, items, stage=stage, engine=engine, workers=2, takeover=True)
        # a Ray of its own starts each time, which takes a minute on a machine with other work
        wait_until(lambda wanted=wanted: outcomes_in(out) >= wanted, timeout=200.0)
        assert run.kill()[0] == -signal.SIGKILL
        wait_until(lambda: not harness.children_at_work_on(out), what="the end of all children")
        harness.verify_everything(out, manifest_of(items))
    finished = {path.stem for path in out.glob("outcomes/*/*.json")}
    key_of = dict(
        zip(manifest_of(items)["item"].to_pylist(), manifest_of(items)["key"].to_pylist(), strict=True)
    )
    begun = [line.split()[1] for line in journal.read_text().splitlines() if line.startswith("fit")]
    lost_last = {name for name in begun if key_of[name] not in finished}
    report = simulate(out, items, stage=stage, engine=engine, takeover=True)
    assert set(statuses(report).values()) == {"done"}
    assert_adds_up(report)
    harness.verify_everything(out, manifest_of(items))
    assert report.summary.this_run.committed == 24 - len(finished)
    assert report.summary.this_run.skipped == len(finished)
    # At least what was in the fit when the last driver died; at the most what its children can have begun.
    assert len(lost_last) <= report.summary.this_run.redone <= 24 - len(finished)
    named = {row["attempt"] for row in report.results.to_pylist()}
    assert len(named) == 24


def test_work_lost_with_a_driver_is_counted_as_redone(out, tmp_path):
    journal = tmp_path / "journal"
    items = healthy(40, fit_s=0.25)
    stage = {"journal": str(journal)}
    run = Detached(out, items, stage=stage, engine="local", workers=2)
    wait_until(lambda: outcomes_in(out) >= 4)
    run.kill()
    wait_until(lambda: not harness.children_at_work_on(out), what="the end of all children")
    loads = Counter(line.split()[1] for line in journal.read_text().splitlines() if line.startswith("load"))
    lost = loads.total() - outcomes_in(out)
    report = simulate(out, items, stage=stage, takeover=True)
    assert report.summary.done == 40
    # Two items a worker are loaded ahead and one is in the fit; a few more may wait to be saved. The one in the
    # fit is lost, however slow the machine.
    assert 1 <= lost <= report.summary.this_run.redone <= 2 * 6


@pytest.mark.usefixtures("ray_cluster")
def test_twenty_five_kills_of_workers_cost_no_healthy_item_anything(out):
    # Kills follow progress, so that they spread over the whole run however slow the machine is.
    chance = random.Random(20)
    run = Detached(out, healthy(24, fit_s=0.5), engine="ray", workers=3)
    kills = Counter()
    while kills.total() < 25:
        wait_until(lambda: outcomes_in(out) >= kills.total() - 2 or run.process.poll() is not None, timeout=120)
        assert run.process.poll() is None, run.end()
        targets = harness.workers_below(os.getpid(), r"^ray::MapWorker|facescale\.runtime\.child")
        if not targets:
            time.sleep(0.05)
            continue
        target = chance.choice(sorted(targets))
        kind = "child" if "facescale" in harness.command_of(target) else "supervisor"
        with suppress(ProcessLookupError):
            os.kill(target, signal.SIGKILL)
            kills[kind] += 1
    status, said = run.end()
    assert status == ExitStatus.FINE, said
    summary = Summary.from_json((out / "summary.json").read_bytes())
    assert (summary.done, summary.quarantined, summary.failed, summary.rejected) == (24, 0, 0, 0)
    assert summary.this_run.committed == 24
    assert min(kills["child"], kills["supervisor"]) >= 5
    assert summary.this_run.lost_workers >= 1
    assert summary.this_run.redone >= 1
    harness.verify_everything(out, manifest_of(healthy(24, fit_s=0.5)))
    assert outcomes_in(out) == 24


@ENGINES
@pytest.mark.usefixtures("with_ray")
def test_a_run_on_s3_survives_storms_and_lost_answers(s3_server, engine):
    s3_server.fail(20, "SlowDown", probability=0.2)
    s3_server.lose_answers(5, match=puts_under("outcomes/"), probability=0.5)
    items = [*healthy(12), item("bad", load="reject"), item("crash", fit="exit")]
    out = "s3://bucket/out"
    report = simulate(out, items, engine=engine)
    assert s3_server.injected["SlowDown"] > 5
    assert s3_server.injected["lost"] > 1
    assert statuses(report) == {f"s-{n:02d}": "done" for n in range(12)} | {
        "bad": "rejected",
        "crash": "quarantined",
    }
    assert report.summary.this_run.committed == 14
    assert simulate(out, items, engine="local").summary.this_run.committed == 0
