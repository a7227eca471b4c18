"""What a sensor with parallel rays along -z sees of a mesh: a grid of heights. numpy only; knows no files."""

import numpy as np
from jaxtyping import Float, Int


def heights(
    vertices: Float[np.ndarray, "v 3"],
    faces: Int[np.ndarray, "f 3"],
    *,
    step: float,
    size: tuple[int, int],
    middle: tuple[float, float] = (0.0, 0.0),
) -> Float[np.ndarray, "r c"]:
    """The highest z of a mesh under each point of a grid.

    Args:
        vertices: x to the picture's right, y up, z towards the sensor.
        faces: either winding.
        step: between neighbouring points.
        size: rows and columns, the top row first.
        middle: x and y of the grid's middle.

    Returns:
        float64; NaN where nothing is.
    """
    rows, columns = size
    found = np.full(rows * columns, -np.inf)
    # grid coordinates: column and row of every corner
    across = (vertices[:, 0] - middle[0]) / step + (columns - 1) / 2
    down = (rows - 1) / 2 - (vertices[:, 1] - middle[1]) / step
    corners = np.stack([across, down, vertices[:, 2]], axis=-1)[faces]
    low = np.ceil(corners[..., :2].min(axis=1)).astype(np.int64)
    spans = np.floor(corners[..., :2].max(axis=1)).astype(np.int64) - low
    a, b, c = (corners[:, k] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    for right in range(int(spans[:, 0].max(initial=-1)) + 1):
        for below in range(int(spans[:, 1].max(initial=-1)) + 1):
            reach = np.flatnonzero((spans[:, 0] >= right) & (spans[:, 1] >= below) & (np.abs(area) > 0))
            x, y = low[reach, 0] + right, low[reach, 1] + below
            shares = _shares(corners[reach], np.stack([x, y], axis=-1)) / area[reach, None]
            hit = (shares >= 0).all(axis=1) & (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
            z = (shares * corners[reach][..., 2]).sum(axis=1)
            np.maximum.at(found, (y * columns + x)[hit], z[hit])
    return np.where(np.isfinite(found), found, np.nan).reshape(rows, columns)


def _shares(corners: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Twice the signed areas between a point and each side, opposite to the three corners."""
    parts = []
    for k in range(3):
        start, end = corners[:, (k + 1) % 3, :2], corners[:, (k + 2) % 3, :2]
        side, to = end - start, point - start
        parts.append(side[:, 0] * to[:, 1] - side[:, 1] * to[:, 0])
    return np.stack(parts, axis=-1)
