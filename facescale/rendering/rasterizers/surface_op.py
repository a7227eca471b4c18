"""The operator from projected vertices to visible faces, barycentrics and depth, with its derivatives.

Reverse and forward mode are first-order: the reverse kernel has no derivative of its own. Whoever needs
second derivatives evaluates `surface_coordinates`, plain torch, at the faces found here.
"""

# torch declares a function's rules variadic and calls them with as many arguments as it has.
# pyright: reportIncompatibleMethodOverride=false

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from facescale.geometry import kernels
from facescale.rendering.rasterizers.batched_op import batched_op, flat_array, single
from facescale.rendering.rasterizers.raster_gradient_kernel import backward_kernel
from facescale.rendering.rasterizers.raster_kernel import (
    KEY_PADDING,
    LANES,
    NOT_FOUND,
    cover_kernel,
    resolve_kernel,
)
from facescale.rendering.rasterizers.reference import surface_coordinates_tangent


def run_length(pixels: Tensor | torch.Size, device: torch.device) -> int:
    """Pixels a thread: on the CPU, where a launch is one loop, a row; one on a GPU."""
    return pixels[-1] if device.type == "cpu" else 1  # type: ignore[return-value]


def images_at_once(batch: int, device: torch.device) -> int:
    """Images that share a launch: one on the CPU, whose caches hold one image's keys, all on a GPU."""
    return 1 if device.type == "cpu" else batch


def _rasterize(
    vertices: Tensor,
    faces: Tensor,
    height: int,
    width: int,
    near: float,
    perspective: bool,
    cull_back: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    vertices = single(vertices)
    device, (batch, count) = vertices.device, vertices.shape[:2]
    shape = torch.Size((batch, height, width))
    face = torch.empty(shape, dtype=torch.int64, device=device)
    weights, depth = torch.empty((*shape, 3), device=device), torch.empty(shape, device=device)
    step = images_at_once(batch, device)
    keys = torch.empty(step * height * width + KEY_PADDING, dtype=torch.int64, device=device)
    lanes, run = LANES[device.type], run_length(shape, device)
    for rows in range(0, batch, step):
        now = slice(rows, rows + step)
        keys.fill_(NOT_FOUND)
        mesh, found = [flat_array(vertices[now]), flat_array(faces)], flat_array(keys)
        kernels.launch(
            cover_kernel(),
            dim=step * len(faces) * lanes,
            inputs=[*mesh, len(faces), lanes, count, height, width, near, perspective, cull_back, found],
            device=device,
        )
        outputs = [flat_array(x[now]) for x in (face, weights, depth)]
        kernels.launch(
            resolve_kernel(),
            dim=step * height * width // run,
            inputs=[*mesh, found, run, count, height, width, perspective, *outputs],
            device=device,
        )
    return face, weights, depth


def _rasterize_fake(
    vertices: Tensor, _faces: Tensor, height: int, width: int, *_options: Any
) -> tuple[Tensor, ...]:
    shape = (vertices.shape[0], height, width)
    single_precision = vertices.new_empty(shape, dtype=torch.float32)
    return (
        vertices.new_empty(shape, dtype=torch.int64),
        vertices.new_empty((*shape, 3), dtype=torch.float32),
        single_precision,
    )


def _backward(
    vertices: Tensor,
    faces: Tensor,
    face: Tensor,
    weight_grad: Tensor,
    depth_grad: Tensor,
    perspective: bool,
) -> Tensor:
    values = single(vertices)
    grad = torch.zeros_like(values)
    height, width = face.shape[1:]
    run = run_length(face.shape, face.device)
    arrays = [values, faces, face.contiguous(), single(weight_grad), single(depth_grad)]
    kernels.launch(
        backward_kernel(),
        dim=face.numel() // run,
        inputs=[
            *map(flat_array, arrays), run, values.shape[1], height, width, perspective, flat_array(grad)
        ],
        device=face.device,
    )  # fmt: skip
    return grad


rasterize_op = batched_op(
    "(Tensor vertices, Tensor faces, int height, int width, float near, bool perspective, bool cull_back)"
    " -> (Tensor, Tensor, Tensor)",
    name="facescale::rasterize",
    run=_rasterize,
    fake=_rasterize_fake,
    batched=(0,),
)
rasterize_backward_op = batched_op(
    "(Tensor vertices, Tensor faces, Tensor face, Tensor weight_grad, Tensor depth_grad, bool perspective)"
    " -> Tensor",
    name="facescale::rasterize_backward",
    run=_backward,
    fake=lambda vertices, *_: vertices.new_empty(vertices.shape, dtype=torch.float32),
    batched=(0, 2, 3, 4),
)


class _Rasterize(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(vertices: Tensor, faces: Tensor, options: tuple[Any, ...]) -> tuple[Tensor, Tensor, Tensor]:
        return rasterize_op(vertices, faces, *options)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        vertices, faces, options = inputs
        face = output[0]
        ctx.mark_non_differentiable(face)
        ctx.save_for_backward(vertices, faces, face)
        ctx.save_for_forward(vertices, faces, face)
        ctx.perspective = options[3]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, _face: Any, weight_grad: Tensor, depth_grad: Tensor) -> tuple[Any, ...]:
        vertices, faces, face = ctx.saved_tensors
        grad = rasterize_backward_op(vertices, faces, face, weight_grad, depth_grad, ctx.perspective)
        return grad.to(vertices.dtype), None, None

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor, *_none: Any) -> tuple[Any, ...]:
        vertices, faces, face = ctx.saved_tensors
        weights, depth = surface_coordinates_tangent(
            vertices, tangent, faces, face, perspective=ctx.perspective
        )
        return None, weights.to(torch.float32), depth.to(torch.float32)


def rasterize_surface(
    vertices: Float[Tensor, "b v 3"],
    faces: Int[Tensor, "f 3"],
    shape: tuple[int, int],
    *,
    near: float,
    perspective: bool,
    cull_back: bool,
) -> tuple[Int[Tensor, "b h w"], Float[Tensor, "b h w 3"], Float[Tensor, "b h w"]]:
    """Nearest face at each pixel's centre, its barycentrics and depth.

    Args:
        vertices: projected, see `AbstractRasterizer`.
        faces: int32.
        shape: height and width.
        near: faces with a corner at this depth or nearer are left out.
        perspective: see `AbstractRasterizer`.
        cull_back: leave out faces seen from behind.

    Differentiable in: vertices, once.
    """
    return _Rasterize.apply(vertices, faces, (*shape, near, perspective, cull_back))  # type: ignore[return-value]
