"""Loop subdivision of triangle meshes as one sparse matrix: linear, so bases subdivide like shapes."""

from dataclasses import dataclass
from typing import Literal, final

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import coo_array, csr_array, vstack

CHILDREN = np.array([[[1, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5]],
                     [[0, 1, 0], [0, 0.5, 0.5], [0.5, 0.5, 0]],
                     [[0, 0, 1], [0.5, 0, 0.5], [0, 0.5, 0.5]],
                     [[0.5, 0.5, 0], [0, 0.5, 0.5], [0.5, 0, 0.5]]])  # fmt: skip
"""Barycentrics in the old triangle of the corners of its four new ones: one a corner, then the middle one."""

Border = Literal["curve", "sharp"]


@final
@dataclass(frozen=True, kw_only=True)
class LoopStep:
    """One step: vertices of the finer mesh = matrix @ vertices of the coarser one."""

    matrix: csr_array
    """[v + e, v]: first the old vertices moved, then a vertex an edge."""
    faces: Int[np.ndarray, "g 3"]
    """Four a triangle, next to each other, in the order of `CHILDREN`."""
    edges: Int[np.ndarray, "e 2"]
    """Old vertices of each edge, the lower one first: edge i became vertex v + i."""

    def __call__(self, values: Float[np.ndarray, "v ..."]) -> Float[np.ndarray, "w ..."]:
        """Subdivide positions, displacements or any other linear quantity at vertices."""
        flat = self.matrix @ values.reshape(len(values), -1)
        return flat.reshape(-1, *values.shape[1:])

    def sites(
        self, face: Int[np.ndarray, "n"], barycentric: Float[np.ndarray, "n 3"]
    ) -> tuple[Int[np.ndarray, "n"], Float[np.ndarray, "n 3"]]:
        """Where points of old triangles lie in the new ones."""
        corner = barycentric.argmax(axis=1)
        child = np.where(barycentric.max(axis=1) >= 0.5, corner, 3)  # noqa: PLR2004 - half way to the edge
        inside = np.linalg.inv(CHILDREN)
        return 4 * face + child, np.einsum("nc,ncd->nd", barycentric, inside[child])


def loop_step(faces: Int[np.ndarray, "f 3"], num_vertices: int, border: Border = "curve") -> LoopStep:
    """Work the step out (Loop 1987, with the one-ring weights of Warren 1995).

    An edge with one triangle, or with more than two, is a border. "curve": a border follows the cubic B-spline
    of its own vertices, whatever lies inside; where other than two borders meet, the vertex stays. "sharp":
    borders and the vertices on them stay where they are, as charts of texture coordinates want it. A vertex
    without a triangle stays.

    Args:
        faces: the triangles.
        num_vertices: of the mesh.
        border: what borders do.
    """
    sides = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    edges, edge = np.unique(np.sort(sides, axis=1), axis=0, return_inverse=True)
    edge = edge.reshape(-1, 3)
    inner = np.bincount(edge.ravel(), minlength=len(edges)) == 2  # noqa: PLR2004 - an edge has two sides
    f = faces
    children = np.stack(
        [
            np.stack([f[:, 0], num_vertices + edge[:, 0], num_vertices + edge[:, 2]], axis=1),
            np.stack([f[:, 1], num_vertices + edge[:, 1], num_vertices + edge[:, 0]], axis=1),
            np.stack([f[:, 2], num_vertices + edge[:, 2], num_vertices + edge[:, 1]], axis=1),
            num_vertices + edge,
        ],
        axis=1,
    )
    points = csr_array(
        vstack([_moved(edges, inner, num_vertices, border), _middles(faces, edges, edge, inner, num_vertices)])
    )
    return LoopStep(matrix=points, faces=children.reshape(-1, 3).astype(faces.dtype), edges=edges)


def _middles(
    faces: np.ndarray, edges: np.ndarray, edge: np.ndarray, inner: np.ndarray, count: int
) -> csr_array:
    """(3 3 1 1) / 8 of the two ends and the two corners across; half of each end along borders."""
    number = np.arange(len(edges))
    ends = np.where(inner, 0.375, 0.5)
    across = edge[:, [1, 2, 0]].ravel()
    counts = inner[across]
    rows = np.concatenate([number, number, across[counts]])
    columns = np.concatenate([edges[:, 0], edges[:, 1], faces.ravel()[counts]])
    values = np.concatenate([ends, ends, np.full(counts.sum(), 0.125)])
    return csr_array(coo_array((values, (rows, columns)), shape=(len(edges), count)))


def _moved(edges: np.ndarray, inner: np.ndarray, count: int, border: Border) -> csr_array:
    """Where the old vertices go."""
    valence = np.bincount(edges.ravel(), minlength=count)
    borders = np.bincount(edges[~inner].ravel(), minlength=count)
    share = np.where(valence == 3, 3 / 16, 3 / (8 * np.maximum(valence, 1)))  # noqa: PLR2004 - Warren's exception
    smooth = (borders == 0) & (valence > 0)
    along = (borders == 2) & (border == "curve")  # noqa: PLR2004 - a border goes on
    one, other = np.concatenate([edges, edges[:, ::-1]]).T
    both = np.concatenate([inner, inner])
    counts = smooth[one] | (along[one] & ~both)
    values = np.where(smooth[one], share[one], 0.125)[counts]
    own = np.where(smooth, 1 - valence * share, np.where(along, 0.75, 1.0))
    index = np.arange(count)
    rows, columns = np.concatenate([index, one[counts]]), np.concatenate([index, other[counts]])
    return csr_array(coo_array((np.concatenate([own, values]), (rows, columns)), shape=(count, count)))
