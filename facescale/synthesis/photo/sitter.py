"""Who is photographed: a person's shape with all that they wear and look like. No lights, no cameras."""

from dataclasses import dataclass

import numpy as np

from facescale.synthesis.photo.clothes import Garment, dress
from facescale.synthesis.photo.hair import Coat
from facescale.synthesis.photo.looks import Looks, draw_looks
from facescale.synthesis.photo.painted_head import PaintedHead
from facescale.synthesis.photo.person import Person
from facescale.synthesis.photo.skin_paint import SkinPaint, paint_skin


@dataclass(frozen=True, kw_only=True)
class Sitter:
    """A person who does not change from picture to picture, moving apart."""

    painted: PaintedHead
    person: Person
    looks: Looks
    skin: SkinPaint
    coat: Coat | None
    garment: Garment | None

    def attributes(self) -> dict[str, str]:
        """What results may be grouped by."""
        looks = self.looks
        return {
            "tone": looks.tone,
            "hair": looks.hair,
            "iris": looks.iris,
            "stubble": f"{looks.grooming.stubble:.2f}",
        }


def make_sitter(painted: PaintedHead, person: Person, rng: np.random.Generator, *, texels: int) -> Sitter:
    """Dress and paint a person.

    Args:
        painted: the head model.
        person: whose shape.
        rng: all randomness.
        texels: of a side of the skin's texture.
    """
    looks = draw_looks(rng)
    haired = looks.hair in {"short", "long"}
    return Sitter(
        painted=painted,
        person=person,
        looks=looks,
        skin=paint_skin(looks, texels),
        coat=Coat(painted.template, looks.hair, rng) if haired else None,
        garment=dress(painted.template, person.neutral, rng),
    )
