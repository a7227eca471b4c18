"""From vertex masks to face lists and their open borders. Knows nothing of any one head model."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from facescale.heads.template import AbstractTemplateHead


def region_faces(head: AbstractTemplateHead, region: str) -> Int[Tensor, "m"]:
    """Indices of the faces whose three corners lie in a region, ascending.

    Raises:
        ValueError: the head has no such region.
    """
    if region not in head.regions:
        msg = f"expected one of the regions {sorted(head.regions)}, got {region!r}"
        raise ValueError(msg)
    return head.regions[region][head.faces].all(dim=1).nonzero()[:, 0].int()


def boundary_edges(faces: Int[Tensor, "f 3"]) -> Int[Tensor, "e 2"]:
    """Directed edges that one face has and no other runs against: the open border of a surface."""
    edges = torch.cat([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).long()
    count = edges.max() + 1 if len(edges) else 1
    forward, backward = edges[:, 0] * count + edges[:, 1], edges[:, 1] * count + edges[:, 0]
    return edges[~torch.isin(forward, backward)].int()


def boundary_vertices(faces: Int[Tensor, "f 3"], num_vertices: int) -> Bool[Tensor, "v"]:
    """Vertices on the open border of a surface: closest points there are not matches."""
    mask = torch.zeros(num_vertices, dtype=torch.bool, device=faces.device)
    mask[boundary_edges(faces).long().ravel()] = True
    return mask


def boundary_loops(faces: Int[Tensor, "f 3"]) -> list[Int[Tensor, "n"]]:
    """The open border as closed loops of vertices, walked with the surface on the left.

    Raises:
        ValueError: a vertex where two loops touch, so that walking is ambiguous.
    """
    edges = boundary_edges(faces).tolist()
    following = dict(edges)
    if len(following) != len(edges):
        msg = "expected every border vertex to have one successor, got several"
        raise ValueError(msg)
    loops = []
    while following:
        first, vertex = following.popitem()
        loop = [first]
        while vertex != first:
            loop.append(vertex)
            vertex = following.pop(vertex)
        loops.append(torch.tensor(loop))
    return loops
