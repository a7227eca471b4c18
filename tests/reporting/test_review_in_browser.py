"""The review page as a person meets it: opened from disk, decided with keys and mouse, saved as a file."""

import csv
import os
import shutil

import numpy as np
import pytest

from facescale.rendering.encode import encode
from facescale.reporting.review_page import ReviewCard, render_review

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURE = encode(np.full((12, 12, 4), 200, np.uint8))

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


def card(number, **fields):
    return ReviewCard(
        **{
            "key": f"{number:064x}",
            "item": f"item {number}",
            "error": 1.0 - number / 10,
            "figures": "",
            "picture": PICTURE,
            **fields,
        }
    )


@pytest.fixture
def page_file(tmp_path):
    cards = [card(number) for number in range(6)]
    cards[5] = card(5, decision="reject", reason="hair", at="2026-01-01T00:00:00.000Z")
    path = tmp_path / "review.html"
    path.write_text(render_review("Review", cards, identity="tests"), encoding="utf-8")
    return path


@pytest.fixture
def context(browser):
    made = browser.new_context(viewport={"width": 1300, "height": 900}, accept_downloads=True)
    yield made
    made.close()


@pytest.fixture
def tab(context, page_file):
    opened = context.new_page()
    troubles = []
    opened.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on(
        "request", lambda request: troubles.append(request.url) if request.url.startswith("http") else None
    )
    opened.goto(page_file.as_uri())
    yield opened
    assert troubles == []


def press(tab, *keys):
    for key in keys:
        tab.keyboard.press(key)


def state(tab):
    return tab.eval_on_selector_all(
        "[data-key]", "cards => cards.map(card => [card.dataset.decision, card.querySelector('.why').value])"
    )


def current(tab):
    return tab.eval_on_selector_all(
        "[data-key]", "cards => cards.findIndex(c => c.classList.contains('current'))"
    )


def saved(tab, path):
    with tab.expect_download() as download:
        tab.click("[data-save]")
    assert download.value.suggested_filename == "decisions.csv"
    download.value.save_as(path)
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_keys_decide_and_go_on_to_what_is_undecided(tab):
    assert current(tab) == 0
    press(tab, "a", "r", "ArrowLeft", "ArrowLeft", "c")
    assert state(tab)[:3] == [["", ""], ["reject", ""], ["", ""]]
    assert current(tab) == 0
    press(tab, "a")
    assert current(tab) == 2


def test_a_reason_is_typed_without_its_letters_becoming_decisions(tab):
    press(tab, "e")
    tab.keyboard.type('raca, "ear"')
    press(tab, "Enter")
    assert state(tab)[0] == ["reject", 'raca, "ear"']
    assert current(tab) == 1


def test_every_step_can_be_undone(tab):
    press(tab, "a", "r", "e")
    tab.keyboard.type("x")
    press(tab, "Enter", "u", "u", "Control+z", "u", "u")
    assert [decision for decision, _ in state(tab)] == ["", "", "", "", "", "reject"]
    assert tab.is_disabled("[data-undo]")
    assert tab.is_disabled("[data-save]")


def test_the_mouse_decides_too_and_a_second_click_takes_it_back(tab):
    accept = "[data-key]:nth-child(3) .accept"
    tab.click(accept)
    assert state(tab)[2][0] == "accept"
    assert tab.get_attribute(accept, "aria-pressed") == "true"
    tab.click(accept)
    assert state(tab)[2][0] == ""


def test_only_what_changed_is_saved_with_who_and_when(tab, tmp_path):
    tab.fill("[data-author]", "Ada")
    tab.press("[data-author]", "Escape")
    press(tab, "a", "e")
    tab.keyboard.type('a "b",c')
    press(tab, "Enter")
    rows = saved(tab, tmp_path / "d.csv")
    assert [(r["item"], r["decision"], r["reason"], r["author"]) for r in rows] == [
        ("item 0", "accept", "", "Ada"),
        ("item 1", "reject", 'a "b",c', "Ada"),
    ]
    assert rows[0]["key"] == f"{0:064x}"
    assert rows[0]["at"].endswith("Z")


def test_taking_back_what_stands_in_the_results_or_in_a_saved_file_is_saved_as_clear(tab, tmp_path):
    tab.click("[data-key]:nth-child(6) .reject")
    press(tab, "ArrowLeft", "a")
    first = saved(tab, tmp_path / "1.csv")
    assert [(r["item"], r["decision"]) for r in first] == [("item 4", "accept"), ("item 5", "clear")]
    tab.click("[data-key]:nth-child(5) .accept")
    second = saved(tab, tmp_path / "2.csv")
    assert [(r["item"], r["decision"]) for r in second] == [("item 4", "clear"), ("item 5", "clear")]
    assert second[0]["at"] > first[0]["at"]


def test_the_browser_remembers_until_the_results_know_better(tab, page_file):
    press(tab, "a", "r")
    tab.reload()
    assert [decision for decision, _ in state(tab)][:2] == ["accept", "reject"]
    newer = [card(0, decision="reject", reason="late", at="2999-01-01T00:00:00.000Z"), card(1)]
    page_file.write_text(render_review("Review", newer, identity="tests"), encoding="utf-8")
    tab.reload()
    assert state(tab) == [["reject", "late"], ["reject", ""]]


def test_other_results_have_a_memory_of_their_own(tab, page_file):
    press(tab, "a")
    page_file.write_text(render_review("Review", [card(0)], identity="others"), encoding="utf-8")
    tab.reload()
    assert state(tab) == [["", ""]]


def test_a_filter_hides_and_arrows_stay_among_what_is_shown(tab):
    press(tab, "a")
    tab.select_option("[data-show]", "open")
    shown = tab.eval_on_selector_all("[data-key]", "cards => cards.map(card => !card.hidden)")
    assert shown == [False, True, True, True, True, False]
    tab.evaluate("document.activeElement.blur()")
    press(tab, "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    assert current(tab) == 4
    tab.select_option("[data-show]", "reject")
    assert current(tab) == 5


def test_it_fits_a_telephone(browser, page_file):
    with browser.new_context(viewport={"width": 390, "height": 800}) as narrow:
        opened = narrow.new_page()
        opened.goto(page_file.as_uri())
        assert opened.evaluate("document.documentElement.scrollWidth") <= 390
