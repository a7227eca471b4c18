import pytest

from facescale.cli import main
from facescale.heads.converted import read_head
from facescale.pipelines.heads_subdivide import SubdivideConfig
from tests.heads.seamed_head import seamed_head
from tests.pipelines.small_results import know_the_small_head


def test_a_finer_head_is_written_and_described(monkeypatch, tmp_path, capsys):
    know_the_small_head(monkeypatch)
    out = tmp_path / "fine.npz"
    assert main(["heads", "subdivide", "seamed", "--out", str(out), "--steps", "2"]) == 0
    assert len(read_head(out).faces) == 16 * len(seamed_head().faces)
    assert "subdivided by 2 steps of Loop" in capsys.readouterr().out


def test_an_output_that_is_no_npz_and_no_step_are_refused():
    with pytest.raises(ValueError, match="expected --out to end in .npz"):
        SubdivideConfig(name="builtin", out="fine.obj")
    with pytest.raises(ValueError, match="at least one step, got 0"):
        SubdivideConfig(name="builtin", out="fine.npz", steps=0)
