import numpy as np
import pytest

from facescale.geometry.cameras.formats.opencv import (
    five_coefficients,
    read_text,
    read_yaml,
    view_from_arrays,
    write_text,
    write_yaml,
)
from facescale.structures.errors import CaptureRejected
from tests.geometry.cameras.formats import goldens


def test_the_golden_pixel_is_that_of_opencvs_formula_plus_half_a_pixel():
    """R = [[0 -1 0] [1 0 0] [0 0 1]], t = (0.1, -0.2, 2), the file's K and lens; OpenCV's pixel 0 is at 0."""
    x, y, z = goldens.POINT
    a, b, depth = -y + 0.1, x - 0.2, z + 2.0
    u, v = goldens.distorted(a / depth, b / depth, -0.28, 0.025, 0.16, along=-1.3e-4, across=1.2e-3)
    expected = [532 * u + 342, 530 * v + 233]
    views = read_yaml(goldens.OPENCV_YAML)
    assert goldens.pixel(views.cameras, 0, goldens.POINT) == pytest.approx(
        [x + 0.5 for x in expected], abs=1e-9
    )
    assert views.cameras.size.tolist() == [[640, 480]]
    assert not views.metric


def test_a_unit_turns_translations_into_millimetres():
    views = read_yaml(goldens.OPENCV_YAML, millimetres=1000.0)
    assert views.metric
    assert views.cameras.translation.tolist() == [[100, -200, 2000]]


def test_yaml_and_text_come_back():
    views = goldens.random_views(names=("camera",))
    goldens.assert_same(read_yaml(write_yaml(views, millimetres=25.4), millimetres=25.4), views)
    matrix, pose, distortion = write_text(views, millimetres=1.0)
    goldens.assert_same(read_text(matrix, pose, (640, 480), distortion=distortion, millimetres=1.0), views)


def test_text_is_three_rows_or_four_of_the_pose():
    matrix, pose = b"500 0 320\n0 500 240\n0 0 1\n", b"1 0 0 1\n0 1 0 2\n0 0 1 3\n"
    plain = read_text(matrix, pose, (640, 480))
    goldens.assert_same(read_text(matrix, pose + b"0 0 0 1", (640, 480)), plain)
    assert plain.cameras.principal.tolist() == [[320.5, 240.5]]
    with pytest.raises(CaptureRejected, match="last row"):
        read_text(matrix, pose + b"0 0 1 1", (640, 480))


@pytest.mark.parametrize("count", [4, 5, 8, 12, 14])
def test_longer_distortion_is_taken_where_the_rest_is_zero(count):
    given = [0.1, 0.2, 0.3, 0.4, 0.5][:count] + [0.0] * (count - 5)
    assert five_coefficients(given, "x") == (*given, 0.0)[:5]
    if count > 5:
        with pytest.raises(CaptureRejected, match="rational"):
            five_coefficients([*given[:-1], 1e-9], "x")
    with pytest.raises(CaptureRejected, match="4, 5, 8, 12, 14"):
        five_coefficients([0.0] * 6, "x")


def test_without_a_pose_the_camera_stands_at_the_origin():
    text = goldens.OPENCV_YAML
    views = read_yaml(text[: text.index(b"R: ")])
    assert views.cameras.translation.tolist() == [[0, 0, 0]]
    with pytest.raises(CaptureRejected, match="or neither"):
        read_yaml(text[: text.index(b"T: ")])


def test_the_vectors_of_opencv_5_are_read():
    old = b"!!opencv-matrix\n   rows: 5\n   cols: 1\n"
    assert old in goldens.OPENCV_YAML
    newer = goldens.OPENCV_YAML.replace(b"%YAML:1.0", b"%YAML 1.2")
    newer = newer.replace(old, b"!!opencv-nd-matrix\n   sizes: [ 5 ]\n")
    goldens.assert_same(read_yaml(newer), read_yaml(goldens.OPENCV_YAML))
    with pytest.raises(CaptureRejected, match="number for rows"):
        read_yaml(newer.replace(b"[ 5 ]", b"[ 5, 1, 1 ]"))


def test_skew_is_refused():
    matrix = np.array([[500.0, 1, 320], [0, 500, 240], [0, 0, 1]])
    with pytest.raises(CaptureRejected, match="skew"):
        view_from_arrays("a", matrix, [], np.eye(3), np.zeros(3), (640, 480))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"%YAML:1.0", b"hello", "begins with %YAML"),
        (b"image_width: 640", b"image_width: wide", "image_width"),
        (b"image_width: 640", b"image_width: 640.5", "whole number"),
        (b"image_width: 640", b"image_width: 0", "1 to 65536 pixels"),
        (b"rows: 3\n   cols: 3", b"rows: 3\n   cols: 2", "6 numbers"),
        (b"5.32e+02", b".Nan", "number"),
        (b"5.32e+02", b"-5.32e+02", "positive focal"),
        (b"dt: d", b'dt: "2d"', "type of one number"),
        (b"camera_matrix:", b"other_matrix:", "camera_matrix or"),
        (b"[ 0., -1., 0., 1.", b"[ 0., 1., 0., 1.", "mirrored"),
        (b"[ 0., -1., 0., 1.", b"[ 0., -2., 0., 1.", "orthonormal"),
        (b"flags: 0", b"image_width: 1", "twice"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(old, new, message):
    assert old in goldens.OPENCV_YAML
    with pytest.raises(CaptureRejected, match=message):
        read_yaml(goldens.OPENCV_YAML.replace(old, new, 1))


def test_several_cameras_do_not_fit_one_file():
    with pytest.raises(ValueError, match="expected one camera, got 3"):
        write_yaml(goldens.random_views())
    with pytest.raises(ValueError, match="without a unit"):
        write_yaml(goldens.random_views(names=("a",), metric=False), millimetres=1.0)
