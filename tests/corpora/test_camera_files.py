import numpy as np
import pytest
import torch

from facescale.corpora.camera_files import camera_of, read_cameras
from facescale.geometry.cameras.pinhole import PinholeCamera
from facescale.structures import CaptureRejected
from tests.corpora.rigs import calibration, fields, rotation


def as_camera(record):
    arrays = {
        name: torch.from_numpy(getattr(record, name))[None]
        for name in ("rotation", "translation", "focal", "principal", "distortion")
    }
    return PinholeCamera(**arrays, size=torch.tensor([record.size]))


def test_a_camera_is_read_as_it_is_written():
    camera = read_cameras(calibration({"a.jpg": fields()}))["a.jpg"]
    np.testing.assert_allclose(camera.rotation, rotation(), atol=1e-12)
    np.testing.assert_array_equal(camera.translation, [1, 2, 600])
    np.testing.assert_array_equal(camera.focal, [200, 201])
    np.testing.assert_array_equal(camera.principal, [80.5, 59.5])
    np.testing.assert_array_equal(camera.distortion, [0.1, -0.01, 0.001, 0.002, 0])
    assert camera.size == (160, 120)


def test_translations_become_millimetres_and_distortion_may_be_left_out():
    camera = read_cameras(calibration({"a": fields(distortion=None, translation=[0, 0, 0.6])}, unit="m"))["a"]
    np.testing.assert_allclose(camera.translation, [0, 0, 600])
    assert not camera.distortion.any()


def test_a_rotation_written_with_six_digits_is_made_exact():
    rounded = np.round(rotation(0.7), 6).tolist()
    found = read_cameras(calibration({"a": fields(rotation=rounded)}))["a"].rotation
    np.testing.assert_allclose(found @ found.T, np.eye(3), atol=1e-14)
    np.testing.assert_allclose(found, rotation(0.7), atol=1e-6)


def test_a_scaled_camera_sees_points_at_scaled_pixels():
    record = read_cameras(calibration({"a": fields()}))["a"]
    half = camera_of(record, (80, 60))
    points = torch.tensor([[[10.0, -20.0, 5.0], [40.0, 30.0, -50.0]]], dtype=torch.float64)
    torch.testing.assert_close(
        as_camera(half).project(points).pixels, as_camera(record).project(points).pixels / 2
    )
    torch.testing.assert_close(half.focal, as_camera(record).resize(torch.tensor([[80, 60]])).focal[0].numpy())


@pytest.mark.parametrize(
    ("size", "fits"), [((160, 120), True), ((107, 80), True), ((1600, 1200), True), ((120, 160), False),
                       ((160, 160), False), ((107, 83), False)],
)  # fmt: skip
def test_a_size_must_be_the_cameras_but_for_one_scale(size, fits):
    record = read_cameras(calibration({"a": fields()}))["a"]
    assert (camera_of(record, size) is not None) == fits


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        calibration({}, form=2),
        calibration({}, unit="feet"),
        calibration([]),
        calibration({"a": 3}),
        calibration({"a": fields(rotation=None)}),
        calibration({"a": fields(skew=0)}),
        calibration({"a": fields(rotation=(-rotation()).tolist())}),
        calibration({"a": fields(rotation=(1.01 * rotation()).tolist())}),
        calibration({"a": fields(rotation=[[1, 0, 0], [0, 1, 0]])}),
        calibration({"a": fields(rotation=[[1, 0, 0], [0, 1], [0, 0, 1]])}),
        calibration({"a": fields(translation=[0, 0, float("nan")])}),
        calibration({"a": fields(translation=["0", 0, 0])}),
        calibration({"a": fields(focal=[True, 1])}),
        calibration({"a": fields(focal=[-200, 200])}),
        calibration({"a": fields(principal=[1])}),
        calibration({"a": fields(size=[160.5, 120])}),
        calibration({"a": fields(size=[0, 120])}),
    ],
)
def test_what_is_no_calibration_says_what_was_expected(data):
    with pytest.raises(CaptureRejected, match="bad-cameras: expected"):
        read_cameras(data)


def test_the_camera_at_fault_is_named():
    with pytest.raises(CaptureRejected, match=r"'b\.jpg' to have a rotation"):
        read_cameras(calibration({"a.jpg": fields(), "b.jpg": fields(rotation=(-np.eye(3)).tolist())}))
