"""Meshes made light enough to be carried by a page: to look at, never to measure. Pure.

Vertices of one cell of a grid that face alike become one; normals are taken from the full surface, so that
forms finer than a cell still show in the light. Lips and lids that touch stay apart: they face each other.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Integer

from facescale.structures.mesh import Mesh

_TRIES = 12
_NEIGHBOURS = 12
_MOST_POINTS = 60_000


@dataclass(frozen=True, kw_only=True)
class Thinning:
    """Which vertex of a thinned mesh stands for each of the full one; serves every mesh of its topology."""

    label: Integer[np.ndarray, "v"]
    """-1 for vertices that no kept face uses."""
    faces: Integer[np.ndarray, "f 3"]
    """Of the thinned mesh; (0, 3) for a point cloud."""
    count: int
    """Vertices of the thinned mesh."""

    def mean(self, values: Float[np.ndarray, "v *c"]) -> Float[np.ndarray, "n *c"]:
        """Average values over the vertices that became one; those that are NaN do not count."""
        columns = values.reshape(len(values), -1)
        kept = self.label >= 0
        label, columns = self.label[kept], columns[kept]
        out = np.empty((self.count, columns.shape[1]))
        for c in range(columns.shape[1]):
            there = np.isfinite(columns[:, c])
            total = np.bincount(label[there], columns[there, c], self.count)
            number = np.bincount(label[there], minlength=self.count)
            out[:, c] = np.where(number > 0, total / np.maximum(number, 1), np.nan)
        return out.reshape(self.count, *values.shape[1:])


@dataclass(frozen=True, kw_only=True)
class ThinMesh:
    """A mesh with the normals of the surface that it stands for."""

    vertices: Float[np.ndarray, "v 3"]
    normals: Float[np.ndarray, "v 3"]
    """Of unit length."""
    faces: Integer[np.ndarray, "f 3"]
    spacing: float
    """Distance between neighbouring vertices, about; in the unit of the vertices."""


def within(mesh: Mesh, *, centre: Float[np.ndarray, "3"], reach: float) -> Mesh:
    """Cut a mesh to the faces, or points, that lie wholly inside a cube.

    Args:
        mesh: normals and colours are not kept.
        centre: of the cube.
        reach: half of the cube's side.
    """
    inside: np.ndarray = np.all(np.abs(mesh.vertices - centre) <= reach, axis=1)
    renamed = np.cumsum(inside) - 1
    faces = mesh.faces[inside[mesh.faces].all(axis=1)]
    return Mesh(vertices=mesh.vertices[inside], faces=renamed[faces].astype(np.int32))


def plan_thinning(mesh: Mesh, normals: Float[np.ndarray, "v 3"], *, max_faces: int) -> Thinning:
    """Choose what becomes one so that at most so many faces, or points, are left.

    Args:
        mesh: a mesh or point cloud; one that is light enough keeps its vertices.
        normals: of unit length.
        max_faces: of the result; points count as two faces, as many as a closed mesh would have.
    """
    light = len(mesh.faces) <= max_faces if len(mesh.faces) else 2 * len(mesh.vertices) <= max_faces
    labels = np.arange(len(mesh.vertices))
    if light:
        return _plan(mesh, labels)
    # The number of faces falls with the square of the cell: start there and correct by what came out.
    cell = float(np.ptp(mesh.vertices, axis=0).max()) / max(np.sqrt(max_faces), 1)
    found = _plan(mesh, _labels(mesh.vertices, normals, cell))
    for _ in range(_TRIES):
        share = max(len(found.faces), 2 * found.count if not len(mesh.faces) else 0) / max_faces
        if share <= 1:
            return found
        cell *= max(np.sqrt(share) * 1.02, 1.05)
        found = _plan(mesh, _labels(mesh.vertices, normals, cell))
    return found


def thin(mesh: Mesh, normals: Float[np.ndarray, "v 3"], plan: Thinning) -> ThinMesh:
    """Apply a plan to a mesh of its topology."""
    vertices = plan.mean(mesh.vertices.astype(np.float64))
    mean = plan.mean(normals.astype(np.float64))
    length = np.linalg.norm(mean, axis=1, keepdims=True)
    mean = np.where(length > 1e-6, mean / np.maximum(length, 1e-6), (0.0, 0.0, 1.0))  # noqa: PLR2004 - cancelled out
    area = _area(vertices, plan.faces) if len(plan.faces) else float(np.ptp(vertices, axis=0).max()) ** 2
    return ThinMesh(
        vertices=vertices, normals=mean, faces=plan.faces, spacing=float(np.sqrt(area / max(plan.count, 1)))
    )


def normals_of(mesh: Mesh) -> Float[np.ndarray, "v 3"]:
    """Unit normals by area; of a point cloud across the plane of its neighbours, away from the middle."""
    if len(mesh.faces):
        corner = mesh.vertices[mesh.faces].astype(np.float64)
        across = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
        total = np.stack([_scatter(mesh.faces, across[:, c], len(mesh.vertices)) for c in range(3)], axis=1)
        return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return _point_normals(mesh.vertices.astype(np.float64))


def _point_normals(points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    from scipy.spatial import KDTree

    _, near = KDTree(points).query(points, k=min(_NEIGHBOURS, len(points)))
    patch = points[near.reshape(len(points), -1)]
    patch = patch - patch.mean(axis=1, keepdims=True)
    _, axes = np.linalg.eigh(np.einsum("nki,nkj->nij", patch, patch))
    normal = axes[:, :, 0]
    outwards = np.einsum("nk,nk->n", normal, points - points.mean(axis=0)) >= 0
    return np.where(outwards[:, None], normal, -normal)


def sparse_points(mesh: Mesh, *, seed: int = 0) -> Mesh:
    """Leave out points of a dense cloud, so that its normals stay cheap; meshes come back as they are."""
    if len(mesh.faces) or len(mesh.vertices) <= _MOST_POINTS:
        return mesh
    chosen = np.random.default_rng(seed).choice(len(mesh.vertices), _MOST_POINTS, replace=False)
    return Mesh(vertices=mesh.vertices[np.sort(chosen)], faces=mesh.faces)


def _labels(
    vertices: Float[np.ndarray, "v 3"], normals: Float[np.ndarray, "v 3"], cell: float
) -> Integer[np.ndarray, "v"]:
    """Number the vertices alike that share a cell and the axis that they face most."""
    place = np.floor((vertices - vertices.min(axis=0)) / cell).astype(np.int64)
    side = int(place.max()) + 1
    axis = np.abs(normals).argmax(axis=1)
    facing = 2 * axis + (normals[np.arange(len(normals)), axis] < 0)
    code = ((place[:, 1] * side + place[:, 0]) * side + place[:, 2]) * 6 + facing
    return np.unique(code, return_inverse=True)[1].reshape(-1)


def _plan(mesh: Mesh, labels: Integer[np.ndarray, "v"]) -> Thinning:
    """Drop faces that collapsed or are there twice, then vertices that no face uses."""
    if not len(mesh.faces):
        return Thinning(label=labels, faces=np.zeros((0, 3), np.int64), count=int(labels.max(initial=-1)) + 1)
    faces = labels[mesh.faces]
    a, b, c = faces.T
    faces = faces[(a != b) & (b != c) & (c != a)]
    _, first = np.unique(np.sort(faces, axis=1), axis=0, return_index=True)
    faces = faces[np.sort(first)]
    used = np.unique(faces)
    renamed = np.full(int(labels.max(initial=-1)) + 1, -1, np.int64)
    renamed[used] = np.arange(len(used))
    return Thinning(label=renamed[labels], faces=renamed[faces], count=len(used))


def _scatter(
    faces: Integer[np.ndarray, "f 3"], values: Float[np.ndarray, "f"], count: int
) -> Float[np.ndarray, "v"]:
    return np.bincount(faces.reshape(-1), np.repeat(values, 3), count)


def _area(vertices: Float[np.ndarray, "v 3"], faces: Integer[np.ndarray, "f 3"]) -> float:
    corner = vertices[faces]
    across = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    return float(np.linalg.norm(across, axis=1).sum() / 2)
