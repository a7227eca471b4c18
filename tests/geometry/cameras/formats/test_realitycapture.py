import math

import pytest

from facescale.geometry.cameras.formats.realitycapture import read_csv, write_csv
from facescale.structures.errors import CaptureRejected
from tests.geometry.cameras.formats import goldens

SIZE = (6000, 4000)


def test_the_golden_pixel_is_that_of_heading_pitch_and_roll():
    """World = Rz(-heading) Rx(pitch) Ry(roll) camera + position, +y up, -z ahead, undone turn by turn."""
    position = (0.3, -4.5, 1.5)
    x, y, z = (a - b for a, b in zip(goldens.POINT, position, strict=True))
    heading, pitch, roll = (math.radians(angle) for angle in (30, 80, 5))
    c, s = math.cos(heading), math.sin(heading)
    x, y = c * x - s * y, s * x + c * y
    c, s = math.cos(pitch), math.sin(pitch)
    y, z = c * y + s * z, -s * y + c * z
    c, s = math.cos(roll), math.sin(roll)
    x, z = c * x - s * z, s * x + c * z
    u, v = goldens.distorted(x / -z, -y / -z, -0.2, 0.05, -0.01, along=-0.002, across=0.001)
    focal = 24 / 36 * 6000
    expected = [focal * u + 3000 + 0.01 * 6000, focal * v + 2000 - 0.02 * 6000]
    views = read_csv(goldens.REALITYCAPTURE, SIZE)
    assert views.names == ("a.jpg", "b.jpg")
    assert not views.metric
    assert goldens.pixel(views.cameras, 0, goldens.POINT) == pytest.approx(expected, abs=1e-8)


def test_without_angles_a_camera_looks_straight_down_with_north_up():
    cameras = read_csv(goldens.REALITYCAPTURE, SIZE).cameras
    focal = 50 / 36 * 6000
    east, north = goldens.pixel(cameras, 1, (2.0, 2, 0)), goldens.pixel(cameras, 1, (1.0, 3, 0))
    assert east == pytest.approx([3000 + focal / 30, 2000])
    assert north == pytest.approx([3000, 2000 - focal / 30])


def test_heading_ninety_looks_east_at_the_horizon():
    row = b"#name,x,y,alt,heading,pitch,roll,f\na,0,0,0,90,90,0,36\n"
    cameras = read_csv(row, SIZE).cameras
    assert goldens.pixel(cameras, 0, (5.0, 0, 0)) == pytest.approx([3000, 2000])
    assert goldens.pixel(cameras, 0, (5.0, 0, 1)) == pytest.approx([3000, 2000 - 1200])
    assert goldens.pixel(cameras, 0, (5.0, -1, 0)) == pytest.approx([3000 + 1200, 2000])


def test_sizes_may_differ_and_the_principal_point_may_be_in_film_millimetres():
    views = read_csv(goldens.REALITYCAPTURE, {"a.jpg": (4000, 6000), "b.jpg": (100, 50)}, principal_unit=1 / 36)
    assert views.cameras.size.tolist() == [[4000, 6000], [100, 50]]
    assert views.cameras.principal[0].tolist() == pytest.approx([2000 + 60 / 36, 3000 - 120 / 36])
    with pytest.raises(CaptureRejected, match=r"none for 'b\.jpg'"):
        read_csv(goldens.REALITYCAPTURE, {"a.jpg": SIZE})


def test_views_come_back():
    views = goldens.random_views(metric=False, square=True)
    goldens.assert_same(read_csv(write_csv(views), (640, 480)), views)
    metric = goldens.random_views(square=True, names=('odd, "name".jpg', "b"))
    back = read_csv(write_csv(metric, millimetres=1000.0), (640, 480), millimetres=1000.0)
    goldens.assert_same(back, metric)
    with pytest.raises(ValueError, match="square pixels"):
        write_csv(goldens.random_views())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"-0.01,0,0.001", b"-0.01,0.5,0.001", "k4"),
        (b"heading", b"yaw", "columns"),
        (b",px,py", b",px,px", "once each"),
        (b"0.001,-0.002", b"0.001", "16 fields"),
        (b"24,0.01", b"0,0.01", "positive focal"),
        (b"24,0.01", b"f,0.01", "number for f"),
        (b"b.jpg", b"a.jpg", "twice"),
        (b"b.jpg", b'"b.jpg', "comma-separated"),
        (b"b.jpg", b"b" * 5000, "characters a row"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(old, new, message):
    assert old in goldens.REALITYCAPTURE
    with pytest.raises(CaptureRejected, match=message):
        read_csv(goldens.REALITYCAPTURE.replace(old, new, 1), SIZE)
