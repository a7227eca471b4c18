"""Simplification that keeps a subset of a mesh's vertices: edges collapse onto one of their ends, by quadrics.

Garland and Heckbert's error with the ends as the only places, as the mesh autoencoder CoMA (Ranjan et al. 2018)
makes its levels: costs wait in a queue, are looked at again when their turn comes, and count the
vertices that faces still use. Knows no model.
"""

import heapq

import numpy as np
from jaxtyping import Float, Int


def simplified(
    vertices: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"], wanted: int
) -> tuple[Int[np.ndarray, "w"], Int[np.ndarray, "g 3"]]:
    """Collapse edges until at most so many vertices are used.

    Args:
        vertices: of the mesh, in any unit.
        faces: of the mesh.
        wanted: vertices.

    Returns:
        The kept vertices, ascending, and faces by their place among them.

    Raises:
        ValueError: no edge is left before so few are.
    """
    mesh = _Collapsing(vertices, faces)
    queue = [(mesh.cost(a, b)[0], a, b) for a, b in _edges(faces)]
    heapq.heapify(queue)
    while mesh.used > wanted:
        if not queue:
            raise ValueError(f"expected a mesh that collapses to {wanted} vertices, got stuck at {mesh.used}")
        stored, *ends = heapq.heappop(queue)
        a, b = (mesh.find(end) for end in ends)
        if a == b:
            continue
        cost, kept = mesh.cost(a, b)
        if cost > stored:
            heapq.heappush(queue, (cost, a, b))
        else:
            mesh.collapse(kept, b if kept == a else a)
    keep, flat = np.unique(np.array(list(mesh.faces.values())), return_inverse=True)
    return keep, flat.reshape(-1, 3)


def _edges(faces: Int[np.ndarray, "f 3"]) -> list[tuple[int, int]]:
    sides = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    return [(a, b) for a, b in np.unique(np.sort(sides, axis=1), axis=0).tolist() if a != b]


class _Collapsing:
    """A mesh whose vertices are renamed to those that took them over."""

    def __init__(self, vertices: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]) -> None:
        self._points = np.concatenate([vertices, np.ones((len(vertices), 1))], axis=1).astype(np.float64)
        self._quadrics = _quadrics(self._points[:, :3], faces)
        self._renamed = list(range(len(vertices)))
        self.faces = {number: tuple(face) for number, face in enumerate(faces.tolist())}
        self._around: list[set[int]] = [set() for _ in vertices]
        for number, face in self.faces.items():
            for vertex in face:
                self._around[vertex].add(number)
        self.used = sum(1 for around in self._around if around)

    def find(self, vertex: int) -> int:
        """What a vertex is called now."""
        while self._renamed[vertex] != vertex:
            self._renamed[vertex] = self._renamed[self._renamed[vertex]]
            vertex = self._renamed[vertex]
        return vertex

    def cost(self, a: int, b: int) -> tuple[float, int]:
        """The lower error of the two ends, and which of them stays."""
        both = self._quadrics[a] + self._quadrics[b]
        at_a, at_b = (float(self._points[end] @ both @ self._points[end]) for end in (a, b))
        return (at_a, a) if at_a < at_b else (at_b, b)

    def collapse(self, kept: int, gone: int) -> None:
        """Rename a vertex; faces that have lost their area go, and with them vertices that no face uses."""
        self._quadrics[kept] = self._quadrics[kept] + self._quadrics[gone]
        self._renamed[gone] = kept
        touched = {vertex for number in self._around[gone] for vertex in self.faces[number]} | {kept}
        before = self._count(touched)
        moved, self._around[gone] = self._around[gone], set()
        for number in moved:
            face = tuple(kept if vertex == gone else vertex for vertex in self.faces[number])
            if len(set(face)) == len(face):
                self.faces[number] = face
                self._around[kept].add(number)
                continue
            del self.faces[number]
            for vertex in set(face):
                self._around[vertex].discard(number)
        self.used += self._count(touched) - before

    def _count(self, vertices: set[int]) -> int:
        return sum(1 for vertex in vertices if self._around[vertex])


def _quadrics(points: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]) -> Float[np.ndarray, "v 4 4"]:
    """Of each vertex: the sum of the squares of the planes of its faces, each of length one."""
    corners = points[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    normal = np.divide(normal, length, out=np.zeros_like(normal), where=length > 0)
    plane = np.concatenate([normal, -(normal * corners[:, 0]).sum(axis=1, keepdims=True)], axis=1)
    found = np.zeros((len(points), 4, 4))
    for corner in range(3):
        np.add.at(found, faces[:, corner], plane[:, :, None] * plane[:, None, :])
    return found
