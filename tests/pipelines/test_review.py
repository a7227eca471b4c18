import csv
import re

import pytest

from facescale.pipelines.review import ReviewConfig, review
from facescale.runtime.lease import Lease
from facescale.runtime.results import load_results
from tests.pipelines.small_results import METRIC, SmallResults


@pytest.fixture
def results(tmp_path):
    return SmallResults(str(tmp_path / "out"))


@pytest.fixture
def run(results):
    return lambda **fields: review(ReviewConfig(out=results.storage.uri, **fields))


def decided(results):
    rows = load_results(results.ledger).to_pylist()
    return {row["item"]: (row["review"], row["review_reason"]) for row in rows if row["review"]}


def saved(path, rows, columns=("key", "item", "decision", "reason", "at", "author")):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def test_items_are_named_by_id_or_by_the_beginning_of_a_key(results, run):
    run(accept=("000", results.key(1)[:10]), reject=("002",), reason="hair")
    assert decided(results) == {"000": ("accept", "hair"), "001": ("accept", "hair"), "002": ("reject", "hair")}


def test_a_later_decision_replaces_and_clear_takes_back(results, run):
    run(accept=("000", "001"))
    run(reject=("000",))
    run(clear=("001",))
    assert decided(results) == {"000": ("reject", None)}


def test_a_file_from_the_page_is_stored_with_its_authors_and_times(tmp_path, results, run):
    at = "2026-01-01T00:00:00.000Z"
    path = saved(
        tmp_path / "decisions.csv",
        [
            {"key": results.key(0), "item": "000", "decision": "accept", "at": at, "author": "Ada"},
            {"key": results.key(1), "item": "001", "decision": "reject", "reason": 'ear, "left"', "at": at},
        ],
    )
    run(apply=(path,))
    assert decided(results) == {"000": ("accept", None), "001": ("reject", 'ear, "left"')}
    records = b"".join(results.storage.read(name) for name in results.storage.names("review"))
    assert b'"author": "Ada"' in records


def test_handing_a_file_in_again_does_not_undo_what_was_decided_since(tmp_path, results, run, capsys):
    at = "2026-01-01T00:00:00.000Z"
    path = saved(tmp_path / "d.csv", [{"key": results.key(0), "decision": "accept", "at": at, "author": "Ada"}])
    run(apply=(path,))
    run(reject=("000",))
    capsys.readouterr()
    run(apply=(path,))
    assert "handed in before" in capsys.readouterr().out
    assert decided(results) == {"000": ("reject", None)}


def test_a_spreadsheet_with_item_and_decision_is_enough(tmp_path, results, run):
    (tmp_path / "d.csv").write_bytes(b"\xef\xbb\xbfitem,decision\r\n003,reject\r\n\r\n")
    run(apply=(str(tmp_path / "d.csv"),), author="Bo")
    assert decided(results) == {"003": ("reject", None)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("item,decision\n000,accept\n001,maybe\n", "line 3: expected a decision among accept, reject, clear"),
        ("item,decision\n000,accept\nnobody,accept\n", "line 3: expected an item of these results"),
        ("item,verdict\n000,accept\n", "columns decision and key or item"),
        ("item,decision\n", "found none"),
        ("item,decision,at\n000,accept,yesterday\n", "line 2"),
    ],
)
def test_one_wrong_line_and_nothing_is_stored(tmp_path, results, run, text, words):
    (tmp_path / "d.csv").write_text(text)
    with pytest.raises(ValueError, match=words):
        run(apply=(str(tmp_path / "d.csv"),))
    assert list(results.storage.names("review")) == []


def test_two_decisions_about_one_item_at_once_are_refused(results, run):
    with pytest.raises(ValueError, match="one decision an item"):
        run(accept=("000",), reject=(results.key(0)[:12],))


def test_a_reason_needs_a_decision():
    with pytest.raises(ValueError, match="with a reason"):
        ReviewConfig(out="x", reason="hair")


def test_decisions_are_kept_while_a_run_holds_the_folder(results, run, capsys):
    with Lease.acquire(results.storage, "run-2"):
        run(accept=("000",))
    assert "a run is going on" in capsys.readouterr().out
    assert len(list(results.storage.names("review"))) == 1


def page_of(results, **fields):
    review(ReviewConfig(out=results.storage.uri, **fields))
    return results.storage.read("review.html").decode()


def order(page):
    return re.findall(r'data-item="(\d+)"', page)


def test_the_page_shows_the_worst_first_and_only_what_is_done(results):
    page = page_of(results)
    assert order(page) == ["003", "002", "001", "000"]
    assert 'data-item="004"' not in page
    assert "0.500 mm" in page
    assert page.count("data:image/webp") == 4


def test_the_page_knows_what_was_decided_and_can_leave_it_out(results, run):
    run(reject=("003",), reason="<b>ear</b>")
    page = page_of(results)
    assert "&lt;b&gt;ear&lt;/b&gt;" in page
    assert "<b>ear</b>" not in page
    assert order(page_of(results, undecided=True)) == ["002", "001", "000"]


def test_limit_where_and_metric_choose(results):
    page = page_of(results, limit=2)
    assert order(page) == ["003", "002"]
    assert "The worst 2 of 4" in page
    assert order(page_of(results, where=f"{METRIC} < 0.35")) == ["001", "000"]
    with pytest.raises(ValueError, match="expected a column of the results"):
        page_of(results, metric="beauty_mm")
    with pytest.raises(ValueError, match="found none"):
        page_of(results, where=f"{METRIC} > 9")


def test_the_page_can_go_elsewhere(tmp_path, results, run):
    run(page=str(tmp_path / "sheet.html"))
    assert "<!doctype html>" in (tmp_path / "sheet.html").read_text()


def test_results_in_a_bucket_are_reviewed_alike(s3_server):
    results = SmallResults("s3://bucket/out", count=3)
    review(ReviewConfig(out="s3://bucket/out"))
    assert order(results.storage.read("review.html").decode()) == ["001", "000"]
    review(ReviewConfig(out="s3://bucket/out", accept=("000",)))
    assert decided(results) == {"000": ("accept", None)}
