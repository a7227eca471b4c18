"""Rings of the mouth: around the lips, the lips, and the cavity behind them, closed at its back."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float, Int

from facescale.heads.builtin import controls
from facescale.heads.builtin.curves import even_points

UPPER_PLACES = np.arange(35, 21, -1)
"""Places of the left half of the upper lip on every ring, from the midline to the corner."""
LOWER_PLACES = np.arange(9, 23)
CONTACT_RING = 8
"""Where the lips meet."""
AROUND, LIP, FIXED = 1.0, 5.0, 20.0
AROUND_RING = 2


def mouth_rings() -> Iterator[tuple[int, Int[np.ndarray, "14"], Float[np.ndarray, "14 3"], float]]:
    """Ring number, places, points and weight of each typed half ring of the left side."""
    for ring, lips in controls.LIPS.items():
        weight = AROUND if ring == AROUND_RING else LIP if ring < CONTACT_RING else FIXED
        for places, lip in zip((UPPER_PLACES, LOWER_PLACES), lips, strict=True):
            yield ring, places, even_points(lip, len(places)), weight
    turn = np.linspace(0, np.pi / 2, len(UPPER_PLACES))
    for ring, (middle_y, half_width, up, down, above, below, side, squareness) in controls.MOUTH_CAVITY.items():
        for places, height, middle in ((UPPER_PLACES, up, above), (LOWER_PLACES, -down, below)):
            x = half_width * np.sin(turn) ** squareness
            y = middle_y + height * np.cos(turn).clip(0) ** squareness
            z = middle + (side - middle) * (1 - np.cos(turn))
            yield ring, places, np.column_stack([x, y, z]), FIXED
