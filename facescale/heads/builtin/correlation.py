"""How the identity axes vary together among people. Solves and spreads nothing."""

import numpy as np
from jaxtyping import Float


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
