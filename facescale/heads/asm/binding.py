"""Dynamic bone binding: where bones stand, given where they are on the chart (Yang et al. 2023, eqs 1 to 4).

Bones move over the skin of the template at rest. Knows nothing of poses or weights.
"""

import typing
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.heads.asm.chart import CELLS, SkinChart

ON_EDGE = 1e-9
"""A barycentric above minus this is inside: bones on an edge belong to a triangle."""


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class Located:
    """Places on the chart."""

    face: Int[Tensor, "b j"]
    """Triangle that holds each; the lowest of several that share it."""
    place: Float[Tensor, "b j 2"]
    """Where it is: the query, or for one off the chart the nearest point of its border."""
    inside: Bool[Tensor, "b j"]
    """Whether the query was on the chart."""
    tangent: Float[Tensor, "b j 2"]
    """Unit direction of the border at a projected query; zero where it is a corner, or the query inside."""


def locate(chart: SkinChart, uv: Float[Tensor, "b j 2"]) -> Located:
    """Find the triangles of places; one off the chart goes to the nearest point of its border.

    Differentiable in: uv, through `place`.
    """
    with torch.no_grad():
        face, inside = _containing(chart, uv)
        side, share = _nearest_side(chart, uv, inside)
        ends = chart.uv[chart.border[side]]
        along = ends[..., 1, :] - ends[..., 0, :]
        sliding = (share > 0) & (share < 1) & ~inside
        tangent = torch.where(sliding[..., None], along / along.norm(dim=-1, keepdim=True), 0.0)
        corner = ends[..., 0, :] + share[..., None] * along
        face = torch.where(inside, face, chart.border_face[side])
    # the projection as an affine function of the query, exact where it is
    slid = corner + tangent * ((uv - uv.detach()) * tangent).sum(dim=-1, keepdim=True)
    return Located(face=face, place=torch.where(inside[..., None], uv, slid), inside=inside, tangent=tangent)


def barycentric(corners: Float[Tensor, "*b 3 2"], place: Float[Tensor, "*b 2"]) -> Float[Tensor, "*b 3"]:
    """Barycentric coordinates of a place in a triangle, eq. 3.

    Differentiable in: corners, place.
    """
    a, b, c = corners.unbind(-2)
    first = _cross(c - b, place - b) / _cross(c - b, a - b)
    second = _cross(a - c, place - c) / _cross(a - c, b - c)
    return torch.stack([first, second, 1 - first - second], dim=-1)


def on_skin(chart: SkinChart, vertices: Float[Tensor, "v 3"], found: Located) -> Float[Tensor, "b j 3"]:
    """F' of eq. 4 without its constants: the point of the template's skin at each place.

    Args:
        chart: of the skin.
        vertices: of the template at rest, mm.
        found: from `locate`.

    Differentiable in: vertices, found.place.
    """
    corners = chart.faces[found.face]
    shares = barycentric(chart.uv[corners], found.place)
    return (vertices[chart.vertex[corners]] * shares[..., None].to(vertices)).sum(dim=-2)


def skin_slope(chart: SkinChart, vertices: Float[Tensor, "v 3"], found: Located) -> Float[Tensor, "b j 3 2"]:
    """Derivative of `on_skin` by the queries of `locate`: mm a unit of the chart."""
    corners = chart.faces[found.face]
    flat, solid = chart.uv[corners], vertices[chart.vertex[corners]].double()
    sides = (flat[..., 1:, :] - flat[..., :1, :]).mT
    slope = (solid[..., 1:, :] - solid[..., :1, :]).mT @ torch.linalg.inv(sides)
    slide = found.tangent[..., :, None] * found.tangent[..., None, :]
    projected = slope @ slide
    return torch.where(found.inside[..., None, None], slope, projected).to(vertices)


def _containing(chart: SkinChart, uv: Float[Tensor, "b j 2"]) -> tuple[Int[Tensor, "b j"], Bool[Tensor, "b j"]]:
    """The triangle that each place is deepest in, among those of its cell."""
    starts, listed = chart.cells
    column, row = (uv * CELLS).floor().long().unbind(-1)
    within = (column >= 0) & (column < CELLS) & (row >= 0) & (row < CELLS)
    cell = torch.where(within, row * CELLS + column, 0)
    begin, count = starts[cell], torch.where(within, starts[cell + 1] - starts[cell], 0)
    slots = torch.arange(max(int(count.max()), 1), device=uv.device)
    there = slots < count[..., None]
    candidate = listed[(begin[..., None] + slots).clamp_max(len(listed) - 1)]
    corners = chart.uv[chart.faces[candidate]]
    shares = barycentric(corners, uv[..., None, :].expand(*candidate.shape, 2))
    depth = torch.where(there, shares.amin(dim=-1), -torch.inf)
    # within rounding of an edge both of its triangles hold the place: the lower one is taken
    holds = depth >= -ON_EDGE
    first = torch.where(holds, candidate, len(chart.faces)).amin(dim=-1)
    inside = holds.any(dim=-1)
    return torch.where(inside, first, 0), inside


def _nearest_side(
    chart: SkinChart, uv: Float[Tensor, "b j 2"], inside: Bool[Tensor, "b j"]
) -> tuple[Int[Tensor, "b j"], Float[Tensor, "b j"]]:
    """The side of the border nearest to each place that is off the chart, and how far along it."""
    side, share = torch.zeros_like(inside, dtype=torch.long), torch.zeros_like(uv[..., 0])
    if not bool(inside.all()):
        ends = chart.uv[chart.border]
        start, along = ends[:, 0], ends[:, 1] - ends[:, 0]
        away = uv[~inside][:, None] - start
        at = ((away * along).sum(dim=-1) / along.square().sum(dim=-1)).clamp(0, 1)
        nearest = (away - at[..., None] * along).square().sum(dim=-1).argmin(dim=-1)
        side[~inside] = nearest
        share[~inside] = at.gather(1, nearest[:, None])[:, 0]
    return side, share


def _cross(a: Float[Tensor, "*b 2"], b: Float[Tensor, "*b 2"]) -> Float[Tensor, "*b"]:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
