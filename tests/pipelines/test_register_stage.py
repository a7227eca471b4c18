import pytest

from facescale.corpora.layouts import find_layout
from facescale.pipelines.corpus_source import CorpusSource
from facescale.pipelines.register_stage import RegisterStage
from facescale.registration.config import RegistrationConfig
from facescale.structures import CaptureRejected
from tests.corpora.photographs import astronaut, encoded


def test_a_photograph_read_out_of_a_corpus_of_scans_is_a_row_that_says_so(tmp_path):
    folder = tmp_path / "Subset_2D_FG2018/HQ"
    folder.mkdir(parents=True)
    (folder / "F1001_01.jpg").write_bytes(encoded(astronaut()))
    source = CorpusSource(corpus="stirling", options=("items=images",), holds="scan")
    stage = RegisterStage(
        head="builtin", source=source, config=RegistrationConfig(), device="cpu", batch_size=1
    )
    (item,) = find_layout("stirling").index(str(tmp_path), source.settings)
    with pytest.raises(CaptureRejected) as rejected:
        stage.load(item)
    assert rejected.value.reason == "no-scan"
    assert rejected.value.detail == "expected a scan, found 1 pictures"
    assert "facescale corpus layouts" in rejected.value.hint
