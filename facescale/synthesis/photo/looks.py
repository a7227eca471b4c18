"""How an invented person looks, shape apart: complexion, hair, eyes, marks, clothes. Draws, paints nothing."""

from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from jaxtyping import Float

from facescale.heads.builtin.albedo import Grooming, linear
from facescale.heads.builtin.tones import HAIR_COLOURS, IRIS_TONES, SKIN_TONES, HairName, IrisName, ToneName

Name = TypeVar("Name", bound=str)
HairStyle = Literal["bald", "cropped", "short", "long"]
STYLES: tuple[HairStyle, ...] = ("bald", "cropped", "short", "long")
STYLE_SHARES = (0.08, 0.17, 0.4, 0.35)
TONES: tuple[ToneName, ...] = tuple(SKIN_TONES)
DARK_TONES = ("olive", "brown", "dark")


@dataclass(frozen=True, kw_only=True)
class Looks:
    """One person's colours."""

    tone: ToneName
    tint: Float[np.ndarray, "3"]
    """Factor on the tone's linear albedo: complexions vary without steps."""
    grooming: Grooming
    hair: HairStyle
    hair_colour: Float[np.ndarray, "3"]
    """Linear albedo."""
    iris: IrisName
    cloth: Float[np.ndarray, "3"]
    """Linear albedo."""
    moles: int
    blemishes: int
    shine: float
    """Factor on the skin's specular reflection: 1 is common, 0.6 powdered, 1.5 oily."""
    seed: int
    """Of everything painted at random."""


def draw_looks(rng: np.random.Generator) -> Looks:
    """Draw how a person looks."""
    tone: ToneName = _pick(rng, TONES)
    hair = _hair_colour(rng, tone)
    bearded = rng.uniform() < 0.35  # noqa: PLR2004 - share of subjects with a shadow of beard
    style = STYLES[int(rng.choice(len(STYLES), p=STYLE_SHARES))]
    scalp = {"bald": rng.uniform(0, 0.25), "cropped": rng.uniform(0.75, 0.95)}.get(style, 0.75)
    depth = rng.normal(0, 0.1)
    irises: tuple[IrisName, ...] = ("brown", "hazel") if tone in DARK_TONES else tuple(IRIS_TONES)
    return Looks(
        tone=tone,
        # more pigment absorbs blue more than red
        tint=np.exp(-depth * np.array([0.6, 0.85, 1.0]) + rng.normal(0, 0.03, 3)),
        grooming=Grooming(
            hair=hair,
            scalp=float(scalp),
            brows=float(rng.uniform(0.7, 1.5)),
            stubble=float(rng.uniform(0.1, 0.8)) if bearded else 0.0,
            freckles=float(rng.beta(0.8, 4)) if tone not in DARK_TONES else float(0.2 * rng.uniform()),
        ),
        hair=style,
        hair_colour=linear(HAIR_COLOURS[hair]) * float(rng.uniform(0.8, 1.25)),
        iris=_pick(rng, irises),
        cloth=rng.uniform(0.03, 0.45) * np.clip(rng.dirichlet((4, 4, 4)) * 3, 0, 1.8),
        moles=int(rng.poisson(4)),
        blemishes=int(rng.poisson(2)),
        shine=float(rng.uniform(0.6, 1.4)),
        seed=int(rng.integers(1 << 31)),
    )


def _hair_colour(rng: np.random.Generator, tone: ToneName) -> HairName:
    if rng.uniform() < 0.12:  # noqa: PLR2004 - share of grey heads
        return "grey"
    if tone in DARK_TONES:
        return "black" if rng.uniform() < 0.7 else "dark_brown"  # noqa: PLR2004
    return _pick(rng, tuple(name for name in HAIR_COLOURS if name != "grey"))


def _pick(rng: np.random.Generator, names: tuple[Name, ...]) -> Name:
    return names[int(rng.integers(len(names)))]
