"""Skinning weights as Blender's automatic ones come about: heat that diffuses from each bone over the skin.

Solves (L + H) w = H p (Baran and Popovic 2007, "Automatic Rigging and Animation of 3D Characters"): L is the
surface's Laplacian, p says which bone is nearest to each vertex, and H grows with its nearness. No weight of L
off its diagonal is positive, so that all w lie in [0, 1] and sum to 1.
"""

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import coo_array, csc_array, csr_array, diags_array
from scipy.sparse.csgraph import dijkstra
from scipy.sparse.linalg import splu

NEAREST = 1.0
"""mm: no vertex counts as nearer to a bone."""


def heat_weights(
    points: Float[np.ndarray, "v 3"],
    faces: Int[np.ndarray, "f 3"],
    sources: Int[np.ndarray, "j"],
    *,
    depth: float,
) -> Float[np.ndarray, "v k"]:
    """Weights of bones on the skin, and of one more bone that lies beneath all of it.

    Nearness is measured along the skin, so that lips that touch are not neighbours.

    Args:
        points: all of them used by the faces.
        faces: of the skin.
        sources: the vertex of each bone.
        depth: mm from the skin to the bone beneath: it has the vertices that are further from all others.

    Returns:
        A column a bone, the one beneath last; rows sum to 1.
    """
    edges = np.unique(np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1), axis=0)
    length = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
    graph = csr_array(coo_array((length, (edges[:, 0], edges[:, 1])), shape=(len(points),) * 2))
    away = dijkstra(graph, directed=False, indices=sources)
    away = np.concatenate([away, np.full((1, len(points)), depth)]).T
    nearest = away.argmin(axis=1)
    stiffness, mass = _laplacian(points, faces)
    heat = mass / np.maximum(away.min(axis=1), NEAREST) ** 2
    owned = np.zeros_like(away)
    owned[np.arange(len(points)), nearest] = heat
    system = csc_array(stiffness + diags_array(heat))
    return splu(system, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}).solve(owned)


def vertex_areas(points: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]) -> Float[np.ndarray, "v"]:
    """A third of the area of the faces around each vertex."""
    return _laplacian(points, faces)[1]


def _laplacian(
    points: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]
) -> tuple[csr_array, Float[np.ndarray, "v"]]:
    """Cotangent stiffness without its positive entries off the diagonal, and each vertex's area."""
    corners = points[faces]
    rows, columns, weights = [], [], []
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    double_area = np.linalg.norm(normal, axis=1)
    for corner in range(3):
        one, two = (corners[:, (corner + k) % 3] - corners[:, corner] for k in (1, 2))
        cotangent = np.einsum("fi,fi->f", one, two) / double_area
        rows.append(faces[:, (corner + 1) % 3])
        columns.append(faces[:, (corner + 2) % 3])
        weights.append(cotangent / 2)
    half = coo_array((np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))))
    half.resize(len(points), len(points))
    between = csr_array(half + half.T).maximum(0)
    total = np.asarray(between.sum(axis=1)).ravel()
    area = np.bincount(faces.ravel(), np.repeat(double_area / 6, 3), minlength=len(points))
    return csr_array(diags_array(total) - between), area
