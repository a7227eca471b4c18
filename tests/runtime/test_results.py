import random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facescale.runtime.outcomes import outcome_path
from facescale.runtime.results import PATH, ResultsView, _join, _tabulate, load_results, statuses
from facescale.runtime.reviews import Review, ReviewLedger, timestamp
from facescale.structures.outcome import Status
from tests.runtime.ledger_of import SmallOut

ROW = {"error_mm": 0.3, "iterations": 7, "converged": True, "units": "mm"}


@pytest.fixture
def out(tmp_path):
    return SmallOut(str(tmp_path / "out"))


def rows(table: pa.Table) -> list[dict]:
    return table.to_pylist()


def fresh(out: SmallOut) -> pa.Table:
    return ResultsView(out.ledger, cached=False).refresh(out.manifest)


def test_there_is_one_row_an_item_of_the_manifest_from_the_start(out):
    table = fresh(out)
    assert table["key"].equals(out.manifest["key"])
    assert statuses(table) == ["pending"] * 6


def test_a_row_holds_the_item_its_status_and_the_stages_columns(out):
    out.end(1, row=ROW, timings={"load": 0.5, "fit": 2.0, "save": 0.25}, attempt="items/x/1", worker="w")
    row = rows(fresh(out))[1]
    assert (row["item"], row["subject"], row["size"], row["status"]) == ("001", "s1", 100, "done")
    assert (row["seconds"], row["seconds_load"], row["seconds_fit"]) == (2.75, 0.5, 2.0)
    assert (row["attempt"], row["worker"], row["run"]) == ("items/x/1", "w", "run-1")
    assert {name: row[name] for name in ROW} == ROW


def test_every_status_shows_with_its_reason(out):
    out.end(0)
    out.end(1, Status.REJECTED, reason="empty-mesh", message="no vertices", hint="scan again")
    out.end(2, Status.QUARANTINED, reason="SIGSEGV")
    out.end(3, Status.FAILED, reason="timeout")
    found = rows(fresh(out))
    assert [row["status"] for row in found] == [
        "done", "rejected", "quarantined", "failed", "pending", "pending",
    ]  # fmt: skip
    assert [row["reason"] for row in found] == [None, "empty-mesh", "SIGSEGV", "timeout", None, None]
    assert found[1]["hint"] == "scan again"


def test_a_failed_row_tells_the_last_failure_and_in_how_many_runs(out):
    for run in ("r1", "r2"):
        out.end(0, Status.FAILED, run=run, reason=f"in-{run}")
    row = rows(fresh(out))[0]
    assert (row["status"], row["reason"], row["failed_runs"]) == ("failed", "in-r2", 2)


def test_an_item_that_failed_and_then_was_done_is_done(out):
    out.end(0, Status.FAILED, reason="timeout")
    view = ResultsView(out.ledger)
    assert rows(view.refresh(out.manifest))[0]["status"] == "failed"
    out.end(0, row=ROW)
    row = rows(view.refresh(out.manifest))[0]
    assert (row["status"], row["reason"], row["failed_runs"]) == ("done", None, 1)


def test_a_corrupt_outcome_is_a_failed_row_with_a_reason(out):
    out.end(1)
    out.storage.write(outcome_path(out.key(0)), b"{half")
    view = ResultsView(out.ledger)
    for _ in range(2):
        row = rows(view.refresh(out.manifest))[0]
        assert (row["status"], row["reason"]) == ("failed", "corrupt-outcome")
        assert "facescale retry --class corrupt-outcome" in row["hint"]
    assert rows(view.refresh(out.manifest))[1]["status"] == "done"


def test_outcomes_of_other_keys_are_no_rows(out):
    out.end(0)
    assert fresh(SmallOut(out.storage.uri, count=0)).num_rows == 0


def test_the_view_can_be_rebuilt_from_outcomes_and_failures_alone(out):
    view = ResultsView(out.ledger)
    for number, status in enumerate([Status.DONE, Status.REJECTED, Status.FAILED, Status.DONE]):
        out.end(number, status, row={"n": number} if number else {"n": 0.5, "extra": None})
        view.refresh(out.manifest)
        view.save()
    assert fresh(out).equals(view.table)
    assert load_results(out.ledger).equals(view.table)


def test_a_row_that_stands_in_the_last_table_is_not_read_again(out):
    for number in range(4):
        out.end(number, row=ROW)
    first = ResultsView(out.ledger)
    first.refresh(out.manifest)
    first.save()
    out.end(4, row=ROW)
    out.storage.operations.clear()
    again = ResultsView(out.ledger).refresh(out.manifest)
    assert out.storage.operations["get"] == 2  # the table and the one new outcome
    assert again.equals(fresh(out))


def test_a_row_that_was_handed_over_is_not_read(out):
    view = ResultsView(out.ledger)
    view.observe(out.end(0, row=ROW))
    out.storage.operations.clear()
    table = view.refresh(out.manifest)
    assert out.storage.operations["get"] == 0
    assert table.equals(fresh(out))


def test_what_was_handed_over_but_never_committed_is_not_shown(out):
    view = ResultsView(out.ledger)
    view.observe(out.outcome(0, row=ROW))
    assert statuses(view.refresh(out.manifest)) == ["pending"] * 6


def test_a_reopened_item_is_pending_again_and_its_next_outcome_replaces_the_old_row(out):
    out.end(0, Status.REJECTED, reason="no-face")
    view = ResultsView(out.ledger)
    view.refresh(out.manifest)
    view.save()
    out.ledger.retire(out.key(0))
    out.end(0, row=ROW)
    for late in (view, ResultsView(out.ledger)):
        row = rows(late.refresh(out.manifest))[0]
        assert (row["status"], row["reason"], row["error_mm"]) == ("done", None, 0.3)
    out.ledger.retire(out.key(0))
    assert statuses(view.refresh(out.manifest))[0] == "pending"


@pytest.mark.parametrize("data", [b"", b"not parquet"])
def test_a_table_that_cannot_be_read_is_made_again(out, data):
    out.end(0, row=ROW)
    out.storage.write(PATH, data)
    assert ResultsView(out.ledger).refresh(out.manifest).equals(fresh(out))


def decided(out, number, decision, reason="", at="2026-01-01T00:00:00Z"):
    review = Review(key=out.key(number), decision=decision, reason=reason, author="Ada", at=timestamp(at))
    assert ReviewLedger(out.storage).submit([review])


def test_what_people_decided_is_two_columns_of_the_view(out):
    out.end(0, row=ROW)
    out.end(1, row=ROW)
    view = ResultsView(out.ledger)
    assert [row["review"] for row in rows(view.refresh(out.manifest))] == [None] * 6
    decided(out, 0, "accept")
    decided(out, 1, "reject", "hair")
    table = view.refresh(out.manifest)
    view.save()
    found = [(row["review"], row["review_reason"]) for row in rows(table)]
    assert found == [("accept", None), ("reject", "hair"), *[(None, None)] * 4]
    assert fresh(out).equals(table)
    assert ResultsView(out.ledger).refresh(out.manifest).equals(table)


def test_a_decision_outlives_a_reopened_item_and_its_next_outcome(out):
    out.end(0, Status.REJECTED, reason="no-face")
    decided(out, 0, "reject", "indeed")
    out.ledger.retire(out.key(0))
    assert rows(fresh(out))[0]["review"] == "reject"
    out.end(0, row=ROW)
    row = rows(fresh(out))[0]
    assert (row["status"], row["review"], row["review_reason"]) == ("done", "reject", "indeed")


def test_a_spoilt_record_of_decisions_does_not_stop_a_run(out):
    out.end(0, row=ROW)
    decided(out, 0, "accept")
    out.storage.write("review/00.json", b"{half")
    assert rows(fresh(out))[0]["review"] == "accept"


def test_a_stage_column_named_like_one_of_ours_is_renamed_and_not_lost(out):
    out.end(0, row={"status": "sitting", "key": 5})
    row = rows(fresh(out))[0]
    assert (row["status"], row["row_status"], row["row_key"]) == ("done", "sitting", 5)
    view = ResultsView(out.ledger)
    view.refresh(out.manifest)
    view.save()
    assert ResultsView(out.ledger).refresh(out.manifest).equals(view.table)


@pytest.mark.parametrize(
    ("values", "kind", "stored"),
    [
        ([1, 2], pa.int64(), [1, 2]),
        ([1, 2.5], pa.float64(), [1.0, 2.5]),
        ([True, False], pa.bool_(), [True, False]),
        ([True, 2], pa.int64(), [1, 2]),
        ([True, 0.5], pa.float64(), [1.0, 0.5]),
        (["a", 1], pa.string(), ["a", "1"]),
        (["a", True], pa.string(), ["a", "true"]),
        ([None, 3], pa.int64(), [None, 3]),
        ([None, None], pa.float64(), [None, None]),
        ([2**70, 1], pa.float64(), [2.0**70, 1.0]),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_a_column_has_one_type_whatever_is_mixed_and_whenever_it_came(out, values, kind, stored, together):
    view = ResultsView(out.ledger)
    for number, value in enumerate(values):
        out.end(number, row={"x": value})
        if not together:
            view.refresh(out.manifest)
            view.save()
            view = ResultsView(out.ledger)
    column = view.refresh(out.manifest)["x"]
    assert column.type == kind
    assert column.to_pylist() == [*stored, None, None, None, None]


scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-5, 5, width=16) | st.text(max_size=3)


@given(
    st.lists(st.dictionaries(st.sampled_from(["a", "b", "status"]), scalars), max_size=6),
    st.randoms(use_true_random=False),
)
def test_the_types_do_not_depend_on_how_the_rows_arrived(tmp_path_factory, kinds, rng: random.Random):
    out = SmallOut(str(tmp_path_factory.mktemp("out")), count=6)
    outcomes = [out.outcome(number, row=row) for number, row in enumerate(kinds)]
    at_once = _join([_tabulate(outcomes)])
    cuts = sorted(rng.sample(range(len(outcomes) + 1), k=min(2, len(outcomes) + 1)))
    parts = [outcomes[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(outcomes)], strict=True)]
    piecewise = _join([_join([_tabulate(part)]) for part in parts])
    assert piecewise.schema == at_once.schema
    assert piecewise.num_rows == at_once.num_rows


def test_licences_stay_with_the_row(out):
    out.end(0, licences={"head": "CC-BY-4.0", "corpus": "research only"})
    assert rows(fresh(out))[0]["licences"] == '{"corpus": "research only", "head": "CC-BY-4.0"}'


def test_the_view_works_on_s3_too(s3_server):
    out = SmallOut("s3://bucket/out", count=40)
    for number in range(30):
        out.end(number, Status.REJECTED if number % 7 == 0 else Status.DONE, row=ROW)
    out.end(30, Status.FAILED, reason="timeout")
    view = ResultsView(out.ledger)
    view.refresh(out.manifest)
    view.save()
    counts = {name: statuses(view.table).count(name) for name in ("done", "rejected", "failed", "pending")}
    assert counts == {"done": 25, "rejected": 5, "failed": 1, "pending": 9}
    s3_server.requests.clear()
    ResultsView(out.ledger).refresh(out.manifest)
    # what people decided is one listing more than the two of outcomes and the one of failures
    assert s3_server.requests == {"LIST": 4, "GET": 2}
