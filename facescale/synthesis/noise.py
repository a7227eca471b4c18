"""Smooth random fields in space, as sums of plane waves. Knows nothing of heads."""

from typing import final

import numpy as np
from jaxtyping import Float

WAVES = 48


@final
class WaveField:
    """A smooth random field of unit variance a component, whose waves have lengths in a given range.

    Args:
        rng: draws the waves.
        wavelengths: shortest and longest, mm; drawn evenly in the logarithm.
        components: 1 for a scalar field, 3 for a vector field.
        waves: how many; the more, the closer to a Gaussian process.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        wavelengths: tuple[float, float],
        *,
        components: int = 1,
        waves: int = WAVES,
    ) -> None:
        directions = rng.standard_normal((waves, 3))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        shortest, longest = np.log(wavelengths)
        lengths = np.exp(rng.uniform(shortest, longest, waves))
        self._vectors = (2 * np.pi * directions / lengths[:, None]).astype(np.float32)
        self._phases = rng.uniform(0, 2 * np.pi, waves).astype(np.float32)
        amplitudes = rng.standard_normal((waves, components))
        amplitudes *= np.sqrt(2) / np.linalg.norm(amplitudes, axis=0, keepdims=True)
        self._amplitudes = amplitudes.astype(np.float32)

    def __call__(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n c"]:
        """Evaluate at points in mm."""
        waves = np.cos(points.astype(np.float32) @ self._vectors.T + self._phases)
        return waves @ self._amplitudes
