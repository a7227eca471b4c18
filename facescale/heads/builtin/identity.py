"""From typed identity axes to displacements of the skin and what lies within."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float

from facescale.geometry.smoothstep import smoothstep
from facescale.heads.builtin import controls
from facescale.heads.builtin.bump import bump_displacement
from facescale.heads.builtin.eyelids import INNER_RING, MARGIN_RING
from facescale.heads.builtin.identity_axes import IDENTITY_AXES, Bump
from facescale.heads.builtin.parts import FLIP
from facescale.heads.builtin.skin import skin_controls, skin_fill
from facescale.heads.builtin.topology import skin_topology

EYELID_AXES = frozenset(
    {"eye_fissure_length", "eye_fissure_height", "canthal_tilt", "upper_lid_fold", "lower_lid_fullness"}
)
"""Axes that move lids over the eyeball; all others move each orbit as one piece."""
SPREAD = 0.9
"""Share of the typed sizes that a standard deviation moves. People's measures go together more than the few
known correlations say, so that heads drawn with the whole spread of each measure are further from the average
than people are: an independent model then fits them with too large coefficients."""
RIGID_ORBIT = (19.0, 40.0)
"""mm from the eyeball's centre up to which the orbit is rigid, and from which on it is not at all."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What one standard deviation of every axis moves, in mm."""

    names: tuple[str, ...]
    skin: Float[np.ndarray, "k v 3"]
    """Vertices of the skin before subdivision."""
    eyes: Float[np.ndarray, "k 2 3"]
    """The eyeballs, left and right: they follow the lids without turning or growing."""


@cache
def identity() -> Identity:
    """The identity axes of the built-in head."""
    fields = [_axis(name) for name in IDENTITY_AXES]
    return Identity(
        names=tuple(IDENTITY_AXES),
        skin=np.stack([skin for skin, _ in fields]),
        eyes=np.stack([eyes for _, eyes in fields]),
    )


def displacement(name: str, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    """What one standard deviation of an axis moves anywhere in space, mm; points in the mean head."""
    return SPREAD * sum((_bump(bump, points) for bump in IDENTITY_AXES[name]), np.zeros_like(points))


def _axis(name: str) -> tuple[Float[np.ndarray, "v 3"], Float[np.ndarray, "2 3"]]:
    """Displacements of skin and eyeballs: the axis moves the controls, the fill spreads it."""
    topology, controlled = skin_topology(), skin_controls()
    moved = displacement(name, controlled.points)
    eyes = []
    for side, centre in (("eye", np.array(controls.EYE_CENTRE)), ("eye.right", controls.EYE_CENTRE * FLIP)):
        rings = topology.rings[side]
        shift = moved[rings[MARGIN_RING]].mean(axis=0)
        if name not in EYELID_AXES:
            away = np.linalg.norm(controlled.points - centre, axis=1, keepdims=True)
            # all of it at the lids, nothing far off
            moved += smoothstep(away, RIGID_ORBIT[1], RIGID_ORBIT[0]) * (shift - moved)
        # lids slide on the eyeball: what would lift them off or press them in is left out
        on_ball = rings[MARGIN_RING : INNER_RING + 1].ravel()
        outward = controlled.points[on_ball] - centre
        outward /= np.linalg.norm(outward, axis=1, keepdims=True)
        slide = moved[on_ball] - shift
        moved[on_ball] = shift + slide - (slide * outward).sum(axis=1, keepdims=True) * outward
        moved[rings[INNER_RING + 1 :]] = shift
        eyes.append(shift)
    return skin_fill()(moved), np.stack(eyes)


def _bump(bump: Bump, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    result = _one_sided(bump, points)
    if bump.mirrored and bump.centre[0] != 0:
        result = result + _one_sided(bump, points * FLIP) * FLIP
    return result


def _one_sided(bump: Bump, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    return bump_displacement(points, centre=bump.centre, reach=bump.reach, move=bump.move, rate=bump.rate)
