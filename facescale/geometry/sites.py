"""Points on a triangle mesh's surface, named by face and barycentric coordinates."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Sites:
    """Points that ride on a surface: the same site on another shape of the same topology is its homologue."""

    face: Int[Tensor, "*b n"]
    """Face index; -1 means that there is none (a missed ray, a query beyond the maximum distance)."""
    barycentric: Float[Tensor, "*b n 3"]
    """Weights of the face's three corners; they sum to 1, all zero where `face` is -1."""

    def to(self, device: torch.device | str) -> "Sites":
        """Copy to a device."""
        return Sites(face=self.face.to(device), barycentric=self.barycentric.to(device))


def points_at(
    vertices: Float[Tensor, "b v 3"], faces: Int[Tensor, "f 3"], sites: Sites
) -> Float[Tensor, "b n 3"]:
    """Evaluate sites on a batch of shapes that share a topology.

    Args:
        vertices: the shapes.
        faces: the shared topology.
        sites: batched [b, n], or [n] for the same sites on every shape. Face -1 gives the origin.

    Returns:
        The points, in the frame and unit of `vertices`.

    Differentiable in: vertices, sites.barycentric.
    """
    batch = vertices.shape[0]
    face = sites.face.expand(batch, -1)
    corners = faces[face.clamp_min(0)]
    rows = torch.arange(batch, device=vertices.device)[:, None, None]
    return (vertices[rows, corners] * sites.barycentric.expand(batch, -1, 3)[..., None]).sum(dim=2)


def vertex_sites(faces: Int[Tensor, "f 3"], vertices: Int[Tensor, "n"]) -> Sites:
    """Each vertex as a site on the first face that holds it."""
    hits = faces[None] == vertices[:, None, None]
    face = hits.any(dim=2).int().argmax(dim=1)
    barycentric = hits[torch.arange(len(vertices)), face].float()
    return Sites(face=face.int(), barycentric=barycentric)
