import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from facescale.corpora.scans import write_scan
from facescale.pipelines.corpus import CheckConfig, IndexConfig, ShowConfig, check, index, show
from facescale.structures import Capture
from tests.corpora.faces import head, points


@pytest.fixture
def corpus(tmp_path):
    root = tmp_path / "corpus"
    for subject in ("s1", "s2", "s3"):
        keypoints = points() if subject != "s3" else None
        scan = head()
        moved = type(scan)(vertices=scan.vertices + float(subject[1]), faces=scan.faces)
        write_scan(
            Capture(item=f"{subject}/neutral", subject=subject, scan=moved, keypoints=keypoints), str(root)
        )
    return root


def break_one(root):
    (root / "s2" / "neutral.ply").write_bytes(b"ply\nnothing")


def test_the_index_counts_items_subjects_and_keypoints(corpus, capsys):
    assert index(IndexConfig(root=str(corpus))) == 0
    out = capsys.readouterr().out
    assert "s2/neutral" in out
    assert "3 items of 3 subjects" in out
    assert "2 with keypoints" in out


def test_the_index_speaks_json_one_item_a_line(corpus, capsys):
    assert index(IndexConfig(root=str(corpus), json=True, limit=2)) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["item"] for row in rows] == ["s1/neutral", "s2/neutral"]
    assert rows[0]["inputs"][0]["role"] == "scan"


def test_the_index_says_where_the_subject_pattern_does_not_match(corpus, capsys):
    index(IndexConfig(root=str(corpus), subject="{subject}_{name}"))
    assert "does not match 3 of them" in capsys.readouterr().out


def test_a_name_with_markup_is_printed_as_it_is(tmp_path, capsys):
    (tmp_path / "[red]a[").mkdir()
    (tmp_path / "[red]a[" / "b.ply").write_bytes(b"x")
    index(IndexConfig(root=str(tmp_path)))
    assert "[red]a[/b" in capsys.readouterr().out


def test_a_good_corpus_passes(corpus, capsys):
    assert check(CheckConfig(root=str(corpus))) == 0
    assert "3 items: 3 fine" in capsys.readouterr().out


def test_a_broken_scan_fails_the_check_and_is_explained(corpus, capsys):
    break_one(corpus)
    assert check(CheckConfig(root=str(corpus))) == 1
    out = capsys.readouterr().out
    assert "truncated" in out
    assert "1 would be rejected" in out


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_the_whole_table_is_written(corpus, tmp_path, form):
    break_one(corpus)
    out = tmp_path / f"check.{form}"
    check(CheckConfig(root=str(corpus), out=str(out)))
    if form == "parquet":
        rows = pq.read_table(out).to_pylist()
    else:
        rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(row["item"], row["level"]) for row in rows] == [
        ("s1/neutral", "ok"),
        ("s2/neutral", "error"),
        ("s3/neutral", "ok"),
    ]
    assert rows[1]["vertices"] is None
    assert rows[0]["keypoints"] == 7


def test_the_check_speaks_json_and_nothing_else(corpus, capsys):
    check(CheckConfig(root=str(corpus), json=True))
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["plausible_units"] for row in rows] == ["mm"] * 3


def test_a_contact_sheet_shows_every_scan(corpus, tmp_path, capsys):
    break_one(corpus)
    assert show(ShowConfig(root=str(corpus), out=str(tmp_path / "sheet.html"), size=48)) == 0
    html = (tmp_path / "sheet.html").read_text()
    assert html.count("data:image/webp") == 2
    assert "turned by its keypoints" in html
    assert "in the frame of its file" in html
    assert "truncated" in html
    assert "3 scans" in capsys.readouterr().out


def test_a_contact_sheet_of_a_part_says_so_and_is_spread_over_the_corpus(corpus, tmp_path):
    show(ShowConfig(root=str(corpus), out=str(tmp_path / "sheet.html"), size=48, limit=2))
    html = (tmp_path / "sheet.html").read_text()
    assert "2 of 3 scans" in html
    assert "s1/neutral" in html
    assert "s2/neutral" in html


@pytest.mark.parametrize("run", [index, check, show])
def test_a_folder_without_scans_is_a_bad_setting(tmp_path, run):
    config = {index: IndexConfig, check: CheckConfig, show: ShowConfig}[run]
    (tmp_path / "readme.txt").write_text("nothing here")
    with pytest.raises(ValueError, match="found none"):
        run(config(root=str(tmp_path)))
    with pytest.raises(ValueError, match="expected a folder"):
        run(config(root=str(tmp_path / "missing")))


@pytest.mark.parametrize(
    ("config", "bad"),
    [
        (IndexConfig, {"limit": 0}),
        (IndexConfig, {"subject": "name"}),
        (CheckConfig, {"out": "table.csv"}),
        (CheckConfig, {"workers": 0}),
        (ShowConfig, {"size": 4}),
        (ShowConfig, {"limit": 0}),
    ],
)
def test_bad_settings_say_what_was_expected(config, bad):
    with pytest.raises(ValueError, match="expected"):
        config(root="x", **bad)


def test_the_picture_of_a_scan_is_turned_to_the_viewer(corpus):
    from facescale.corpora.scans import index as items_of
    from facescale.corpora.scans import load
    from facescale.pipelines.contact_cards import draw_scan
    from facescale.rendering.encode import decode
    from facescale.rendering.marks import MARK

    item = next(iter(items_of(str(corpus))))
    picture = decode(draw_scan(load(item), size=256))
    assert picture.shape == (256, 768, 4)
    marked = np.abs(picture[:, :256, :3].astype(int) - MARK).sum(axis=-1) < 120
    rows, columns = np.nonzero(marked)
    # Seen from the front, keypoints are spread evenly over both halves of the picture.
    assert abs(columns.mean() - 128) < 8
    assert rows.size > 20
