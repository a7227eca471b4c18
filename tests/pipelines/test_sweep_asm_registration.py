import pytest

from facescale.pipelines import sweep_asm_registration as recipe
from facescale.pipelines.sweep_asm_registration import AsmSweepConfig, sweep_asm_registration


@pytest.fixture
def asked(monkeypatch):
    """What would be swept, and what would be rehearsed."""
    calls = {"rehearsed": []}

    def sweep(_settings, corpora, heads):
        calls.update(corpora=corpora, heads=heads)
        return 0

    monkeypatch.setattr(recipe, "run_sweep", sweep)
    monkeypatch.setattr(recipe, "rehearse", calls["rehearsed"].append)
    return calls


def test_without_corpora_people_outside_every_span_are_made_with_their_truth(tmp_path, asked):
    out = str(tmp_path / "out")
    assert sweep_asm_registration(AsmSweepConfig(root=str(tmp_path / "none"), out=out, rehearsed=3)) == 0
    assert {one.truth for one in asked["rehearsed"]} == {"off-span"}
    assert [one.subjects for one in asked["rehearsed"]] == [3] * len(asked["corpora"])
    first = asked["corpora"][0]
    assert (first.name, first.root) == ("off-span-builtin", f"{out}/rehearsal/builtin")
    assert first.truth == f"{out}/rehearsal/builtin-truth"


def test_a_corpus_that_is_there_is_taken_and_nothing_is_made(tmp_path, asked):
    from facescale.pipelines.rehearse import RehearseConfig, rehearse

    root = tmp_path / "corpora"
    rehearse(RehearseConfig(layout="headspace", subjects=1, seed=1, out=str(root / "headspace"), workers=1))
    assert sweep_asm_registration(AsmSweepConfig(root=str(root), out=str(tmp_path / "out"))) == 0
    assert [(one.name, one.layout) for one in asked["corpora"]] == [("headspace", "headspace")]
    assert asked["rehearsed"] == []


def test_heads_are_those_that_are_there_stand_ins_too_and_coma_s_row(monkeypatch, tmp_path):
    monkeypatch.setattr(
        recipe, "imported_heads", lambda: dict.fromkeys(("flame2023", "mine", "bfm2009"), tmp_path)
    )
    heads = recipe.heads_of_the_paper()
    assert heads[0] == "builtin"
    assert heads[-3:] == ("bfm2009", "flame2023", "coma")
    assert "mine" not in heads
