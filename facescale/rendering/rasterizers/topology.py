"""What a rasteriser must know of a mesh beside its vertices: faces, edges and what lies across them."""

from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from facescale.geometry.topology import undirected_edges

MOST_EDGES = 2**30
"""An edge and its side share 31 bits."""


@dataclass(frozen=True, kw_only=True)
class RasterTopology:
    """Faces and edges of meshes that share a topology; made once, by `raster_topology`."""

    faces: Int[Tensor, "f 3"]
    """int32, counter-clockwise seen from outside."""
    edges: Int[Tensor, "e 2"]
    """int32, running as in the first of their faces."""
    opposite: Int[Tensor, "e 2"]
    """int32: the third vertex of the first and the second face at each edge; -1 where there is no second."""
    least_vertices: int
    """How many vertices a mesh must have for all indices to be good."""

    def to(self, device: torch.device | str) -> "RasterTopology":
        """Copy to a device."""
        return RasterTopology(
            faces=self.faces.to(device),
            edges=self.edges.to(device),
            opposite=self.opposite.to(device),
            least_vertices=self.least_vertices,
        )


def raster_topology(faces: Int[Tensor, "f 3"]) -> RasterTopology:
    """List the edges of a mesh with the vertices across them.

    Each face beyond the second at an edge gets a copy of the edge for itself, as on a border: on a non-manifold
    mesh an outline is then never missed.

    Args:
        faces: counter-clockwise seen from outside. Seams of texture charts should not be cut in it: a cut is a
            border, and borders are outlines.

    Raises:
        ValueError: no face, a negative index, or more edges than an outline can name.
    """
    if len(faces) == 0 or int(faces.min()) < 0:
        raise ValueError(f"expected at least one face and indices from 0, got {len(faces)} faces")
    corners = faces.long()
    _, edge_of = undirected_edges(corners)
    edge = edge_of.reshape(-1)
    if len(edge) >= MOST_EDGES:
        raise ValueError(f"expected fewer than {MOST_EDGES} sides in all, got {len(edge)}")
    sides = corners[:, [[1, 2], [2, 0], [0, 1]]].reshape(-1, 2)
    third = corners.reshape(-1)
    order = edge.argsort(stable=True)
    ordered = edge[order]
    # Rank of each side among those of its edge, in the order of the faces.
    start = torch.searchsorted(ordered, ordered)
    rank = torch.arange(len(ordered), device=faces.device) - start
    second = torch.full_like(third, -1)
    follows = (rank == 1).nonzero()[:, 0]
    second[order[follows - 1]] = third[order[follows]]
    kept = order[rank != 1]
    return RasterTopology(
        faces=corners.int().contiguous(),
        edges=sides[kept].int().contiguous(),
        opposite=torch.stack([third[kept], second[kept]], dim=-1).int().contiguous(),
        least_vertices=int(corners.max()) + 1,
    )
