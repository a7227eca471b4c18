"""Colours of the built-in head's skin: procedural, of no photograph, the same for the same seed.

Painted on the mean skin in space and by its topology's coordinates, then laid out on its chart: the texture
fits every shape of the head. Melanin and haemoglobin absorb light; hair covers what is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float, UInt8

from facescale.geometry.smoothstep import smoothstep
from facescale.geometry.subdivision import Subdivision, catmull_clark
from facescale.heads.builtin.brows import brow_cover
from facescale.heads.builtin.noise import smooth_noise
from facescale.heads.builtin.regions import (
    CONTACT_RING,
    LASH_RING,
    LIP_RING,
    beard_share,
    scalp_share,
    skin_coordinates,
)
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.texels import TexelMap, texel_map
from facescale.heads.builtin.tones import HAIR_COLOURS, MOUTH, SKIN_TONES, HairName, Rgb, SkinTone, ToneName
from facescale.heads.builtin.topology import skin_topology
from facescale.heads.builtin.uv_chart import skin_uv

MELANIN, BLOOD = np.array([0.45, 0.78, 1.0]), np.array([0.1, 0.62, 0.5])
"""What they absorb of red, green and blue; densities below are natural logarithms."""
# (row, column) of the grid, reach in mm, density of blood
FLUSHES = (
    (28, 0, 13.0, 0.24),
    (26, 5, 8.0, 0.22),
    (25, 11, 19.0, 0.20),
    (28, 13, 22.0, 0.10),
    (11, 0, 15.0, 0.12),
    (42, 0, 34.0, -0.07),
    (40, 9, 30.0, -0.05),
    (33, 7, 9.0, 0.06),
)
EDGE_OF_LIPS = 0.55
"""Rings over which skin turns into lip."""
POINT, VERTEX = 0.4, 1.3
"""How far a texel at size 1024 and a vertex speak for their surroundings, mm."""


@dataclass(frozen=True, kw_only=True)
class Grooming:
    """Hair and what else people choose or have."""

    hair: HairName | None = None
    """None is what is common with the tone."""
    scalp: float = 0.9
    """Cover of cropped hair on the scalp, 0..1; 0 is bald."""
    brows: float = 1.0
    """Density of the brows."""
    stubble: float = 0.0
    """0..1."""
    freckles: float = 0.15
    """0..1."""

    def __post_init__(self) -> None:
        shares = {"scalp": self.scalp, "stubble": self.stubble, "freckles": self.freckles}
        for name, share in shares.items():
            if not 0 <= share <= 1:
                raise ValueError(f"expected {name} within 0..1, got {share}")
        if not 0 <= self.brows <= 2:  # noqa: PLR2004 - more is a solid bar
            raise ValueError(f"expected brows within 0..2, got {self.brows}")


@dataclass(frozen=True, kw_only=True)
class _Canvas:
    """Points to be painted, and all that the paint depends on there."""

    points: Float[np.ndarray, "n 3"]
    fields: Mapping[str, Float[np.ndarray, "n"]]
    blur: float
    """mm that a point stands for."""


def skin_texture(
    size: int = 1024, *, tone: ToneName = "light", seed: int = 0, grooming: Grooming | None = None
) -> UInt8[np.ndarray, "s s 3"]:
    """Paint the skin's texture.

    Args:
        size: texels of a side.
        tone: complexion.
        seed: of everything random.
        grooming: hair, stubble, freckles.

    Returns:
        sRGB albedo on the skin's chart; row 0 is v = 1, texel centres lie at (i + 0.5) / size.

    Raises:
        ValueError: fewer than 16 texels, or an unknown tone.
    """
    if size < 16:  # noqa: PLR2004 - islands vanish
        raise ValueError(f"expected at least 16 texels, got {size}")
    texels = _texels(size)
    points, fields = _skin_fields()
    canvas = _Canvas(
        points=texels.values(points),
        fields={name: texels.values(field) for name, field in fields.items()},
        blur=POINT * 1024 / size * 0.4,
    )
    return texels.image(_painted(canvas, _tone(tone), seed, grooming or Grooming()))


def vertex_albedo(
    *, tone: ToneName = "light", seed: int = 0, grooming: Grooming | None = None
) -> UInt8[np.ndarray, "w 3"]:
    """The same at vertices of the skin subdivided once: sRGB, details blurred to their spacing."""
    points, fields = _skin_fields()
    canvas = _Canvas(points=points, fields=fields, blur=VERTEX)
    return _painted(canvas, _tone(tone), seed, grooming or Grooming())


def skin_texels(
    size: int,
) -> tuple[TexelMap, Float[np.ndarray, "n 3"], Mapping[str, Float[np.ndarray, "n"]]]:
    """What a painter of further layers needs: the chart's texels, their points on the mean skin, their fields.

    Args:
        size: texels of a side.

    Returns:
        The map; points in mm in the frame of the cage; shares and depths in rings by name ("beard", "mouth").
    """
    texels = _texels(size)
    points, fields = _skin_fields()
    return texels, texels.values(points), {name: texels.values(field) for name, field in fields.items()}


def _tone(name: str) -> SkinTone:
    if name not in SKIN_TONES:
        raise ValueError(f"expected one of the tones {sorted(SKIN_TONES)}, got {name!r}")
    return SKIN_TONES[name]  # pyright: ignore[reportArgumentType] - just asked


@cache
def _subdivision() -> Subdivision:
    topology = skin_topology()
    return catmull_clark(topology.quads, topology.num_vertices)


@cache
def _texels(size: int) -> TexelMap:
    uv, quads_uv = skin_uv()
    return texel_map(uv, quads_uv, _subdivision().quads, size)


@cache
def _skin_fields() -> tuple[Float[np.ndarray, "w 3"], Mapping[str, Float[np.ndarray, "w"]]]:
    """Points and fields at the vertices of the skin subdivided once."""
    topology, at = skin_topology(), skin_coordinates()
    lid = np.zeros(topology.num_vertices)
    for side in ("eye", "eye.right"):
        place = np.arange(topology.rings[side].shape[1])
        # from the inner corner: over the upper lid to the outer corner, and back below
        lid[topology.rings[side]] = np.sin(np.pi * (_INNER_CORNER - place) / (len(place) / 2))
    fields = {"scalp": scalp_share(at), "beard": beard_share(at), "lid": lid, **at.depth}
    step = _subdivision()
    return step(skin_cage()), {name: step(field) for name, field in fields.items()}


_INNER_CORNER = 29
"""Place of the inner corner on the eye's rings."""


def _painted(canvas: _Canvas, tone: SkinTone, seed: int, grooming: Grooming) -> UInt8[np.ndarray, "n 3"]:
    hair = linear(HAIR_COLOURS[grooming.hair or tone.hair])
    light = linear(tone.base) * np.exp(-_absorbed(canvas, tone, seed, grooming))
    light = _with_lips(canvas, light, tone, seed)
    light = _with_openings(canvas, light)
    light = _with_lids(canvas, light, hair)
    return srgb(_with_hair(canvas, light, hair, seed, grooming))


def _absorbed(canvas: _Canvas, tone: SkinTone, seed: int, grooming: Grooming) -> Float[np.ndarray, "n 3"]:
    """By what skin has more or less of than on average."""
    points, fields = canvas.points, canvas.fields
    cage, grid = skin_cage(), skin_topology().grid
    folded = np.abs(points) * [1, 0, 0] + points * [0, 1, 1]
    blood = 0.05 * smooth_noise(points, 23, (seed, 1)) + 0.035 * smooth_noise(points, 5, (seed, 2))
    for row, column, reach, density in FLUSHES:
        away = folded - cage[grid[row, column]]
        blood += density * np.exp(-np.einsum("ni,ni->n", away, away) / reach**2)
    blood += 0.26 * smoothstep(fields["ear"], 0.5, 3.5) + 0.2 * smoothstep(fields["eye"], 2.2, 5.5)
    blood += 0.12 * smoothstep(fields["mouth"], 1.5, LIP_RING)
    melanin = 0.04 * smooth_noise(points, 38, (seed, 3)) + 0.025 * smooth_noise(points, 9, (seed, 4))
    # lids and the hollow under them are a little darker, under the jaw too
    melanin += 0.07 * smoothstep(fields["eye"], 0.5, 4.5)
    fine = np.exp(-canvas.blur / 0.4)
    melanin += fine * 0.05 * smooth_noise(points, 1.3, (seed, 5))
    blood += fine * 0.05 * smooth_noise(points, 0.9, (seed, 6))
    melanin += grooming.freckles * _freckles(canvas, seed)
    return tone.flush * blood[:, None] * BLOOD + tone.mottle * melanin[:, None] * MELANIN


def _freckles(canvas: _Canvas, seed: int) -> Float[np.ndarray, "n"]:
    """Small spots across nose and cheeks."""
    points = canvas.points
    spots = smoothstep(smooth_noise(points, 1.9, (seed, 7)), 0.42, 0.75) + smoothstep(
        smooth_noise(points, 3.1, (seed, 8)), 0.5, 0.8
    )
    middle = skin_cage()[skin_topology().grid[29, 0]]
    off = (points - middle) / [46, 20, 60]
    return 0.5 * spots * np.exp(-np.einsum("ni,ni->n", off, off)) * np.exp(-canvas.blur / 1.5)


def _with_lips(
    canvas: _Canvas, light: Float[np.ndarray, "n 3"], tone: SkinTone, seed: int
) -> Float[np.ndarray, "n 3"]:
    depth = canvas.fields["mouth"]
    lips = smoothstep(depth, LIP_RING - EDGE_OF_LIPS, LIP_RING + EDGE_OF_LIPS)
    # creases run from the contact line outwards
    creases = smooth_noise(canvas.points * [1, 0.3, 0.3], 1.1, (seed, 9)) * np.exp(-canvas.blur / 0.5)
    shade = 0.07 * creases + 0.09 * smooth_noise(canvas.points, 4, (seed, 10))
    shade += 0.25 * smoothstep(depth, 6.3, CONTACT_RING - 0.2)
    colour = linear(tone.lips) * np.exp(-shade[:, None] * (BLOOD + 0.3 * MELANIN))
    light = light + (lips * 0.78)[:, None] * (colour - light)
    contact = np.exp(-(((depth - CONTACT_RING) / 0.42) ** 2))
    light *= 1 - 0.5 * contact[:, None]
    lining = smoothstep(depth, CONTACT_RING + 0.3, CONTACT_RING + 1.3)[:, None]
    return light + lining * (linear(MOUTH) * (1 - 0.6 * smoothstep(depth, 10, 14)[:, None]) - light)


def _with_openings(canvas: _Canvas, light: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    """Nostrils and ear canals are dark and red."""
    dark = 2.4 * smoothstep(canvas.fields["nostril"], 0.9, 2.6) + 1.5 * smoothstep(
        canvas.fields["ear"], 9.6, 12
    )
    return light * np.exp(-dark[:, None] * (0.55 + 0.5 * BLOOD))


def _with_lids(
    canvas: _Canvas, light: Float[np.ndarray, "n 3"], hair: Float[np.ndarray, "3"]
) -> Float[np.ndarray, "n 3"]:
    depth, lid = canvas.fields["eye"], canvas.fields["lid"]
    wet = smoothstep(depth, LASH_RING + 0.25, LASH_RING + 0.8)
    light = light * np.exp(-(0.35 * wet)[:, None] * BLOOD)
    crease = np.exp(-(((depth - 4) / 0.6) ** 2)) * smoothstep(lid, 0.1, 0.7)
    light *= np.exp(-(0.12 * crease)[:, None] * (0.4 + MELANIN))
    lashes = np.exp(-(((depth - LASH_RING - 0.1) / 0.55) ** 2))
    lashes = lashes * np.where(lid > 0, 0.92 * smoothstep(lid, 0.0, 0.4), 0.4 * smoothstep(-lid, 0.05, 0.6))
    return light + lashes[:, None] * (0.6 * hair - light)


def _with_hair(
    canvas: _Canvas,
    light: Float[np.ndarray, "n 3"],
    hair: Float[np.ndarray, "3"],
    seed: int,
    grooming: Grooming,
) -> Float[np.ndarray, "n 3"]:
    points, fields = canvas.points, canvas.fields
    fine = np.exp(-canvas.blur / 0.5)
    strands = 0.6 * smooth_noise(points * [1, 0.35, 0.35], 1.0, (seed, 11)) + 0.5 * smooth_noise(
        points, 7, (seed, 12)
    )
    edge = fields["scalp"] + 0.22 * (4 * fields["scalp"] * (1 - fields["scalp"])) * strands
    scalp = grooming.scalp * smoothstep(edge, 0.12, 0.9) * (0.93 + 0.07 * fine * strands)
    dots = smoothstep(smooth_noise(points, 0.75, (seed, 13)), 0.05, 0.6) * fine + 0.3 * (1 - fine)
    stubble = grooming.stubble * fields["beard"] * (0.22 + 0.6 * dots)
    brows = brow_cover(points, blur=canvas.blur, density=grooming.brows, seed=seed)
    shadow = 0.4 * brows[:, 1]
    for cover in (scalp, np.clip(stubble, 0, 1), shadow, brows[:, 0]):
        light = light + cover[:, None] * (hair - light)
    return light


def linear(colour: Rgb) -> Float[np.ndarray, "3"]:
    """Linear light of an sRGB colour."""
    value = np.asarray(colour) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - sRGB


def srgb(light: Float[np.ndarray, "n 3"]) -> UInt8[np.ndarray, "n 3"]:
    """Bytes of linear light."""
    value = np.clip(light, 0, 1)
    curve = np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055)  # noqa: PLR2004
    return np.rint(curve * 255).astype(np.uint8)
