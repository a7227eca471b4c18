import pytest

from facescale.corpora.layouts import LAYOUTS, find_layout
from facescale.pipelines.corpus_list import LayoutsConfig, list_layouts, option_rows


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_option_of_every_layout_says_what_it_is(name):
    silent = [row[0] for row in option_rows(find_layout(name).options) if not row[2]]
    assert silent == []


def test_all_layouts_are_listed_with_the_job_that_takes_them(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert list_layouts(LayoutsConfig()) == 0
    lines = capsys.readouterr().out.splitlines()
    jobs = {line.split()[0]: line.split()[1] for line in lines[1:]}
    assert set(jobs) == set(LAYOUTS)
    assert (jobs["nphm"], jobs["nersemble-v2"]) == ("register", "reconstruct")


def test_the_options_of_a_layout_have_defaults_and_choices(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert list_layouts(LayoutsConfig(corpus="images")) == 0
    printed = capsys.readouterr().out
    assert "longest_side" in printed
    assert "(subject | image)" in printed


def test_an_unknown_layout_is_refused():
    with pytest.raises(ValueError, match="got 'nersemble'"):
        LayoutsConfig(corpus="nersemble")
