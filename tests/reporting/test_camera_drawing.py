import re
from xml.etree import ElementTree as ET

import numpy as np

from facescale.reporting.camera_drawing import DrawnCamera, camera_drawing

LOOKS = np.array([[-0.3, 0.4, -1], [0.3, 0.4, -1], [0.3, -0.4, -1], [-0.3, -0.4, -1]])
"""Corners of a camera before the face that looks along -z, +y up."""


def camera(label, centre, **more):
    return DrawnCamera(
        label=label, name=f"camera {label}", centre=np.array(centre, float), corners=LOOKS, **more
    )


RIG = [camera("1", [0, 0, 1000]), camera("2", [-500, 0, 900]), camera("3", [500, 100, 900], odd=True)]


def texts(svg):
    """Words of the drawing -> where they stand."""
    found = {}
    for node in ET.fromstring(str(svg)).iter("text"):
        found.setdefault(node.text, []).append((float(node.get("x")), float(node.get("y"))))
    return found


def test_every_camera_stands_in_each_of_three_sides_on_its_side_of_the_head():
    found = texts(camera_drawing(RIG, head=np.zeros(3)))
    assert {"from above", "from the front", "from the subject's right"} <= set(found)
    above, front, side = (dict(zip("123", (found[label][k] for label in "123"), strict=True)) for k in range(3))
    for panel in (above, front):
        assert panel["2"][0] < panel["1"][0] < panel["3"][0]
    # the front is below as seen from above, and to the right as seen from the subject's right
    assert above["1"][1] > above["2"][1]
    assert side["1"][0] > side["2"][0]
    assert front["3"][1] < front["2"][1]


def test_a_camera_that_misses_the_head_is_marked_and_lengths_are_told_in_a_metric_world_only():
    metric, free = (str(camera_drawing(RIG, head=np.zeros(3), metric=m)) for m in (True, False))
    assert metric.count('class="camera odd"') == 3
    assert re.search(r">(\d+ mm|[\d.]+ m)<", metric)
    assert "ruler" not in free


def test_the_head_is_a_ball_or_the_outline_of_its_surface_or_nothing():
    points = np.random.default_rng(0).normal(0, 60, (3000, 3))
    for surface, count in ((None, 3), (points, 3), (points[:10], 3)):
        assert str(camera_drawing(RIG, head=np.zeros(3), surface=surface)).count('class="head"') == count
    assert 'class="head"' not in str(camera_drawing(RIG, head=None))


def test_cameras_all_around_and_cameras_in_one_place_can_be_drawn():
    around = [camera("1", [0, 0, 800]), camera("2", [0, 0, -800])]
    for cameras in (around, [RIG[0]], [RIG[0], RIG[0]]):
        ET.fromstring(str(camera_drawing(cameras, head=np.zeros(3))))
        assert "nan" not in str(camera_drawing(cameras, head=np.array([0.0, 0, 1000])))


def test_names_are_text():
    wild = DrawnCamera(label="<b>", name='"><script>', centre=np.ones(3), corners=LOOKS)
    svg = str(camera_drawing([wild], head=np.zeros(3)))
    assert "<script>" not in svg
    assert "<b>" not in svg
    assert "&lt;script&gt;" in svg
