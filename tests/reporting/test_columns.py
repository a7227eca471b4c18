import pyarrow as pa
import pytest

from facescale.reporting.columns import COVERAGE, FIT, present, rows_of, seconds_of


def test_columns_that_the_table_lacks_are_absent_from_every_row():
    (row,) = rows_of(pa.table({"item": ["a"], FIT: [0.3], "unknown": [1]}))
    assert row == {"item": "a", FIT: 0.3}


def test_coverage_is_found_under_the_names_that_runs_use():
    (row,) = rows_of(pa.table({"item": ["a"], "face_coverage": [0.8], "face_observed": [0.5]}))
    assert row[COVERAGE] == 0.8


def test_a_table_without_any_known_column_has_rows_of_nothing():
    assert rows_of(pa.table({"x": [1, 2]})) == []


@pytest.mark.parametrize(
    ("row", "seconds"),
    [
        ({"seconds": 3.0, "fit_s": 1.0}, 3.0),
        ({"load_s": 0.5, "fit_s": 1.0, "save_s": None}, 1.5),
        ({"seconds_load": 0.5, "seconds_fit": 1.0}, 1.5),
        ({"seconds": None}, None),
        ({}, None),
    ],
)
def test_what_an_item_took_is_the_whole_or_the_sum_of_the_parts(row, seconds):
    assert seconds_of(row) == seconds


def test_a_column_of_nothing_is_not_present():
    assert not present([{"a": None}, {}], "a")
    assert present([{"a": None}, {"a": 0}], "a")
