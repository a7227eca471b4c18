"""Text and binary say the same, so they are tested side by side."""

import struct

import pytest

from facescale.geometry.cameras.formats.colmap_binary import read_binary, write_binary
from facescale.geometry.cameras.formats.colmap_models import COUNTS
from facescale.geometry.cameras.formats.colmap_text import read_text, write_text
from facescale.structures.errors import CaptureRejected
from tests.geometry.cameras.formats import goldens


def test_the_golden_pixels_are_those_of_colmaps_formulas():
    """q = (0.6, 0, 0.8, 0): x' = -0.28 x + 0.96 z, z' = -0.96 x - 0.28 z; (0.6, 0.8, 0, 0) about x likewise."""
    views = read_text(goldens.COLMAP_CAMERAS, goldens.COLMAP_IMAGES)
    assert views.names == ("left/P 1.JPG", "P2.JPG")
    assert not views.metric
    x, y, z = goldens.POINT
    a, b, depth = -0.28 * x + 0.96 * z - 0.7, y + 1.0, -0.96 * x - 0.28 * z + 3.7
    u, v = goldens.distorted(a / depth, b / depth, -0.02, 0.01, along=-0.002, across=0.001)
    expected = [2560.5 * u + 1540, 2559.5 * v + 1150]
    assert goldens.pixel(views.cameras, 0, goldens.POINT) == pytest.approx(expected, abs=1e-8)
    a, b, depth = x - 0.7, -0.28 * y - 0.96 * z + 1.0, 0.96 * y - 0.28 * z + 3.7
    u, v = goldens.distorted(a / depth, b / depth, -0.0218531)
    expected = [2559.69 * u + 1536, 2559.69 * v + 1152]
    assert goldens.pixel(views.cameras, 1, goldens.POINT) == pytest.approx(expected, abs=1e-8)


def golden_binary():
    """The golden text as bytes, field by field after the documentation of reconstruction_io."""
    cameras = struct.pack("<Q", 2)
    cameras += struct.pack("<IiQQ", 7, 4, 3072, 2304)
    cameras += struct.pack("<8d", 2560.5, 2559.5, 1540, 1150, -0.02, 0.01, 0.001, -0.002)
    cameras += struct.pack("<IiQQ", 3, 2, 3072, 2304) + struct.pack("<4d", 2559.69, 1536, 1152, -0.0218531)
    images = struct.pack("<Q", 2)
    images += (
        struct.pack("<I4d3dI", 1, 0.6, 0, 0.8, 0, -0.7, 1.0, 3.7, 7) + b"left/P 1.JPG\0" + struct.pack("<Q", 0)
    )
    images += struct.pack("<I4d3dI", 12, 0.6, 0.8, 0, 0, -0.7, 1.0, 3.7, 3) + b"P2.JPG\0" + struct.pack("<Q", 2)
    images += struct.pack("<ddq", 1190.83, 663.957, 23056) + struct.pack("<ddq", 1258.77, 640.354, -1)
    return cameras, images


def test_binary_files_hold_the_same_cameras():
    goldens.assert_same(read_binary(*golden_binary()), read_text(goldens.COLMAP_CAMERAS, goldens.COLMAP_IMAGES))


@pytest.mark.parametrize(("read", "write"), [(read_text, write_text), (read_binary, write_binary)])
@pytest.mark.parametrize("distorted", [True, False])
def test_views_come_back(read, write, distorted):
    views = goldens.random_views(metric=False, distorted=distorted)
    goldens.assert_same(read(*write(views)), views)
    metric = goldens.random_views(distorted=distorted)
    goldens.assert_same(read(*write(metric, millimetres=1000.0), millimetres=1000.0), metric)
    with pytest.raises(ValueError, match="printable name"):
        write(goldens.random_views(names=("a\n",)))


@pytest.mark.parametrize("model", COUNTS)
def test_every_model_is_read_or_refused_by_its_name(model):
    parameters = [500.0, 510.0, 320.0, 240.0, *[0.0] * 12]
    if model.startswith("SIMPLE") or model in {"RADIAL", "RADIAL_FISHEYE"}:
        parameters = [500.0, 320.0, 240.0, *[0.0] * 9]
    line = f"3 {model} 640 480 {' '.join(map(str, parameters[: COUNTS[model]]))}\n"
    images = b"1 1 0 0 0 0 0 1 3 a.jpg\n\n"
    if model in {"SIMPLE_PINHOLE", "PINHOLE", "SIMPLE_RADIAL", "RADIAL", "OPENCV", "FULL_OPENCV"}:
        assert read_text(line.encode(), images).cameras.principal.tolist() == [[320, 240]]
    else:
        with pytest.raises(CaptureRejected, match=model) as raised:
            read_text(line.encode(), images)
        assert raised.value.reason == "unsupported-cameras"


def test_a_full_opencv_lens_is_taken_without_its_denominator():
    numbers = "500 510 320 240 0.1 0.2 0.01 0.02 0.3"
    images = b"1 1 0 0 0 0 0 1 3 a.jpg\n\n"
    views = read_text(f"3 FULL_OPENCV 640 480 {numbers} 0 0 0".encode(), images)
    assert views.cameras.distortion.tolist() == [[0.1, 0.2, 0.01, 0.02, 0.3]]
    with pytest.raises(CaptureRejected, match="k4, k5 or k6"):
        read_text(f"3 FULL_OPENCV 640 480 {numbers} 0 1e-9 0".encode(), images)


@pytest.mark.parametrize(
    ("cameras", "images", "message"),
    [
        (b"1 PINHOLE 640 480 500 500 320", b"1 1 0 0 0 0 0 1 1 a\n", "4 numbers"),
        (b"1 PINHOLE 640 480 500 500 320 240\n" * 2, b"1 1 0 0 0 0 0 1 1 a\n", "camera 1 twice"),
        (b"1 LENS 640 480 500", b"1 1 0 0 0 0 0 1 1 a\n", "one of the camera models"),
        (b"1 PINHOLE 640 480 500 500 320 240", b"1 1 0 0 0 0 0 1 2 a\n", "no camera 2"),
        (b"1 PINHOLE 640 480 500 500 320 240", b"1 2 0 0 0 0 0 1 1 a\n", "unit quaternion"),
        (b"1 PINHOLE 640 480 500 500 320 240", b"1 1 0 0 0 0 0 1 1\n", "QW QX"),
        (b"1 PINHOLE 640 480 500 500 320 240", b"# none\n", "at least one camera"),
        (b"1 PINHOLE 640 480 500 500 320 240", b"1 1 0 0 0 0 0 1 1 a\n\n2 1 0 0 0 0 0 1 1 a\n\n", "'a' twice"),
    ],
)
def test_what_is_wrong_with_a_text_file_is_said(cameras, images, message):
    with pytest.raises(CaptureRejected, match=message):
        read_text(cameras, images)


def test_a_binary_file_cannot_make_the_reader_run_past_its_end():
    cameras, images = golden_binary()
    for cut in range(len(cameras)):
        with pytest.raises(CaptureRejected):
            read_binary(cameras[:cut], images)
    for cut in range(len(images)):
        with pytest.raises(CaptureRejected):
            read_binary(cameras, images[:cut])
    with pytest.raises(CaptureRejected, match="the end of cameras"):
        read_binary(cameras + b"\0", images)
    with pytest.raises(CaptureRejected, match="at most"):
        read_binary(b"\xff" * 8 + cameras[8:], images)
    huge = images[:-56] + b"\xff" * 8 + images[-48:]
    with pytest.raises(CaptureRejected, match="more bytes"):
        read_binary(cameras, huge)
