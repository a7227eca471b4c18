"""Agisoft Metashape's camera XML (document version 1.4 and later).

Source: a camera's transform is camera to chunk, row by row, with +x right, +y down, +z forward; the chunk's (or
component's) transform x -> scale * rotation x + translation leads on to the world. The first pixel's centre is
(0.5, 0.5), as here; cx, cy are offsets of the principal point from the image's centre, pixels; f is in pixels,
b1 adds to it along columns. Distortion in normalised coordinates with k1 k2 k3 as here, but
    x' = ... + p1 (r^2 + 2 x^2) + 2 p2 x y,   y' = ... + p2 (r^2 + 2 y^2) + 2 p1 x y:
Metashape's p1 is OpenCV's p2 and the other way round. The world's unit is the metre; without a transform of the
chunk there is none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import numpy as np

from facescale.geometry.cameras.formats.reading import MAX_CAMERAS, number, numbers, text_of, whole
from facescale.geometry.cameras.formats.rejections import bad_file, shown, too_large, unsupported
from facescale.geometry.cameras.formats.views import CalibratedViews, View, gather

SOURCE = "Metashape XML"
PIXEL_CENTRE = 0.5
METRE = 1000.0
_OLDEST = (1, 4)
_UNSUPPORTED = ("k4", "p3", "p4", "b2")


@dataclass(frozen=True, kw_only=True)
class _World:
    """Chunk to world."""

    rotation: np.ndarray
    translation: np.ndarray
    scale: float


@dataclass(frozen=True, kw_only=True)
class _Lens:
    focal: tuple[float, float]
    principal: tuple[float, float]
    distortion: tuple[float, ...]
    size: tuple[int, int]


def read_xml(data: bytes, *, millimetres: float = METRE) -> CalibratedViews:
    """Read the aligned cameras of the first chunk; a view's name is its label.

    Args:
        data: the file.
        millimetres: in a unit of the world; not used where neither chunk nor component has a transform.

    Raises:
        CaptureRejected: not such a file, or a lens that is not supported.
    """
    root = _root(text_of(data, SOURCE))
    chunk = root.find("chunk")
    if chunk is None:
        raise bad_file(SOURCE, "a chunk", "none")
    lenses = {sensor.get("id", ""): sensor for sensor in chunk.iterfind("sensors/sensor")}
    worlds = {part.get("id", ""): _world(part) for part in chunk.iterfind("components/component")}
    whole_world = _world(chunk)
    views, lost, placed = [], [], []
    for camera in chunk.iter("camera"):
        label = camera.get("label") or camera.get("id") or ""
        if len(views) + len(lost) > MAX_CAMERAS:
            raise too_large(SOURCE, f"{MAX_CAMERAS:,} cameras", "more")
        pose = camera.find("transform")
        if pose is None:
            lost.append(label)
            continue
        sensor = lenses.get(camera.get("sensor_id", ""))
        if sensor is None:
            raise bad_file(SOURCE, f"a sensor for camera {label!r}", f"none with id {camera.get('sensor_id')}")
        world = worlds.get(camera.get("component_id", "")) or whole_world
        placed.append(world is not None)
        views.append(_view(label, pose, _lens(sensor, _version(root)), world))
    if any(placed) and not all(placed):
        raise bad_file(
            SOURCE, "a transform for every component or for none", f"{sum(placed)} of {len(placed)} cameras"
        )
    return gather(views, SOURCE, millimetres=millimetres if placed and all(placed) else None, without_pose=lost)


def _root(text: str) -> ET.Element:
    """Parse without any entities: they can make a small file fill the memory."""
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise bad_file(SOURCE, "XML without a document type", "a DOCTYPE or ENTITY")
    try:
        root = ET.fromstring(text)  # noqa: S314 - entities were refused above
    except (ET.ParseError, ValueError) as error:
        raise bad_file(SOURCE, "XML", shown(str(error))) from error
    if root.tag != "document":
        raise bad_file(SOURCE, "a <document>", f"<{root.tag}>")
    return root


def _version(root: ET.Element) -> tuple[int, ...]:
    parts = root.get("version", "").split(".")
    return tuple(whole(part, SOURCE, "the document's version") for part in parts[:2])


def _text(node: ET.Element | None) -> str:
    return "" if node is None or node.text is None else node.text


def _world(node: ET.Element) -> _World | None:
    """The transform of a chunk or component; a missing part is that of the identity."""
    found = node.find("transform")
    if found is None or len(found) == 0:
        return None
    rotation, translation = np.eye(3), np.zeros(3)
    if found.find("rotation") is not None:
        rotation = numbers(_text(found.find("rotation")).split(), 9, SOURCE, "a rotation").reshape(3, 3)
    if found.find("translation") is not None:
        translation = numbers(_text(found.find("translation")).split(), 3, SOURCE, "a translation")
    scale = number(_text(found.find("scale")) or "1", SOURCE, "a scale")
    if not scale > 0:
        raise bad_file(SOURCE, "a positive scale", scale)
    return _World(rotation=rotation, translation=translation, scale=scale)


def _lens(sensor: ET.Element, version: tuple[int, ...]) -> _Lens:
    """The adjusted calibration of a sensor, or its initial one."""
    where = f"{SOURCE}, sensor {sensor.get('id', '')!r}"
    kinds = {node.get("class", "adjusted"): node for node in sensor.iterfind("calibration")}
    found = kinds.get("adjusted", kinds.get("initial"))
    if found is None:
        raise bad_file(where, "a calibration", "none")
    for kind in (sensor.get("type", "frame"), found.get("type", "frame")):
        if kind != "frame":
            raise unsupported(where, f"a {shown(kind)} camera")
    values: Mapping[str, float] = {
        node.tag: number(_text(node), where, node.tag)
        for node in found
        if node.tag in {"f", "fx", "fy", "cx", "cy", "k1", "k2", "k3", "p1", "p2", "b1", *_UNSUPPORTED}
    }
    bad = [name for name in _UNSUPPORTED if values.get(name, 0) != 0]
    if bad:
        raise unsupported(
            where, f"{' and '.join(bad)} in the calibration", "fix them at zero and optimise again"
        )
    if version < _OLDEST and (values.get("p1", 0) != 0 or values.get("p2", 0) != 0):
        raise unsupported(where, "p1 and p2 of a document before version 1.4, whose order is not documented")
    if "f" not in values:
        raise bad_file(where, "a focal length f", f"{' '.join(sorted(values)) or 'nothing'}")
    resolution = found.find("resolution")
    resolution = sensor.find("resolution") if resolution is None else resolution
    if resolution is None:
        raise bad_file(where, "a resolution", "none")
    size = tuple(whole(resolution.get(side, ""), where, side) for side in ("width", "height"))
    get = values.get
    return _Lens(
        focal=(values["f"] + get("b1", 0.0), values["f"]),
        principal=(size[0] / 2 + get("cx", 0.0), size[1] / 2 + get("cy", 0.0)),
        distortion=(get("k1", 0.0), get("k2", 0.0), get("p2", 0.0), get("p1", 0.0), get("k3", 0.0)),
        size=(size[0], size[1]),
    )


def _view(label: str, node: ET.Element, lens: _Lens, world: _World | None) -> View:
    where = f"{SOURCE}, camera {label[:60]!r}"
    pose = numbers(_text(node).split(), 16, where, "a transform").reshape(4, 4)
    if np.abs(pose[3] - [0, 0, 0, 1]).max() > 1e-9:  # noqa: PLR2004 - written as 0 and 1
        raise bad_file(where, "a transform with the last row 0 0 0 1", pose[3].tolist())
    turn, centre = pose[:3, :3], pose[:3, 3]
    if world is not None:
        turn, centre = world.rotation @ turn, world.scale * world.rotation @ centre + world.translation
    return View(
        name=label,
        rotation=turn.T,
        translation=-turn.T @ centre,
        focal=lens.focal,
        principal=lens.principal,
        distortion=lens.distortion,
        size=lens.size,
    )
