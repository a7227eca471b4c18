import re
import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pyarrow as pa
import pytest

from facescale.rendering.encode import encode
from facescale.reporting.report import ReportInputs, render_report, write_report
from tests.reporting.results import row, summary, table

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PICTURE = encode(np.full((12, 12, 4), 200, np.uint8))


class Page(HTMLParser):
    """What a browser would make of the tags, roughly: elements with their attributes, and all text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.text += " "

    def handle_data(self, data):
        self.text += data

    def of(self, tag):
        return [attributes for found, attributes in self.tags if found == tag]


def rows():
    return [
        *(row(i) for i in range(30)),
        row(30, "rejected", reason="not-a-head", message="expected a head, found a cube", hint="give a head"),
        row(31, "rejected", reason="not-a-head", message="expected a head, found a shoe", hint="give a head"),
        row(32, "failed", reason="lost", message="OSError: 5\nline two\nline three"),
        row(33, "quarantined", reason="signal 11", message="SIGSEGV"),
        row(34, "pending"),
    ]


def page(given=None, **changes):
    given = rows() if given is None else given
    inputs = {"title": "A run", "table": table(given), "summary": summary(given), "picture": lambda _r: PICTURE}
    return render_report(ReportInputs(**(inputs | changes)))


def test_the_counts_are_the_summary_s_and_add_up():
    text = " ".join(Page(page()).text.split())
    for words in ("30 done", "2 rejected", "1 failed", "1 quarantined", "1 pending", "= 35 items"):
        assert words in text


def test_the_page_asks_the_network_for_nothing():
    html = page()
    parsed = Page(html)
    assert not parsed.of("link")
    assert all(image["src"].startswith("data:image/webp;base64,") for image in parsed.of("img"))
    assert all("src" not in script for script in parsed.of("script"))
    assert not re.search(r"url\(|@import|https?://", html)


def test_every_reason_shows_its_count_hint_and_messages():
    text = " ".join(Page(page()).text.split())
    assert "not-a-head rejected 2 items give a head" in text
    assert "expected a head, found a cube" in text
    assert "expected a head, found a shoe" in text
    assert "lost failed 1 item" in text
    assert "line three" in text


def test_worst_median_and_best_are_pictured_once_each():
    asked = []

    def picture(of):
        asked.append(of["item"])
        return PICTURE

    html = page(picture=picture)
    assert asked[:3] == ["s029/neutral", "s028/neutral", "s027/neutral"]
    assert asked[-3:] == ["s000/neutral", "s001/neutral", "s002/neutral"]
    assert len(set(asked)) == len(asked) == 9
    assert len(Page(html).of("img")) == 9


def test_an_item_without_a_picture_says_so():
    html = page(picture=lambda _row: None)
    assert not Page(html).of("img")
    assert html.count("no picture was stored") == 9


def test_the_mean_head_stands_beside_the_fit():
    text = " ".join(Page(page()).text.split())
    assert "median fit 0.21 mm" in text
    assert re.search(r"median mean head 2\.6[45] mm", text)
    assert "face, scan to mean head, mean" in text


def test_a_table_with_few_columns_still_makes_a_page():
    bare = pa.table({"key": ["a", "b"], "item": ["x", "y"], "status": ["done", "pending"]})
    html = page(table=bare, summary={"total": 2, "done": 1, "pending": 1})
    assert "Nothing to show yet" in html
    assert "mean head, mm" not in html
    assert "coverage" not in html


def test_a_run_of_nothing_makes_a_page():
    empty = pa.table({"key": pa.array([], pa.string()), "item": pa.array([], pa.string())})
    assert "No item was tried yet." in page(table=empty, summary={"total": 0})


def test_figures_that_are_no_numbers_are_shown_as_absent_and_not_counted():
    given = [row(0, face_scan_to_mesh_mean_mm=float("nan")), row(1), row(2, face_scan_to_mesh_mean_mm=None)]
    text = " ".join(Page(page(given)).text.split())
    assert "median fit 0.20 mm" in text
    assert "nan" not in text.lower()


def test_a_free_scale_is_not_called_millimetres():
    given = [row(0, metric=False), row(1, metric=True)]
    assert "1 item had a free scale" in page(given)


def test_a_thousand_items_fit_and_more_are_said_to_be_left_out():
    given = [row(i) for i in range(1200)]
    assert Page(page(given)).text.count("/neutral") >= 1200
    short = page(given, max_rows=1000)
    assert "1,000 of 1,200 items" in short


def test_what_did_not_succeed_leads_the_table():
    body = page().split("<tbody>")[-2]
    statuses = re.findall(r'<tr data-status="(\w+)"', body)
    assert statuses[:4] == ["quarantined", "failed", "rejected", "rejected"]
    assert statuses[-1] == "pending"


@pytest.mark.parametrize(
    "name", ['<script>document.title="owned"</script>', '"><img src=x onerror=alert(1)>', "a' b & c"]
)
def test_names_from_files_are_text_and_nothing_else(name):
    given = [
        row(0, item=name, subject=name, attempt=f"items/{name}"),
        row(1, "rejected", item=name, reason=name, message=name + "\n" + name, hint=name),
    ]
    html = page(given, title=name, subtitle=name, config=name, versions={name: name})
    parsed = Page(html)
    assert len(parsed.of("script")) == 1
    assert all(image["src"].startswith("data:image/webp") for image in parsed.of("img"))
    assert name in parsed.text
    assert all(":" not in link["href"] for link in parsed.of("a"))


def test_a_report_is_written_whole(tmp_path):
    given = rows()
    write_report(
        str(tmp_path / "report.html"), ReportInputs(title="x", table=table(given), summary=summary(given))
    )
    assert (tmp_path / "report.html").read_text(encoding="utf-8").endswith("</html>")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_impossible_limits_are_refused():
    with pytest.raises(ValueError, match="max_rows"):
        ReportInputs(title="x", table=table([row(0)]), summary={}, max_rows=0)


def browse(path):
    """The document after its scripts ran."""
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=3000",
        "--dump-dom",
    ]
    command += [f"--user-data-dir={path.parent / 'profile'}", path.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium on this machine")


@needs_browser
@pytest.mark.slow
def test_in_a_browser_a_hostile_name_does_nothing(tmp_path):
    hostile = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>'
    given = [
        row(0, item=hostile),
        row(1, "rejected", item=hostile, reason=hostile, message=hostile, hint=hostile),
    ]
    (tmp_path / "r.html").write_text(page(given, title="fine"), encoding="utf-8")
    assert "<title>fine</title>" in browse(tmp_path / "r.html")


@needs_browser
@pytest.mark.slow
def test_in_a_browser_the_table_sorts_and_filters(tmp_path):
    driver = """<script>
      const heads = [...document.querySelectorAll("[data-table] th")];
      const head = heads.find((th) => th.textContent.startsWith("face, mm"));
      const rows = () => [...document.querySelectorAll("[data-table] tbody tr")].filter((row) => !row.hidden);
      head.querySelector("button").click();
      const first = rows()[0].cells[0].textContent, last = rows().at(-1).cells[0].textContent;
      head.querySelector("button").click();
      const down = rows()[0].cells[0].textContent;
      const search = document.querySelector("[data-table] input");
      search.value = "s03 rej"; search.dispatchEvent(new Event("input"));
      document.title = [first, down, rows().length, last.length > 0].join("|");
    </script></body>"""
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page()).replace("</body>", driver)
    (tmp_path / "r.html").write_text(html, encoding="utf-8")
    assert "<title>s000/neutral|s029/neutral|2|true</title>" in browse(tmp_path / "r.html")


@needs_browser
@pytest.mark.slow
def test_in_a_browser_the_page_s_own_policy_lets_its_script_run(tmp_path):
    html = page()
    assert '<div class="tools" hidden' in html
    (tmp_path / "r.html").write_text(html, encoding="utf-8")
    assert '<div class="tools">' in browse(tmp_path / "r.html")
    (tmp_path / "changed.html").write_text(html.replace('"use strict";', '"use strict"; '), encoding="utf-8")
    assert '<div class="tools" hidden' in browse(tmp_path / "changed.html")
