"""Rasterisation in plain torch, in the type of its input: the slow twin, and the formula at given faces.

Everything but the choice of faces is differentiable any number of times.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


def front_facing(vertices: Float[Tensor, "b v 3"], faces: Int[Tensor, "f 3"]) -> Bool[Tensor, "b f"]:
    """Whether the outer side of each face looks to the viewer; false for a face seen edge on."""
    a, b, c = vertices[:, faces.long(), :2].unbind(2)
    return _cross(b - a, c - a) < 0


def surface_coordinates(
    vertices: Float[Tensor, "b v 3"],
    faces: Int[Tensor, "f 3"],
    face: Int[Tensor, "b h w"],
    *,
    perspective: bool = True,
) -> tuple[Float[Tensor, "b h w 3"], Float[Tensor, "b h w"]]:
    """Barycentrics and depth at the pixels' centres on given faces.

    Args:
        vertices: projected, see `AbstractRasterizer`.
        faces: shared topology.
        face: which one each pixel shows, -1 for none.
        perspective: see `AbstractRasterizer`.

    Returns:
        Barycentrics, 0 where there is no face, and depth, infinity where there is none.

    Differentiable in: vertices.
    """
    corners = _corners(vertices, faces, face)
    edges = _edge_functions(corners)
    z = corners[..., 2]
    q = edges / z if perspective else edges
    found = face >= 0
    weights = torch.where(found[..., None], q / q.sum(-1, keepdim=True), 0.0)
    depth = (weights * z).sum(-1)
    return weights, depth.where(found, torch.inf)


def surface_coordinates_tangent(
    vertices: Float[Tensor, "b v 3"],
    tangent: Float[Tensor, "b v 3"],
    faces: Int[Tensor, "f 3"],
    face: Int[Tensor, "b h w"],
    *,
    perspective: bool = True,
) -> tuple[Float[Tensor, "b h w 3"], Float[Tensor, "b h w"]]:
    """Derivative of `surface_coordinates` along a motion of the vertices; 0 where there is no face."""
    corners, moved = _corners(vertices, faces, face), _corners(tangent, faces, face, filler=0.0)
    centre = _centres(face, corners)
    xy, d_xy = corners[..., :2] - centre[..., None, :], moved[..., :2]
    one, two = (1, 2, 0), (2, 0, 1)
    edges = _cross(xy[..., one, :], xy[..., two, :])
    d_edges = _cross(d_xy[..., one, :], xy[..., two, :]) + _cross(xy[..., one, :], d_xy[..., two, :])
    z, dz = corners[..., 2], moved[..., 2]
    q, dq = (edges / z, (d_edges - edges / z * dz) / z) if perspective else (edges, d_edges)
    total = q.sum(-1, keepdim=True)
    weights = q / total
    d_weights = (dq - weights * dq.sum(-1, keepdim=True)) / total
    d_depth = (d_weights * z + weights * dz).sum(-1)
    found = face >= 0
    return d_weights.where(found[..., None], 0.0), d_depth.where(found, 0.0)


def rasterize_reference(
    vertices: Float[Tensor, "b v 3"],
    faces: Int[Tensor, "f 3"],
    shape: tuple[int, int],
    *,
    near: float = 1.0,
    perspective: bool = True,
    cull_back: bool = False,
) -> tuple[Int[Tensor, "b h w"], Float[Tensor, "b h w 3"], Float[Tensor, "b h w"]]:
    """Try every face at every pixel in float64: the twin of `rasterize_surface`.

    A face's boundary belongs to it; of faces at the same depth the first is shown.

    Differentiable in: vertices.
    """
    vertices = vertices.double()
    nearest = torch.full((len(vertices), *shape), torch.inf, dtype=torch.float64, device=vertices.device)
    face = torch.full_like(nearest, -1, dtype=torch.int64)
    everywhere = torch.ones_like(face)
    for index, corners in enumerate(faces.long()):
        xyz = vertices[:, corners].detach()
        area = _cross(xyz[:, 1, :2] - xyz[:, 0, :2], xyz[:, 2, :2] - xyz[:, 0, :2])
        usable = (xyz[..., 2] > near).all(1) & xyz.isfinite().all(-1).all(-1) & (area != 0)
        if cull_back:
            usable &= area < 0
        here = everywhere * index
        weights, depth = surface_coordinates(vertices.detach(), faces, here, perspective=perspective)
        inside = ((weights >= 0).all(-1) | (weights <= 0).all(-1)) & usable[:, None, None]
        closer = inside & (depth < nearest)
        nearest, face = torch.where(closer, depth, nearest), torch.where(closer, here, face)
    return face, *surface_coordinates(vertices, faces, face, perspective=perspective)


def _corners(vertices: Tensor, faces: Tensor, face: Tensor, *, filler: float | None = None) -> Tensor:
    """[b h w 3 3], and a harmless triangle where there is no face, so that no derivative is NaN."""
    rows = torch.arange(len(vertices), device=vertices.device)[:, None, None, None]
    corners = vertices[rows, faces.long()[face.clamp_min(0)]]
    harmless = vertices.new_tensor([[0.0, 0.0, 1.0], [0.0, 1e6, 1.0], [1e6, 0.0, 1.0]])
    if filler is not None:
        harmless = torch.full_like(harmless, filler)
    return torch.where((face >= 0)[..., None, None], corners, harmless)


def _centres(face: Tensor, like: Tensor) -> Tensor:
    """[h w 2] pixel centres (x, y)."""
    height, width = face.shape[-2:]
    y = torch.arange(height, device=like.device, dtype=like.dtype) + 0.5
    x = torch.arange(width, device=like.device, dtype=like.dtype) + 0.5
    return torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)


def _edge_functions(corners: Tensor) -> Tensor:
    """[b h w 3] twice the signed area of each pixel's centre with the edge opposite each corner."""
    xy = corners[..., :2] - _centres(corners[..., 0, 0], corners)[..., None, :]
    return _cross(xy[..., (1, 2, 0), :], xy[..., (2, 0, 1), :])


def _cross(a: Tensor, b: Tensor) -> Tensor:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
