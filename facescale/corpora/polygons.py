"""Polygons and strips into triangles, in the order of the file. Knows nothing of formats."""

import numpy as np


def fan(corners: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Cut polygons into triangles, each a fan around its first corner; two-corner polygons vanish.

    Args:
        corners: (c,) integer; the polygons' vertex indices one after another.
        sizes: (p,) integer; corners of each polygon.

    Returns:
        (f, 3) of the dtype of `corners`; winding is kept.
    """
    if sizes.size and (sizes == 3).all():  # noqa: PLR2004 - already triangles
        return corners.reshape(-1, 3)
    pieces = np.maximum(sizes - 2, 0)
    first = np.repeat(np.cumsum(sizes) - sizes, pieces)
    step = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    return np.stack([corners[first], corners[first + step + 1], corners[first + step + 2]], axis=1)


def strip(corners: np.ndarray) -> np.ndarray:
    """Cut one triangle strip; every second triangle is turned so that all wind alike.

    A negative index restarts the strip. Triangles that repeat a corner only join pieces and are dropped.

    Args:
        corners: (c,) integer.

    Returns:
        (f, 3) of the dtype of `corners`.
    """
    if corners.size < 3:  # noqa: PLR2004 - no triangle
        return np.zeros((0, 3), corners.dtype)
    place = np.arange(corners.size)
    start = np.maximum.accumulate(np.where(corners < 0, place + 1, 0))
    odd = (place[:-2] - start[:-2]) % 2 == 1
    a, b, c = corners[:-2], corners[1:-1], corners[2:]
    triangles = np.stack([a, np.where(odd, c, b), np.where(odd, b, c)], axis=1)
    proper = (a != b) & (b != c) & (a != c) & (triangles >= 0).all(axis=1)
    return triangles[proper]
