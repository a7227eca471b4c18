"""Catmull-Clark subdivision of quad meshes as one sparse matrix: linear, so bases subdivide like shapes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import coo_array, csr_array


@dataclass(frozen=True, kw_only=True)
class Subdivision:
    """One step of Catmull-Clark: vertices of the finer mesh = matrix @ vertices of the coarser one."""

    matrix: csr_array
    """[v + e + q, v]; first the old vertices moved, then a vertex an edge, then a vertex a quad."""
    quads: Int[np.ndarray, "r 4"]
    """Four a quad, each beginning with the old corner, wound like the old quad, in the order of its corners."""
    edges: Int[np.ndarray, "e 2"]
    """Old vertices of each edge, the lower one first: edge i became vertex v + i."""

    def __call__(self, values: Float[np.ndarray, "v ..."]) -> Float[np.ndarray, "w ..."]:
        """Subdivide positions, displacements or any other linear quantity at vertices."""
        flat = self.matrix @ values.reshape(len(values), -1)
        return flat.reshape(-1, *values.shape[1:])


def catmull_clark(quads: Int[np.ndarray, "q 4"], num_vertices: int) -> Subdivision:
    """Work the step out.

    Borders follow the cubic B-spline of their own vertices, whatever lies inside (Catmull & Clark 1978;
    borders as DeRose et al. 1998, section 3.1).

    Args:
        quads: of a manifold mesh; an edge has one or two quads.
        num_vertices: of the mesh; every vertex belongs to a quad.

    Raises:
        ValueError: an edge with more than two quads, or a vertex with none.
    """
    sides = np.stack([quads, np.roll(quads, -1, axis=1)], axis=-1).reshape(-1, 2)
    edges, edge = np.unique(np.sort(sides, axis=1), axis=0, return_inverse=True)
    edge = edge.reshape(-1)
    uses = np.bincount(edge, minlength=len(edges))
    faces_at = np.bincount(quads.ravel(), minlength=num_vertices)
    if uses.max(initial=0) > 2 or not faces_at.all():  # noqa: PLR2004 - an edge has two sides
        msg = f"expected edges of one or two quads and no lone vertex, got {uses.max()} and {faces_at.min()}"
        raise ValueError(msg)
    face = np.arange(len(quads))
    centres = _sparse(np.repeat(face, 4), quads.ravel(), 0.25, (len(quads), num_vertices))
    middles = _sparse(np.repeat(np.arange(len(edges)), 2), edges.ravel(), 0.5, (len(edges), num_vertices))
    inner = uses == 2  # noqa: PLR2004 - an edge between two quads
    beside = _sparse(edge, np.repeat(face, 4), 1.0, (len(edges), len(quads)))
    edge_points = _rows(~inner) @ middles + _rows(inner) @ (0.5 * middles + 0.25 * (beside @ centres))
    vertex_points = _moved(edges, inner, centres, middles, quads)
    first_edge, first_quad = num_vertices, num_vertices + len(edges)
    around = edge.reshape(-1, 4)
    corners = [
        np.stack([quads[:, k], first_edge + around[:, k], first_quad + face, first_edge + around[:, k - 1]], 1)
        for k in range(4)
    ]
    from scipy.sparse import vstack

    return Subdivision(
        matrix=csr_array(vstack([vertex_points, edge_points, centres])),
        quads=np.stack(corners, axis=1).reshape(-1, 4),
        edges=edges,
    )


def _moved(
    edges: Int[np.ndarray, "e 2"], inner: np.ndarray, centres: csr_array, middles: csr_array, quads: np.ndarray
) -> csr_array:
    """Where the old vertices go: (F + 2 E + (n - 3) P) / n inside, (1, 6, 1) / 8 along borders."""
    count = int(quads.max()) + 1
    ends = edges.ravel()
    edge = np.repeat(np.arange(len(edges)), 2)
    at_edges = _sparse(ends, edge, 1.0, (count, len(edges)))
    at_faces = _sparse(quads.ravel(), np.repeat(np.arange(len(quads)), 4), 1.0, (count, len(quads)))
    valence = np.bincount(ends, minlength=count).astype(float)
    on_border = np.zeros(count, dtype=bool)
    on_border[edges[~inner].ravel()] = True
    identity = _rows(np.ones(count))
    mean_face = _rows(1 / np.bincount(quads.ravel(), minlength=count)) @ at_faces @ centres
    mean_edge = _rows(1 / valence) @ at_edges @ middles
    smooth = _rows(1 / valence) @ (mean_face + 2 * mean_edge + _rows(valence - 3) @ identity)
    along = 0.25 * (at_edges @ _rows((~inner).astype(float)) @ middles) + 0.5 * identity
    return _rows(~on_border) @ smooth + _rows(on_border) @ along


def _sparse(rows: np.ndarray, columns: np.ndarray, value: float, shape: tuple[int, int]) -> csr_array:
    return csr_array(coo_array((np.full(len(rows), value), (rows, columns)), shape=shape))


def _rows(scale: np.ndarray) -> csr_array:
    """The diagonal matrix that scales rows."""
    index = np.arange(len(scale))
    return csr_array(coo_array((np.asarray(scale, dtype=float), (index, index)), shape=(len(scale),) * 2))
