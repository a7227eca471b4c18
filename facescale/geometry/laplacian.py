"""The cotangent Laplacian of a surface as a sparse matrix, and the area of each vertex. float64, on the CPU.

Knows nothing of what is smoothed with it.
"""

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Int

LEAST_COTANGENT = 0.01
MOST_COTANGENT = 5.0
"""Half cotangents are kept between these: none is negative, so that what is smoothed stays between its
neighbours on obtuse triangles too, and slivers do not outweigh everything."""


def stiffness_and_areas(
    vertices: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]
) -> tuple[sp.csr_array, Float[np.ndarray, "v"]]:
    """Form the matrix of the Dirichlet energy, and a third of the area of each vertex's faces.

    For a function x on the vertices, x.T @ stiffness @ x is the integral of its squared gradient: without unit
    for a plane function of lengths by lengths.

    Args:
        vertices: of the surface.
        faces: its triangles.

    Returns:
        stiffness: symmetric, positive semi-definite; its rows add up to zero.
        areas: in the square of the vertices' unit; zero for a vertex without a face.
    """
    count = len(vertices)
    areas = np.zeros(count)
    rows, columns, weights = [], [], []
    for corner in range(3):
        here, one, other = (faces[:, (corner + k) % 3] for k in range(3))
        u, v = vertices[one] - vertices[here], vertices[other] - vertices[here]
        doubled = np.linalg.norm(np.cross(u, v), axis=1)
        cotangent = np.einsum("fi,fi->f", u, v) / np.maximum(doubled, 1e-300)
        weight = np.clip(0.5 * cotangent, LEAST_COTANGENT, MOST_COTANGENT)
        rows += [one, other]
        columns += [other, one]
        weights += [weight, weight]
        areas += np.bincount(here, doubled / 6.0, minlength=count)
    place = (np.concatenate(rows), np.concatenate(columns))
    links = sp.coo_array((np.concatenate(weights), place), shape=(count, count)).tocsr()
    return sp.csr_array(sp.diags_array(links.sum(axis=1)) - links), areas
