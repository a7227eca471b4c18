import numpy as np
import pytest
from jaxtyping import TypeCheckError

from facescale.corpora import files
from facescale.corpora.images import ImagesConfig, index, load
from facescale.structures import CaptureRejected
from tests.corpora.photographs import astronaut, encoded, oriented
from tests.corpora.rigs import calibration, fields


def put(root, path, data=b"x"):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)


def shapes(root, **settings):
    """Items as (id, subject, paths of their files)."""
    found = index(str(root), ImagesConfig(**settings))
    return [(item.item, item.subject, [file.path for file in item.inputs]) for item in found]


def only(root, **settings):
    config = ImagesConfig(**settings)
    (item,) = index(str(root), config)
    return load(item, config)


def test_a_folder_is_a_subject_and_a_file_at_the_top_is_its_own(tmp_path):
    for path in ("b/2.JPG", "b/1.png", "b/deep/3.tif", "a.jpg", "c.jpeg", "c/x.webp", "notes.txt", "b/raw.txt"):
        put(tmp_path, path)
    assert shapes(tmp_path) == [
        ("b", "b", ["b/1.png", "b/2.JPG", "b/deep/3.tif"]),
        ("c", "c", ["c/x.webp"]),
        ("a.jpg", "a", ["a.jpg"]),
        ("c.jpeg", "c", ["c.jpeg"]),
    ]


def test_every_image_may_be_an_item(tmp_path):
    for path in ("b/1.png", "b/2.jpg", "b/cameras.json", "a.jpg"):
        put(tmp_path, path)
    assert shapes(tmp_path, item="image") == [
        ("b/1.png", "b", ["b/1.png", "b/cameras.json"]),
        ("b/2.jpg", "b", ["b/2.jpg", "b/cameras.json"]),
        ("a.jpg", "a", ["a.jpg"]),
    ]


def test_a_pattern_gathers_a_subject_from_anywhere(tmp_path):
    for path in ("left/p1_neutral.jpg", "left/p2_smile.jpg", "right/p1_neutral.jpg", "odd.jpg"):
        put(tmp_path, path)
    found = list(index(str(tmp_path), ImagesConfig(subject="{camera}/{subject}_{sequence}")))
    assert [(item.item, item.subject, item.sequence, len(item.inputs)) for item in found] == [
        ("p1/neutral", "p1", "neutral", 2),
        ("p2/smile", "p2", "smile", 1),
        ("odd", "odd", "", 1),
    ]
    assert [dict(item.attributes) for item in found] == [
        {}, {"camera": "left"}, {"subject_pattern": "unmatched"},
    ]  # fmt: skip


def test_indexing_streams_and_opens_no_file(tmp_path, monkeypatch):
    for name in ("a/1.jpg", "a/cameras.json", "b/1.jpg", "c/1.jpg"):
        put(tmp_path, name)
    monkeypatch.setattr(files, "read_input", None)
    monkeypatch.setattr("pathlib.Path.open", None)
    listed = []
    listing = files.list_files
    monkeypatch.setattr(
        "facescale.corpora.images.list_files", lambda root: (listed.append(e) or e for e in listing(root))
    )
    first = next(index(str(tmp_path)))
    assert [file.role for file in first.inputs] == ["image", "cameras"]
    assert len(listed) == 3


def test_photographs_become_views_in_order(tmp_path):
    picture = astronaut()
    put(tmp_path, "s1/neutral/b.png", encoded(picture, "PNG"))
    put(tmp_path, "s1/neutral/a.jpg", oriented(picture, 6))
    put(tmp_path, "s1/neutral/wrong-ending.jpg", encoded(picture[::-1], "BMP"))
    found = only(tmp_path)
    assert [view.name for view in found.views] == ["a.jpg", "b.png", "wrong-ending.jpg"]
    np.testing.assert_array_equal(found.views[1].image, picture)
    np.testing.assert_array_equal(found.views[2].image, picture[::-1])
    assert np.abs(found.views[0].image.astype(int) - picture).mean() < 2.5
    assert (found.item, found.subject, found.scan, found.lost_views) == ("s1", "s1", None, ())
    assert all(view.time_s is None and view.camera is None and view.group == "" for view in found.views)


def test_a_broken_photograph_is_lost_and_its_neighbours_serve(tmp_path):
    data = encoded(astronaut())
    put(tmp_path, "s1/cut.jpg", data[: len(data) // 2])
    put(tmp_path, "s1/good.jpg", data)
    put(tmp_path, "s1/large.jpg", data + bytes(5000))
    put(tmp_path, "s1/one.png", encoded(astronaut(1, 1), "PNG"))
    found = only(tmp_path, max_bytes=len(data))
    assert [view.name for view in found.views] == ["good.jpg"]
    assert {lost.name: lost.reason.split(":")[0] for lost in found.lost_views} == {
        "cut.jpg": "truncated", "large.jpg": "too-large", "one.png": "tiny-picture",
    }  # fmt: skip
    assert all("expected" in lost.reason and "found" in lost.reason for lost in found.lost_views)


def test_an_item_without_a_usable_photograph_is_rejected_with_all_reasons(tmp_path):
    put(tmp_path, "s1/empty.jpg", b"")
    with pytest.raises(CaptureRejected) as one:
        only(tmp_path)
    assert one.value.reason == "empty-file"
    put(tmp_path, "s1/text.jpg", b"hello, I am no picture")
    with pytest.raises(
        CaptureRejected, match=r"no-usable-view: .*empty\.jpg: empty-file.*text\.jpg: not-a-pic"
    ):
        only(tmp_path)
    put(tmp_path, "s1/text.jpg", b"")
    with pytest.raises(CaptureRejected, match=r"empty-file: empty\.jpg: .*text\.jpg: "):
        only(tmp_path)


def test_a_missing_file_is_an_infrastructure_error(tmp_path):
    put(tmp_path, "s1/a.jpg", encoded(astronaut()))
    (item,) = index(str(tmp_path))
    (tmp_path / "s1/a.jpg").unlink()
    with pytest.raises(FileNotFoundError):
        load(item)


def test_cameras_follow_their_pictures_through_shrinking(tmp_path):
    put(tmp_path, "s1/a.png", encoded(astronaut(160, 120), "PNG"))
    put(tmp_path, "s1/b.png", encoded(astronaut(320, 240), "PNG"))
    put(tmp_path, "s1/c.png", encoded(astronaut(160, 120), "PNG"))
    put(tmp_path, "s1/cameras.json", calibration({"a.png": fields(), "b.png": fields()}))
    a, b, c = only(tmp_path).views
    assert (a.camera.size, b.camera.size, c.camera) == ((160, 120), (320, 240), None)
    np.testing.assert_allclose(b.camera.principal, [161, 119])
    a, b, c = only(tmp_path, longest_side=80).views
    assert (a.camera.size, b.camera.size) == ((80, 60), (80, 60))
    np.testing.assert_allclose(b.camera.focal, [100, 100.5])
    assert all(view.camera is None for view in only(tmp_path, cameras="ignore").views)


def test_a_camera_of_another_shape_loses_its_picture_and_one_without_picture_is_named(tmp_path):
    put(tmp_path, "s1/a.png", encoded(astronaut(160, 120), "PNG"))
    put(tmp_path, "s1/turned.png", encoded(astronaut(120, 160), "PNG"))
    cameras = {name: fields() for name in ("a.png", "turned.png", "gone.png")}
    put(tmp_path, "s1/cameras.json", calibration(cameras))
    found = only(tmp_path)
    assert [view.name for view in found.views] == ["a.png"]
    lost = {view.name: view.reason for view in found.lost_views}
    assert "expected a picture of 160 x 120 pixels or a scaled one, found 120 x 160" in lost["turned.png"]
    assert "found s1/gone.png, which is not there" in lost["gone.png"]


def test_a_calibration_that_items_share_needs_no_picture_for_every_camera(tmp_path):
    for name in ("a.png", "b.png"):
        put(tmp_path, name, encoded(astronaut(), "PNG"))
    put(tmp_path, "cameras.json", calibration({"a.png": fields(), "b.png": fields()}))
    for settings in ({}, {"item": "image"}, {"subject": "{subject}"}):
        config = ImagesConfig(**settings)
        found = [load(item, config) for item in index(str(tmp_path), config)]
        assert [(len(c.views), c.views[0].camera is None, len(c.lost_views)) for c in found] == [
            (1, False, 0)
        ] * 2


def test_a_broken_calibration_rejects_the_item(tmp_path):
    put(tmp_path, "s1/a.png", encoded(astronaut(), "PNG"))
    put(tmp_path, "s1/cameras.json", b"{}")
    with pytest.raises(CaptureRejected, match="bad-cameras"):
        only(tmp_path)
    assert len(only(tmp_path, cameras="ignore").views) == 1


def test_the_focal_length_of_exif_is_an_attribute(tmp_path):
    from PIL import Image

    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA405] = 50
    put(tmp_path, "s1/a.jpg", encoded(astronaut(), exif=exif))
    assert only(tmp_path).attributes == {"focal_35mm:a.jpg": "50"}


@pytest.mark.parametrize(
    "bad",
    [
        {"subject": "x"}, {"item": "video"}, {"cameras": "maybe"}, {"max_bytes": 0}, {"max_pixels": 0},
        {"max_pixels": 10**10}, {"longest_side": -1},
    ],
)  # fmt: skip
def test_bad_settings_say_what_was_expected(bad):
    with pytest.raises((ValueError, TypeCheckError), match=r"[Ee]xpected"):
        ImagesConfig(**bad)


def test_photographs_on_s3_are_the_same(tmp_path, s3_server):
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    put(tmp_path, "s1/a.png", encoded(astronaut(), "PNG"))
    put(tmp_path, "s1/b.jpg", b"")
    put(tmp_path, "s1/cameras.json", calibration({"a.png": fields()}))
    put(tmp_path, "top.jpg", encoded(astronaut()))
    for path in tmp_path.rglob("*.*"):
        files.write_bytes(f"s3://bucket/c/{path.relative_to(tmp_path)}", path.read_bytes())
    s3_server.requests.clear()
    here, there = ([load(item) for item in index(root)] for root in (str(tmp_path), "s3://bucket/c"))
    assert dict(s3_server.requests) == {"LIST": 1, "GET": 4}
    assert [c.item for c in here] == [c.item for c in there] == ["s1", "top.jpg"]
    for one, other in zip(here, there, strict=True):
        assert one.lost_views == other.lost_views
        for a, b in zip(one.views, other.views, strict=True):
            np.testing.assert_array_equal(a.image, b.image)
            assert (a.camera is None) == (b.camera is None)
    s3fs.S3FileSystem.clear_instance_cache()
