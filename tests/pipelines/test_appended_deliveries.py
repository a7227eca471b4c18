import pyarrow.parquet as pq
import pytest

from facescale.pipelines.register import RegisterConfig, register
from facescale.pipelines.rehearsals import takes
from facescale.pipelines.rehearsals.registry import find_rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig


def deliver(root, people, monkeypatch):
    monkeypatch.setattr(takes, "POINTS", (2_000, 3_000))
    config = RehearseConfig(out=str(root), layout="stirling", subjects=9, seed=1)
    make = find_rehearsal("stirling").maker(config)
    for person in people:
        make(person)


def run(root, out):
    config = RegisterConfig(
        root=str(root), out=str(out), corpus="stirling", engine="local", workers=1, device="cpu", tracking="off"
    )
    return register(config)


def rows(out):
    (table,) = (path for path in (out / "results").rglob("*.parquet"))
    return {row["item"]: row for row in pq.read_table(table).to_pylist()}


@pytest.mark.slow
def test_a_rerun_fits_only_what_was_delivered_since_and_reports_what_vanished(tmp_path, monkeypatch, capsys):
    corpus, out = tmp_path / "corpus", tmp_path / "out"
    deliver(corpus, (0, 1), monkeypatch)
    assert run(corpus, out) == 0
    first = rows(out)
    assert set(first) == {"F_3D_N/F1001_N", "M_3D_N/M1002_N"}
    assert all(row["status"] == "done" for row in first.values())
    capsys.readouterr()

    deliver(corpus, (2,), monkeypatch)
    (corpus / "M_3D_N" / "M1002_N.obj").unlink()
    assert run(corpus, out) == 0
    said = capsys.readouterr().out
    assert "1 rows added" in said
    assert "inputs vanished, rows kept: 1 (M_3D_N/M1002_N)" in said
    assert "this run committed 1, skipped 2" in said
    second = rows(out)
    assert set(second) == {*first, "F_3D_N/F1003_N"}
    for item, row in first.items():
        assert second[item]["attempt"] == row["attempt"]

    assert run(corpus, out) == 0
    assert "this run committed 0, skipped 3" in capsys.readouterr().out
