"""Rings of the left ear, typed in polar coordinates about the ear canal, in the plane of the ear."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float
from scipy.interpolate import CubicSpline

from facescale.heads.builtin import controls
from facescale.heads.builtin.topology import BLOCKS

WEIGHT = 3.0
EVEN_FROM = 4
"""Ring from which on places are spaced evenly around the canal; nearer the border they follow its corners."""


def ear_rings(
    sections: Float[np.ndarray, "51 37 3"],
) -> Iterator[tuple[int, Float[np.ndarray, "36 3"], float]]:
    """Ring number, points and weight of each typed ring.

    Args:
        sections: the head without features, which says where the border lies.
    """
    up, back, out = ear_axes()
    column, row = np.array(BLOCKS["ear"].border()).T
    border = sections[row, column] - np.array(controls.EAR_CENTRE)
    angle = np.unwrap(np.arctan2(border @ up, -(border @ back)))
    place = np.arange(len(angle))
    even = np.polyval(np.polyfit(place, angle, 1), place)
    knots = np.radians([*controls.EAR_ANGLES, 360])
    for ring, (distances, lifts) in controls.EAR_RINGS.items():
        at = angle + (even - angle) * min(ring / EVEN_FROM, 1)
        reach, lift = (
            CubicSpline(knots, [*values, values[0]], bc_type="periodic")(np.mod(at, 2 * np.pi))[:, None]
            for values in (distances, lifts)
        )
        way = np.sin(at)[:, None] * up - np.cos(at)[:, None] * back
        yield ring, np.array(controls.EAR_CENTRE) + reach * way + lift * out, WEIGHT


def ear_axes() -> tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3"], Float[np.ndarray, "3"]]:
    """Unit vectors along the ear upwards, across it backwards, and out of it."""
    up = np.array(controls.EAR_UP) / np.linalg.norm(controls.EAR_UP)
    back = np.array(controls.EAR_BACK) - np.dot(controls.EAR_BACK, up) * up
    back /= np.linalg.norm(back)
    return up, back, np.cross(back, up)
