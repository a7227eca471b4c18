import io

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from facescale.corpora.files import write_bytes
from facescale.corpora.videos import VideosConfig, index, load
from facescale.structures import CaptureRejected
from tests.corpora.clips import cut_in_the_middle, grey, number_of, write_clip


def put(root, path, data=b"x"):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)


def video(count=20, **options):
    buffer = io.BytesIO()
    write_clip(buffer, [grey(number) for number in range(count)], form="mp4", **options)
    return buffer.getvalue()


def test_a_video_is_an_item_named_like_its_file(tmp_path, monkeypatch):
    for path in ("s2/smile.MP4", "s1/a.mov", "s1/a.mp4", "top.webm", "s1/notes.txt", "s1/a.jpg"):
        put(tmp_path, path)
    monkeypatch.setattr("pathlib.Path.open", None)
    assert [(item.item, item.subject, item.corpus) for item in index(str(tmp_path))] == [
        ("s1/a.mov", "s1", "videos"),
        ("s1/a.mp4", "s1", "videos"),
        ("s2/smile.MP4", "s2", "videos"),
        ("top.webm", "top", "videos"),
    ]
    (item, *_) = index(str(tmp_path), VideosConfig(subject="s{subject}/{sequence}"))
    assert (item.subject, item.sequence) == ("1", "a")


def test_frames_become_views_of_one_camera(tmp_path):
    put(tmp_path, "s1/a.mp4", video(20))
    config = VideosConfig(frames=4, longest_side=32)
    (item,) = index(str(tmp_path), config)
    found = load(item, config)
    assert [view.name for view in found.views] == ["2", "7", "12", "17"]
    assert [view.time_s for view in found.views] == pytest.approx([2 / 30, 7 / 30, 12 / 30, 17 / 30])
    assert [number_of(view.image) for view in found.views] == [2, 7, 12, 17]
    assert {view.group for view in found.views} == {"video"}
    assert found.views[0].image.shape == (24, 32, 3)
    assert found.attributes == {"codec": "h264", "frames": "20", "duration_s": "0.666667"}


def test_frames_that_are_not_there_are_lost_views(tmp_path):
    write_clip(str(tmp_path / "a.mp4"), [grey(number) for number in range(50)], movflags="faststart", gop=5)
    put(tmp_path, "a.mp4", cut_in_the_middle((tmp_path / "a.mp4").read_bytes(), 0.7))
    (item,) = index(str(tmp_path))
    found = load(item)
    assert found.views
    assert found.lost_views
    assert len(found.views) + len(found.lost_views) == 50


def test_a_video_above_the_byte_limit_is_rejected(tmp_path):
    put(tmp_path, "a.mp4", video(3))
    (item,) = index(str(tmp_path))
    with pytest.raises(CaptureRejected, match="too-large"):
        load(item, VideosConfig(max_bytes=100))


def test_a_missing_file_is_an_infrastructure_error(tmp_path):
    put(tmp_path, "a.mp4", b"x")
    (item,) = index(str(tmp_path))
    (tmp_path / "a.mp4").unlink()
    with pytest.raises(FileNotFoundError):
        load(item)


@pytest.mark.parametrize(
    "bad",
    [
        {"subject": "x"}, {"frames": 0}, {"stride": -1}, {"start_s": -1.0}, {"start_s": 2.0, "end_s": 1.0},
        {"start_s": float("nan")}, {"longest_side": -1}, {"max_bytes": 0},
    ],
)  # fmt: skip
def test_bad_settings_say_what_was_expected(bad):
    with pytest.raises((ValueError, TypeCheckError), match=r"[Ee]xpected"):
        VideosConfig(**bad)


def test_a_video_on_s3_is_read_in_parts(tmp_path, s3_server):
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (240, 320, 3)).astype(np.uint8) for _ in range(110)]
    write_clip(
        str(tmp_path / "a.mp4"), pictures, movflags="faststart", options={"crf": "16", "preset": "ultrafast"}
    )
    data = (tmp_path / "a.mp4").read_bytes()
    assert len(data) > 5 << 20
    write_bytes("s3://bucket/c/s1/a.mp4", data)
    config = VideosConfig(frames=2, start_s=1.0, end_s=1.2)
    (there,) = index("s3://bucket/c", config)
    s3_server.requests.clear()
    found = load(there, config)
    assert s3_server.requests["GET"] <= 4
    (here,) = index(str(tmp_path), config)
    for one, other in zip(load(here, config).views, found.views, strict=True):
        assert (one.name, one.time_s) == (other.name, other.time_s)
        np.testing.assert_array_equal(one.image, other.image)
    s3_server.fail(100, "AccessDenied")
    with pytest.raises(OSError, match=r"denied|told to fail|Forbidden|403"):
        load(there, config)
    s3fs.S3FileSystem.clear_instance_cache()
