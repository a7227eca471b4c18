import pytest

from facescale.pipelines.diff import DiffConfig, diff
from facescale.structures.outcome import Status
from tests.pipelines.small_results import METRIC, SmallResults

CONFIG = {"run": {"head": "seamed", "points": 2500, "workers": 3}, "method_version": 2}


@pytest.fixture
def outs(tmp_path):
    SmallResults(str(tmp_path / "a"))
    after = SmallResults(str(tmp_path / "b"), errors={0: 0.5, 1: 0.1, 2: 0.41}, config=CONFIG)
    after.storage.delete(f"outcomes/{after.key(3)[:2]}/{after.key(3)}.json")
    after.end(3, Status.QUARANTINED, reason="SIGSEGV")
    return str(tmp_path / "a"), str(tmp_path / "b")


def test_it_says_what_pairs_what_moved_and_what_changed(outs, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert diff(DiffConfig(outs=outs)) == 0
    told = capsys.readouterr().out
    assert "5 items in both, 3 done in both" in told
    assert "003: done -> quarantined (SIGSEGV)" in told
    assert METRIC in told
    lines = [line.split() for line in told.splitlines()]
    assert ["method_version", "1", "2"] in lines
    assert ["run.points", "5000", "2500"] in lines
    assert ["run.workers", "-", "3", "changes", "no", "result"] in lines
    regressions = [line for line in lines if line[:1] == ["000"]]
    assert regressions == [["000", "0.2", "0.5", "+0.3"]]
    assert ["002", "0.4", "0.41", "+0.01"] in lines
    assert not any(line[:1] == ["001"] for line in lines)


def test_the_page_shows_both_ends_side_by_side(tmp_path, outs):
    assert diff(DiffConfig(outs=outs, html=str(tmp_path / "diff.html"))) == 0
    page = (tmp_path / "diff.html").read_text()
    worse, better = page.index("Got worse most"), page.index("Got better most")
    assert worse < page.index("<b>000</b>") < page.index("<b>002</b>") < better < page.index("<b>001</b>")
    assert page.count("data:image/webp") == 2 * 3
    assert page.count("<circle") == 3


def test_where_nothing_is_done_in_both_there_are_still_statuses(tmp_path, outs, capsys):
    rejected = SmallResults(str(tmp_path / "c"), count=5)
    for number in range(4):
        rejected.storage.delete(f"outcomes/{rejected.key(number)[:2]}/{rejected.key(number)}.json")
        rejected.end(number, Status.REJECTED, reason="no-fit")
    assert diff(DiffConfig(outs=(outs[0], str(tmp_path / "c")), html=str(tmp_path / "d.html"))) == 0
    assert "no item is done in both" in capsys.readouterr().out
    assert "no-fit" in (tmp_path / "d.html").read_text()


def test_what_cannot_be_compared_is_refused(tmp_path, outs):
    with pytest.raises(ValueError, match="no manifest"):
        diff(DiffConfig(outs=(outs[0], str(tmp_path / "none"))))
    with pytest.raises(ValueError, match="measures that both results have"):
        diff(DiffConfig(outs=outs, metric="beauty"))
    with pytest.raises(ValueError, match="threshold"):
        DiffConfig(outs=outs, threshold=-1)
