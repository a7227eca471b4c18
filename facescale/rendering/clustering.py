"""Fewer vertices for a small picture: all vertices of a grid's cell become one. To look at, never to fit."""

import numpy as np

from facescale.structures.mesh import Mesh

_SMALL = 30_000


def cluster(mesh: Mesh, *, cell: float, centre: tuple[float, float, float], radius: float) -> Mesh:
    """Merge the vertices of each cell into their mean; leave out what lies outside a cube.

    Args:
        mesh: a mesh or point cloud; one with fewer vertices than would fill the picture comes back as it is.
        cell: side of a cell, in the unit of the vertices.
        centre: of the cube that is kept.
        radius: half of the cube's side.

    Returns:
        A mesh without the faces that lost a corner or collapsed; colours are those of a vertex of each cell.
    """
    if len(mesh.vertices) <= _SMALL:
        return mesh
    place = np.floor((mesh.vertices - (np.asarray(centre) - radius)) / cell)
    side = int(np.ceil(2 * radius / cell))
    within = ((place >= 0) & (place < side)).all(axis=1)
    kept = np.flatnonzero(within)
    cells = place[kept].astype(np.int64)
    code = (cells[:, 0] * side + cells[:, 1]) * side + cells[:, 2]
    _, first, inverse, counts = np.unique(code, return_index=True, return_inverse=True, return_counts=True)
    vertices = np.stack(
        [np.bincount(inverse, mesh.vertices[kept, axis], counts.size) / counts for axis in range(3)], axis=1
    )
    renamed = np.full(len(mesh.vertices), -1, np.int32)
    renamed[kept] = inverse
    a, b, c = (renamed[mesh.faces[:, k]] for k in range(3))
    alive = (a >= 0) & (b >= 0) & (c >= 0) & (a != b) & (b != c) & (c != a)
    colours = None if mesh.colours is None else mesh.colours[kept][first]
    return Mesh(vertices=vertices, faces=np.stack([a[alive], b[alive], c[alive]], axis=1), colours=colours)
