"""Captures as VHAP exports them. Reads nothing and shares no maths with the readers.

Pictures stand before white, as the alpha says. The world keeps its origin: the original moves it to the mean of
the tracked heads, and nothing is tracked here, so that no parameters of FLAME are written either.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from facescale.corpora.encoded import png
from facescale.structures.capture import Capture
from facescale.structures.view import PinholeRecord, View

TRAINED = 0.7
"""Share of the timesteps, from the first, that are not kept for tests."""
LENS = ("cx", "cy", "fl_x", "fl_y", "h", "w", "camera_angle_x", "camera_angle_y")
_ENDINGS = {"images": "file_path", "fg_masks": "fg_mask_path"}


def export_files(
    capture: Capture, folder: str, *, indices: Mapping[str, int], validated: int
) -> dict[str, bytes]:
    """Form one export.

    Args:
        capture: views "<camera>/<frame>" in groups named by cameras, calibrated, with alpha.
        folder: of the export, relative to the root.
        indices: camera -> its number.
        validated: number of the camera whose pictures validate.

    Returns:
        Path below the root -> content.

    Raises:
        ValueError: views without a camera or alpha, or with a lens that bends.
    """
    frames: list[dict[str, Any]] = []
    files: dict[str, bytes] = {}
    for view in sorted(capture.views, key=lambda one: (_number(one), indices[one.group])):
        timestep, index = _number(view), indices[view.group]
        if view.camera is None or view.mask is None or view.camera.distortion.any():
            raise ValueError(f"expected views with alpha and a camera that bends nothing, got {view.name}")
        alpha = view.mask[..., None] / 255
        white = np.rint(view.image * alpha + 255 * (1 - alpha)).astype(np.uint8)
        name = f"{timestep:05d}_{index:02d}.png"
        files[f"{folder}/images/{name}"] = png(white)
        files[f"{folder}/fg_masks/{name}"] = png(view.mask)
        frames.append(
            {
                "timestep_index": timestep,
                "timestep_index_original": timestep,
                "timestep_id": f"{timestep:06d}",
                "camera_index": index,
                "camera_id": view.group,
                **_lens(view.camera),
                "transform_matrix": _pose(view.camera),
                **{key: f"{kind}/{name}" for kind, key in _ENDINGS.items()},
            }
        )
    return files | _lists(frames, folder, validated)


def union_files(exports: Mapping[str, bytes], folder: str, *, validated: int) -> dict[str, bytes]:
    """Form the union of some exports beside it, which has lists and no picture of its own.

    Args:
        exports: name of an export's folder -> its transforms.json.
        folder: of the union, in the same folder as the exports.
        validated: as of `export_files`.
    """
    frames: list[dict[str, Any]] = []
    start = 0
    for name, data in exports.items():
        found = json.loads(data)
        for frame in found["frames"]:
            kept = {k: v for k, v in frame.items() if k not in {"timestep_index_original", "timestep_id"}}
            kept |= {key: f"../{name}/{frame[key]}" for key in _ENDINGS.values()}
            frames.append(kept | {"timestep_index": start + frame["timestep_index"]})
        start += len(found["timestep_indices"])
    lists = _lists(frames, folder, validated)
    return {path: data for path, data in lists.items() if not path.endswith("/transforms.json")}


def _lists(frames: Sequence[Mapping[str, Any]], folder: str, validated: int) -> dict[str, bytes]:
    timesteps = sorted({frame["timestep_index"] for frame in frames})
    trained = set(timesteps[: max(1, math.floor(TRAINED * len(timesteps)))])
    parts: dict[str, list[Mapping[str, Any]]] = {"": list(frames), "_train": [], "_val": [], "_test": []}
    for frame in frames:
        kept = "_val" if frame["camera_index"] == validated else "_train"
        parts[kept if frame["timestep_index"] in trained else "_test"].append(frame)
    return {
        f"{folder}/transforms{part}.json": json.dumps(
            {
                "frames": listed,
                **{key: frames[-1][key] for key in LENS},
                "timestep_indices": sorted({frame["timestep_index"] for frame in listed}),
                "camera_indices": sorted({frame["camera_index"] for frame in listed}),
            },
            indent=1,
        ).encode()
        for part, listed in parts.items()
        if listed
    }


def _lens(camera: PinholeRecord) -> dict[str, float]:
    (width, height), (fx, fy), (cx, cy) = camera.size, camera.focal.tolist(), camera.principal.tolist()
    return {
        "cx": cx,
        "cy": height - cy,  # y points upwards, and so does its origin
        "fl_x": fx,
        "fl_y": fy,
        "h": height,
        "w": width,
        "camera_angle_x": 2 * math.atan(width / 2 / fx),
        "camera_angle_y": 2 * math.atan(height / 2 / fy),
    }


def _pose(camera: PinholeRecord) -> list[list[float]]:
    """Camera to world in metres: the columns point right, up and backwards."""
    right, down, forward = camera.rotation
    right_of, down_of, forward_of = camera.translation
    centre = -(right * right_of + down * down_of + forward * forward_of) / 1000
    columns = np.stack([right, -down, -forward, centre], axis=1)
    return [*columns.tolist(), [0.0, 0.0, 0.0, 1.0]]


def _number(view: View) -> int:
    return int(view.name.rpartition("/")[2])
