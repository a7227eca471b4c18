"""The bi-Laplacian fill: a smooth surface through weighted control points, linear in them."""

import typing

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import coo_array, csc_array, csr_array, diags_array
from scipy.sparse.linalg import splu


@typing.final
class BiLaplacianFill:
    """Minimises the squared umbrella Laplacian of the positions plus weighted squared distances to controls.

    The Laplacian is the uniform one: with controls a few edges apart its energy is that of a thin plate over
    the grid, so that rows stay evenly spaced where nothing is typed. Factored once: shapes, identity axes and
    expressions of one topology are all right-hand sides of one system.

    Args:
        quads: of the mesh.
        weights: of each vertex's control point; 0 where there is none.
        free: vertices whose Laplacian counts for nothing (the border).
    """

    def __init__(
        self, quads: Int[np.ndarray, "q 4"], weights: Float[np.ndarray, "v"], *, free: Int[np.ndarray, "n"]
    ) -> None:
        counts = np.ones(len(weights))
        counts[free] = 0
        laplacian = diags_array(counts) @ umbrella(quads, len(weights))
        self._weights = weights
        self._factors = splu(csc_array(laplacian.T @ laplacian + diags_array(weights)))

    def __call__(self, controls: Float[np.ndarray, "v k"]) -> Float[np.ndarray, "v k"]:
        """Fill positions, or displacements, given at the vertices that have a weight."""
        return self._factors.solve(self._weights[:, None] * controls)


def umbrella(quads: Int[np.ndarray, "q 4"], num_vertices: int) -> csr_array:
    """The uniform Laplacian: mean of the neighbours along edges, less the vertex itself."""
    sides = np.stack([quads, np.roll(quads, -1, axis=1)], axis=-1).reshape(-1, 2)
    edges = np.unique(np.sort(sides, axis=1), axis=0)
    ends = np.concatenate([edges, edges[:, ::-1]])
    shape = (num_vertices, num_vertices)
    adjacent = csr_array(coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=shape))
    return csr_array(diags_array(1 / adjacent.sum(axis=1)) @ adjacent - diags_array(np.ones(num_vertices)))
