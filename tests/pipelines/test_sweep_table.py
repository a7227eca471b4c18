import pytest

from facescale.pipelines.sweep_corpora import SweepCorpus
from facescale.pipelines.sweep_heads import SweepHead
from facescale.pipelines.sweep_points import Point, PointEnd
from facescale.pipelines.sweep_table import SCHEMA, Standing, common_items, table_rows, to_table
from facescale.reporting.sweep_rows import MEAN_HEAD_PRESET, MEASURES

CORPUS = SweepCorpus(name="ours", layout="scans", root="r")


def head(label, *, stand_in=False, absent=""):
    return SweepHead(given=label, label=label, stand_in=stand_in, parameters=10, absent=absent)


def item(name, error, *, seconds=1.0, status="done", mean_head=2.0):
    row = {"item": name, "status": status, "seconds_solve": seconds, "iterations": 4, "fit_ended": "converged"}
    for column in MEASURES.values():
        row |= {column: error, f"mean_head_{column}": mean_head}
    return row if status == "done" else {"item": name, "status": status, "seconds_solve": None}


def standing(head, preset, *rows, fine=True, why=""):
    point = Point(corpus=CORPUS, head=head, preset=preset)
    return Standing(end=PointEnd(point=point, fine=fine, why=why), rows=rows)


REAL, OTHER, MADE_UP = head("real"), head("other"), head("flame(stand-in)", stand_in=True)


def named(rows, head_label, preset):
    (found,) = [row for row in rows if (row["head"], row["preset"]) == (head_label, preset)]
    return found


def test_rows_are_measured_over_the_scans_that_all_of_them_have():
    """One preset fails on the hard scan: that must not make it look better than one that does not."""
    brave = standing(REAL, "fast", item("easy", 0.3), item("hard", 3.0))
    coward = standing(REAL, "adam", item("easy", 0.4), item("hard", 0, status="rejected"))
    rows = table_rows([brave, coward])
    assert named(rows, "real", "fast")["scan_to_mesh_mean_mm"] == pytest.approx(0.3)
    assert named(rows, "real", "fast")["rank"] == 1
    assert named(rows, "real", "adam")["rank"] == 2
    assert (named(rows, "real", "adam")["done"], named(rows, "real", "adam")["rejected"]) == (1, 1)
    assert {row["compared"] for row in rows} == {1}


def test_a_point_that_has_done_nothing_leaves_the_others_comparable():
    whole = standing(REAL, "fast", item("a", 0.2), item("b", 0.4))
    broken = standing(REAL, "adam", fine=False, why="broken: no scans")
    assert common_items([whole, broken]) == ["a", "b"]
    rows = table_rows([broken, whole])
    assert [(row["preset"], row["status"]) for row in rows] == [
        ("fast", "done"),
        ("adam", "broken"),
        (MEAN_HEAD_PRESET, "done"),
    ]
    assert rows[1]["scan_to_mesh_mean_mm"] is None
    assert rows[1]["why"] == "broken: no scans"


def test_stand_ins_stay_out_of_ranks_and_have_no_accuracy_and_change_no_comparison():
    real = standing(REAL, "fast", item("a", 0.2), item("b", 0.4, seconds=3.0))
    made_up = standing(MADE_UP, "fast", item("a", 0.01, seconds=7.0))
    rows = table_rows([made_up, real])
    assert rows[:2] == table_rows([real])
    found = rows[2]
    assert found["stand_in"]
    assert {found[name] for name in MEASURES} == {None}
    assert found["rank"] is None
    assert (found["seconds_a_scan"], found["beat_mean_head"], found["done"]) == (7.0, 1, 1)
    assert not any(row["head"] == MADE_UP.label and row["preset"] == MEAN_HEAD_PRESET for row in rows)


def test_every_head_has_its_mean_head_s_row():
    rows = table_rows(
        [
            standing(REAL, "fast", item("a", 0.2, mean_head=1.5)),
            standing(OTHER, "fast", item("a", 0.3, mean_head=2.5)),
        ]
    )
    for label, error in (("real", 1.5), ("other", 2.5)):
        mean = named(rows, label, MEAN_HEAD_PRESET)
        assert mean["scan_to_mesh_mean_mm"] == error
        assert (mean["rank"], mean["parameters"], mean["seconds_a_scan"]) == (None, 0, None)


def test_times_are_held_against_adam_with_the_same_head():
    rows = table_rows(
        [
            standing(REAL, "fast", item("a", 0.2, seconds=0.5), item("b", 0.2, seconds=0.5)),
            standing(REAL, "adam", item("a", 0.2, seconds=10.0), item("b", 0.2, seconds=20.0)),
            standing(OTHER, "fast", item("a", 0.2), item("b", 0.2)),
        ]
    )
    assert named(rows, "real", "fast")["times_faster_than_adam"] == pytest.approx(30.0)
    assert named(rows, "real", "adam")["times_faster_than_adam"] == pytest.approx(1.0)
    assert named(rows, "other", "fast")["times_faster_than_adam"] is None


def test_a_head_that_is_away_is_a_row_that_says_so():
    (row,) = table_rows(
        [standing(head("coma", absent="trained in a later round"), "all presets", why="not run: x")]
    )
    assert (row["status"], row["scans"], row["rank"]) == ("not run", 0, None)


def test_the_table_has_the_same_types_whatever_is_missing():
    full = to_table(table_rows([standing(REAL, "fast", item("a", 0.2))]))
    empty = to_table(table_rows([standing(REAL, "fast")]))
    assert full.schema == empty.schema == SCHEMA
    assert full.num_rows == 2
    assert empty.num_rows == 1
