"""The float64 twin of `asm.binding`: algorithm 1's first phase, one bone after another. Slow."""

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.heads.asm.chart import SkinChart


def on_skin_reference(
    chart: SkinChart, vertices: Float[Tensor, "v 3"], uv: Float[Tensor, "j 2"]
) -> Float[Tensor, "j 3"]:
    """Where the template's skin is at places of the chart; off it, at the nearest point of its border.

    Differentiable in: vertices, uv.
    """
    triangles = chart.uv[chart.faces].tolist()
    return torch.stack([_one(chart, triangles, vertices.double(), place) for place in uv.double()])


def _one(
    chart: SkinChart, triangles: list, vertices: Float[Tensor, "v 3"], place: Float[Tensor, "2"]
) -> Float[Tensor, "3"]:
    face = _holder(triangles, place)
    if face is not None:
        corners = chart.faces[face]
        return (vertices[chart.vertex[corners]] * _shares(chart.uv[corners], place)[:, None]).sum(dim=0)
    ends = chart.uv[chart.border]
    share = [_along(place, start, stop) for start, stop in ends]
    points = [start + t * (stop - start) for t, (start, stop) in zip(share, ends, strict=True)]
    away = torch.stack([(place - point).norm() for point in points])
    side = int(away.argmin())
    t = share[side]
    one, two = vertices[chart.vertex[chart.border[side]]]
    return (1 - t) * one + t * two


def _holder(triangles: list, place: Float[Tensor, "2"]) -> int | None:
    """The first triangle that eq. 1 says to hold a place; on an edge a product is zero: inside."""
    x, y = place.tolist()
    for number, ((ax, ay), (bx, by), (cx, cy)) in enumerate(triangles):
        turns = (
            (ax - x) * (by - y) - (ay - y) * (bx - x),
            (bx - x) * (cy - y) - (by - y) * (cx - x),
            (cx - x) * (ay - y) - (cy - y) * (ax - x),
        )
        tolerance = 1e-9 * abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))
        if min(turns) >= -tolerance or max(turns) <= tolerance:
            return number
    return None


def _shares(corners: Float[Tensor, "3 2"], place: Float[Tensor, "2"]) -> Float[Tensor, "3"]:
    """Eq. 3."""
    a, b, c = corners
    alpha = (-(place[0] - b[0]) * (c[1] - b[1]) + (place[1] - b[1]) * (c[0] - b[0])) / (
        -(a[0] - b[0]) * (c[1] - b[1]) + (a[1] - b[1]) * (c[0] - b[0])
    )
    beta = (-(place[0] - c[0]) * (a[1] - c[1]) + (place[1] - c[1]) * (a[0] - c[0])) / (
        -(b[0] - c[0]) * (a[1] - c[1]) + (b[1] - c[1]) * (a[0] - c[0])
    )
    return torch.stack([alpha, beta, 1 - alpha - beta])


def _along(place: Float[Tensor, "2"], start: Float[Tensor, "2"], stop: Float[Tensor, "2"]) -> Float[Tensor, ""]:
    side = stop - start
    return ((place - start) @ side / (side @ side)).clamp(0, 1)
