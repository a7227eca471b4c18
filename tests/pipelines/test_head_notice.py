from dataclasses import replace

from facescale.heads.converted import write_head
from facescale.pipelines.head_notice import load_with_notice
from tests.heads.random_boned_head import random_boned_head


def test_an_owners_notice_is_shown_where_a_job_loads_the_head_and_nothing_where_there_is_none(tmp_path, capsys):
    head = random_boned_head()
    write_head(replace(head, card=replace(head.card, notice="ask a lawyer")), tmp_path / "a.npz")
    write_head(head, tmp_path / "b.npz")
    load_with_notice(str(tmp_path / "a.npz"))
    assert capsys.readouterr().err == "NOTICE: random: ask a lawyer\n"
    load_with_notice(str(tmp_path / "b.npz"))
    assert capsys.readouterr().err == ""
