"""Typed colours: skin, hair, irises. All sRGB, 0..255."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Rgb = tuple[int, int, int]
ToneName = Literal["porcelain", "light", "medium", "olive", "brown", "dark"]
HairName = Literal["black", "dark_brown", "brown", "blond", "red", "grey"]
IrisName = Literal["brown", "hazel", "green", "blue", "grey"]


@dataclass(frozen=True, kw_only=True)
class SkinTone:
    """One complexion."""

    base: Rgb
    lips: Rgb
    flush: float
    """How far blood shows: the strength of red over nose, cheeks, ears and lids."""
    mottle: float
    """How far melanin varies."""
    hair: HairName


SKIN_TONES: Mapping[ToneName, SkinTone] = {
    "porcelain": SkinTone(base=(231, 194, 174), lips=(196, 116, 110), flush=1.15, mottle=0.8, hair="brown"),
    "light": SkinTone(base=(219, 177, 153), lips=(181, 104, 97), flush=1.0, mottle=1.0, hair="dark_brown"),
    "medium": SkinTone(base=(199, 151, 122), lips=(164, 94, 84), flush=0.85, mottle=1.1, hair="dark_brown"),
    "olive": SkinTone(base=(176, 131, 99), lips=(146, 84, 74), flush=0.7, mottle=1.2, hair="black"),
    "brown": SkinTone(base=(137, 94, 68), lips=(121, 68, 62), flush=0.55, mottle=1.3, hair="black"),
    "dark": SkinTone(base=(93, 61, 45), lips=(92, 52, 49), flush=0.4, mottle=1.4, hair="black"),
}

HAIR_COLOURS: Mapping[HairName, Rgb] = {
    "black": (27, 23, 22),
    "dark_brown": (52, 37, 28),
    "brown": (84, 60, 42),
    "blond": (148, 115, 74),
    "red": (122, 66, 36),
    "grey": (128, 124, 120),
}


@dataclass(frozen=True, kw_only=True)
class IrisTone:
    """Colours from the pupil outwards."""

    collarette: Rgb
    stroma: Rgb
    limbus: Rgb


IRIS_TONES: Mapping[IrisName, IrisTone] = {
    "brown": IrisTone(collarette=(116, 72, 38), stroma=(82, 50, 28), limbus=(36, 23, 16)),
    "hazel": IrisTone(collarette=(139, 94, 44), stroma=(104, 94, 56), limbus=(46, 43, 32)),
    "green": IrisTone(collarette=(130, 108, 60), stroma=(88, 99, 72), limbus=(42, 54, 46)),
    "blue": IrisTone(collarette=(150, 150, 128), stroma=(97, 121, 141), limbus=(42, 58, 80)),
    "grey": IrisTone(collarette=(150, 142, 124), stroma=(128, 138, 144), limbus=(58, 66, 74)),
}
SCLERA: Rgb = (216, 208, 202)
VEIN: Rgb = (196, 120, 112)
CARUNCLE: Rgb = (205, 140, 130)
PUPIL: Rgb = (8, 7, 8)
ENAMEL: Rgb = (226, 215, 193)
GUM: Rgb = (190, 106, 104)
TONGUE: Rgb = (184, 103, 101)
MOUTH: Rgb = (140, 66, 64)
"""The lining of the mouth."""
