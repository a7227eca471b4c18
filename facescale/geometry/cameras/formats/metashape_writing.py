"""Writes Metashape's camera XML. `metashape` states the conventions."""

from xml.etree import ElementTree as ET

import numpy as np

from facescale.geometry.cameras.formats.metashape import METRE
from facescale.geometry.cameras.formats.views import CalibratedViews, View, one_by_one

VERSION = "1.5.0"


def write_xml(views: CalibratedViews, *, millimetres: float = METRE) -> bytes:
    """Write views with one sensor each; metric ones in a chunk with the identity as its transform.

    Raises:
        ValueError: the batch does not fit the names.
    """
    unit = millimetres if views.metric else None
    document = ET.Element("document", version=VERSION)
    chunk = ET.SubElement(document, "chunk", label="cameras", enabled="1")
    sensors, cameras = ET.SubElement(chunk, "sensors"), ET.SubElement(chunk, "cameras")
    for number, view in enumerate(one_by_one(views, unit)):
        _sensor(sensors, number, view)
        key = str(number)
        camera = ET.SubElement(cameras, "camera", id=key, label=view.name, sensor_id=key, enabled="1")
        pose = np.eye(4)
        pose[:3, :3] = view.rotation.T
        pose[:3, 3] = -view.rotation.T @ view.translation
        _number(camera, "transform", pose)
    for name in views.without_pose:
        ET.SubElement(cameras, "camera", id=name, label=name, sensor_id="0", enabled="1")
    if views.metric:
        transform = ET.SubElement(chunk, "transform")
        _number(transform, "rotation", np.eye(3))
        _number(transform, "translation", np.zeros(3))
        _number(transform, "scale", np.ones(1))
    ET.indent(document)
    return ET.tostring(document, encoding="utf-8", xml_declaration=True)


def _sensor(parent: ET.Element, number: int, view: View) -> None:
    width, height = map(str, view.size)
    sensor = ET.SubElement(parent, "sensor", id=str(number), label=view.name, type="frame")
    ET.SubElement(sensor, "resolution", width=width, height=height)
    calibration = ET.SubElement(sensor, "calibration", {"type": "frame", "class": "adjusted"})
    ET.SubElement(calibration, "resolution", width=width, height=height)
    k1, k2, p1, p2, k3 = view.distortion
    values = {
        "f": view.focal[1],
        "cx": view.principal[0] - view.size[0] / 2,
        "cy": view.principal[1] - view.size[1] / 2,
        "b1": view.focal[0] - view.focal[1],
        "k1": k1,
        "k2": k2,
        "k3": k3,
        "p1": p2,  # the two programs name them the other way round
        "p2": p1,
    }
    for tag, value in values.items():
        _number(calibration, tag, np.array([value]))


def _number(parent: ET.Element, tag: str, values: np.ndarray) -> None:
    ET.SubElement(parent, tag).text = " ".join(repr(float(x)) for x in values.ravel())
