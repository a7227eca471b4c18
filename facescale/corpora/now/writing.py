"""Images, boxes, scans and lists in NoW's layout. Reads nothing; boxes are pickled as the corpus' are."""

import io
from collections.abc import Mapping

import numpy as np

from facescale.structures.keypoints import Keypoints

BASE = "NoW_Dataset/final_release_version"
HEADER = (
    "<!DOCTYPE PickedPoints>",
    "<PickedPoints>",
    " <DocumentData>",
    '  <DateTime date="2026-01-01" time="12:00"/>',
    '  <User name="rehearsal"/>',
    '  <DataFileName name="scan.obj"/>',
    '  <templateName name="seven"/>',
    " </DocumentData>",
)
"""The lines before the points: their place is what counts."""


def image_files(path: str, picture: bytes, box: tuple[float, float, float, float]) -> dict[str, bytes]:
    """An image and its face box.

    Args:
        path: "<subject>/<challenge>/<image>", without ending.
        picture: a JPEG file.
        box: left, top, right and bottom.
    """
    buffer = io.BytesIO()
    sides = dict(zip(("left", "top", "right", "bottom"), box, strict=True))
    np.save(buffer, np.array(sides, dtype=object), allow_pickle=True)
    return {
        f"{BASE}/iphone_pictures/{path}.jpg": picture,
        f"{BASE}/detected_face/{path}.npy": buffer.getvalue(),
    }


def points_file(keypoints: Keypoints) -> bytes:
    """Form a .pp file whose seven points stand in lines 8 to 14, from 0."""
    points = (
        f' <point x="{x!r}" y="{y!r}" z="{z!r}" active="1" name="{place}"/>'
        for place, (x, y, z) in enumerate(keypoints.positions.tolist())
    )
    return "\n".join([*HEADER, *points, "</PickedPoints>", ""]).encode()


def list_files_of(images: Mapping[str, list[str]]) -> dict[str, bytes]:
    """The lists: "validation" and "test" -> paths without ending."""
    return {
        f"imagepaths{split}.txt": "".join(f"{path}.jpg\n" for path in paths).encode()
        for split, paths in images.items()
    }
