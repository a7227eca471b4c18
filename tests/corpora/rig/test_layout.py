from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facescale.corpora.layouts import find_layout
from facescale.corpora.rig.calibrations import tool_of
from facescale.corpora.rig.layout import RigOptions, index, load, survey
from facescale.structures import CaptureRejected
from tests.corpora.clips import grey, number_of, write_clip
from tests.corpora.facescape.test_params import project
from tests.corpora.photographs import astronaut, encoded
from tests.corpora.rigs import calibration, fields

YAML = b"""%YAML:1.0
---
image_width: 160
image_height: 120
camera_matrix: !!opencv-matrix
   rows: 3
   cols: 3
   dt: d
   data: [ 200., 0., 80., 0., 201., 59., 0., 0., 1. ]
distortion_coefficients: !!opencv-matrix
   rows: 5
   cols: 1
   dt: d
   data: [ 0.1, -0.02, 0.001, 0.002, 0. ]
rotation: !!opencv-matrix
   rows: 3
   cols: 3
   dt: d
   data: [ 1., 0., 0., 0., 0.8, -0.6, 0., 0.6, 0.8 ]
translation: !!opencv-matrix
   rows: 3
   cols: 1
   dt: d
   data: [ 1., 2., 60. ]
"""
COLMAP_CAMERAS = b"# cameras\n1 OPENCV 160 120 200 201 80.5 59.5 0.1 -0.02 0.001 0.002\n"
COLMAP_IMAGES = b"# images\n1 1 0 0 0 1 2 60 1 left.jpg\n\n2 1 0 0 0 5 2 60 1 right/0001.jpg\n\n"
POINTS = np.array([[0.0, 0.0, 0.0], [9.0, -7.0, 4.0]])


def put(root, path, data=None):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(encoded(astronaut(160, 120)) if data is None else data)


def clip(root, path, frames=6, rate=30.0):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    pictures = [grey(k, 160, 120) for k in range(frames)]
    write_clip(str(root / path), pictures, times=[k / rate for k in range(frames)])


def only(root, **options):
    (item,) = index(str(root), RigOptions(**options))
    return load(item, RigOptions(**options))


def pixels(turn, shift):
    """OpenCV's own formula for the lens of all fixtures, first pixel's centre at 0."""
    found = []
    for point in POINTS:
        x, y, z = np.asarray(turn) @ point + shift
        x, y = x / z, y / z
        r2 = x * x + y * y
        radial = 1 + 0.1 * r2 - 0.02 * r2**2
        bent_x = x * radial + 2 * 0.001 * x * y + 0.002 * (r2 + 2 * x * x)
        bent_y = y * radial + 0.001 * (r2 + 2 * y * y) + 2 * 0.002 * x * y
        found.append([200 * bent_x + 80, 201 * bent_y + 59])
    return np.array(found)


def test_devices_keep_their_clocks_and_rates(tmp_path):
    clip(tmp_path, "anna/left.mp4", frames=6, rate=30)
    clip(tmp_path, "anna/right.mp4", frames=12, rate=60)
    put(tmp_path, "anna/offsets.json", b'{"right": -0.0125}')
    found = only(tmp_path, frames=3)
    assert [view.name for view in found.views] == [
        "left/000001", "left/000003", "left/000005", "right/000002", "right/000006", "right/000010",
    ]  # fmt: skip
    assert [number_of(view.image) for view in found.views] == [1, 3, 5, 2, 6, 10]
    times = [view.time_s for view in found.views]
    np.testing.assert_allclose(times, [1 / 30, 3 / 30, 5 / 30, 2 / 60, 6 / 60, 10 / 60], atol=1e-3)
    assert {view.group for view in found.views} == {"left", "right"}
    assert found.attributes["offset_s:right"] == "-0.0125"
    assert float(found.attributes["rate:right"]) > 1.5 * float(found.attributes["rate:left"])
    assert found.attributes["uncalibrated"] == "left right"
    assert only(tmp_path, offsets=("right:0.5",)).attributes["offset_s:right"] == "0.5"
    put(tmp_path, "anna/offsets.json", b'{"right": "soon"}')
    with pytest.raises(CaptureRejected, match="bad-offsets"):
        only(tmp_path)


def test_opencv_has_a_file_a_device(tmp_path):
    clip(tmp_path, "anna/left.mp4")
    clip(tmp_path, "anna/right.mp4")
    put(tmp_path, "anna/calibration/left.yml", YAML)
    found = only(tmp_path, frames=1)
    left, right = found.views
    turn = [[1, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]]
    np.testing.assert_allclose(project(left.camera, POINTS), pixels(turn, [1, 2, 60]) + 0.5, atol=1e-9)
    assert right.camera is None
    assert (found.world, found.attributes["calibration"], found.attributes["uncalibrated"]) == (
        "arbitrary", "opencv", "right",
    )  # fmt: skip
    metric = only(tmp_path, frames=1, millimetres=10.0)
    assert metric.world == "metric"
    np.testing.assert_allclose(metric.views[0].camera.translation, [10, 20, 600])


def test_colmap_names_pictures_or_devices(tmp_path):
    clip(tmp_path, "anna/left.mp4")
    for name in ("0001.jpg", "0002.jpg"):
        put(tmp_path, f"anna/right/{name}")
    put(tmp_path, "anna/sparse/0/cameras.txt", COLMAP_CAMERAS)
    put(tmp_path, "anna/sparse/0/images.txt", COLMAP_IMAGES)
    found = {view.name: view.camera for view in only(tmp_path, frames=1).views}
    assert list(found) == ["right/0001.jpg", "right/0002.jpg", "left/000003"]
    # COLMAP counts from the corner: no half is added.
    np.testing.assert_allclose(project(found["left/000003"], POINTS), pixels(np.eye(3), [1, 2, 60]) + 0.5)
    np.testing.assert_allclose(project(found["right/0002.jpg"], POINTS), pixels(np.eye(3), [5, 2, 60]) + 0.5)
    (tmp_path / "anna/sparse/0/images.txt").unlink()
    with pytest.raises(CaptureRejected, match=r"cameras\.txt and images\.txt"):
        only(tmp_path)


def test_a_device_that_moved_has_cameras_of_its_pictures_only(tmp_path):
    for name in ("0001.jpg", "0002.jpg", "0003.jpg"):
        put(tmp_path, f"anna/phone/{name}")
    images = COLMAP_IMAGES.replace(b"left.jpg", b"phone/0002.jpg").replace(b"right/", b"phone/")
    put(tmp_path, "anna/cameras.txt", COLMAP_CAMERAS)
    put(tmp_path, "anna/images.txt", images)
    cameras = [view.camera for view in only(tmp_path).views]
    assert [camera is not None for camera in cameras] == [True, True, False]
    assert cameras[0].translation[0] == 5


def test_one_calibration_above_serves_all_captures(tmp_path):
    for name in ("anna", "bert", "zoe"):
        clip(tmp_path, f"{name}/left.mp4")
    put(tmp_path, "cameras.json", calibration({"left.jpg": fields(), "right.jpg": fields()}))
    put(tmp_path, "zoe/left.yml", YAML)
    found = [load(item, RigOptions(frames=1)) for item in index(str(tmp_path), RigOptions())]
    assert [c.attributes["calibration"] for c in found] == ["cameras", "cameras", "opencv"]
    assert [c.world for c in found] == ["metric", "metric", "arbitrary"]
    assert all(item.subject == item.item for item in index(str(tmp_path), RigOptions()))


def test_calibrations_of_several_tools_must_be_chosen(tmp_path):
    clip(tmp_path, "anna/left.mp4")
    put(tmp_path, "anna/left.yml", YAML)
    put(tmp_path, "anna/cameras.json", calibration({"left.jpg": fields()}))
    with pytest.raises(CaptureRejected, match=r"ambiguous-calibration: .*cameras and opencv"):
        only(tmp_path)
    assert only(tmp_path, calibration="opencv", frames=1).attributes["calibration"] == "opencv"
    assert only(tmp_path, calibration="cameras", frames=1).world == "metric"
    assert only(tmp_path, calibration="ignore", frames=1).views[0].camera is None
    put(tmp_path, "anna/left.yml", YAML[:300])
    with pytest.raises(CaptureRejected, match="bad-cameras"):
        only(tmp_path, calibration="opencv")


def test_broken_devices_do_not_spoil_the_others(tmp_path):
    clip(tmp_path, "s1/take/left.mp4")
    put(tmp_path, "s1/take/right.mp4", b"no video at all")
    put(tmp_path, "s1/take/turned.mp4", b"")
    clip(tmp_path, "s1/other/left.mp4")
    put(tmp_path, "s1/notes.txt", b"x")
    other, take = (load(item, RigOptions(folders=2)) for item in index(str(tmp_path), RigOptions(folders=2)))
    assert (take.item, take.subject) == ("s1/take", "s1")
    assert [lost.name for lost in take.lost_views] == ["right", "turned"]
    assert len(other.views) == 6
    told = {f.reason: f.message for f in survey(str(tmp_path), RigOptions(folders=2))}
    assert "s1/other" in told["one-device"]
    assert set(told) == {"one-device", "no-calibration"}
    clip(tmp_path, "s1/last/left.mp4")
    clip(tmp_path, "s1/last/right.mp4")
    told = {f.reason: f.message for f in survey(str(tmp_path), RigOptions(folders=2))}
    assert "s1/other (right)" in told["missing-device"]


def test_a_video_of_another_shape_than_its_calibration_is_lost(tmp_path):
    clip(tmp_path, "anna/left.mp4")
    put(tmp_path, "anna/cameras.json", calibration({"left.jpg": fields(size=[120, 160])}))
    with pytest.raises(CaptureRejected, match="expected a video of 120 x 160 pixels"):
        only(tmp_path)


@pytest.mark.parametrize(
    ("path", "tool"),
    [
        ("sparse/0/cameras.bin", "colmap"), ("images.TXT", "colmap"), ("transforms.json", "transforms"),
        ("project.xml", "metashape"), ("left.YAML", "opencv"), ("cameras.json", "cameras"), ("notes.txt", None),
        ("offsets.json", None), ("points3D.txt", None),
    ],
)  # fmt: skip
def test_tools_are_known_by_their_files(path, tool):
    assert tool_of(path) == tool


@pytest.mark.parametrize(
    "bad", [{"frames": 0}, {"folders": 0}, {"millimetres": -1.0}, {"offsets": ("left",)}, {"offsets": ("a:x",)}]
)
def test_bad_options_say_what_was_expected(bad):
    with pytest.raises(ValueError, match="expected"):
        RigOptions(**bad)
    assert find_layout("rig").holds == "views"


def test_a_rig_on_s3_is_the_same(tmp_path, s3_server):
    import s3fs

    from facescale.corpora import files

    s3fs.S3FileSystem.clear_instance_cache()
    clip(tmp_path, "anna/left.mp4")
    put(tmp_path, "anna/left.yml", YAML)
    for path in (tmp_path / "anna").iterdir():
        files.write_bytes(f"s3://bucket/rig/anna/{path.name}", path.read_bytes())
    (item,) = index("s3://bucket/rig", RigOptions())
    one, other = load(item, RigOptions(frames=2)), only(tmp_path, frames=2)
    for a, b in zip(one.views, other.views, strict=True):
        np.testing.assert_array_equal(a.image, b.image)
        np.testing.assert_array_equal(a.camera.principal, b.camera.principal)
    s3fs.S3FileSystem.clear_instance_cache()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_of_a_calibration_raises_anything_but_a_rejection(tmp_path, data):
    cases = {
        "left.yml": YAML, "cameras.json": calibration({"left": fields()}), "offsets.json": b'{"left": 1.5}',
    }  # fmt: skip
    name = data.draw(st.sampled_from(sorted(cases)))
    whole = cases[name]
    at = data.draw(st.integers(0, len(whole) - 1))
    junk = data.draw(st.binary(max_size=6))
    folder = tmp_path / name.replace(".", "_")
    put(folder, "anna/left/0001.jpg", encoded(astronaut(160, 120)))
    put(folder, f"anna/{name}", whole[:at] + junk + whole[at + 2 :])
    with suppress(CaptureRejected):
        assert only(folder).views
