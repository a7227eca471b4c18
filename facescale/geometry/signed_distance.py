"""Signed distances to surfaces: positive outside, negative inside. Two ways of telling which is which."""

from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry.closest_point import ClosestPoints, closest_point_reference
from facescale.geometry.normals import face_normals, vertex_normals
from facescale.geometry.surface import SurfaceBvh
from facescale.geometry.topology import undirected_edges
from facescale.geometry.winding import WindingField, winding_number_reference

InsideBy = Literal["normals", "winding"]
HALF = 0.5


def signed_distance(
    points: Float[Tensor, "b n 3"],
    vertices: Float[Tensor, "b v 3"],
    faces: Int[Tensor, "f 3"],
    *,
    inside_by: InsideBy = "normals",
) -> Float[Tensor, "b n"]:
    """Distance to the nearest point of each query's shape, negative inside.

    Args:
        points: queries.
        vertices: the shapes.
        faces: the shared topology, counter-clockwise seen from outside.
        inside_by: "normals" is exact on closed surfaces without self-intersection; "winding" also holds for
            surfaces with holes and for overlapping parts, at a few times the cost.

    Returns:
        Signed distances; NaN for a query that is not finite. Carries no gradient.
    """
    closest = SurfaceBvh(vertices, faces).closest(points)
    if inside_by == "normals":
        return closest.distance * pseudo_normal_sign(points, closest, vertices, faces)
    numbers = [WindingField(shape, faces).number(own) for shape, own in zip(vertices, points, strict=True)]
    return torch.where(torch.stack(numbers) > HALF, -closest.distance, closest.distance)


@torch.no_grad()
def pseudo_normal_sign(
    points: Float[Tensor, "b n 3"],
    closest: ClosestPoints,
    vertices: Float[Tensor, "b v 3"],
    faces: Int[Tensor, "f 3"],
) -> Float[Tensor, "b n"]:
    """Tell outside (+1) from inside (-1) of a closed surface by the normal of the nearest feature.

    The feature is the face, edge or vertex that the barycentrics' exact zeros name; edges have the mean of
    their faces' normals and vertices the angle-weighted one (Baerentzen and Aanaes 2005), without which
    points beyond a sharp edge get the wrong sign. +1 where there is no site.
    """
    flat = face_normals(vertices, faces)
    _, edge_of = undirected_edges(faces)
    edges = torch.zeros(len(vertices), int(edge_of.max()) + 1, 3, dtype=vertices.dtype, device=vertices.device)
    edges = edges.index_add(1, edge_of.reshape(-1), flat[:, :, None].expand(-1, -1, 3, -1).flatten(1, 2))
    corners = vertex_normals(vertices, faces)

    face = closest.sites.face.clamp_min(0)
    weights = closest.sites.barycentric
    rows = torch.arange(len(vertices), device=vertices.device)[:, None]
    nonzero = (weights > 0).sum(-1, keepdim=True)
    edge = edge_of[face].take_along_dim(weights.argmin(-1, keepdim=True), dim=-1)[..., 0]
    corner = faces.long()[face].take_along_dim(weights.argmax(-1, keepdim=True), dim=-1)[..., 0]
    on_edge = torch.where(nonzero == 1, corners[rows, corner], edges[rows, edge])
    normal = torch.where(nonzero > 2, flat[rows, face], on_edge)  # noqa: PLR2004 - all three corners
    outside = ((points - closest.points) * normal).sum(-1) >= 0
    return torch.where(outside | (closest.sites.face < 0), 1.0, -1.0)


def signed_distance_reference(
    points: Float[Tensor, "n 3"], corners: Float[Tensor, "f 3 3"]
) -> Float[Tensor, "n"]:
    """Exact distance and exact winding number in float64: the twin of both ways."""
    distance, _, _ = closest_point_reference(points, corners)
    return torch.where(winding_number_reference(points, corners) > HALF, -distance, distance)
