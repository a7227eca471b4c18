import io
from functools import partial

import numpy as np
import pyarrow as pa
import pytest

from facescale.corpora import images, videos
from facescale.corpora.finding import Level
from facescale.corpora.images import ImagesConfig
from facescale.corpora.videos import VideosConfig
from facescale.corpora.views_check import VIEWS_CHECK_SCHEMA, check_views, inspect_images, inspect_video
from tests.corpora.clips import cut_in_the_middle, write_clip
from tests.corpora.photographs import astronaut, encoded
from tests.corpora.rigs import calibration, fields


def put(root, path, data):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)


def photographs(root, **settings):
    config = ImagesConfig(**settings)
    inspect = partial(inspect_images, config=config)
    return {found.item.item: found for found in check_views(images.index(str(root), config), inspect)}


def clips(root):
    inspect = partial(inspect_video, config=VideosConfig())
    return {found.item.item: found for found in check_views(videos.index(str(root)), inspect)}


def reasons(found):
    return {item: [finding.reason for finding in one.findings] for item, one in found.items()}


def large(seed=0, width=400, height=300):
    """A picture of its own."""
    noise = np.random.default_rng(seed).integers(0, 8, (height, width, 1))
    return np.clip(astronaut(width, height) + noise, 0, 255).astype(np.uint8)


def test_good_photographs_are_fine_and_described(tmp_path):
    put(tmp_path, "s1/a.jpg", encoded(large(1)))
    put(tmp_path, "s1/b.jpg", encoded(large(2, 300, 400)))
    found = photographs(tmp_path)["s1"]
    assert (found.level, found.findings) == (Level.OK, ())
    row = found.row()
    assert (row["files"], row["views"], row["lost"], row["sizes"], row["cameras"]) == (2, 2, 0, 2, 0)
    assert sorted([row["width"], row["height"]]) == [300, 400]
    assert len(row["digest"]) == 64


def test_what_is_odd_about_photographs_is_said(tmp_path):
    data = encoded(large(1))
    put(tmp_path, "cut/a.jpg", data[: len(data) // 2])
    put(tmp_path, "cut/b.jpg", encoded(large(2)))
    put(tmp_path, "empty/a.jpg", b"")
    put(tmp_path, "mixed/a.jpg", encoded(large(3)))
    put(tmp_path, "mixed/b.jpg", encoded(large(4, 600, 400)))
    put(tmp_path, "rig/a.png", encoded(large(5), "PNG"))
    put(tmp_path, "rig/b.png", encoded(large(6), "PNG"))
    put(tmp_path, "rig/cameras.json", calibration({"a.png": fields(size=[400, 300])}))
    put(tmp_path, "small/a.jpg", encoded(astronaut()))
    put(tmp_path, "tiny/a.png", encoded(astronaut(1, 1), "PNG"))
    found = photographs(tmp_path)
    assert reasons(found) == {
        "cut": ["truncated"],
        "empty": ["empty-file"],
        "mixed": ["mixed-sizes"],
        "rig": ["missing-cameras"],
        "small": ["small"],
        "tiny": ["tiny-picture"],
    }
    levels = {item: one.level.value for item, one in found.items()}
    assert {item for item, level in levels.items() if level == "error"} == {"empty", "tiny"}
    assert "1 of 2 photographs are lost: a.jpg: expected a whole JPEG" in found["cut"].findings[0].message
    assert found["rig"].cameras == 1


def test_files_of_the_same_bytes_are_duplicates_wherever_they_lie(tmp_path):
    data = encoded(large())
    for path in ("s1/a.jpg", "s1/b.jpg", "s2/a.jpg"):
        put(tmp_path, path, data)
    found = photographs(tmp_path)
    assert reasons(found) == {"s1": ["duplicate"], "s2": ["duplicate"]}
    assert found["s1"].findings[0].message == "s1/b.jpg has the bytes of s1/a.jpg of the same subject"
    assert found["s2"].findings[0].message == "s2/a.jpg has the bytes of s1/a.jpg of another subject"


def test_files_that_cannot_be_read_are_findings(tmp_path):
    put(tmp_path, "s1/a.jpg", encoded(large()))
    (tmp_path / "s2").mkdir()
    (tmp_path / "s2" / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nowhere.mp4")
    assert reasons(photographs(tmp_path)) == {"s1": [], "s2": ["unreadable"]}
    assert reasons(clips(tmp_path)) == {"gone.mp4": ["unreadable"]}


def test_a_subject_pattern_that_does_not_match_is_said(tmp_path):
    put(tmp_path, "a.jpg", encoded(large()))
    assert reasons(photographs(tmp_path, subject="{subject}_{name}")) == {"a": ["subject-unmatched"]}


@pytest.fixture
def videos_with_faults(tmp_path):
    pictures = [large(seed) for seed in range(12)]

    def clip(name, **options):
        write_clip(str(tmp_path / name), pictures, **options)

    clip("good.mp4", movflags="faststart", gop=4)
    clip("uneven.mp4", times=np.cumsum([0, *[0.1, 0.02] * 6][:12]).tolist())
    clip("hdr.mp4", color_trc=18, gop=6)
    clip("later.mkv", gop=5)
    good = (tmp_path / "good.mp4").read_bytes()
    put(tmp_path, "copy.mp4", good)
    put(tmp_path, "cut.mp4", cut_in_the_middle(good, 0.6))
    put(tmp_path, "headless.mp4", (tmp_path / "uneven.mp4").read_bytes()[:5000])
    put(tmp_path, "text.mp4", b"this is a text file" * 9)
    buffer = io.BytesIO()
    write_clip(buffer, [astronaut()] * 2, form="mp4")
    put(tmp_path, "small.mp4", buffer.getvalue())
    return tmp_path


def test_what_is_odd_about_videos_is_said(videos_with_faults):
    found = clips(videos_with_faults)
    assert reasons(found) == {
        "copy.mp4": [],
        "cut.mp4": ["lost-frames"],
        "good.mp4": ["duplicate"],
        "hdr.mp4": ["high-dynamic-range"],
        "headless.mp4": ["truncated"],
        "later.mkv": [],
        "small.mp4": ["small"],
        "text.mp4": ["not-a-video"],
        "uneven.mp4": ["variable-frame-rate"],
    }
    row = found["good.mp4"].row()
    assert (row["views"], row["frames"], row["width"], row["height"], row["codec"]) == (
        12,
        12,
        400,
        300,
        "h264",
    )
    assert row["duration_s"] == pytest.approx(0.4)


def test_rows_have_the_stated_columns_and_types_even_of_broken_items(tmp_path):
    put(tmp_path, "a/good.jpg", encoded(large()))
    put(tmp_path, "b/empty.jpg", b"")
    put(tmp_path, "c.mp4", b"")
    rows = [found.row() for found in (*photographs(tmp_path).values(), *clips(tmp_path).values())]
    assert all(list(row) == VIEWS_CHECK_SCHEMA.names for row in rows)
    assert pa.Table.from_pylist(rows, VIEWS_CHECK_SCHEMA).num_rows == 3
