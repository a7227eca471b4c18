"""Which pixels show which part of a face, by polygons of landmarks. Sees no hair, hand or glass before it.

A pixel belongs to a region whose polygon holds its centre, so that masks of neighbours share no pixel.
"""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Float

from facescale.perception import mediapipe_points as ids
from facescale.structures.face_landmarks import FaceLandmarks

IRIS_CORNERS = 48


def region_masks(landmarks: FaceLandmarks, *, width: int, height: int) -> Mapping[str, Bool[np.ndarray, "h w"]]:
    """Mark the regions of a face.

    Args:
        landmarks: of the image; the scheme is "mediapipe478".
        width: of the image.
        height: of the image.

    Returns:
        "oval" (all within the outline), "left_eye" and "right_eye" (what the lids leave open), "left_iris" and
        "right_iris" (as far as the lids leave it open), "lips", "mouth" (between the lips' inner edges), and
        "skin": the oval without eyes, lips and mouth.

    Raises:
        ValueError: another scheme.
    """
    if landmarks.scheme != ids.SCHEME:
        raise ValueError(f"expected landmarks of {ids.SCHEME!r}, got {landmarks.scheme!r}")
    points = landmarks.positions.astype(np.float64)

    def inside(loop: Float[np.ndarray, "n 2"]) -> Bool[np.ndarray, "h w"]:
        return polygon_mask(loop, width=width, height=height)

    masks = {
        "oval": inside(points[list(ids.OVAL)]),
        "left_eye": inside(points[list(ids.LEFT_EYE)]),
        "right_eye": inside(points[list(ids.RIGHT_EYE)]),
        "mouth": inside(points[list(ids.INNER_MOUTH)]),
    }
    for side, ring in (("left", ids.LEFT_IRIS), ("right", ids.RIGHT_IRIS)):
        masks[f"{side}_iris"] = inside(_ellipse(points[list(ring)])) & masks[f"{side}_eye"]
    masks["lips"] = inside(points[list(ids.LIPS)]) & ~masks["mouth"]
    others = masks["left_eye"] | masks["right_eye"] | masks["lips"] | masks["mouth"]
    return {**masks, "skin": masks["oval"] & ~others}


def polygon_mask(loop: Float[np.ndarray, "n 2"], *, width: int, height: int) -> Bool[np.ndarray, "h w"]:
    """Pixels whose centres lie within a closed polygon, by the even-odd rule; it may stick out of the image.

    Args:
        loop: column and row of each corner; the first pixel's centre is (0.5, 0.5).
        width: of the image.
        height: of the image.
    """
    mask = np.zeros((height, width), dtype=bool)
    top = max(int(np.floor(loop[:, 1].min())), 0)
    bottom = min(int(np.ceil(loop[:, 1].max())), height)
    rows = np.arange(top, bottom) + 0.5
    if len(rows) == 0:
        return mask
    start, end = loop, np.roll(loop, -1, axis=0)
    crossed = (start[None, :, 1] <= rows[:, None]) != (end[None, :, 1] <= rows[:, None])
    rise = np.where(start[:, 1] == end[:, 1], 1.0, end[:, 1] - start[:, 1])
    slope = (end[:, 0] - start[:, 0]) / rise
    column = start[None, :, 0] + (rows[:, None] - start[None, :, 1]) * slope[None]
    # Each crossing flips all pixels whose centres lie to its right.
    first = np.clip(np.ceil(column - 0.5), 0, width).astype(np.intp)
    flips = np.zeros((len(rows), width + 1), dtype=np.intp)
    np.add.at(flips, (np.nonzero(crossed)[0], first[crossed]), 1)
    mask[top:bottom] = np.cumsum(flips, axis=1)[:, :width] % 2 == 1
    return mask


def _ellipse(ring: Float[np.ndarray, "4 2"]) -> Float[np.ndarray, "n 2"]:
    """The ellipse of which four points, in turn, are the ends of two conjugate diameters."""
    centre = ring.mean(axis=0)
    one, other = (ring[0] - ring[2]) / 2, (ring[1] - ring[3]) / 2
    angle = np.linspace(0, 2 * np.pi, IRIS_CORNERS, endpoint=False)[:, None]
    return centre + np.cos(angle) * one + np.sin(angle) * other
