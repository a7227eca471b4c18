"""Pictures in the layout `images`: `<subject>/<photo>.jpg`, and `cameras.json` where they are calibrated.

Writes bytes that are encoded already, so that no picture is compressed twice. Reads nothing.
"""

import json
from collections.abc import Mapping

from facescale.corpora.files import join, write_bytes
from facescale.structures.capture import Capture
from facescale.structures.view import PinholeRecord

CAMERAS = "cameras.json"
CAMERAS_FORMAT = 1
SUFFIXES = (".jpg", ".jpeg", ".png")


def write_images(capture: Capture, encoded: Mapping[str, bytes], root: str) -> tuple[str, ...]:
    """Write a capture's photographs into the folder of its subject.

    Args:
        capture: the views' names become the files' names.
        encoded: file name -> the picture's bytes, one a view.
        root: a local folder or s3:// prefix.

    Returns:
        The relative paths written.

    Raises:
        ValueError: a view without bytes, a name that is no plain file name of a picture, or cameras of some
            views only.
        OSError: it cannot be written.
    """
    names = [view.name for view in capture.views]
    if set(names) != set(encoded):
        raise ValueError(f"expected the bytes of {sorted(names)}, got those of {sorted(encoded)}")
    for name in (*names, f"{capture.subject}.jpg"):
        if "/" in name or name.startswith(".") or not name.lower().endswith(SUFFIXES):
            raise ValueError(f"expected plain file names of pictures, got {name!r}")
    written = {f"{capture.subject}/{name}": encoded[name] for name in names}
    cameras = {view.name: view.camera for view in capture.views if view.camera is not None}
    if cameras and len(cameras) < len(names):
        raise ValueError(f"expected a camera for all {len(names)} views or for none, got {len(cameras)}")
    if cameras:
        written[f"{capture.subject}/{CAMERAS}"] = cameras_json(cameras)
    for path, data in written.items():
        write_bytes(join(root, path), data)
    return tuple(written)


def cameras_json(cameras: Mapping[str, PinholeRecord]) -> bytes:
    """Form the file of a rig's cameras: world to camera in OpenCV axes, mm, first pixel's centre at 0.5.

    Args:
        cameras: file name of the picture -> its camera.
    """
    rows = {
        name: {
            "rotation": camera.rotation.tolist(),
            "translation": camera.translation.tolist(),
            "focal": camera.focal.tolist(),
            "principal": camera.principal.tolist(),
            "distortion": camera.distortion.tolist(),
            "size": list(camera.size),
        }
        for name, camera in cameras.items()
    }
    record = {"format": CAMERAS_FORMAT, "unit": "mm", "cameras": rows}
    return json.dumps(record, indent=1, sort_keys=True).encode()
