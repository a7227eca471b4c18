import pytest

from facescale.pipelines.corpus_layouts import layout_of
from facescale.pipelines.corpus_source import CorpusSource
from tests.corpora.photographs import astronaut, encoded


@pytest.mark.parametrize("corpus", ["stirling", "realy", "micc"])
def test_photographs_of_a_corpus_of_scans_serve_a_reconstruction_where_an_option_asks_for_them(corpus):
    source = CorpusSource(corpus=corpus, options=("items=images",), holds="views")
    assert source.role == "image"
    with pytest.raises(ValueError, match="expected a corpus with pictures"):
        CorpusSource(corpus=corpus, holds="views")
    assert CorpusSource(corpus=corpus, holds="scan").role == "scan"


def test_videos_of_such_a_corpus_are_counted_as_videos():
    assert CorpusSource(corpus="micc", options=("items=videos",), holds="views").role == "video"


def test_a_corpus_of_pictures_has_no_scans_to_register():
    with pytest.raises(ValueError, match=r"expected a corpus with scans .*got 'lfw'"):
        CorpusSource(corpus="lfw", holds="scan")


def test_such_photographs_are_checked_as_pictures(tmp_path):
    folder = tmp_path / "Subset_2D_FG2018/HQ"
    folder.mkdir(parents=True)
    (folder / "F1001_01.jpg").write_bytes(encoded(astronaut()))
    layout = layout_of("stirling", option=["items=images"])
    (found,) = layout.check(layout.index(str(tmp_path)), 1)
    assert found.row()["views"] == 1
    assert layout.role == "image"
    assert [file.role for file in found.item.inputs] == ["image"]
