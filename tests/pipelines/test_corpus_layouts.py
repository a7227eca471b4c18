import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from facescale.pipelines.corpus import CheckConfig, IndexConfig, ShowConfig, check, index, show
from facescale.pipelines.view_cards import tile
from tests.corpora.clips import grey, write_clip
from tests.corpora.photographs import astronaut, encoded
from tests.corpora.rigs import calibration, fields


@pytest.fixture
def photographs(tmp_path):
    root = tmp_path / "photographs"
    for subject, count in (("s1", 3), ("s2", 8)):
        (root / subject).mkdir(parents=True)
        for number in range(count):
            picture = np.clip(astronaut(400, 300).astype(int) + number + count, 0, 255).astype(np.uint8)
            (root / subject / f"{number}.jpg").write_bytes(encoded(picture))
    (root / "s1" / "cameras.json").write_bytes(
        calibration({f"{n}.jpg": fields(size=[400, 300]) for n in range(3)})
    )
    return str(root)


@pytest.fixture
def videos(tmp_path):
    root = tmp_path / "videos"
    (root / "s1").mkdir(parents=True)
    for name in ("neutral", "smile"):
        write_clip(str(root / "s1" / f"{name}.mp4"), [grey(n, 320, 256) for n in range(9)], gop=len(name))
    return root


def test_the_index_counts_photographs_and_cameras(photographs, capsys):
    assert index(IndexConfig(root=photographs, corpus="images")) == 0
    out = capsys.readouterr().out
    assert "s1/0.jpg and 2 more" in out
    assert "2 items of 2 subjects with 11 photographs" in out
    assert "1 with cameras" in out
    assert index(IndexConfig(root=photographs, corpus="images", item="image")) == 0
    assert "11 items of 2 subjects, " in capsys.readouterr().out


def test_the_index_lists_videos(videos, capsys):
    assert index(IndexConfig(root=str(videos), corpus="videos")) == 0
    out = capsys.readouterr().out
    assert "s1/smile.mp4" in out
    assert "2 items of 1 subjects, " in out


def test_a_check_of_photographs_is_one_table(photographs, tmp_path, capsys):
    out = tmp_path / "check.parquet"
    assert check(CheckConfig(root=photographs, corpus="images", out=str(out))) == 0
    assert "2 items: 2 fine" in capsys.readouterr().out
    (tmp_path / "photographs" / "s2" / "0.jpg").write_bytes(b"")
    (tmp_path / "photographs" / "s3.jpg").write_bytes(b"no picture at all")
    assert check(CheckConfig(root=photographs, corpus="images", out=str(out))) == 1
    printed = capsys.readouterr().out
    assert "3 items: 1 fine, 1 with something odd, 1 would be rejected" in printed
    assert "empty-file" in printed
    rows = pq.read_table(out).to_pylist()
    assert [(row["item"], row["level"], row["reasons"], row["views"]) for row in rows] == [
        ("s1", "ok", "", 3),
        ("s2", "warning", "empty-file", 7),
        ("s3.jpg", "error", "not-a-picture", 0),
    ]


def test_a_check_of_videos_speaks_json(videos, capsys):
    (videos / "broken.mp4").write_bytes(b"")
    assert check(CheckConfig(root=str(videos), corpus="videos", json=True)) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["item"], row["reasons"], row["frames"]) for row in rows] == [
        ("broken.mp4", "empty-file", None), ("s1/neutral.mp4", "", 9), ("s1/smile.mp4", "", 9),
    ]  # fmt: skip


def test_a_contact_sheet_of_photographs_shows_up_to_six_an_item(photographs, tmp_path, capsys):
    (tmp_path / "photographs" / "s3.jpg").write_bytes(b"no picture at all")
    out = tmp_path / "sheet.html"
    assert show(ShowConfig(root=photographs, corpus="images", out=str(out), size=48)) == 0
    html = out.read_text()
    assert html.count("data:image/webp") == 2
    assert "3 cameras, 3 views, 400 x 300. Cameras: 1 0.jpg" in html
    assert "8 photographs, 400 x 300; 6 of them shown" in html
    assert 'width="144" height="96"' in html
    assert "not-a-picture" in html
    assert "items shown" in html
    assert "3 items in" in capsys.readouterr().out


def test_a_single_photograph_has_the_whole_card(photographs, tmp_path):
    out = tmp_path / "sheet.html"
    show(ShowConfig(root=photographs, corpus="images", item="image", out=str(out), size=48, limit=4))
    html = out.read_text()
    assert html.count('width="144" height="96"') == 4
    assert "4 of 11 items" in html
    assert "1 photograph, 400 x 300" in html


def test_a_contact_sheet_of_videos_shows_frames(videos, tmp_path):
    out = tmp_path / "sheet.html"
    show(ShowConfig(root=str(videos), corpus="videos", out=str(out), size=48))
    html = out.read_text()
    assert html.count("data:image/webp") == 2
    assert "9 frames, 0.30 s, h264, 320 x 256; 6 of them shown" in html
    assert "videos shown" in html


def test_a_thumbnail_keeps_its_shape_in_the_middle_of_a_square():
    found = tile(np.full((100, 200, 3), 77, np.uint8), (42, 42))
    shown = found[..., 3] == 255
    assert (found.shape, shown.sum(axis=1).max(), shown.sum(axis=0).max()) == ((42, 42, 4), 40, 20)
    assert (found[shown][:, :3] == 77).all()
    assert shown[11:31, 1:41].all()


@pytest.mark.parametrize("run", [index, check, show])
@pytest.mark.parametrize("corpus", ["images", "videos"])
def test_a_folder_without_any_is_a_bad_setting(tmp_path, run, corpus):
    config = {index: IndexConfig, check: CheckConfig, show: ShowConfig}[run]
    (tmp_path / "readme.txt").write_text("nothing here")
    with pytest.raises(ValueError, match="found none"):
        run(config(root=str(tmp_path), corpus=corpus))


@pytest.mark.parametrize(
    ("config", "bad"),
    [
        (IndexConfig, {"item": "image"}),
        (IndexConfig, {"item": "image", "corpus": "videos"}),
        (CheckConfig, {"unit": "mm", "corpus": "images"}),
        (ShowConfig, {"unit": "mm", "corpus": "videos"}),
    ],
)
def test_a_setting_of_another_layout_is_refused_and_not_ignored(config, bad):
    with pytest.raises(ValueError, match="expected"):
        config(root="x", **bad)
