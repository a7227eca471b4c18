"""Rings of the left nostril: an ellipse in the plane of the nose's base, drawn in and up."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float

from facescale.heads.builtin import controls

WEIGHT = 3.0


def nostril_rings(
    border: Float[np.ndarray, "12 3"],
) -> Iterator[tuple[int, Float[np.ndarray, "12 3"], float]]:
    """Ring number, points and weight of each typed ring.

    Args:
        border: ring 0, whose vertices say in which direction each place lies.
    """
    centre, apex = np.array(controls.NOSTRIL_CENTRE), np.array(controls.NOSTRIL_APEX)
    long = np.linalg.norm(apex - centre)
    ahead = (apex - centre) / long
    across = np.array([ahead[1], -ahead[0]])
    away = border[:, [0, 2]] - centre
    angle = np.unwrap(np.arctan2(away @ across / controls.NOSTRIL_HALF_WIDTH, away @ ahead / long))
    turn = np.sign(angle[-1] - angle[0]) * 2 * np.pi / len(angle) * np.arange(len(angle))
    # half way to even spacing: the rim is round, the block is not
    angle = 0.5 * (angle + turn + np.mean(angle - turn))
    way = np.cos(angle)[:, None] * long * ahead + np.sin(angle)[:, None] * controls.NOSTRIL_HALF_WIDTH * across
    on_plane = np.array(controls.NOSTRIL_PLANE)
    normal = np.cross(on_plane[1] - on_plane[0], on_plane[2] - on_plane[0])
    for ring, (size, rise) in controls.NOSTRIL_RINGS.items():
        x, z = (centre + size * way).T
        y = on_plane[0, 1] - ((x - on_plane[0, 0]) * normal[0] + (z - on_plane[0, 2]) * normal[2]) / normal[1]
        yield ring, np.column_stack([x, y + rise, z]), WEIGHT
