"""One person's skin as textures on the built-in chart: albedo with marks, gloss, and a fine relief. No light.

Marks (moles, blemishes), stubble and brows are drawn at random, so no albedo basis of a fit holds them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter

from facescale.geometry.smoothstep import smoothstep
from facescale.heads.builtin.albedo import BLOOD, MELANIN, skin_texels, skin_texture
from facescale.heads.builtin.noise import smooth_noise
from facescale.heads.builtin.regions import LIP_RING
from facescale.synthesis.photo.looks import Looks

FACE = ((0.0, -30.0, 10.0), 85.0)
"""Middle and reach of where marks are, mm on the mean skin of the built-in head."""
LIP_GLOSS, SHINY_GLOSS = 0.9, 0.5
"""What lips, and forehead, nose and chin have more than cheeks."""
SHINY = ((0.0, 45.0, 5.0, 26.0), (0.0, -35.0, 38.0, 15.0), (0.0, -92.0, 15.0, 13.0))
"""Middles and reaches of the shiny zone, mm."""


@dataclass(frozen=True, kw_only=True)
class SkinPaint:
    """Textures; row 0 is v = 1, texel centres lie at (i + 0.5) / size."""

    layers: Float[np.ndarray, "s s 7"]
    """Linear albedo, gloss (1 is common), and a vector of smooth noise that tilts normals."""

    def at(self, uv: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 7"]:
        """Bilinear values at texture coordinates."""
        size = len(self.layers)
        column = np.clip(uv[:, 0] * size - 0.5, 0, size - 1.001)
        row = np.clip((1 - uv[:, 1]) * size - 0.5, 0, size - 1.001)
        c, r = column.astype(np.int32), row.astype(np.int32)
        s, t = (column - c).astype(np.float32)[:, None], (row - r).astype(np.float32)[:, None]
        flat, at = self.layers.reshape(size * size, -1), r * size + c
        upper = flat[at] + s * (flat[at + 1] - flat[at])
        lower = flat[at + size] + s * (flat[at + size + 1] - flat[at + size])
        return upper + t * (lower - upper)


def paint_skin(looks: Looks, size: int) -> SkinPaint:
    """Paint a person's skin.

    Args:
        looks: theirs.
        size: texels of a side.
    """
    base = skin_texture(size, tone=looks.tone, seed=looks.seed, grooming=looks.grooming)
    texels, points, fields = skin_texels(size)
    rng = np.random.default_rng([looks.seed, 5])
    density = _marks(points, rng, looks.moles, (0.5, 1.5))[:, None] * 1.3 * MELANIN
    density = density + _marks(points, rng, looks.blemishes, (1.0, 2.2))[:, None] * 0.45 * BLOOD
    # the hollow under the eyes
    hollow = np.abs(points) * [1, 0, 0] + points * [0, 1, 1] - [30, -18, 5]
    shade = np.exp(-np.square(hollow / [13, 5, 20]).sum(axis=1)) * rng.uniform(0, 0.35)
    density = density + shade[:, None] * (0.5 * MELANIN + 0.4 * BLOOD)
    layers = np.ones((size, size, 7), np.float32)
    layers[..., :3] = _linear_table()[base] * looks.tint
    layers[texels.covered, :3] *= np.exp(-density)
    layers[texels.covered, 3] = _gloss(points, fields, looks)
    noise = rng.standard_normal((size, size, 3), dtype=np.float32)
    for share, width in ((0.7, 0.8), (0.5, 2.0)):
        smooth = gaussian_filter(noise, (width, width, 0), mode="wrap")
        relief = share * smooth / smooth.std()
        layers[..., 4:] = relief if width < 1 else layers[..., 4:] + relief
    return SkinPaint(layers=layers)


def _gloss(
    points: Float[np.ndarray, "n 3"], fields: Mapping[str, Float[np.ndarray, "n"]], looks: Looks
) -> Float[np.ndarray, "n"]:
    """Factor on the specular reflection: lips and the middle of the face shine, hair on the scalp does not."""
    gloss = 1 + LIP_GLOSS * smoothstep(fields["mouth"], LIP_RING - 0.5, LIP_RING + 0.8)
    for *middle, reach in SHINY:
        gloss += SHINY_GLOSS * np.exp(-np.square(points - middle).sum(axis=1) / reach**2)
    gloss *= 1 + 0.2 * smooth_noise(points, 2.0, (looks.seed, 51))
    return looks.shine * gloss * (1 - 0.8 * looks.grooming.scalp * fields["scalp"])


def _marks(
    points: Float[np.ndarray, "n 3"], rng: np.random.Generator, count: int, radius: tuple[float, float]
) -> Float[np.ndarray, "n"]:
    """Round spots on the face, 1 in the middle of each."""
    cover = np.zeros(len(points))
    middle, reach = FACE
    near = np.flatnonzero(np.square(points - middle).sum(axis=1) < reach**2)
    for _ in range(count):
        centre, size = points[near[rng.integers(len(near))]], rng.uniform(*radius)
        away = np.square(points[near] - centre).sum(axis=1) / size**2
        cover[near] = np.maximum(cover[near], rng.uniform(0.4, 1) * smoothstep(away, 1.3, 0.5))
    return cover


def _linear_table() -> Float[np.ndarray, "256"]:
    value = np.arange(256) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - sRGB
