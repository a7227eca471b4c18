"""From typed identity axes to displacements of the skin and what lies within; how people vary together."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float

from facescale.heads.builtin import controls
from facescale.heads.builtin.eyelids import INNER_RING, MARGIN_RING
from facescale.heads.builtin.identity_axes import CORRELATED, IDENTITY_AXES, Bump
from facescale.heads.builtin.skin import skin_controls, skin_fill
from facescale.heads.builtin.topology import skin_topology

EYELID_AXES = frozenset(
    {"eye_fissure_length", "eye_fissure_height", "canthal_tilt", "upper_lid_fold", "lower_lid_fullness"}
)
"""Axes that move lids over the eyeball; all others move each orbit as one piece."""
RIGID_ORBIT = (19.0, 40.0)
"""mm from the eyeball's centre up to which the orbit is rigid, and from which on it is not at all."""
FLIP = np.array([-1.0, 1.0, 1.0])


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What one standard deviation of every axis moves, in mm."""

    names: tuple[str, ...]
    skin: Float[np.ndarray, "k v 3"]
    """Vertices of the skin before subdivision."""
    eyes: Float[np.ndarray, "k 2 3"]
    """The eyeballs, left and right: they follow the lids without turning or growing."""
    correlation: Float[np.ndarray, "k k"]


@cache
def identity() -> Identity:
    """The identity axes of the built-in head."""
    names = tuple(IDENTITY_AXES)
    fields = [_axis(name) for name in names]
    return Identity(
        names=names,
        skin=np.stack([skin for skin, _ in fields]),
        eyes=np.stack([eyes for _, eyes in fields]),
        correlation=correlation(names, CORRELATED),
    )


def displacement(name: str, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    """What one standard deviation of an axis moves anywhere in space, mm; points in the mean head."""
    return sum((_bump(bump, points) for bump in IDENTITY_AXES[name]), np.zeros_like(points))


def correlation(names: tuple[str, ...], typed: tuple[tuple[str, str, float], ...]) -> Float[np.ndarray, "k k"]:
    """The typed correlations as the nearest matrix that can be one: positive definite, ones on its diagonal.

    Raises:
        ValueError: a correlation of an unknown axis, or one of 1 or more.
    """
    place = {name: index for index, name in enumerate(names)}
    matrix = np.eye(len(names))
    for one, other, value in typed:
        if one not in place or other not in place or not abs(value) < 1:
            raise ValueError(f"expected two axes and a correlation below 1, got {(one, other, value)}")
        matrix[place[one], place[other]] = matrix[place[other], place[one]] = value
    values, vectors = np.linalg.eigh(matrix)
    matrix = (vectors * np.maximum(values, 0.05)) @ vectors.T
    scale = 1 / np.sqrt(np.diag(matrix))
    return matrix * np.outer(scale, scale)


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
            moved += _rigid_share(away) * (shift - moved)
        # lids slide on the eyeball: what would lift them off or press them in is left out
        on_ball = rings[MARGIN_RING : INNER_RING + 1].ravel()
        outward = controlled.points[on_ball] - centre
        outward /= np.linalg.norm(outward, axis=1, keepdims=True)
        slide = moved[on_ball] - shift
        moved[on_ball] = shift + slide - (slide * outward).sum(axis=1, keepdims=True) * outward
        moved[rings[INNER_RING + 1 :]] = shift
        eyes.append(shift)
    return skin_fill()(moved), np.stack(eyes)


def _rigid_share(away: Float[np.ndarray, "v 1"]) -> Float[np.ndarray, "v 1"]:
    """How far a point moves with the eyeball as one piece: all the way at the lids, not at all far off."""
    near = np.clip((RIGID_ORBIT[1] - away) / (RIGID_ORBIT[1] - RIGID_ORBIT[0]), 0, 1)
    return near * near * (3 - 2 * near)


def _bump(bump: Bump, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    result = _one_sided(bump, points)
    if bump.mirrored and bump.centre[0] != 0:
        result = result + _one_sided(bump, points * FLIP) * FLIP
    return result


def _one_sided(bump: Bump, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    away = points - bump.centre
    weight = np.exp(-0.5 * np.square(away / bump.reach).sum(axis=1, keepdims=True))
    return weight * (bump.move + np.array(bump.rate) * away)


def random_identity(rng: np.random.Generator, *, truncation: float = 2.5) -> Float[np.ndarray, "k"]:
    """Draw coefficients in standard deviations, correlated as in people, none beyond the truncation.

    A vector with any coefficient beyond is drawn again, about every second one at 2.5.

    Raises:
        ValueError: a truncation so tight that hardly any draw would pass.
    """
    if truncation < 2:  # noqa: PLR2004 - one draw in about twelve passes there
        raise ValueError(f"expected a truncation of at least 2 standard deviations, got {truncation}")
    factor = np.linalg.cholesky(identity().correlation)
    while True:
        drawn = factor @ rng.standard_normal(len(factor))
        if np.abs(drawn).max() <= truncation:
            return drawn
