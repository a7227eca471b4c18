"""COLMAP's text files cameras.txt and images.txt. `colmap_models` states the conventions."""

import numpy as np

from facescale.geometry.cameras.formats.colmap_models import (
    COUNTS,
    SOURCE,
    Intrinsics,
    Pose,
    intrinsics,
    join_poses,
    known_model,
    model_of,
    split_views,
)
from facescale.geometry.cameras.formats.reading import MAX_CAMERAS, numbers, text_of, whole
from facescale.geometry.cameras.formats.rejections import bad_file, too_large
from facescale.geometry.cameras.formats.views import CalibratedViews

MAX_BYTES = 1 << 30
"""Of images.txt, which lists every feature."""
_POSE_FIELDS = 10


def read_text(cameras: bytes, images: bytes, *, millimetres: float | None = None) -> CalibratedViews:
    """Read cameras.txt and images.txt; feature positions are passed over.

    Args:
        cameras: content of cameras.txt.
        images: content of images.txt.
        millimetres: in a unit of the reconstruction where its scale is known; None: not metric.

    Raises:
        CaptureRejected: not such files, or a camera model that is not supported.
    """
    return join_poses(_cameras(text_of(cameras, SOURCE)), _poses(images), millimetres)


def write_text(views: CalibratedViews, *, millimetres: float | None = None) -> tuple[bytes, bytes]:
    """Content of cameras.txt and images.txt, one camera a view, without features.

    Raises:
        ValueError: a unit is asked of views without one, or a name that the format cannot hold.
    """
    cameras = ["# Camera list with one line of data per camera:\n"]
    images = ["# Image list with two lines of data per image:\n"]
    for number, (view, quaternion) in enumerate(split_views(views, millimetres), start=1):
        model, parameters = model_of(view)
        cameras.append(f"{number} {model} {view.size[0]} {view.size[1]} {_joined(parameters)}\n")
        images.append(f"{number} {_joined(quaternion)} {_joined(view.translation)} {number} {view.name}\n\n")
    return "".join(cameras).encode(), "".join(images).encode()


def _cameras(text: str) -> dict[int, Intrinsics]:
    found: dict[int, Intrinsics] = {}
    for line in text.splitlines():
        tokens = line.split()
        if not tokens or tokens[0].startswith("#"):
            continue
        if len(tokens) < 4:  # noqa: PLR2004 - the fields before the parameters
            raise bad_file(SOURCE, "CAMERA_ID MODEL WIDTH HEIGHT PARAMS", line)
        key = whole(tokens[0], SOURCE, "CAMERA_ID")
        if key in found:
            raise bad_file(SOURCE, "every camera once", f"camera {key} twice")
        model = known_model(tokens[1])
        parameters = numbers(tokens[4:], COUNTS[model], SOURCE, f"the parameters of {model}").tolist()
        found[key] = intrinsics(model, parameters, tokens[2], tokens[3])
    return found


def _poses(data: bytes) -> list[Pose]:
    """Every image takes two lines; the second, of features, may be empty and so cannot be skipped as blank."""
    lines = [
        line
        for line in text_of(data, SOURCE, max_bytes=MAX_BYTES).split("\n")
        if not line.lstrip().startswith("#")
    ]
    poses: list[Pose] = []
    place = 0
    while place < len(lines):
        if not lines[place].strip():
            place += 1
            continue
        tokens = lines[place].split(maxsplit=_POSE_FIELDS - 1)
        if len(tokens) != _POSE_FIELDS:
            raise bad_file(SOURCE, "IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME", lines[place])
        whole(tokens[0], SOURCE, "IMAGE_ID")
        poses.append(
            Pose(
                name=tokens[9].strip(),
                quaternion=numbers(tokens[1:5], 4, SOURCE, "a quaternion").tolist(),
                translation=numbers(tokens[5:8], 3, SOURCE, "a translation").tolist(),
                camera=whole(tokens[8], SOURCE, "CAMERA_ID"),
            )
        )
        if len(poses) > MAX_CAMERAS:
            raise too_large(SOURCE, f"{MAX_CAMERAS:,} images", "more")
        place += 2
    return poses


def _joined(values: object) -> str:
    return " ".join(repr(float(x)) for x in np.asarray(values))
