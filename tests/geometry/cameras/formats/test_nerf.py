import json

import pytest

from facescale.geometry.cameras.formats.nerf import read_json, write_json
from facescale.structures.errors import CaptureRejected
from tests.geometry.cameras.formats import goldens


def test_the_golden_pixels_are_those_of_nerfs_ray_formula():
    """A point at depth d along -z is c2w (x d, y d, -d); fl = w / 2 / tan(angle / 2) with tan = 0.5: 800."""
    views = read_json(goldens.NERF)
    assert views.names == ("./train/r_0", "./train/r_1")
    # Frame 0: camera +x is world +y, camera +y is world +z, camera +z is world +x; centre (4, 0.5, -0.25).
    x, y, z = goldens.POINT
    right, up, back = y - 0.5, z + 0.25, x - 4
    u, v = goldens.distorted(right / -back, -up / -back, 0.05)
    assert goldens.pixel(views.cameras, 0, goldens.POINT) == pytest.approx(
        [800 * u + 400, 800 * v + 300], abs=1e-8
    )
    right, up, back = x - 0.5, y + 0.25, z - 4
    u, v = goldens.distorted(right / -back, -up / -back, along=0.002)
    expected = [1000 * u + 410.5, 990 * v + 295]
    assert goldens.pixel(views.cameras, 1, goldens.POINT) == pytest.approx(expected, abs=1e-8)


def test_views_come_back():
    views = goldens.random_views(metric=False)
    goldens.assert_same(read_json(write_json(views)), views)
    metric = goldens.random_views()
    goldens.assert_same(read_json(write_json(metric, millimetres=1000.0), millimetres=1000.0), metric)


def test_the_original_files_have_no_size():
    data = json.loads(goldens.NERF)
    del data["w"], data["h"]
    text = json.dumps(data).encode()
    assert read_json(text, size=(800, 600)).cameras.size.tolist() == [[800, 600]] * 2
    with pytest.raises(CaptureRejected, match="image size as an argument"):
        read_json(text)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'"w": 800', b'"w": "wide"', "number for w"),
        (b'"k1": 0.05', b'"camera_model": "OPENCV_FISHEYE"', "OPENCV_FISHEYE"),
        (b'"k1": 0.05', b'"is_fisheye": true', "fisheye"),
        (b'"k1": 0.05', b'"k4": 0.1', "beyond k3"),
        (b'"k1": 0.05', b'"k1": NaN', "finite"),
        (b'"k1": 0.05', b'"k1": true', "a number for k1"),
        (b'"k1": 0.05', b'"k1": ' + b"9" * 5000, "found"),
        (b'"camera_angle_x": 0.9', b'"camera_angle_x": 90.9', "radians"),
        (b'"camera_angle_x": 0.9', b'"other": 0.9', "fl_x or camera_angle_x"),
        (b"[0, 0, 0, 1]]", b"[0, 0, 0, 0.01]]", "last row"),
        (b"[[0, 0, 1, 4]", b"[[0, 0, 2, 4]", "orthonormal"),
        (b"[[0, 0, 1, 4]", b"[[0, 0, -1, 4]", "mirrored"),
        (b"[[0, 0, 1, 4]", b"[[0, 0, 4]", "4 numbers"),
        (b'"frames"', b'"images"', "list of frames"),
        (b'"file_path": "./train/r_0"', b'"file": 1', "file_path"),
        (b"{\n", b"[" * 100_000, "JSON"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(old, new, message):
    assert old in goldens.NERF
    with pytest.raises(CaptureRejected, match=message):
        read_json(goldens.NERF.replace(old, new, 1))
