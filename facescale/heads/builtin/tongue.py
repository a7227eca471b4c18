"""A resting tongue as one closed quad surface behind the lower incisors. Knows nothing of how it moves."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from facescale.heads.builtin.parts import Capsule, Part, meridians, patch_border, reflect, rounded, square_grid
from facescale.heads.builtin.teeth import TeethMeasures, into_head

PATCH = 8
_ROUNDNESS = 0.85
_INNER = 0.74
"""Reach of the patches over back and underside, of the outline's."""
_SQUARENESS = 2.5
"""Exponent of the outline, a superellipse."""
_RINGS = (0.86, 0.95, 1.0, 0.95, 0.86)
"""From the back over the margin to the underside."""


@dataclass(frozen=True, kw_only=True)
class TongueMeasures:
    """The part of a tongue in the mouth, mm; it lies within the lower arch."""

    length: float = 47.0
    half_width: float = 12.0
    back_height: float = 7.0
    """Of the back above the spine, in the middle."""
    underside_depth: float = 5.0
    behind_incisors: float = 8.0
    """From the lower incisors' edges to the tip."""
    below_incisors: float = 6.0
    """From the lower incisors' edges down to the tip's spine."""
    rise: float = 3.5
    """How much higher the spine is at its highest place than at the tip."""
    groove: float = 0.6
    """Depth of the median sulcus."""

    def __post_init__(self) -> None:
        if min(self.length, self.half_width, self.back_height, self.underside_depth) <= 0:
            raise ValueError(f"expected positive length, width and heights, got {self}")


def resting_tongue(measures: TongueMeasures, teeth: TeethMeasures) -> Part:
    """Make a tongue at rest.

    Args:
        measures: its sizes.
        teeth: the teeth among which it lies.

    Returns:
        Groups: `tip` (the front third) and `body`; `back` (what is seen from above) and `underside`.
    """
    capsule = Capsule(n=PATCH, rings=len(_RINGS))
    patch = rounded(square_grid(PATCH), _ROUNDNESS) * _INNER
    circle = meridians(4 * PATCH)
    circle /= _norm(circle)[:, None]
    # The rings keep to the patch's border at first and are round only at the margin.
    border = patch.reshape(-1, 2)[patch_border(capsule.front_ids())]
    shares = [(reach - _INNER) / (1 - _INNER) for reach in _RINGS]
    rings = np.stack([border + share * (circle - border) for share in shares])
    plane = np.concatenate([patch.reshape(-1, 2), rings.reshape(-1, 2), patch.reshape(-1, 2)])
    ring = np.arange(len(_RINGS))
    above = np.concatenate([np.ones(capsule.patch_size), np.repeat(np.sign(2 - ring), 4 * PATCH)])
    above = np.concatenate([above, -np.ones(capsule.patch_size)])
    mirror = capsule.mirror()
    vertices = reflect(into_head(_shape(plane, above, measures, teeth), teeth), mirror)
    uv, quads_uv = capsule.texture(
        (patch, patch), rings, seam=_RINGS.index(1.0), cells=((0, 0, 0.49, 1), (0.51, 0, 0.49, 1))
    )
    tip = plane[:, 1] < -1 / 3
    return Part(
        name="tongue",
        vertices=vertices,
        quads=capsule.quads(),
        uv=uv,
        quads_uv=quads_uv,
        mirror=mirror,
        groups={"tip": tip, "body": ~tip, "back": above >= 0, "underside": above < 0},
    )


def _shape(
    plane: Float[np.ndarray, "v 2"],
    above: Float[np.ndarray, "v"],
    measures: TongueMeasures,
    teeth: TeethMeasures,
) -> Float[np.ndarray, "v 3"]:
    """Points in the mouth's frame from places in the unit disc: across, and from tip (-1) to root (1)."""
    across, back = plane.T
    reach = np.minimum(_norm(plane), 1)
    bulge = (1 - reach**2.4) ** 0.55
    along = (back + 1) / 2
    # Towards the root the spine falls again, into the throat.
    spine = (
        measures.rise * np.sin(np.pi * np.clip(along / 1.25, 0, 1)) - 4 * np.clip(along - 0.8, 0, None) / 0.2
    )
    top = bulge * measures.back_height * (0.55 + 0.45 * np.sin(np.pi * along))
    groove = measures.groove * np.exp(-np.square(across / 0.16)) * np.clip(1.4 * bulge, 0, 1) * (1 - along**3)
    down = bulge * measures.underside_depth
    height = (
        teeth.overbite
        - measures.below_incisors
        + spine
        + np.where(above > 0, top - groove, -down * (above < 0))
    )
    depth = -teeth.overjet - measures.behind_incisors - along * measures.length
    return np.stack([across * measures.half_width, height, depth], axis=1)


def _norm(plane: Float[np.ndarray, "v 2"]) -> Float[np.ndarray, "v"]:
    """1 on the outline, which is a little squarer than an ellipse."""
    return (np.abs(plane) ** _SQUARENESS).sum(axis=1) ** (1 / _SQUARENESS)
