"""Vertex normals of a triangle mesh. Pure."""

import numpy as np
from jaxtyping import Float, Integer


def vertex_normals(
    vertices: Float[np.ndarray, "v 3"], faces: Integer[np.ndarray, "f 3"]
) -> Float[np.ndarray, "v 3"]:
    """Area-weighted unit normals, float32; zero at vertices without a face of any area."""
    import torch

    points = torch.from_numpy(np.ascontiguousarray(vertices, np.float32))
    corners = torch.from_numpy(np.ascontiguousarray(faces, np.int64))
    a, b, c = (points[corners[:, k]] for k in range(3))
    normal = torch.linalg.cross(b - a, c - a)
    total = torch.zeros_like(points)
    for k in range(3):
        total.index_add_(0, corners[:, k], normal)
    length = total.norm(dim=1, keepdim=True)
    return torch.where(length > 0, total / length.clamp_min(torch.finfo(torch.float32).tiny), total).numpy()
