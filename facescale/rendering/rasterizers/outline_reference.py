"""The slow twin of the outlines: every edge against every pair of pixels, in plain torch and float64."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.rendering.rasterizers.topology import RasterTopology


def outline_crossings_reference(
    vertices: Float[Tensor, "b v 3"],
    topology: RasterTopology,
    face: Int[Tensor, "b h w"],
    depth: Float[Tensor, "b h w"],
    *,
    near: float = 1.0,
    perspective: bool = True,
    cull_back: bool = False,
) -> Int[Tensor, "b 2 h w"]:
    """Find crossings as `outline_crossings` does, by trying everything."""
    found = [
        _of_image(*image, topology, near=near, perspective=perspective, cull_back=cull_back)
        for image in zip(vertices.detach().double(), face, depth.detach().double(), strict=True)
    ]
    return torch.stack(found)


def _of_image(
    vertices: Tensor,
    face: Tensor,
    depth: Tensor,
    topology: RasterTopology,
    *,
    near: float,
    perspective: bool,
    cull_back: bool,
) -> Tensor:
    inside = _inner_sides(vertices, topology, near=near, cull_back=cull_back)
    falls = _falls(vertices, topology.faces.long(), face, depth, perspective=perspective)
    crossings = torch.full((2, *face.shape), -1, dtype=torch.int32)
    for axis in (0, 1):
        flip = (lambda x: x) if axis == 0 else (lambda x: x.mT)
        crossings[axis] = flip(
            _along(
                vertices[:, [0, 1, 2] if axis == 0 else [1, 0, 2]],
                topology.edges.long(),
                # Mirroring the image swaps the sides.
                inside if axis == 0 else -inside,
                *(flip(x) for x in (face, depth, falls)),
                perspective=perspective,
                ties=axis == 0,
            )
        )
    return crossings


def _inner_sides(vertices: Tensor, topology: RasterTopology, *, near: float, cull_back: bool) -> Tensor:
    """[e] sign of the side of each edge that the surface is on; 0 for edges that are no outline."""
    usable = vertices.isfinite().all(-1) & (vertices[:, 2] > near)
    a, b = topology.edges.long().unbind(1)
    third = topology.opposite.long()
    edge, across = vertices[b] - vertices[a], vertices[third.clamp_min(0)] - vertices[a][:, None]
    side = edge[:, None, 0] * across[..., 1] - edge[:, None, 1] * across[..., 0]
    drawn = (third >= 0) & usable[third.clamp_min(0)] & (side != 0)
    if cull_back:
        drawn &= side * torch.tensor([1.0, -1.0], dtype=side.dtype) < 0
    sign = torch.where(drawn, side.sign(), 0.0)
    both = (sign != 0).all(-1)
    inner = torch.where(sign[:, 0] != 0, sign[:, 0], sign[:, 1])
    outline = usable[a] & usable[b] & ~(both & (sign[:, 0] != sign[:, 1]))
    return torch.where(outline, inner, 0.0)


def _falls(vertices: Tensor, faces: Tensor, face: Tensor, depth: Tensor, *, perspective: bool) -> Tensor:
    """[h w] how much the depth of each pixel's face changes within a pixel, along the worse axis."""
    corners = vertices[faces[face.clamp_min(0)]]
    values = 1 / corners[..., 2] if perspective else corners[..., 2]
    xy = torch.stack([corners[..., :2][..., k, :] - corners[..., 0, :2] for k in (1, 2)], dim=-2)
    change = (values[..., 1:] - values[..., :1])[..., None]
    good = (face >= 0)[..., None, None]
    xy = torch.where(good, xy, torch.eye(2, dtype=xy.dtype))
    slope = torch.linalg.solve(xy, change).abs().amax((-1, -2))
    return slope * depth.square() if perspective else slope


def _along(
    vertices: Tensor,
    edges: Tensor,
    inside: Tensor,
    face: Tensor,
    depth: Tensor,
    falls: Tensor,
    *,
    perspective: bool,
    ties: bool,
) -> Tensor:
    """[h w] crossings between each pixel and the next to the right."""
    height, pairs = face.shape[0], face.shape[1] - 1
    nearest = torch.full((height, pairs), torch.inf, dtype=vertices.dtype)
    winner = torch.full((height, pairs), -1)
    lines = torch.arange(height).to(vertices) + 0.5
    columns = torch.arange(pairs).to(vertices)
    for edge in inside.nonzero()[:, 0].tolist():
        a, b = vertices[edges[edge]]
        low, high = min(a[1], b[1]), max(a[1], b[1])
        s = (lines - a[1]) / (b[1] - a[1])
        place = a[0] + s * (b[0] - a[0]) - 0.5
        z = 1 / ((1 - s) / a[2] + s / b[2]) if perspective else a[2] + s * (b[2] - a[2])
        crosses = ((lines >= low) & (lines < high))[:, None] & (place[:, None].floor() == columns)
        closer = crosses & (z[:, None] < nearest)
        nearest, winner = torch.where(closer, z[:, None], nearest), torch.where(closer, edge, winner)
    a, b = vertices[edges[winner.clamp_min(0)]].unbind(-2)
    d = b - a
    steep = d[..., 0].abs() <= d[..., 1].abs() if ties else d[..., 0].abs() < d[..., 1].abs()
    second_inside = (d[..., 1] < 0) == (inside[winner.clamp_min(0)] > 0)
    pick = lambda x: (x[:, :-1], x[:, 1:])  # noqa: E731
    inner, outer = (
        [torch.where(second_inside ^ swap, second, first) for first, second in map(pick, (face, depth, falls))]
        for swap in (False, True)
    )
    slack = 1e-5 * nearest.abs()
    seen = (winner >= 0) & steep & (inner[0] >= 0) & ~(inner[1] > nearest + slack + inner[2])
    seen &= ~((outer[0] >= 0) & (outer[1] < nearest + slack + outer[2]))
    code = torch.where(seen, winner * 2 + second_inside.long(), -1)
    return torch.nn.functional.pad(code, (0, 1), value=-1).int()
