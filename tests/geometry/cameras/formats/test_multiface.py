import pytest

from facescale.geometry.cameras.formats.multiface import read_krt, write_krt
from facescale.structures.errors import CaptureRejected
from tests.geometry.cameras.formats import goldens


def test_the_golden_pixels_are_those_of_k_times_rt():
    """u = K (R x + t), row index downward; from OpenCV's pixel centre to ours it is half a pixel."""
    views = read_krt(goldens.KRT)
    assert views.names == ("400002", "400004")
    assert views.metric
    assert views.cameras.size.tolist() == [[1334, 2048]] * 2
    x, y, z = 31.0, -42.0, 53.0
    depth = -z + 1100
    expected = [7695.2 * (x + 12.5) / depth + 819.1 + 0.5, 7693.0 * (-y + 30) / depth + 962.6 + 0.5]
    assert goldens.pixel(views.cameras, 0, (x, y, z)) == pytest.approx(expected, abs=1e-8)
    depth = -x + 1050.5
    u, v = goldens.distorted((z - 20) / depth, (y + 10) / depth, 0.1, 0.2, 0.05, along=-0.004, across=0.003)
    expected = [7600 * u + 800.5, 7601 * v + 1000.5]
    assert goldens.pixel(views.cameras, 1, (x, y, z)) == pytest.approx(expected, abs=1e-8)


def test_the_pixel_centre_is_an_argument():
    cameras = read_krt(goldens.KRT, pixel_centre=0.5).cameras
    assert cameras.principal[0].tolist() == [819.1, 962.6]


def test_views_come_back():
    views = goldens.random_views(names=("400002", "400013"))
    goldens.assert_same(read_krt(write_krt(views), size=(640, 480)), views)
    with pytest.raises(ValueError, match="white space"):
        write_krt(goldens.random_views(names=("a b",)))
    with pytest.raises(ValueError, match="without a unit"):
        write_krt(goldens.random_views(metric=False))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"0 0 0 0 0\n", b"0 0 0 0\n", "5 numbers"),
        (b"0 0 0 0 0\n", b"", "blocks of 8"),
        (b"400002\n", b"400002 4\n", "id alone"),
        (b"400004\n", b"400002\n", "twice"),
        (b"7695.2 0", b"7695.2 3", "skew"),
        (b"-1 0 30.0", b"1 0 30.0", "mirrored"),
        (b"7695.2", b"inf", "finite"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(old, new, message):
    assert old in goldens.KRT
    with pytest.raises(CaptureRejected, match=message):
        read_krt(goldens.KRT.replace(old, new, 1))
