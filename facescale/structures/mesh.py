"""A triangle mesh or point cloud as it crosses processes. numpy only; no queries, no reading, no writing."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """Triangles or, with no faces, a point cloud. Vertices are never reordered or merged.

    Faces wind counter-clockwise seen from outside.
    """

    vertices: np.ndarray
    """(v, 3) float32 or float64; unit and frame belong to whoever holds the mesh."""
    faces: np.ndarray
    """(f, 3) int32, indices into `vertices`; (0, 3) for a point cloud."""
    normals: np.ndarray | None = None
    """(v, 3) unit normals as the file gave them, or None."""
    colours: np.ndarray | None = None
    """(v, 3) uint8 sRGB, or None."""

    def __post_init__(self) -> None:
        for name, array in (("vertices", self.vertices), ("faces", self.faces)):
            if array.ndim != 2 or array.shape[1] != 3:  # noqa: PLR2004 - three coordinates, three corners
                msg = f"expected {name} of shape (n, 3), got {array.shape}"
                raise ValueError(msg)
