"""The smooth local displacement that identity axes and muscles are typed with. Knows nothing of faces."""

import numpy as np
from jaxtyping import Float

Triple = tuple[float, float, float]


def bump_displacement(
    points: Float[np.ndarray, "n 3"], *, centre: Triple, reach: Triple, move: Triple, rate: Triple
) -> Float[np.ndarray, "n 3"]:
    """(move + rate * (x - centre)) * exp(-|(x - centre) / reach|^2 / 2), in the unit of the points.

    Args:
        points: where.
        centre: of the bump.
        reach: standard deviations of its falloff along the axes.
        move: displacement at the centre.
        rate: stretch along the axes about the centre.
    """
    away = points - centre
    weight = np.exp(-0.5 * np.square(away / np.array(reach)).sum(axis=1, keepdims=True))
    return weight * (np.array(move) + np.array(rate) * away)
