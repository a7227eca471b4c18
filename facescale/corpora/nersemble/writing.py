"""Captures of a rig in the forms of NeRSemble's deliveries. Reads nothing and shares no maths with readers.

The world is written in metres and intrinsics with the first pixel's centre at 0, as OpenCV calibrates.
"""

import io
import json
from collections.abc import Mapping

import numpy as np
from jaxtyping import UInt8

from facescale.corpora.encoded import npy, png
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


def raw_v1_files(capture: Capture, *, rate: float) -> dict[str, bytes]:
    """Form one sequence of one participant as the first release had it; see `raw_v2_files`."""
    participant, _, sequence = capture.item.partition("/")
    views = by_camera(capture)
    cameras = {serial: _calibrated(members[0]) for serial, members in views.items()}
    files = {f"camera_params/{participant}/camera_params.json": camera_params(cameras, per_serial=False)}
    for serial, members in views.items():
        video = encode_mp4((view.image for view in members), rate=rate)
        files[f"sequence_{sequence}_part-1/{participant}/{sequence}/cam_{serial}.mp4"] = video
        files[f"color_correction/{participant}/{serial}.npy"] = npy(np.eye(4))
    return files


def paper_files(capture: Capture, *, enlarged: float) -> dict[str, bytes]:
    """Form one preprocessed sequence of the first release's paper.

    Args:
        capture: with alpha; depth maps of some views.
        enlarged: size of the raw pictures relative to the views': intrinsics are theirs.

    Raises:
        ValueError: views without alpha or cameras, or cameras that do not share their intrinsics.
    """
    participant, _, sequence = capture.item.partition("/")
    cameras = {serial: _calibrated(members[0]) for serial, members in by_camera(capture).items()}
    params = camera_params(cameras, per_serial=False, enlarged=enlarged)
    files = {f"{participant}/camera_params.json": params}
    for view in capture.views:
        if view.mask is None:
            raise ValueError(f"expected views with alpha, got {view.name} without")
        folder, name = _frame(participant, sequence, view.name), f"cam_{view.group}.png"
        files[f"{folder}/images-2x-73fps/{name}"] = png(view.image)
        files[f"{folder}/alpha_map-73fps/{name}"] = png(view.mask)
    for depth in capture.depth_maps:
        folder = _frame(participant, sequence, depth.name)
        # 65534 steps for two metres; the value 1 is a depth of zero, 0 is no depth
        steps = np.where(depth.depth > 0, np.rint(depth.depth / 2000 * 65534) + 1, 0).clip(0, 65535)
        path = f"{folder}/colmap-73fps/depth_maps_compressed/cam_{depth.group}.png"
        files[path] = png(steps.astype(np.uint16))
    return files


def benchmark_files(capture: Capture, *, task: str, rate: float) -> dict[str, bytes]:
    """Form one sequence of the benchmark: pictures without background, alpha, and points of each frame.

    Args:
        capture: with alpha; points are the vertices of its registered meshes.
        task: "nvs" or "mono_flame_avatar"; the second has no points.
        rate: frames a second.

    Raises:
        ValueError: views without alpha or cameras.
    """
    participant, _, sequence = capture.item.partition("/")
    views = by_camera(capture)
    cameras = {serial: _calibrated(members[0]) for serial, members in views.items()}
    root = f"{task}/{participant}"
    files = {f"{root}/calibration/camera_params.json": camera_params(cameras, per_serial=True)}
    for serial, members in views.items():
        masks = [view.mask for view in members if view.mask is not None]
        if len(masks) != len(members):
            raise ValueError(f"expected views with alpha, got some of {serial} without")
        alphas = [np.repeat(mask[..., None], 3, axis=2) for mask in masks]
        # what is behind was replaced by white
        cut = [
            np.rint(view.image * (alpha / 255) + 255 * (1 - alpha / 255)).astype(np.uint8)
            for view, alpha in zip(members, alphas, strict=True)
        ]
        folder = f"{root}/sequences/{sequence}"
        files[f"{folder}/images/cam_{serial}.mp4"] = encode_mp4(cut, rate=rate)
        files[f"{folder}/alpha_maps/cam_{serial}.mp4"] = encode_mp4(alphas, rate=rate)
    if task == "nvs":
        for number, found in enumerate(capture.registrations):
            path = f"{root}/sequences/{sequence}/pointclouds/frame_{number:05d}.pcd"
            files[path] = _pcd(found.mesh.vertices / 1000)
    return files


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


def _frame(participant: str, sequence: str, name: str) -> str:
    number = int(name.rpartition("/")[2])
    return f"{participant}/sequences/{sequence}/frame_{number:05d}"


def _pcd(points: np.ndarray) -> bytes:
    """Points alone, binary."""
    count = len(points)
    head = (
        "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\n"
        f"COUNT 1 1 1\nWIDTH {count}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {count}\nDATA binary\n"
    )
    return head.encode() + points.astype("<f4").tobytes()
