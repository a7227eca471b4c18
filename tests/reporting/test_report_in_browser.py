"""The report as a person meets it: opened from disk in a browser, sorted, filtered, turned, with keys alone."""

import os
import re
import shutil

import numpy as np
import pytest

from facescale.heads.library import load_head
from facescale.rendering.encode import encode
from facescale.rendering.views import framing_of
from facescale.reporting.head_blob import Head3D
from facescale.reporting.report import ReportInputs, render_report, write_full_report
from facescale.structures.mesh import Mesh
from tests.reporting.results import row, summary, table

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
PICTURE = encode(np.full((12, 12, 4), 200, np.uint8))
LIMIT_BYTES = 15_000_000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None and "CI" not in os.environ, reason="needs Debian's chromium"),
]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    assert CHROMIUM is not None, "continuous integration installs chromium"
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def head():
    """A fit that is the mean head, and a scan that is a larger one."""
    model = load_head("builtin")
    fit = Mesh(vertices=model.mean_vertices().numpy(), faces=model.faces.numpy())
    scan = Mesh(vertices=1.15 * fit.vertices, faces=fit.faces)
    errors = np.linspace(0, 2, len(fit.vertices))
    return Head3D(framing=framing_of(fit.vertices, ("front",)), scan=scan, fit=fit, error_mm=errors)


def inputs_of(given, head):
    return ReportInputs(
        title="A run",
        table=table(given),
        summary=summary(given),
        picture=lambda _r: PICTURE,
        head=lambda _r: head,
    )


def rows(count):
    bad = [row(count, "rejected", reason="not-a-head", message="expected a head, found a cube", hint="a head")]
    return [*(row(i) for i in range(count)), *bad]


def opened(browser, path, **settings):
    page = browser.new_context(
        **({"viewport": {"width": 1200, "height": 900}, "reduced_motion": "reduce"} | settings)
    ).new_page()
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if request.url.startswith("http") else None)
    page.goto(path.as_uri(), wait_until="domcontentloaded", timeout=120_000)
    return page, said


@pytest.fixture(scope="module")
def report(tmp_path_factory, head):
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_report(inputs_of(rows(12), head)), encoding="utf-8")
    return path


def drawn(page):
    stage = page.locator("[data-head]").first
    stage.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('[data-head]').dataset.drawn !== undefined", timeout=200_000)
    return stage


def picture_of(page):
    return page.evaluate("document.querySelector('[data-head] canvas').toDataURL()")


def changed(page, before):
    page.wait_for_function(
        "old => document.querySelector('[data-head] canvas').toDataURL() !== old", arg=before, timeout=100_000
    )


def test_it_loads_without_errors_and_asks_nobody_for_anything(browser, report):
    page, said = opened(browser, report)
    drawn(page)
    assert said == []


def test_rows_are_sorted_and_filtered_by_keys_alone(browser, report):
    page, _ = opened(browser, report)
    first = page.locator("[data-table] tbody tr").first
    button = page.locator("th button", has_text="face, mm").first
    button.focus()
    page.keyboard.press("Enter")
    rising = first.inner_text()
    page.keyboard.press("Enter")
    assert first.inner_text() != rising
    page.locator("[data-table] input[type=search]").focus()
    page.keyboard.type("not-a-head")
    assert page.locator("[data-table] tbody tr:visible").count() == 1


def test_arrow_keys_turn_the_head_and_the_slider_leads_from_the_fit_to_the_scan(browser, report):
    page, _ = opened(browser, report, reduced_motion="reduce")
    stage = drawn(page)
    before = picture_of(page)
    stage.locator("canvas").focus()
    page.keyboard.press("ArrowRight")
    changed(page, before)
    before = picture_of(page)
    slider = stage.locator("[data-share]")
    slider.focus()
    page.keyboard.press("Home")
    changed(page, before)
    assert slider.get_attribute("aria-valuetext") == "scan"


def test_the_head_turns_by_itself_unless_less_motion_is_wanted(browser, report):
    page, _ = opened(browser, report, reduced_motion="no-preference")
    drawn(page)
    changed(page, picture_of(page))
    still, _ = opened(browser, report, reduced_motion="reduce")
    assert drawn(still).locator("[data-turn]").get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_window_scrolls_only_downwards(browser, report, scheme):
    page, said = opened(browser, report, viewport={"width": 375, "height": 800}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    light = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert light == (scheme == "light")
    assert said == []


def test_a_thousand_items_stay_light(browser, tmp_path, head):
    html = render_report(inputs_of(rows(1000), head))
    assert len(html.encode()) < LIMIT_BYTES
    path = tmp_path / "report.html"
    path.write_text(html, encoding="utf-8")
    page, said = opened(browser, path)
    page.locator("[data-table] input[type=search]").fill("s0007")
    assert re.search(r"of 1,?001 rows", page.locator("[data-count]").first.inner_text())
    assert said == []


def test_the_full_report_loads_each_head_when_it_is_looked_at(browser, tmp_path, head):
    page_of = write_full_report(str(tmp_path / "report"), inputs_of(rows(12), head))
    assert len(list((tmp_path / "report" / "heads").glob("*.js"))) == 12 + 1 + 1
    page, said = opened(browser, tmp_path / "report" / "index.html")
    drawn(page)
    assert page_of.endswith("index.html")
    assert said == []


def test_a_page_with_the_viewer_names_its_licence(report):
    assert "three.js" in report.read_text(encoding="utf-8")
