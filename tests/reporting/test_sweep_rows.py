from facescale.reporting.sweep_rows import (
    ACCURACY,
    MEAN_HEAD_PRESET,
    MEASURES,
    accuracy_tables,
    plumbing_tables,
)
from facescale.reporting.text_table import to_markdown


def row(head="real", preset="fast", error=0.25, **settings):
    fit = preset != MEAN_HEAD_PRESET
    return {
        "corpus": "ours", "head": head, "preset": preset, "status": "done", "why": "", "stand_in": False,
        "rank": 1 if fit else None, "scans": 3, "done": 2, "compared": 2, "parameters": 1404,
        "seconds_a_scan": 0.123456,
        "times_faster_than_adam": 68.78, "iterations": 6.0, "beat_mean_head": 2, "converged_share": 1.0,
        **dict.fromkeys(MEASURES, error), **settings,
    }  # fmt: skip


ROWS = [
    row(),
    row(preset="adam", error=0.5, rank=2, seconds_a_scan=12.0),
    row(head="coma", preset="all presets", error=None, status="not run", rank=None, parameters=None,
        why="not run: trained in a later round", seconds_a_scan=None, times_faster_than_adam=None),
    row(preset=MEAN_HEAD_PRESET, error=0.01, parameters=0, seconds_a_scan=None, times_faster_than_adam=None),
    row(head="flame(stand-in)", stand_in=True, rank=None, error=None),
]  # fmt: skip

GOLDEN = """\
| real | fast | 2 of 3 | 1 | **0.250** | **0.250** | **0.250** | **0.250** | **0.250** | **0.250** | **0.25** \
| **0.25** | **0.25** | **0.123** | 68.8 | 1,404 |
| real | adam | 2 of 3 | 2 | 0.500 | 0.500 | 0.500 | 0.500 | 0.500 | 0.500 | 0.50 | 0.50 | 0.50 | 12.0 | 68.8 \
| 1,404 |
"""


def test_the_best_fit_is_set_off_and_the_mean_head_never_is():
    (table,) = accuracy_tables(ROWS)
    assert GOLDEN in to_markdown(table)
    first = 3
    assert {line for line, _ in table.best} == {0}
    assert {column for _, column in table.best} == {
        first + k for k, figure in enumerate(ACCURACY) if figure.low_is_best
    }


def test_the_caption_says_what_makes_rows_comparable():
    (table,) = accuracy_tables(ROWS)
    for words in ("over 2 scans", "same scans", "same held-out points", "95 mm", "outer eye corners"):
        assert words in table.caption


def test_a_head_that_is_away_says_why_in_its_row_and_below():
    (table,) = accuracy_tables(ROWS)
    assert table.rows[2][:3] == ("coma", "all presets", "not run: trained in a later round")
    assert set(table.rows[2][3:]) == {"\N{EN DASH}"}
    assert table.notes == ("coma, all presets: not run: trained in a later round",)


def test_stand_ins_have_a_table_of_their_own_without_accuracy():
    accuracy, plumbing = accuracy_tables(ROWS), plumbing_tables(ROWS)
    assert not any("stand-in" in cell for table in accuracy for line in table.rows for cell in line)
    (table,) = plumbing
    assert [line[1] for line in table.rows] == ["flame(stand-in)"]
    assert not any("mesh" in label or "NME" in label for label in table.heads)
    assert plumbing_tables(ROWS[:4]) == []
