"""Colours of what lies within the skin: eyeballs, teeth with gums, tongue; deterministic by seed."""

from collections.abc import Callable, Mapping

import numpy as np
from jaxtyping import Float, UInt8

from facescale.geometry.smoothstep import smoothstep
from facescale.heads.builtin import tones
from facescale.heads.builtin.albedo import BLOOD, MELANIN, linear, srgb
from facescale.heads.builtin.noise import smooth_noise
from facescale.heads.builtin.parts import Part
from facescale.heads.builtin.texels import texel_map
from facescale.heads.builtin.tones import IrisName

Light = Float[np.ndarray, "n 3"]
Groups = Mapping[str, Float[np.ndarray, "n"]]
LIMBUS, PUPIL = 5.9, 1.6
"""mm from the gaze axis: where the iris ends and begins."""


def part_texture(
    part: Part, size: int, *, iris: IrisName = "brown", seed: int = 0
) -> UInt8[np.ndarray, "s s 3"]:
    """Paint a part's texture.

    Args:
        part: in its shape at rest, named as its maker names it.
        size: texels of a side.
        iris: colour, for eyeballs.
        seed: of everything random.

    Returns:
        sRGB albedo; row 0 is v = 1, texel centres lie at (i + 0.5) / size.

    Raises:
        ValueError: a part that there are no colours for, or an unknown iris.
    """
    texels = texel_map(part.uv, part.quads_uv, part.quads, size)
    groups = {name: texels.values(mask.astype(float)) for name, mask in part.groups.items()}
    return texels.image(srgb(_painter(part, iris)(texels.values(part.vertices), groups, seed)))


def part_albedo(part: Part, *, iris: IrisName = "brown", seed: int = 0) -> UInt8[np.ndarray, "v 3"]:
    """The same at the vertices of a part."""
    groups = {name: mask.astype(float) for name, mask in part.groups.items()}
    return srgb(_painter(part, iris)(part.vertices, groups, seed))


def iris_colours(
    radius: Float[np.ndarray, "n"], angle: Float[np.ndarray, "n"], *, iris: IrisName, seed: int
) -> Light:
    """Pupil, fibres and limbal ring.

    Args:
        radius: from the gaze axis, mm; what lies beyond the limbus is coloured as its ring.
        angle: about the gaze axis, radians.
        iris: colour.
        seed: of the fibres.

    Returns:
        Linear light.

    Raises:
        ValueError: an unknown iris.
    """
    if iris not in tones.IRIS_TONES:
        raise ValueError(f"expected one of the irises {sorted(tones.IRIS_TONES)}, got {iris!r}")
    tone = tones.IRIS_TONES[iris]
    share = np.clip((radius - PUPIL) / (LIMBUS - PUPIL), 0, 1)
    around = np.stack([6 * np.cos(angle), 6 * np.sin(angle), 0.7 * radius], axis=1)
    fibres = 0.6 * smooth_noise(around, 0.3, (seed, 21)) + 0.4 * smooth_noise(around, 0.8, (seed, 22))
    # the collarette's edge wanders
    inner = smoothstep(share + 0.07 * smooth_noise(around, 1.5, (seed, 23)), 0.45, 0.15)[:, None]
    light = linear(tone.stroma) + inner * (linear(tone.collarette) - linear(tone.stroma))
    light = light * np.exp(0.75 * fibres * (1 - 0.5 * share))[:, None]
    ring = 0.9 * smoothstep(share, 0.74, 0.97)[:, None]
    light = light + ring * (linear(tone.limbus) - light)
    pupil = smoothstep(radius, PUPIL + 0.12, PUPIL - 0.08)[:, None]
    return light + pupil * (linear(tones.PUPIL) - light)


def _painter(part: Part, iris: IrisName) -> Callable[[np.ndarray, Groups, int], Light]:
    if part.name in {"eyeball", "eyeballs"}:
        sides = [part.groups[side] for side in ("left", "right") if side in part.groups]
        boxes = [part.vertices[side] for side in sides] or [part.vertices]
        middles = np.array([(box.min(axis=0) + box.max(axis=0)) / 2 for box in boxes])
        return lambda points, groups, seed: _eyeballs(points, groups, middles, iris, seed)
    if part.name in {"upper_teeth", "lower_teeth"}:
        return _teeth
    if part.name == "tongue":
        return _tongue
    raise ValueError(f"expected eyeballs, upper_teeth, lower_teeth or tongue, got {part.name!r}")


def _eyeballs(
    points: Float[np.ndarray, "n 3"],
    groups: Groups,
    middles: Float[np.ndarray, "s 3"],
    iris: IrisName,
    seed: int,
) -> Light:
    """By distance from each gaze axis, which runs along +z through the middle of the globe."""
    right = groups["right"] > 0.5 if len(middles) > 1 else np.zeros(len(points), dtype=bool)  # noqa: PLR2004
    off = points - middles[right.astype(int)]
    # alike eyes are mirror images
    off[right, 0] *= -1
    radius, angle = np.hypot(off[:, 0], off[:, 1]), np.arctan2(off[:, 1], off[:, 0])
    ahead = off[:, 2] > 0
    shade = 0.05 * smooth_noise(off, 6, (seed, 24))
    shade = shade + 0.25 * smoothstep(radius, 7, 12) + 0.3 * (~ahead)
    sclera = linear(tones.SCLERA) * np.exp(-shade[:, None] * (0.4 * MELANIN + 0.6 * BLOOD))
    wander = off + 0.5 * np.stack([smooth_noise(off, 2.5, (seed, k)) for k in (25, 26, 27)], axis=1)
    ridge = np.abs(smooth_noise(wander, 3.4, (seed, 28)))
    veins = 0.55 * smoothstep(ridge, 0.07, 0.0) * smoothstep(radius, LIMBUS + 1, 11)
    sclera = sclera + veins[:, None] * (linear(tones.VEIN) - sclera)
    seen = smoothstep(radius, LIMBUS + 0.25, LIMBUS - 0.35)
    seen = np.where(ahead, np.maximum(seen, groups["iris_disc"] > 0.5), 0)[:, None]  # noqa: PLR2004
    return sclera + seen * (iris_colours(radius, angle, iris=iris, seed=seed) - sclera)


def _teeth(points: Float[np.ndarray, "n 3"], groups: Groups, seed: int) -> Light:
    # crowns are yellower where they meet the gum
    crown = groups["teeth"]
    stain = 0.05 * smooth_noise(points, 2.5, (seed, 31)) + 0.1 * smoothstep(crown, 1.0, 0.6)
    enamel = linear(tones.ENAMEL) * np.exp(-stain[:, None] * MELANIN)
    pale = 0.1 * smooth_noise(points, 3, (seed, 32)) + 0.12 * smooth_noise(points, 0.9, (seed, 33))
    gum = linear(tones.GUM) * np.exp(-pale[:, None] * BLOOD)
    return gum + smoothstep(crown, 0.35, 0.65)[:, None] * (enamel - gum)


def _tongue(points: Float[np.ndarray, "n 3"], groups: Groups, seed: int) -> Light:
    papillae = smoothstep(smooth_noise(points, 0.8, (seed, 41)), -0.2, 0.6)
    coat = 0.35 * groups["back"] * (1 - groups["tip"]) + 0.12 * groups["back"] * papillae
    blood = 0.25 * (1 - groups["back"]) + 0.1 * smooth_noise(points, 5, (seed, 42)) - coat
    groove = 0.25 * np.exp(-((points[:, 0] / 1.2) ** 2)) * groups["back"]
    return linear(tones.TONGUE) * np.exp(-(blood + groove)[:, None] * BLOOD)
