"""Calibrations and videos of a small rig as NeRSemble's deliveries have them, typed by hand."""

import io
import json

import numpy as np

from tests.corpora.clips import grey, write_clip

SERIALS = ("222200037", "222200046", "221501007")
WIDTH, HEIGHT = 110, 160
K = [[205.0, 0.0, 54.2], [0.0, 206.0, 80.9], [0.0, 0.0, 1.0]]


def pose(angle, distance=1.05):
    """World to camera in metres: a camera that looks at the origin from a turn about the vertical."""
    c, s = float(np.cos(angle)), float(np.sin(angle))
    return [[c, 0.0, -s, 0.01], [0.0, -1.0, 0.0, 0.02], [-s, 0.0, -c, distance], [0.0, 0.0, 0.0, 1.0]]


def poses(serials=SERIALS):
    return {serial: pose(0.4 * place - 0.3) for place, serial in enumerate(serials)}


def params(**changes):
    """camera_params.json."""
    found = {"world_2_cam": poses(), "intrinsics": K} | changes
    return json.dumps({key: value for key, value in found.items() if value is not None}).encode()


def pixel(serial, point, matrix=K, world_2_cam=None):
    """Where the reference's formula shows a point (metres): K (R x + t), first pixel's centre at (0, 0)."""
    seen = np.array((world_2_cam or poses())[serial]) @ [*point, 1.0]
    at = np.array(matrix) @ seen[:3]
    return at[:2] / at[2]


def clip(frames=6, width=WIDTH, height=HEIGHT, rate=73.0):
    """An mp4 whose frames carry their numbers in their brightness."""
    target = io.BytesIO()
    pictures = [grey(number, width, height) for number in range(frames)]
    write_clip(target, pictures, form="mp4", times=[number / rate for number in range(frames)])
    return target.getvalue()


def put(root, files):
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
