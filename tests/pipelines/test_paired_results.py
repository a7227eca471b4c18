import pyarrow as pa
import pytest

from facescale.pipelines.paired_results import compare, config_changes, direction, metrics_of, pair_up, ranked

METRIC = "face_scan_to_mesh_mean_mm"


def table(values, *, key="k", **more):
    rows = [
        {"key": f"{key}{item}", "corpus": "scans", "item": item, "status": "done", METRIC: value, **more}
        for item, value in values
    ]
    return pa.Table.from_pylist(rows)


def test_items_pair_by_name_whatever_their_keys():
    found = pair_up(table([("a", 1.0), ("b", 2.0)]), table([("b", 1.5), ("c", 9.0)], key="other"))
    assert [pair.item for pair in found.pairs] == ["b"]
    assert (found.only_a, found.only_b) == (("a",), ("c",))
    assert found.pairs[0].change(METRIC) == -0.5


def test_nothing_in_common_is_refused():
    with pytest.raises(ValueError, match="found none in both: A has 1 such as 'a', B has 1 such as 'b'"):
        pair_up(table([("a", 1.0)]), table([("b", 1.0)]))


def test_of_two_rows_of_an_item_the_later_one_counts():
    found = pair_up(table([("a", 1.0), ("a", 3.0)]), table([("a", 2.0)]))
    assert found.superseded == 1
    assert found.pairs[0].change(METRIC) == -1.0


def test_statuses_are_counted_as_they_moved():
    failed = table([("a", None), ("b", 2.0)]).set_column(3, "status", pa.array(["rejected", "done"]))
    found = pair_up(table([("a", 1.0), ("b", 2.0)]), failed)
    assert found.statuses == {("done", "rejected"): 1, ("done", "done"): 1}
    assert [pair.item for pair in found.both_done] == ["b"]


def pairs(changes):
    a = table([(name, 1.0) for name in changes])
    return pair_up(a, table([(name, 1.0 + change) for name, change in changes.items()])).pairs


def test_items_are_ranked_from_the_worst_regression():
    found = ranked(pairs({"same": 0.0, "worse": 0.5, "better": -0.2, "bad": 0.1}), METRIC)
    assert [pair.item for pair in found] == ["worse", "bad", "same", "better"]


def test_a_fall_of_coverage_is_worse():
    a, b = (table([("x", 1.0)], coverage=value) for value in (0.9, 0.5))
    assert compare(pair_up(a, b).pairs, "coverage", threshold=0.1).worse == 1
    assert (direction("coverage"), direction(METRIC), direction("iterations")) == (-1, 1, 0)


def test_only_changes_beyond_the_threshold_are_worse_or_better():
    found = compare(pairs({"a": 0.2, "b": 0.05, "c": -0.05, "d": -0.3}), METRIC, threshold=0.1)
    assert (found.worse, found.better, found.change.rose, found.change.fell) == (1, 1, 2, 2)


def test_measures_are_those_that_both_have_and_that_a_method_can_change():
    a = table([("x", 1.0)], mean_head_face_mm=2.0, seconds_fit=1.0, only_a_mm=1.0, iterations=3)
    b = table([("x", 1.0)], mean_head_face_mm=2.0, seconds_fit=2.0, iterations=4)
    both = pair_up(a, b).pairs
    assert metrics_of(both) == (METRIC, "seconds_fit")
    assert metrics_of(both, ("iterations",)) == ("iterations",)
    with pytest.raises(ValueError, match="only_a_mm"):
        metrics_of(both, ("only_a_mm",))


def test_settings_are_compared_by_dotted_names():
    a = {"run": {"points": 5000, "head": "ict"}, "version": 1}
    b = {"run": {"points": 2500, "head": "ict", "unit": "mm"}, "version": 1}
    assert config_changes(a, b) == [("run.points", "5000", "2500"), ("run.unit", "-", "mm")]
