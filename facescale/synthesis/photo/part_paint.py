"""Colours of what is no skin, at points of a head's mean: eyes, teeth, gums, hair. Linear albedo, no light."""

import numpy as np
from jaxtyping import Float, Int

from facescale.geometry.smoothstep import smoothstep
from facescale.heads.builtin import tones
from facescale.heads.builtin.albedo import BLOOD, MELANIN, linear
from facescale.heads.builtin.noise import smooth_noise
from facescale.heads.builtin.part_colours import LIMBUS, iris_colours
from facescale.synthesis.photo.hair import Strands
from facescale.synthesis.photo.looks import Looks
from facescale.synthesis.photo.painted_head import Material

IRIS_SHADE = 0.5
"""An iris lies behind the cornea that it is painted on, in the shade of its rim."""
GLOBE = 12.1
"""mm: the radius of an eyeball that the iris' size is made for."""


def part_albedo(
    material: Int[np.ndarray, "n"],
    points: Float[np.ndarray, "n 3"],
    eyes: Float[np.ndarray, "2 4"],
    looks: Looks,
) -> Float[np.ndarray, "n 3"]:
    """Albedo of eyes, teeth, gums, tongue, lining and clothes; zero elsewhere.

    Args:
        material: of each point.
        points: on the head's mean, mm; anything for clothes.
        eyes: centre and radius of the mean's eyeballs.
        looks: the person's.
    """
    albedo = np.zeros((len(points), 3))
    painters = {
        Material.EYE: lambda at: _eye(at, eyes, looks),
        Material.TEETH: lambda at: _shaded(tones.ENAMEL, at, 2.5, 0.07 * MELANIN, looks.seed + 1),
        Material.GUMS: lambda at: _shaded(tones.GUM, at, 2.0, 0.15 * BLOOD, looks.seed + 2),
        Material.TONGUE: lambda at: _shaded(tones.TONGUE, at, 0.9, 0.2 * BLOOD, looks.seed + 3),
        Material.LINING: lambda at: _shaded(tones.MOUTH, at, 4.0, 0.15 * BLOOD, looks.seed + 4),
        Material.CLOTHES: lambda at: np.broadcast_to(looks.cloth, at.shape),
    }
    for kind, paint in painters.items():
        chosen = material == kind
        if chosen.any():
            albedo[chosen] = paint(points[chosen])
    return albedo


def hair_albedo(strands: Strands, looks: Looks) -> Float[np.ndarray, "n 3"]:
    """Albedo of a coat of hair, strand by strand."""
    return looks.hair_colour * np.exp(0.65 * strands.level)[:, None]


def _shaded(
    colour: tones.Rgb, points: Float[np.ndarray, "n 3"], wavelength: float, density: np.ndarray, seed: int
) -> Float[np.ndarray, "n 3"]:
    noise = smooth_noise(points, wavelength, (seed, 61))
    return linear(colour) * np.exp(-noise[:, None] * density)


def _eye(
    points: Float[np.ndarray, "n 3"], eyes: Float[np.ndarray, "2 4"], looks: Looks
) -> Float[np.ndarray, "n 3"]:
    """Sclera with veins and the iris, by distance from the gaze axis, which runs along +z on the mean."""
    right = (points[:, 0] < 0).astype(int)
    off = (points - eyes[right, :3]) * (GLOBE / eyes[right, 3:])
    # alike eyes are mirror images
    off[:, 0] *= np.where(right == 1, -1, 1)
    radius, angle = np.hypot(off[:, 0], off[:, 1]), np.arctan2(off[:, 1], off[:, 0])
    seed = (looks.seed, 62)
    stain = 0.05 * smooth_noise(off, 6, seed) + 0.3 * smoothstep(radius, 7, 12)
    sclera = 0.75 * linear(tones.SCLERA) * np.exp(-stain[:, None] * (0.5 * MELANIN + 0.5 * BLOOD))
    ridge = np.abs(smooth_noise(off, 2.4, (looks.seed, 63)))
    veins = 0.45 * smoothstep(ridge, 0.07, 0.0) * smoothstep(radius, LIMBUS + 0.8, 11)
    sclera += veins[:, None] * (linear(tones.VEIN) - sclera)
    corner = smoothstep(off[:, 0], -8.5, -11.0)[:, None]
    sclera += corner * (linear(tones.CARUNCLE) - sclera)
    seen = (smoothstep(radius, LIMBUS + 0.3, LIMBUS - 0.4) * (off[:, 2] > 0))[:, None]
    return sclera + seen * (IRIS_SHADE * iris_colours(radius, angle, iris=looks.iris, seed=looks.seed) - sclera)
