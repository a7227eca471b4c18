import pytest

from facescale.reporting.diff_page import DiffCard, DiffPage, DiffPoint, _plot, _ticks, render_diff


def page(**changes):
    fields = {
        "a": "A<x>",
        "b": "B",
        "metric": "m_mm",
        "measure": "face",
        "threshold": 0.05,
        "counts": ["2 items in both"],
        "settings": [("run.points", "1", "2", "")],
        "statuses": [("done", "done", "2")],
        "moved": [],
        "heads": ("measure", "pairs"),
        "rows": [("m_mm", "2")],
        "points": [DiffPoint(item="<b>", a=0.2, b=0.4), DiffPoint(item="y", a=0.3, b=0.31)],
        "worst": [
            DiffCard(item="<b>", before="0.2", after="0.4", change="+0.2", picture_a=b"x", picture_b=None)
        ],
        "best": [],
    }
    return render_diff(DiffPage(**{**fields, **changes}))


def test_everything_from_data_is_escaped_and_nothing_is_fetched():
    text = page()
    assert "A&lt;x&gt;" in text
    assert "<b><b>" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert "no picture was stored" in text
    assert "Got better most" not in text


def test_without_figures_there_is_no_plot():
    text = page(points=[], rows=[], worst=[])
    assert "<circle" not in text
    assert "All measures" not in text


def test_points_below_the_dashed_line_fell_and_small_changes_are_grey():
    found = _plot(
        [DiffPoint(item="r", a=1, b=2), DiffPoint(item="f", a=2, b=1), DiffPoint(item="s", a=1, b=1.01)], 0.1
    )
    assert [point["kind"] for point in found["points"]] == ["rose", "fell", "same"]
    rose, fell = found["points"][:2]
    assert 100 - rose["y"] > rose["x"]
    assert 100 - fell["y"] < fell["x"]


def test_a_runaway_stands_on_the_edge_and_squeezes_nobody():
    calm = [DiffPoint(item=str(k), a=1 + k / 100, b=1 + k / 100) for k in range(100)]
    found = _plot([*calm, DiffPoint(item="wild", a=1.5, b=500.0)], 0.1)
    assert found["points"][-1]["y"] == 0
    assert found["points"][99]["x"] > 30


def test_equal_values_still_have_a_plot():
    assert _plot([DiffPoint(item="x", a=0.0, b=0.0)], 0.1)["points"][0]["kind"] == "same"


def test_ticks_are_round_and_few():
    assert _ticks(0.0, 0.43) == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    assert 3 <= len(_ticks(0.317, 0.4231)) <= 9
