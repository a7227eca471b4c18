import pytest

from facescale.pipelines.sweep_corpora import SweepCorpus, read_corpora


def test_a_layout_and_a_root_are_a_corpus():
    (corpus,) = read_corpora(["headspace=s3://bucket/headspace=1"])
    assert corpus == SweepCorpus(name="headspace", layout="headspace", root="s3://bucket/headspace=1")


def test_one_layout_may_be_there_twice_under_names_of_ones_own():
    found = read_corpora(["scans:adults=/a", "scans:children=/b"])
    assert [(one.name, one.layout_name, one.root) for one in found] == [
        ("adults", "scans", "/a"),
        ("children", "scans", "/b"),
    ]


def test_a_file_says_what_a_word_cannot(tmp_path):
    path = tmp_path / "corpora.toml"
    path.write_text(
        '[[corpus]]\nname = "rehearsal"\nlayout = "scans"\nroot = "R"\ntruth = "R-truth"\nlimit = 3\n'
        '[[corpus]]\nname = "nphm"\nroot = "N"\noption = ["expression=neutral"]\nscale = "free"\n'
    )
    first, second, third = read_corpora([str(path), "headspace=H"])
    assert (first.layout_name, first.truth, first.limit) == ("scans", "R-truth", 3)
    assert (second.layout_name, second.option, second.scale) == ("nphm", ("expression=neutral",), "free")
    assert third.name == "headspace"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "at least one corpus"),
        (["/data/scans"], "NAME=ROOT or a .toml file"),
        (["scans="], "NAME=ROOT or a .toml file"),
        (["levitation=/x"], "expected a corpus layout"),
        (["scans:a/b=/x"], "expected a name of letters"),
        (["scans=/a", "scans=/b"], "scans more than once"),
    ],
)
def test_what_is_no_corpus_is_refused_with_what_was_expected(words, message):
    with pytest.raises(ValueError, match=message):
        read_corpora(words)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not toml", "expected TOML"),
        ("corpora = 1\n", r"expected \[\[corpus\]\] tables"),
        ('[[corpus]]\nname = "scans"\n', "expected name and root"),
        ('[[corpus]]\nname = "scans"\nroot = "x"\nrot = 1\n', "got rot"),
    ],
)
def test_a_file_that_says_something_else_is_refused(tmp_path, text, message):
    path = tmp_path / "corpora.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_corpora([str(path)])
