"""What stands behind a person, out of focus: a gradient, soft shapes, points of light. No picture is used."""

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter

COARSE = 160
"""Pixels of the longer side at which a background is made: it is blurred anyway."""
DOTS = 25


def draw_background(
    rng: np.random.Generator, size: tuple[int, int], level: float
) -> Float[np.ndarray, "h w 3"]:
    """Draw a background in linear light.

    Args:
        rng: all randomness.
        size: width and height, pixels.
        level: mean radiance about which it varies.
    """
    width, height = size
    shrink = COARSE / max(size)
    shape = (max(int(height * shrink), 2), max(int(width * shrink), 2))
    rows, columns = np.meshgrid(np.linspace(-1, 1, shape[0]), np.linspace(-1, 1, shape[1]), indexing="ij")
    angle = rng.uniform(0, 2 * np.pi)
    slope = np.tanh(
        rng.uniform(0.3, 1.5) * (np.cos(angle) * columns + np.sin(angle) * rows) + rng.normal(0, 0.3)
    )
    ends = (
        rng.dirichlet((25, 25, 25), 2)[:, None, None] * 3 * np.exp(rng.normal(0, 0.5, 2))[:, None, None, None]
    )
    picture = ends[0] + (ends[1] - ends[0]) * (0.5 + 0.5 * slope[..., None])
    busy = rng.uniform(0, 0.7)
    for blur, strength in ((14, 0.8), (5, 0.5)):
        noise = gaussian_filter(
            0.1 * rng.standard_normal((*shape, 3)) + rng.standard_normal((*shape, 1)), (blur, blur, 0)
        )
        picture = picture * np.exp(busy * strength * noise / max(float(noise.std()), 1e-9))
    picture = _with_shapes(rng, picture, (rows, columns), busy)
    if rng.uniform() < 0.3:  # noqa: PLR2004 - share of pictures with points of light
        for _ in range(int(rng.integers(3, DOTS))):
            at, radius = rng.uniform(-1, 1, 2), rng.uniform(0.02, 0.09)
            disc = np.clip((radius - np.hypot(rows - at[0], columns - at[1])) * 40, 0, 1)
            picture += disc[..., None] * rng.dirichlet((4, 4, 4)) * rng.uniform(0.5, 4)
    picture = gaussian_filter(picture, (1.5, 1.5, 0)) * level / picture.mean()
    return np.clip(_enlarged(picture, size), 0, None)


def _enlarged(picture: Float[np.ndarray, "h w 3"], size: tuple[int, int]) -> Float[np.ndarray, "y x 3"]:
    from PIL import Image

    planes = [Image.fromarray(picture[..., k].astype(np.float32)) for k in range(3)]
    return np.stack([np.asarray(plane.resize(size, Image.Resampling.BILINEAR)) for plane in planes], axis=-1)


def _with_shapes(
    rng: np.random.Generator,
    picture: Float[np.ndarray, "h w 3"],
    at: tuple[np.ndarray, np.ndarray],
    busy: float,
) -> Float[np.ndarray, "h w 3"]:
    """Upright and level edges, as of windows, doors and shelves, each blurred by its distance."""
    rows, columns = at
    for _ in range(int(rng.poisson(3 * busy))):
        centre, half = rng.uniform(-1.1, 1.1, 2), rng.uniform(0.08, 0.7, 2)
        soft = rng.uniform(0.03, 0.2)
        inside = np.clip((half[0] - np.abs(rows - centre[0])) / soft + 0.5, 0, 1)
        inside = inside * np.clip((half[1] - np.abs(columns - centre[1])) / soft + 0.5, 0, 1)
        colour = rng.dirichlet((18, 18, 18)) * 3 * np.exp(rng.normal(0, 0.7)) * picture.mean()
        picture = picture + inside[..., None] * rng.uniform(0.4, 1) * (colour - picture)
    return picture
