import json

import pytest

from facescale.runtime.progress import Progress
from facescale.structures.outcome import Outcome, Status


def ended(key, status=Status.DONE, seconds=1.0):
    return Outcome(key=key, item=key, subject=key, status=status, timings={"fit": seconds})


def progress_of(count, *, standing=None, cost=1.0):
    progress = Progress(
        {Status.PENDING: count, **(standing or {})},
        {str(number): cost for number in range(count)},
        now=100.0,
        workers=2,
    )
    progress.start_work(100.0)
    return progress


def test_counts_add_up_at_any_time():
    progress = progress_of(10, standing={Status.DONE: 5, Status.FAILED: 1})
    for number, status in enumerate([Status.DONE, Status.REJECTED, Status.FAILED, Status.QUARANTINED]):
        progress.end(ended(str(number), status), Status.PENDING, committed=True)
        row = progress.table(200.0)
        assert row["total"] == 16
        assert sum(row[status] for status in Status) == 16
    assert (row["done"], row["failed"], row["pending"]) == (6, 2, 6)


def test_an_item_that_failed_before_and_is_done_now_moves():
    progress = progress_of(0, standing={Status.FAILED: 1})
    progress.end(ended("x"), Status.FAILED, committed=True)
    row = progress.table(200.0)
    assert (row["failed"], row["done"]) == (0, 1)


def test_only_final_outcomes_count_as_committed():
    progress = progress_of(4)
    progress.end(ended("0"), Status.PENDING, committed=True)
    progress.end(ended("1", Status.FAILED), Status.PENDING, committed=True)
    progress.end(ended("2"), Status.PENDING, committed=False)
    assert (progress.committed, progress.skipped, progress.finished) == (1, 1, 3)


def test_rate_and_time_to_go_follow_the_estimated_cost():
    progress = progress_of(10, cost=3.0)
    for number in range(4):
        progress.end(ended(str(number)), Status.PENDING, committed=True)
    row = progress.table(120.0)
    assert row["rate_per_s"] == pytest.approx(4 / 20)
    assert row["eta_s"] == pytest.approx(30.0)


def test_percentiles_are_those_of_done_items():
    progress = progress_of(101)
    for number in range(101):
        progress.end(ended(str(number), seconds=float(number)), Status.PENDING, committed=True)
    row = progress.table(200.0)
    assert (row["p50_s"], row["p95_s"]) == (pytest.approx(50.0), pytest.approx(95.0))


def test_before_anything_ended_nothing_is_invented():
    row = progress_of(3).table(100.0)
    assert (row["rate_per_s"], row["eta_s"], row["p50_s"]) == (None, None, None)
    assert json.loads(json.dumps(row)) == row
