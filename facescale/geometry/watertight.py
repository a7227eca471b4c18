"""Whether a surface encloses a solid, what is wrong where it does not, and lids for its openings.

Knows nothing of crossings; `SurfaceBvh.crossings` finds those.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry.topology import boundary_edges, boundary_loops, undirected_edges


@dataclass(frozen=True, kw_only=True)
class SurfaceFaults:
    """What keeps a mesh from being a closed, consistently wound surface; all empty where nothing does."""

    boundary: Int[Tensor, "n 2"]
    """Edges of a single face: the rims of openings."""
    non_manifold: Int[Tensor, "m 2"]
    """Edges of three faces or more."""
    inconsistent: Int[Tensor, "k 2"]
    """Edges along which both faces run the same way: one of the two is turned inside out."""
    degenerate: Int[Tensor, "d"]
    """Faces that name a vertex twice."""

    def __bool__(self) -> bool:
        return any(map(len, (self.boundary, self.non_manifold, self.inconsistent, self.degenerate)))

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self, *, examples: int = 3) -> str:
        """Say what is wrong and where first, for error messages."""
        named = {
            "boundary edges (an open surface)": self.boundary,
            "edges of three or more faces": self.non_manifold,
            "edges between faces of opposite winding": self.inconsistent,
            "faces that name a vertex twice": self.degenerate,
        }
        parts = [
            f"{len(rows)} {name}, first {rows[:examples].tolist()}" for name, rows in named.items() if len(rows)
        ]
        return "; ".join(parts) or "closed and consistently wound"


def surface_faults(faces: Int[Tensor, "f 3"]) -> SurfaceFaults:
    """Look for openings, branching edges and faces of the wrong winding.

    Vertices at one place count as different ones; see `topology.joined_faces`.
    """
    corners = faces.long()
    repeated = (corners == corners.roll(1, 1)).any(1)
    sound = corners[~repeated]
    edges, edge_of = undirected_edges(sound)
    start, end = sound[:, [1, 2, 0]], sound[:, [2, 0, 1]]
    faces_at = torch.bincount(edge_of.reshape(-1), minlength=len(edges))
    upward = torch.bincount(edge_of.reshape(-1), (start < end).reshape(-1).double(), minlength=len(edges))
    return SurfaceFaults(
        boundary=boundary_edges(sound),
        non_manifold=edges[faces_at > 2],  # noqa: PLR2004 - two sides
        inconsistent=edges[(faces_at == 2) & (upward != 1)],  # noqa: PLR2004
        degenerate=repeated.nonzero()[:, 0],
    )


def enclosed_volume(vertices: Float[Tensor, "b v 3"], faces: Int[Tensor, "f 3"]) -> Float[Tensor, "b"]:
    """Volume within closed surfaces, float64; negative where they are inside out.

    Differentiable in: vertices.
    """
    centred = vertices.double() - vertices.double().mean(dim=1, keepdim=True)
    a, b, c = centred[:, faces.long()].unbind(2)
    return (torch.linalg.cross(a, b) * c).sum((1, 2)) / 6


def with_lids(
    vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]
) -> tuple[Float[Tensor, "w 3"], Int[Tensor, "g 3"]]:
    """Close every opening by a fan around the mean of its rim, wound like its neighbours.

    A fan is flat enough for a rim that is seen whole from its middle, as a neck's is.

    Returns:
        Vertices and faces; the old ones come first, unchanged.

    Raises:
        ValueError: a rim that touches itself.
    """
    centres, lids = [], []
    for loop in boundary_loops(faces):
        rim = loop.to(faces.device)
        centres.append(vertices[rim].mean(dim=0))
        middle = torch.full_like(rim, len(vertices) + len(lids))
        # A loop runs with the surface on its left, so the lid runs along it backwards.
        lids.append(torch.stack([rim.roll(-1), rim, middle], dim=1))
    if not lids:
        return vertices, faces
    return torch.cat([vertices, torch.stack(centres)]), torch.cat([faces, torch.cat(lids).to(faces.dtype)])
