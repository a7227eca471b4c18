import pyarrow as pa
import pytest

from facescale.runtime.manifest import build_manifest
from facescale.runtime.plan import (
    MAX_RUNS,
    Selection,
    make_plan,
    measured_seconds_per_cost,
    read_subjects,
    select,
)
from facescale.structures.item import InputFile, Item


def manifest(count: int = 6) -> pa.Table:
    items = [
        Item(
            corpus="scans",
            item=f"{number:03d}",
            subject=f"s{number // 2}",
            inputs=(InputFile(role="scan", uri=f"/in/{number}.ply", path=f"{number}.ply", size=1000 * number),),
            attributes={"side": "left" if number % 2 else "right"},
        )
        for number in range(count)
    ]
    return build_manifest(items, method={}, assets={}, method_version=1)


def key(table: pa.Table, row: int) -> str:
    return table["key"][row].as_py()


def ids(table: pa.Table) -> list[str]:
    return table["item"].to_pylist()


def test_everything_is_pending_in_a_new_folder():
    table = manifest()
    plan = make_plan(table, final=(), failed_runs={})
    assert ids(plan.pending) == ids(table)
    assert (plan.final, plan.exhausted, plan.left_out, plan.retried) == (0, 0, 0, 0)


def test_final_items_are_left_alone():
    table = manifest()
    plan = make_plan(table, final={key(table, 1), key(table, 4)}, failed_runs={})
    assert ids(plan.pending) == ["000", "002", "003", "005"]
    assert plan.final == 2


def test_a_failed_item_is_tried_in_three_runs_at_the_most():
    table = manifest()
    plan = make_plan(table, final=(), failed_runs={key(table, 0): 1, key(table, 1): 2, key(table, 2): MAX_RUNS})
    assert ids(plan.pending) == ["000", "001", "003", "004", "005"]
    assert (plan.retried, plan.exhausted) == (2, 1)


def test_an_item_that_failed_and_then_was_done_is_final_and_not_exhausted():
    table = manifest()
    plan = make_plan(table, final={key(table, 0)}, failed_runs={key(table, 0): MAX_RUNS})
    assert (plan.final, plan.exhausted, plan.retried) == (1, 0, 0)


def test_keys_that_are_not_in_the_manifest_decide_nothing():
    table = manifest()
    plan = make_plan(table, final={"f" * 64}, failed_runs={"e" * 64: MAX_RUNS})
    assert plan.pending.num_rows == 6
    assert (plan.final, plan.exhausted) == (0, 0)


def test_every_item_is_counted_exactly_once():
    table = manifest(20)
    failed = {key(table, 3): 1, key(table, 4): MAX_RUNS, key(table, 0): MAX_RUNS}
    selection = Selection(where='side == "left"', limit=7)
    plan = make_plan(table, final={key(table, 0), key(table, 1)}, failed_runs=failed, selection=selection)
    assert plan.pending.num_rows + plan.final + plan.exhausted + plan.left_out == plan.total == 20


def test_a_limit_means_the_same_items_in_every_run():
    table = manifest()
    plan = make_plan(table, final={key(table, 0)}, failed_runs={}, selection=Selection(limit=2))
    assert ids(plan.pending) == ["001"]
    assert plan.left_out == 4


def test_where_and_subjects_and_limit_narrow_each_other_in_that_order():
    table = manifest()
    both = Selection(where='side == "right"', subjects=frozenset({"s1", "s2"}))
    assert ids(select(table, both)) == ["002", "004"]
    one = Selection(where='side == "right"', subjects=frozenset({"s1", "s2"}), limit=1)
    assert ids(select(table, one)) == ["002"]


def test_where_sees_columns_and_attributes():
    assert ids(select(manifest(), Selection(where='size >= 3000 and side == "left"'))) == ["003", "005"]


def test_where_names_the_attributes_of_the_corpus_when_one_is_unknown():
    with pytest.raises(ValueError, match=r"'sides'.*side"):
        select(manifest(), Selection(where='sides == "left"'))


def test_a_subject_that_the_corpus_lacks_is_an_error_and_not_a_silence():
    with pytest.raises(ValueError, match=r"3 of them.*got 1 others: s9"):
        select(manifest(), Selection(subjects=frozenset({"s1", "s9"})))


def test_a_limit_below_one_is_refused():
    with pytest.raises(ValueError, match="at least 1, got 0"):
        Selection(limit=0)


def test_subjects_are_read_one_a_line(tmp_path):
    file = tmp_path / "subjects.txt"
    file.write_text("# validation split\ns1\n\n  s2  \n")
    assert read_subjects(file) == {"s1", "s2"}


@pytest.mark.parametrize("content", [None, "", "# only a comment\n"])
def test_a_subjects_file_without_subjects_is_refused(tmp_path, content):
    file = tmp_path / "subjects.txt"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ValueError, match=r"subjects\.txt"):
        read_subjects(file)


def results(table: pa.Table, seconds: list[float | None], statuses: list[str]) -> pa.Table:
    return pa.table({"key": table["key"], "status": statuses, "seconds": seconds})


def test_time_is_estimated_from_done_items_and_their_cost():
    table = manifest(4)
    done = results(table, [5.0, 2.0, 4.0, 99.0], ["done", "done", "done", "failed"])
    rate = measured_seconds_per_cost(table, done)
    assert rate == pytest.approx(11.0 / 3000.0)
    plan = make_plan(
        table, final=table["key"].to_pylist()[:3], failed_runs={}, workers=2, seconds_per_cost=rate
    )
    assert plan.hours == pytest.approx(3000.0 * rate / 2 / 3600.0)


def test_time_is_unknown_before_anything_is_done():
    table = manifest(2)
    assert measured_seconds_per_cost(table, results(table, [None, 3.0], ["pending", "failed"])) is None
    plan = make_plan(table, final=(), failed_runs={})
    assert plan.hours is None
    assert "time unknown" in str(plan)


def test_a_plan_prints_items_bytes_and_hours():
    plan = make_plan(manifest(), final=(), failed_runs={}, workers=4, seconds_per_cost=1.0)
    assert str(plan).splitlines() == [
        "6 of 6 items to do, 15 kB to read",
        "skipped: 0 final, 0 left out, 0 failed in 3 runs; to try again: 0",
        "about 1.04 h on 4 workers, measured on the items done so far",
    ]
