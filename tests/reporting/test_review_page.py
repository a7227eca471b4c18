import re
from importlib.resources import files

from facescale.reporting.review_page import CSV_COLUMNS, ReviewCard, render_review

CARD = ReviewCard(key="a" * 64, item="<s1>", error=0.4321, figures="p90 1 mm", picture=b"x")


def test_everything_from_data_is_escaped_and_nothing_is_fetched():
    page = render_review("Review", [CARD], identity="id", subtitle="<out>")
    assert "&lt;s1&gt;" in page
    assert "<s1>" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "0.432 mm" in page


def test_a_result_without_a_picture_or_a_figure_can_still_be_decided_about():
    page = render_review(
        "Review", [ReviewCard(key="b" * 64, item="x", error=None, figures="", picture=None)], identity="id"
    )
    assert "no picture was stored" in page
    assert page.count('aria-pressed="false"') == 2


def test_the_page_s_script_writes_the_columns_that_are_read():
    script = (files("facescale.reporting") / "templates" / "review.js").read_text(encoding="utf-8")
    (columns,) = re.findall(r"const COLUMNS = \[(.*?)\];", script)
    assert tuple(re.findall(r'"(\w+)"', columns)) == CSV_COLUMNS
