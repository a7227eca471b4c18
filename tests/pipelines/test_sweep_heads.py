from dataclasses import replace

from facescale.pipelines.sweep_heads import sweep_head
from tests.heads.seamed_head import seamed_head
from tests.pipelines.small_results import know_the_small_head


def test_a_head_is_called_by_its_card_and_counted():
    head = sweep_head("builtin")
    assert (head.given, head.label, head.stand_in, head.absent) == ("builtin", "builtin", False, "")
    assert head.parameters == 104


def test_a_stand_in_says_so_even_where_its_card_s_name_forgets(monkeypatch):
    from facescale.heads import library

    know_the_small_head(monkeypatch)
    small = seamed_head()
    for name in ("flame2023", "flame2023(stand-in)"):
        card = replace(small.card, name=name, synthetic_stand_in=True)
        monkeypatch.setattr(library, "load_head", lambda _name, card=card: replace(small, card=card))
        head = sweep_head("seamed")
        assert head.stand_in
        assert head.label == "flame2023(stand-in)"


def test_coma_is_expected_to_be_away_and_anything_else_is_not():
    coma = sweep_head("coma")
    assert coma.absent == "trained in a later round"
    assert not coma.required
    assert coma.parameters is None
    nobody = sweep_head("nobody")
    assert "expected one of the heads" in nobody.absent
    assert nobody.required


def test_a_path_that_leads_nowhere_is_called_by_its_file(tmp_path):
    head = sweep_head(str(tmp_path / "mine.npz"))
    assert head.label == "mine"
    assert "found no file" in head.absent
