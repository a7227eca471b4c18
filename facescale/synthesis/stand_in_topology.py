"""A head in as many vertices as another model has: stands in for topologies that cannot be shipped.

What comes out has the other's number of vertices and nothing else of it: neither its order nor its faces.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse
from scipy.sparse.csgraph import dijkstra


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """Another mesh over the same surface."""

    weights: Any
    """(n, v) scipy.sparse: each vertex out of those of the head."""
    faces: Int[np.ndarray, "f 3"]
    """int32."""

    def carried(self, vertices: Float[np.ndarray, "v 3"]) -> Float[np.ndarray, "n 3"]:
        """The vertices on a shape of the head."""
        return np.asarray(self.weights @ vertices.astype(np.float64))


def stand_in(vertices: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"], count: int) -> StandIn:
    """Bring a head to a number of vertices: edges are halved, or the nearest of fewer vertices take all.

    Args:
        vertices: of the mean head.
        faces: of the head.
        count: vertices that are wanted, at least 4.
    """
    assert count > 3, f"a surface has more vertices than {count}"  # noqa: PLR2004 - a tetrahedron
    weights: Any = sparse.csr_matrix(sparse.identity(len(vertices)))
    if count < len(vertices):
        return _fewer(vertices.astype(np.float64), faces, count)
    faces = faces.astype(np.int64)
    while weights.shape[0] < count:
        points = np.asarray(weights @ vertices.astype(np.float64))
        ends, faces = _halved(points, faces, count - weights.shape[0])
        middle = (weights[ends[:, 0]] + weights[ends[:, 1]]) * 0.5
        weights = sparse.vstack([weights, middle], format="csr")
    return StandIn(weights=weights, faces=faces.astype(np.int32))


def _halved(points: np.ndarray, faces: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Halve long edges no two of which are of one face: their ends, and the faces afterwards."""
    sides = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    edges, inverse = np.unique(np.sort(sides, axis=1), axis=0, return_inverse=True)
    around: list[list[int]] = [[] for _ in edges]
    for side, edge in enumerate(inverse.ravel()):
        around[edge].append(side)
    lengths = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
    free = np.ones(len(faces), dtype=bool)
    chosen: list[int] = []
    added: list[list[int]] = []
    faces = faces.copy()
    for edge in np.argsort(-lengths, kind="stable"):
        if len(chosen) == most:
            break
        owners = [side // 3 for side in around[edge]]
        if not free[owners].all():
            continue
        free[owners] = False
        new = len(points) + len(chosen)
        chosen.append(int(edge))
        for side, owner in zip(around[edge], owners, strict=True):
            a, b, c = np.roll(faces[owner], -(side % 3))
            faces[owner] = (a, new, c)
            added.append([new, b, c])
    return edges[chosen], np.concatenate([faces, np.array(added, np.int64).reshape(-1, 3)])


def _fewer(vertices: np.ndarray, faces: np.ndarray, count: int) -> StandIn:
    """Vertices far from each other take the nearest along edges; three that meet in a face make one."""
    seeds = np.zeros(count, np.int64)
    far = np.full(len(vertices), np.inf)
    for place in range(1, count):
        far = np.minimum(far, np.square(vertices - vertices[seeds[place - 1]]).sum(axis=1))
        seeds[place] = far.argmax()
    seeds.sort()
    sides = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    lengths = np.linalg.norm(vertices[sides[:, 0]] - vertices[sides[:, 1]], axis=1)
    shape = (len(vertices), len(vertices))
    graph: Any = sparse.csr_matrix((np.maximum(lengths, 1e-9), (sides[:, 0], sides[:, 1])), shape=shape)
    _, _, nearest = dijkstra(graph, directed=False, indices=seeds, return_predecessors=True, min_only=True)
    label = np.full(len(vertices), -1)
    label[seeds] = np.arange(count)
    owner = np.where(nearest >= 0, label[nearest], -1)[faces]
    proper = (owner >= 0).all(axis=1) & (owner[:, 0] != owner[:, 1])
    owner = owner[proper & (owner[:, 1] != owner[:, 2]) & (owner[:, 2] != owner[:, 0])]
    _, first = np.unique(np.sort(owner, axis=1), axis=0, return_index=True)
    rows = sparse.csr_matrix((np.ones(count), (np.arange(count), seeds)), shape=(count, len(vertices)))
    return StandIn(weights=rows, faces=owner[np.sort(first)].astype(np.int32))
