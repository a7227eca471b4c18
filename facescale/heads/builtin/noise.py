"""Smooth random fields in space, deterministic by seed. Knows nothing of what they colour."""

import numpy as np
from jaxtyping import Float

_LATTICE = 48


def smooth_noise(
    points: Float[np.ndarray, "n 3"], wavelength: float, seed: tuple[int, ...]
) -> Float[np.ndarray, "n"]:
    """Value noise within about -1..1, of mean 0: random values on a lattice, smooth between.

    Args:
        points: in mm.
        wavelength: of the lattice in mm; the field repeats after 48 of them.
        seed: of the lattice's values.
    """
    from scipy.ndimage import map_coordinates

    values = np.random.default_rng(seed).uniform(-1, 1, (_LATTICE,) * 3)
    at = points / wavelength
    base = np.floor(at)
    t = at - base
    eased = base + t * t * (3 - 2 * t)
    return map_coordinates(values, np.mod(eased, _LATTICE).T, order=1, mode="grid-wrap")
