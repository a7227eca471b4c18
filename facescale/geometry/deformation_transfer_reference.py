"""Deformation transfer as one dense least-squares problem in float64: the twin of `TransferSolver`."""

import numpy as np
from jaxtyping import Bool, Float, Int

from facescale.geometry.deformation_transfer import SIDES, cotangent_weights


def transferred(
    source: tuple[Float[np.ndarray, "v 3"], Float[np.ndarray, "v 3"]],
    target: Float[np.ndarray, "v 3"],
    faces: Int[np.ndarray, "f 3"],
    still: Bool[np.ndarray, "v"],
) -> Float[np.ndarray, "v 3"]:
    """The target's displacement, triangle by triangle.

    Args:
        source: at rest and deformed.
        target: at rest.
        faces: of both.
        still: vertices that do not move; at least one in each piece.
    """
    weights = cotangent_weights(source[0], faces)
    rows, wanted = [], []
    for face, weight in zip(faces, weights, strict=True):
        before, after = (_frame(shape[face]) for shape in source)
        change = after @ np.linalg.inv(before) - np.eye(3)
        for (a, b), w in zip(SIDES, weight, strict=True):
            row = np.zeros(len(target))
            row[face[a]], row[face[b]] = 1, -1
            rows.append(np.sqrt(w) * row)
            wanted.append(np.sqrt(w) * change @ (target[face[a]] - target[face[b]]))
    out = np.zeros_like(target)
    out[~still] = np.linalg.lstsq(np.array(rows)[:, ~still], np.array(wanted), rcond=None)[0]
    return out


def _frame(corners: Float[np.ndarray, "3 3"]) -> Float[np.ndarray, "3 3"]:
    a, b, c = corners
    normal = np.cross(b - a, c - a)
    return np.stack([b - a, c - a, normal / np.sqrt(np.linalg.norm(normal))], axis=1)
