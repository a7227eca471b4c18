"""Cut-outs of synthetic photographs and their truth: what a corpus of cropped faces has. Renders nothing."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import UInt8

from facescale.synthesis.photo.image_truth import ImageTruth

_OF_VIEWS = (
    "expressions", "efforts", "head_rotations", "head_translations", "camera_rotations", "camera_translations",
    "focals", "principals", "distortions", "sizes", "times", "clock_offsets", "keypoints", "keypoint_pixels",
    "keypoint_visible",
)  # fmt: skip


def chosen_views(truth: ImageTruth, places: Sequence[int], *, item: str, names: Sequence[str]) -> ImageTruth:
    """The truth of some of the pictures, as an item of its own.

    Args:
        truth: of all.
        places: of those that are kept, in their new order.
        item: id of the new item.
        names: of the kept views.
    """
    kept = {name: getattr(truth, name)[list(places)] for name in _OF_VIEWS}
    groups = tuple(truth.groups[place] for place in places)
    return replace(truth, item=item, views=tuple(names), groups=groups, **kept)


def cropped_truth(
    truth: ImageTruth, corners: Sequence[tuple[int, int]], sides: Sequence[int], size: int
) -> ImageTruth:
    """The truth of square cut-outs, resampled to one size.

    Args:
        truth: of the whole pictures.
        corners: column and row of each cut-out's origin; they may lie outside.
        sides: of the cut-outs, pixels.
        size: of a side afterwards.
    """
    factor = (size / np.array(sides, np.float64))[:, None]
    corner = np.array(corners, np.float64)
    return replace(
        truth,
        focals=truth.focals * factor,
        principals=(truth.principals - corner) * factor,
        sizes=np.full_like(truth.sizes, size),
        keypoint_pixels=(truth.keypoint_pixels - corner[:, None]) * factor[:, None],
    )


def cut_out(
    image: UInt8[np.ndarray, "h w 3"], corner: tuple[int, int], side: int, size: int
) -> UInt8[np.ndarray, "s s 3"]:
    """A square of a picture, black where it leaves it, resampled."""
    from PIL import Image

    height, width = image.shape[:2]
    (left, top), canvas = corner, np.zeros((side, side, 3), np.uint8)
    rows = slice(max(top, 0), min(top + side, height))
    columns = slice(max(left, 0), min(left + side, width))
    canvas[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = image[
        rows, columns
    ]
    return np.asarray(Image.fromarray(canvas).resize((size, size), Image.Resampling.LANCZOS))
