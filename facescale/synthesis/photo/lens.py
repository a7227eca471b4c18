"""Pixels to rays and points to pixels for a `PinholeRecord`, in numpy. Knows nothing of scenes.

Undistorting by fixed-point steps is exact to float32 for the mild lenses that synthesis draws; the tests hold
it against the exact camera.
"""

import numpy as np
from jaxtyping import Float

from facescale.structures.view import PinholeRecord

STEPS = 8


def pixel_rays(camera: PinholeRecord, pixels: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 3"]:
    """Directions in the world, of depth 1 along the optical axis.

    Args:
        camera: with a mild distortion.
        pixels: column and row, the first pixel's centre at (0.5, 0.5).
    """
    wanted = (pixels - camera.principal) / camera.focal
    found = wanted
    if camera.distortion.any():
        for _ in range(STEPS):
            found = found + (wanted - _distorted(found, camera.distortion))
    ones = np.ones((len(found), 1))
    return (np.concatenate([found, ones], axis=1) @ camera.rotation).astype(np.float32)


def project(camera: PinholeRecord, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 2"]:
    """Column and row of points in front of a camera, float64."""
    turned = points.astype(np.float64) @ camera.rotation.T + camera.translation
    bent = _distorted(turned[:, :2] / turned[:, 2:], camera.distortion)
    return bent * camera.focal + camera.principal


def _distorted(
    points: Float[np.ndarray, "n 2"], coefficients: Float[np.ndarray, "5"]
) -> Float[np.ndarray, "n 2"]:
    """OpenCV's polynomial, k1 k2 p1 p2 k3."""
    k1, k2, p1, p2, k3 = coefficients
    x, y = points[:, 0], points[:, 1]
    squared = x * x + y * y
    radial = 1 + squared * (k1 + squared * (k2 + squared * k3))
    return np.stack(
        [
            x * radial + 2 * p1 * x * y + p2 * (squared + 2 * x * x),
            y * radial + p1 * (squared + 2 * y * y) + 2 * p2 * x * y,
        ],
        axis=1,
    )
