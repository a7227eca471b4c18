"""Blending across outlines: the analytic antialiasing that gives positions of outlines a gradient.

Where an outline passes between two pixels' centres, a share of the farther pixel's colour is what the outline's
position says: passing at the centre of the inner pixel it covers half of that one, halfway between them it
covers the inner and none of the outer, and so on linearly (Laine et al. 2020, section 3.5). Summed along a line
of pixels this is exactly the covered length, so sums of coverage have the right gradient, while a single
pixel's value is the box-filtered one only for edges along the pixel grid.
"""

# torch declares a function's rules variadic and calls them with as many arguments as it has.
# pyright: reportIncompatibleMethodOverride=false

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from facescale.rendering.rasterizers.batched_op import batched_op


@dataclass(frozen=True, kw_only=True)
class _Blends:
    """One row a crossing: which pixel takes how much from which."""

    target: Tensor
    source: Tensor
    """Flat pixel indices."""
    share: Tensor
    """Of the source's value in the target, 0 to 0.5."""
    sign: Tensor
    """Derivative of `share` by the crossing's position along the axis: 1 or -1."""
    ends: Tensor
    """[n 2] flat indices of the edge's vertices."""
    place: Tensor
    """Where along the edge the crossing is, 0 to 1."""
    slope: Tensor
    """Movement along the axis per movement across it."""
    along: Tensor
    """The coordinate that the axis is: 0 for x, 1 for y."""


def _found(crossings: Tensor) -> Tensor:
    """Flat places of the crossings; within an operator numpy lists them in a sixth of torch's time."""
    mask = crossings.reshape(-1) >= 0
    if mask.device.type == "cpu":
        return torch.from_numpy(np.flatnonzero(mask.numpy()))
    return mask.nonzero()[:, 0]


def _blends(vertices: Tensor, crossings: Tensor, edges: Tensor, slot: Tensor) -> _Blends:
    height, width = crossings.shape[2:]
    code = crossings.reshape(-1)[slot].long()
    plane, pixel = slot // (height * width), slot % (height * width)
    shape, axis = plane // 2, plane % 2
    row, column = pixel // width, pixel % width
    ends = edges[code >> 1].long() + (shape * vertices.shape[1])[:, None]
    corners = vertices.reshape(-1, 3)[ends]
    by_column = axis == 0
    from_along, to_along = torch.where(by_column[:, None], corners[..., 0], corners[..., 1]).unbind(1)
    from_across, to_across = torch.where(by_column[:, None], corners[..., 1], corners[..., 0]).unbind(1)
    slope = (to_along - from_along) / (to_across - from_across)
    line = torch.where(by_column, row, column) + 0.5
    reach = line - from_across
    position = from_along + reach * slope - (torch.where(by_column, column, row) + 0.5)
    first = (shape * height + row) * width + column
    second = first + torch.where(by_column, 1, width)
    second_inside = (code & 1).bool()
    # Distance from the inner pixel's centre beyond the half that is its own.
    beyond = torch.where(second_inside, 1 - position, position) - 0.5
    inner, outer = torch.where(second_inside, second, first), torch.where(second_inside, first, second)
    takes_outer = beyond < 0
    return _Blends(
        target=torch.where(takes_outer, inner, outer),
        source=torch.where(takes_outer, outer, inner),
        share=beyond.abs(),
        sign=torch.where(takes_outer ^ second_inside, -1.0, 1.0).to(vertices.dtype),
        ends=ends,
        place=reach / (to_across - from_across),
        slope=slope,
        along=axis,
    )


def blend(
    image: Float[Tensor, "b h w c"],
    vertices: Float[Tensor, "b v 3"],
    crossings: Int[Tensor, "b 2 h w"],
    edges: Int[Tensor, "e 2"],
) -> Float[Tensor, "b h w c"]:
    """Blend an image at given crossings, in plain torch: what the operator does, differentiable at will.

    Differentiable in: image, vertices (x and y).
    """
    return _blend_at((crossings.reshape(-1) >= 0).nonzero()[:, 0], image, vertices, crossings, edges)


def _blend_at(slot: Tensor, image: Tensor, vertices: Tensor, crossings: Tensor, edges: Tensor) -> Tensor:
    blends = _blends(vertices, crossings, edges, slot)
    values = image.reshape(-1, image.shape[-1])
    change = blends.share[:, None].to(values.dtype) * (values[blends.source] - values[blends.target])
    return values.index_add(0, blends.target, change).reshape(image.shape)


def _forward(image: Tensor, vertices: Tensor, crossings: Tensor, edges: Tensor) -> Tensor:
    return _blend_at(_found(crossings), image, vertices, crossings, edges)


def _backward(
    image: Tensor, vertices: Tensor, crossings: Tensor, edges: Tensor, grad: Tensor
) -> tuple[Tensor, Tensor]:
    blends = _blends(vertices, crossings, edges, _found(crossings))
    values, given = image.reshape(-1, image.shape[-1]), grad.reshape(-1, image.shape[-1])
    at_target = given[blends.target]
    shared = blends.share[:, None].to(values.dtype) * at_target
    image_grad = given.clone().index_add_(0, blends.source, shared).index_add_(0, blends.target, -shared)
    difference = values[blends.source] - values[blends.target]
    to_position = (at_target * difference).sum(-1).to(vertices.dtype) * blends.sign
    weights = torch.stack([1 - blends.place, blends.place], dim=-1) * to_position[:, None]
    rows, along = blends.ends * 3, blends.along[:, None]
    vertex_grad = torch.zeros_like(vertices).reshape(-1)
    vertex_grad.index_add_(0, (rows + along).reshape(-1), weights.reshape(-1))
    turned = -blends.slope[:, None] * weights
    vertex_grad.index_add_(0, (rows + 1 - along).reshape(-1), turned.reshape(-1))
    return image_grad.reshape(image.shape), vertex_grad.reshape(vertices.shape)


def _forward_mode(
    image: Tensor, vertices: Tensor, crossings: Tensor, edges: Tensor, image_dot: Tensor, vertex_dot: Tensor
) -> Tensor:
    slot = _found(crossings)
    blends = _blends(vertices, crossings, edges, slot)
    values = image.reshape(-1, image.shape[-1])
    moved = vertex_dot.reshape(-1, 3)[blends.ends]
    along = blends.along[:, None, None].expand(-1, 2, 1)
    slide, drift = moved.gather(2, along)[..., 0], moved.gather(2, 1 - along)[..., 0]
    weights = torch.stack([1 - blends.place, blends.place], dim=-1)
    by_share = (weights * (slide - blends.slope[:, None] * drift)).sum(-1) * blends.sign
    change = by_share[:, None].to(values.dtype) * (values[blends.source] - values[blends.target])
    return _blend_at(slot, image_dot, vertices, crossings, edges) + torch.zeros_like(values).index_add_(
        0, blends.target, change
    ).reshape(image.shape)


antialias_op = batched_op(
    "(Tensor image, Tensor vertices, Tensor crossings, Tensor edges) -> Tensor",
    name="facescale::antialias",
    run=_forward,
    fake=lambda image, *_: torch.empty_like(image),
    batched=(0, 1, 2),
)
antialias_backward_op = batched_op(
    "(Tensor image, Tensor vertices, Tensor crossings, Tensor edges, Tensor grad) -> (Tensor, Tensor)",
    name="facescale::antialias_backward",
    run=_backward,
    fake=lambda image, vertices, *_: (torch.empty_like(image), torch.empty_like(vertices)),
    batched=(0, 1, 2, 4),
)
antialias_forward_mode_op = batched_op(
    "(Tensor image, Tensor vertices, Tensor crossings, Tensor edges, Tensor image_dot, Tensor vertex_dot)"
    " -> Tensor",
    name="facescale::antialias_forward_mode",
    run=_forward_mode,
    fake=lambda image, *_: torch.empty_like(image),
    batched=(0, 1, 2, 4, 5),
)


class _Antialias(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(image: Tensor, vertices: Tensor, crossings: Tensor, edges: Tensor) -> Tensor:
        return antialias_op(image, vertices, crossings, edges)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        del output
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        return *antialias_backward_op(*ctx.saved_tensors, grad), None, None

    @staticmethod
    def jvp(ctx: Any, image_dot: Tensor | None, vertex_dot: Tensor | None, *_: Any) -> Tensor:
        image, vertices, crossings, edges = ctx.saved_tensors
        image_dot = torch.zeros_like(image) if image_dot is None else image_dot
        vertex_dot = torch.zeros_like(vertices) if vertex_dot is None else vertex_dot
        return antialias_forward_mode_op(image, vertices, crossings, edges, image_dot, vertex_dot)


def antialias_crossings(
    image: Float[Tensor, "b h w c"],
    vertices: Float[Tensor, "b v 3"],
    crossings: Int[Tensor, "b 2 h w"],
    edges: Int[Tensor, "e 2"],
) -> Float[Tensor, "b h w c"]:
    """Blend an image across outlines.

    Args:
        image: one sample a pixel.
        vertices: projected, see `AbstractRasterizer`.
        crossings: by `outline_crossings`.
        edges: of the topology.

    Differentiable in: image, vertices (x and y), once; `blend` is the same with all derivatives.
    """
    return _Antialias.apply(image, vertices, crossings, edges)  # type: ignore[return-value]
