import pytest

from facescale.geometry.cameras.formats.metashape import read_xml
from facescale.geometry.cameras.formats.metashape_writing import write_xml
from facescale.structures.errors import CaptureRejected
from tests.geometry.cameras.formats import goldens


def test_the_golden_pixel_is_that_of_the_manuals_frame_camera():
    """World point in metres -> chunk -> camera -> x', y' -> u, v, after the appendix "Camera models"."""
    world = (0.5625, 0.3, -0.96875)
    # World = 0.125 R c + t with R = [[0 0 1] [1 0 0] [0 1 0]]: c = 8 R^T (world - t).
    off = [world[0] - 0.5, world[1] - 0.25, world[2] + 1]
    chunk = [8 * off[1], 8 * off[2], 8 * off[0]]
    # Chunk = C camera + (0.3, 0.1, -2) with C = [[0 1 0] [-1 0 0] [0 0 1]].
    x, y, z = chunk[0] - 0.3, chunk[1] - 0.1, chunk[2] + 2
    a, b, depth = -y, x, z
    assert depth > 0
    a, b = a / depth, b / depth
    s = a * a + b * b
    radial = 1 - 0.105 * s + 0.18 * s**2 - 0.06 * s**3
    p1, p2 = 0.002, 0.0005
    x1 = a * radial + p1 * (s + 2 * a * a) + 2 * p2 * a * b
    y1 = b * radial + p2 * (s + 2 * b * b) + 2 * p1 * a * b
    expected = [2256 * 0.5 + 13.25 + x1 * 1940.5 + x1 * 2.5, 1504 * 0.5 - 9.5 + y1 * 1940.5]
    views = read_xml(goldens.METASHAPE)
    assert views.names == ("A",)
    assert views.without_pose == ("B",)
    assert views.metric
    millimetres = tuple(1000 * value for value in world)
    assert goldens.pixel(views.cameras, 0, millimetres) == pytest.approx(expected, abs=1e-7)


def test_without_a_chunk_transform_there_is_no_unit():
    start, end = goldens.METASHAPE.index(b"    <transform>\n"), goldens.METASHAPE.index(b"  </chunk>")
    views = read_xml(goldens.METASHAPE[:start] + goldens.METASHAPE[end:])
    assert not views.metric
    centre = views.cameras.centre[0].tolist()
    assert centre == pytest.approx([0.3, 0.1, -2])


def test_a_components_transform_goes_before_the_chunks():
    """Newer versions place each component by itself."""
    component = b'<component id="5"><transform><scale>2</scale></transform></component>'
    data = goldens.METASHAPE.replace(b"<cameras", b"<components>" + component + b"</components><cameras", 1)
    data = data.replace(b'sensor_id="0"', b'sensor_id="0" component_id="5"')
    assert read_xml(data, millimetres=1.0).cameras.centre[0].tolist() == pytest.approx([0.6, 0.2, -4])


def test_views_come_back():
    for metric in (True, False):
        views = goldens.random_views(metric=metric)
        goldens.assert_same(read_xml(write_xml(views)), views)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"<k1>-0.105</k1>", b"<k4>0.1</k4>", "k4"),
        (b"<k1>-0.105</k1>", b"<b2>0.1</b2>", "b2"),
        (b"<k1>-0.105</k1>", b"<k1>x</k1>", "number for k1"),
        (b'<calibration type="frame"', b'<calibration type="fisheye"', "fisheye"),
        (b"<f>1940.5</f>", b"", "focal length f"),
        (b'version="1.5.0"', b'version="1.2.0"', "before version 1.4"),
        (b'version="1.5.0"', b'version="new"', "version"),
        (b'sensor_id="0"', b'sensor_id="9"', "none with id 9"),
        (b"0 0 0 1</transform>", b"0 0 1</transform>", "16 numbers"),
        (b"0.125</scale>", b"-1</scale>", "positive scale"),
        (b"</document>", b"", "XML"),
        (b"<document version", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><document version', "document type"),
        (b"<chunk", b"<chunks", "XML"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(old, new, message):
    assert old in goldens.METASHAPE
    with pytest.raises(CaptureRejected, match=message):
        read_xml(goldens.METASHAPE.replace(old, new, 1))
