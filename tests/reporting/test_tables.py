from facescale.reporting.columns import rows_of
from facescale.reporting.tables import item_table, text_cell
from tests.reporting.results import row, table


def laid_out(rows, max_rows=100):
    return item_table(rows_of(table(rows)), max_rows=max_rows)


def items(found):
    return [line.cells[0].text for line in found.rows]


def test_what_did_not_succeed_comes_first_and_then_the_worst_fit():
    found = laid_out(
        [row(0), row(1, "pending"), row(2, "rejected"), row(3), row(4, "quarantined"), row(5, "failed")]
    )
    assert items(found) == [f"s00{n}/neutral" for n in (4, 5, 2, 3, 0, 1)]
    assert found.statuses == ("done", "rejected", "failed", "quarantined", "pending")


def test_only_columns_with_values_are_shown():
    labels = [column.label for column in laid_out([row(0)]).columns]
    assert labels == ["item", "status", "reason", "subject", "face, mm", "mean head, mm", "coverage", "seconds"]
    bare = [column.label for column in laid_out([{"item": "a", "status": "pending"}]).columns]
    assert bare == ["item", "status", "reason"]


def test_numbers_carry_what_they_are_sorted_by_and_absent_ones_nothing():
    rejected, done = laid_out([row(0), row(1, "rejected")]).rows
    assert done.cells[4].value == 0.2
    assert rejected.cells[4].value is None
    assert rejected.cells[4].text == "\u2013"


def test_rows_beyond_the_limit_are_counted_aloud():
    found = laid_out([row(n) for n in range(30)], max_rows=10)
    assert len(found.rows) == 10
    assert found.left_out.startswith("10 of 30 items")
    assert laid_out([row(0)]).left_out == ""


def test_long_texts_are_cut_and_stay_whole_when_pointed_at():
    cell = text_cell("x" * 500)
    assert len(cell.text) < 200
    assert cell.title == "x" * 500
