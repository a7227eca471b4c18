"""Where to look for small faces: overlapping squares, boxes of a corpus, who was found twice. Pure functions.

A detector sees a whole picture at 128 pixels: faces below a fifth of its height are lost, until it is shown a
part.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

BOX_MARGIN = 0.6
"""Of a box's longer side added all around it: a detector wants a face with some surroundings."""
SAME = 0.3
"""Overlap, as intersection over union of bounding boxes, from which two findings are one face."""
ROUNDING = 1e-6
"""Pixels that are no pixel more."""
BEYOND = 0.05
"""Of its size that a face may stick out of a tile and still be whole in it."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """A rectangle of whole pixels within an image."""

    left: int
    top: int
    width: int
    height: int

    def cut(self, image: np.ndarray) -> np.ndarray:
        """The window's pixels, a view."""
        return image[self.top : self.top + self.height, self.left : self.left + self.width]

    @property
    def corner(self) -> Float[np.ndarray, "2"]:
        """What is added to positions within the window to have them in the image."""
        return np.array([self.left, self.top], np.float32)


def tiles(width: int, height: int, *, side: int, overlap: float) -> list[Window]:
    """Squares of one size, evenly spread, that cover an image; row by row.

    Whatever is not larger than `overlap * side` lies within one of them as a whole.

    Args:
        width: of the image.
        height: of the image.
        side: of a square; clipped to the image.
        overlap: least share of a side that neighbours share.
    """
    return [
        Window(left=left, top=top, width=min(side, width), height=min(side, height))
        for top in _starts(height, side, overlap)
        for left in _starts(width, side, overlap)
    ]


def around_box(box: Sequence[float], width: int, height: int) -> Window | None:
    """A square around a box of a corpus, within the image.

    Args:
        box: left, top, right, bottom, pixels.
        width: of the image.
        height: of the image.

    Returns:
        None where the box is empty, not finite, or wholly outside.
    """
    left, top, right, bottom = box
    if not (all(map(math.isfinite, box)) and right > left and bottom > top):
        return None
    reach = max(right - left, bottom - top) * (0.5 + BOX_MARGIN)
    return square((left + right) / 2, (top + bottom) / 2, reach, width, height)


def square(x: float, y: float, reach: float, width: int, height: int) -> Window | None:
    """The square around a point, clipped to the image; None where nothing is left."""
    reach -= ROUNDING
    low_x, low_y = max(math.floor(x - reach), 0), max(math.floor(y - reach), 0)
    high_x, high_y = min(math.ceil(x + reach), width), min(math.ceil(y + reach), height)
    if high_x - low_x < 2 or high_y - low_y < 2:  # noqa: PLR2004 - no picture
        return None
    return Window(left=low_x, top=low_y, width=high_x - low_x, height=high_y - low_y)


def whole_in(points: Float[np.ndarray, "k 2"], window: Window, width: int, height: int) -> bool:
    """Whether a face found in a window is not cut by it: some tile holds each small face as a whole.

    Args:
        points: of the face, in the image's pixels.
        window: that it was found in.
        width: of the image, whose own borders may cut a face.
        height: of the image.
    """
    slack = BEYOND * float(np.ptp(points, axis=0).max())
    low, high = points.min(axis=0) + slack, points.max(axis=0) - slack
    return bool(
        (low[0] >= window.left or window.left == 0)
        and (low[1] >= window.top or window.top == 0)
        and (high[0] <= window.left + window.width or window.left + window.width == width)
        and (high[1] <= window.top + window.height or window.top + window.height == height)
    )


def same_face(one: Float[np.ndarray, "k 2"], other: Float[np.ndarray, "k 2"]) -> bool:
    """Whether the bounding boxes of two findings overlap so much that they are on one head."""
    low = np.maximum(one.min(axis=0), other.min(axis=0))
    high = np.minimum(one.max(axis=0), other.max(axis=0))
    common = float(np.prod(np.maximum(high - low, 0)))
    return common > SAME * (float(np.prod(np.ptp(one, axis=0)) + np.prod(np.ptp(other, axis=0))) - common)


def _starts(length: int, side: int, overlap: float) -> list[int]:
    if side >= length:
        return [0]
    count = math.ceil((length - side) / max(side * (1 - overlap), 1)) + 1
    return [round(k * (length - side) / (count - 1)) for k in range(count)]
