"""Counts that tell what is odd about a mesh's connectivity. Judges nothing, changes nothing."""

from dataclasses import dataclass

import numpy as np

from facescale.structures.mesh import Mesh


@dataclass(frozen=True, kw_only=True)
class MeshHealth:
    """What a mesh is like; all zero for a point cloud. Vertices in one place count as one: seams are closed."""

    boundary_edges: int = 0
    """Edges of one face: holes and borders."""
    non_manifold_edges: int = 0
    """Edges of three faces or more."""
    flipped_edges: int = 0
    """Edges whose two faces run along them the same way: neighbours that wind against each other."""
    degenerate_faces: int = 0
    """Faces with two corners in one place."""
    unreferenced: int = 0
    """Vertices of no face, where there are faces."""
    components: int = 0
    """Connected parts."""
    largest_component: float = 0.0
    """Share of all referenced vertices in the largest part."""
    outwardness: float = 0.0
    """From -1 (inside out) over 0 (flat) to 1 (a ball whose faces look out)."""


def mesh_health(mesh: Mesh) -> MeshHealth:
    """Count edges, parts and odd faces."""
    import torch

    from facescale.geometry.topology import joined_faces

    if not len(mesh.faces):
        return MeshHealth()
    count = len(mesh.vertices)
    joined = joined_faces(torch.from_numpy(mesh.vertices), torch.from_numpy(mesh.faces.astype(np.int64)))
    faces = joined.numpy()
    a, b, c = faces.T
    degenerate = (a == b) | (b == c) | (c == a)
    start = np.concatenate([a, b, c])[np.tile(~degenerate, 3)]
    end = np.concatenate([b, c, a])[np.tile(~degenerate, 3)]
    uses = _runs(np.minimum(start, end) * count + np.maximum(start, end))
    directed = _runs(start * count + end)
    referenced, joint = np.zeros(count, bool), np.zeros(count, bool)
    referenced[mesh.faces] = True
    joint[faces] = True
    components, largest = _components(start, end, joint)
    return MeshHealth(
        boundary_edges=int((uses == 1).sum()),
        non_manifold_edges=int((uses > 2).sum()),  # noqa: PLR2004 - two faces share an edge
        flipped_edges=int((directed > 1).sum()),
        degenerate_faces=int(degenerate.sum()),
        unreferenced=int(count - referenced.sum()),
        components=components,
        largest_component=largest,
        outwardness=_outwardness(mesh),
    )


def _runs(codes: np.ndarray) -> np.ndarray:
    """How often each distinct code occurs."""
    codes = np.sort(codes)
    starts = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]])) if codes.size else codes
    return np.diff(np.append(starts, codes.size))


def _components(start: np.ndarray, end: np.ndarray, referenced: np.ndarray) -> tuple[int, float]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    shape = (referenced.size, referenced.size)
    graph = coo_array((np.ones(start.size, np.int8), (start, end)), shape=shape).tocsr()
    _, labels = connected_components(graph, directed=False)
    sizes = np.bincount(labels[referenced])
    sizes = sizes[sizes > 0]
    return int(sizes.size), float(sizes.max() / sizes.sum())


def _outwardness(mesh: Mesh) -> float:
    """Mean cosine, by area, between a face's normal and its direction from the centroid."""
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    area = np.linalg.norm(normal, axis=1)
    if not area.any():
        return 0.0
    centres = (a + b + c) / 3
    outward = centres - np.average(centres, axis=0, weights=area)
    reach = np.maximum(np.linalg.norm(outward, axis=1), 1e-9 * np.abs(mesh.vertices).max())
    return float((np.einsum("fk,fk->f", normal, outward) / reach).sum() / area.sum())
