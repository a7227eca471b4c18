"""Rounding off a coarse mesh's facets, so that a scan does not show them. numpy only."""

import numpy as np
from jaxtyping import Float, Int

ROUNDNESS = 0.5
"""Share of the way to the tangent planes: half of it puts midpoints of a sphere's or cylinder's edges on it."""


def vertex_normals(
    vertices: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]
) -> Float[np.ndarray, "v 3"]:
    """Unit normals, each the mean of its faces' weighted by area; zero at vertices without a face."""
    corners = vertices[faces]
    crossed = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.stack(
        [np.bincount(faces.ravel(), np.repeat(crossed[:, k], 3), len(vertices)) for k in range(3)], axis=1
    )
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    return (normals / np.where(lengths > 0, lengths, 1)).astype(vertices.dtype)


def midpoints(faces: Int[np.ndarray, "f 3"]) -> tuple[Int[np.ndarray, "e 2"], Int[np.ndarray, "f 3"]]:
    """Edges of a mesh, and each face's three: of corners (0, 1), (1, 2), (2, 0)."""
    ends = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2).astype(np.int64))
    base = int(faces.max()) + 1
    codes, inverse = np.unique(ends[:, 0] * base + ends[:, 1], return_inverse=True)
    return np.stack([codes // base, codes % base], axis=1), inverse.reshape(-1, 3)


def quadrisect(
    faces: Int[np.ndarray, "f 3"], edges: Int[np.ndarray, "f 3"], first: int
) -> Int[np.ndarray, "g 3"]:
    """Four faces for each, its edges' midpoints being vertices from `first` on."""
    a, b, c = faces.T
    ab, bc, ca = (edges + first).T
    parts = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    return np.stack([np.stack(part, axis=1) for part in parts], axis=1).reshape(-1, 3).astype(np.int32)


def rounded_midpoints(
    vertices: Float[np.ndarray, "v 3"],
    normals: Float[np.ndarray, "v 3"],
    edges: Int[np.ndarray, "e 2"],
) -> Float[np.ndarray, "e 3"]:
    """Midpoints of edges, drawn towards the tangent planes at both ends (Phong tessellation).

    The ends stay where they are, so the rounded surface passes through every vertex.
    """
    middle = vertices[edges].mean(axis=1)
    pull = np.zeros_like(middle)
    for end in (0, 1):
        normal = normals[edges[:, end]]
        height = ((middle - vertices[edges[:, end]]) * normal).sum(axis=1, keepdims=True)
        pull -= height * normal / 2
    return middle + ROUNDNESS * pull
