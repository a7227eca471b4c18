"""Captures of a rig in the forms of NeRSemble's deliveries. Reads nothing and shares no maths with readers.

The world is written in metres and intrinsics with the first pixel's centre at 0, as OpenCV calibrates.
"""

import io
import json
from collections.abc import Mapping

import numpy as np
from jaxtyping import UInt8

from facescale.corpora.video_writing import encode_mp4
from facescale.structures.capture import Capture
from facescale.structures.view import PinholeRecord, View

SHARED_WITHIN = 1e-9
"""Relative difference of two cameras' intrinsics that count as one matrix."""


def by_camera(capture: Capture) -> dict[str, list[View]]:
    """Serial -> the views of that camera, in their order."""
    found: dict[str, list[View]] = {}
    for view in capture.views:
        found.setdefault(view.group, []).append(view)
    return found


def camera_params(cameras: Mapping[str, PinholeRecord], *, per_serial: bool, enlarged: float = 1.0) -> bytes:
    """Form camera_params.json.

    Args:
        cameras: serial -> world to camera in mm, without distortion.
        per_serial: whether every camera has a matrix of its own; otherwise all must share one.
        enlarged: size of the pictures that the intrinsics belong to, relative to the cameras'.

    Raises:
        ValueError: a lens that bends, or intrinsics that differ where one matrix is to hold for all.
    """
    poses, matrices = {}, {}
    for serial, camera in cameras.items():
        if np.any(camera.distortion):
            raise ValueError(f"expected cameras without distortion, got {camera.distortion} of {serial}")
        pose = [[*row, step / 1000] for row, step in zip(camera.rotation, camera.translation, strict=True)]
        poses[serial] = [[float(x) for x in row] for row in [*pose, [0, 0, 0, 1]]]
        (fx, fy), (cx, cy) = camera.focal, camera.principal
        rows = [[fx, 0, cx], [0, fy, cy]]
        # scaled about the picture's corner, then counted from the first pixel's centre
        rows = [[float(x) * enlarged - 0.5 * (place == 2) for place, x in enumerate(row)] for row in rows]  # noqa: PLR2004
        matrices[serial] = [*rows, [0.0, 0.0, 1.0]]
    first = next(iter(matrices.values()))
    if not per_serial and not all(np.allclose(first, one, rtol=SHARED_WITHIN) for one in matrices.values()):
        raise ValueError("expected cameras that share their intrinsics, got some that differ")
    return json.dumps(
        {"world_2_cam": poses, "intrinsics": matrices if per_serial else first}, indent=1
    ).encode()


def raw_v2_files(
    capture: Capture, *, rate: float, backgrounds: Mapping[str, UInt8[np.ndarray, "h w 3"]]
) -> dict[str, bytes]:
    """Form one sequence of one participant as a current download has it.

    Args:
        capture: item "<participant>/<sequence>", views in groups named by serials.
        rate: frames a second.
        backgrounds: serial -> the empty stage.

    Returns:
        Path below the root -> content.

    Raises:
        ValueError: views without cameras, or cameras that do not share their intrinsics.
    """
    participant, _, sequence = capture.item.partition("/")
    views = by_camera(capture)
    cameras = {serial: _calibrated(members[0]) for serial, members in views.items()}
    # squares, products and a constant that change nothing
    same = [[float(row == column) for column in range(10)] for row in range(3)]
    files = {
        "calibration/camera_params.json": camera_params(cameras, per_serial=False),
        "calibration/color_calibration.json": json.dumps(dict.fromkeys(cameras, same)).encode(),
    }
    for serial, members in views.items():
        video = encode_mp4((view.image for view in members), rate=rate)
        files[f"sequences/{sequence}/images/cam_{serial}.mp4"] = video
        files[f"sequences/BACKGROUND/image_{serial}.jpg"] = jpeg(backgrounds[serial])
    return {f"{participant}/{path}": data for path, data in files.items()}


def metadata(sequences: Mapping[str, tuple[str, ...]], names: tuple[str, ...]) -> dict[str, bytes]:
    """Form the lists of all participants: file name -> content.

    Args:
        sequences: participant -> the sequences that are there.
        names: of all sequences, the columns.
    """
    head = ["ID", "wears_glasses", "BACKGROUND", *names]
    rows = [
        [participant, "", "x", *("x" if name in found else "" for name in names)]
        for participant, found in sorted(sequences.items())
    ]
    table = "".join(",".join(row) + "\n" for row in [head, *rows])
    people = "".join(",".join(row) + "\n" for row in [["ID"], *([p] for p in sorted(sequences))])
    return {"metadata_sequences.csv": table.encode(), "metadata_participants.csv": people.encode()}


def jpeg(image: UInt8[np.ndarray, "h w 3"], quality: int = 95) -> bytes:
    """Compress a picture."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality, subsampling="4:4:4")
    return buffer.getvalue()


def _calibrated(view: View) -> PinholeRecord:
    if view.camera is None:
        raise ValueError(f"expected calibrated views, got {view.name} without a camera")
    return view.camera
