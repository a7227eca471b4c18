"""Attributes of vertices at each pixel, and the twin in plain torch. Knows not what the attributes mean."""

# torch declares a function's rules variadic and calls them with as many arguments as it has.
# pyright: reportIncompatibleMethodOverride=false

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from facescale.geometry import kernels
from facescale.rendering.rasterizers.batched_op import batched_op, flat_array, single
from facescale.rendering.rasterizers.interpolate_kernel import backward_kernel, forward_kernel
from facescale.rendering.rasterizers.surface_op import run_length


def interpolate(
    attributes: Float[Tensor, "n v c"],
    faces: Int[Tensor, "f 3"],
    face: Int[Tensor, "b h w"],
    barycentric: Float[Tensor, "b h w 3"],
) -> Float[Tensor, "b h w c"]:
    """Blend attributes of faces' corners at each pixel; 0 where there is no face.

    Args:
        attributes: of vertices; expand a shared set over the batch.
        faces: int32, rows of `attributes`: those of the mesh, or of its texture coordinates.
        face: of the fragments.
        barycentric: of the fragments.

    Raises:
        ValueError: a batch of another size than the fragments'.

    Differentiable in: attributes, barycentric, once in reverse and forward mode; `interpolate_reference` is the
    same with all derivatives.
    """
    if attributes.shape[0] != face.shape[0]:
        raise ValueError(f"expected attributes for {face.shape[0]} images, got {attributes.shape[0]}")
    return _Interpolate.apply(attributes, faces, face, barycentric)  # type: ignore[return-value]


def interpolate_reference(
    attributes: Float[Tensor, "b v c"],
    faces: Int[Tensor, "f 3"],
    face: Int[Tensor, "b h w"],
    barycentric: Float[Tensor, "b h w 3"],
) -> Float[Tensor, "b h w c"]:
    """Blend as `interpolate` does, in plain torch and in the type of its input: the twin.

    Differentiable in: attributes, barycentric.
    """
    rows = torch.arange(len(attributes), device=attributes.device)[:, None, None, None]
    corners = attributes[rows, faces.long()[face.clamp_min(0)]]
    blended = (corners * barycentric[..., None]).sum(-2)
    return blended.where((face >= 0)[..., None], 0.0)


def _launch(kernel: Any, tensors: list[Tensor], outputs: list[Tensor]) -> None:
    values, _, face, *_ = tensors
    run = run_length(face.shape, face.device)
    _, height, width = face.shape
    sizes = [run, values.shape[1], values.shape[2], height, width]
    inputs = [*map(flat_array, tensors), *sizes, *map(flat_array, outputs)]
    kernels.launch(kernel, dim=face.numel() // run, inputs=inputs, device=face.device)


def _forward(values: Tensor, faces: Tensor, face: Tensor, weights: Tensor) -> Tensor:
    blended = torch.empty((*face.shape, values.shape[2]), device=face.device)
    _launch(forward_kernel(), [single(values), faces, face.contiguous(), single(weights)], [blended])
    return blended


def _backward(
    values: Tensor, faces: Tensor, face: Tensor, weights: Tensor, grad: Tensor
) -> tuple[Tensor, Tensor]:
    tensors = [single(values), faces, face.contiguous(), single(weights), single(grad)]
    value_grad = torch.zeros_like(tensors[0])
    weight_grad = torch.empty_like(tensors[3])
    _launch(backward_kernel(), tensors, [value_grad, weight_grad])
    return value_grad, weight_grad


def _float32(*tensors: Tensor) -> tuple[Tensor, ...]:
    return tuple(t.new_empty(t.shape, dtype=torch.float32) for t in tensors)


interpolate_op = batched_op(
    "(Tensor values, Tensor faces, Tensor face, Tensor weights) -> Tensor",
    name="facescale::interpolate",
    run=_forward,
    fake=lambda values, _, face, *__: values.new_empty((*face.shape, values.shape[2]), dtype=torch.float32),
    batched=(0, 2, 3),
)
interpolate_backward_op = batched_op(
    "(Tensor values, Tensor faces, Tensor face, Tensor weights, Tensor grad) -> (Tensor, Tensor)",
    name="facescale::interpolate_backward",
    run=_backward,
    fake=lambda values, _, __, weights, *___: _float32(values, weights),
    batched=(0, 2, 3, 4),
)


class _Interpolate(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(values: Tensor, faces: Tensor, face: Tensor, weights: Tensor) -> Tensor:
        return interpolate_op(values, faces, face, weights)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        del output
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        values, _, _, weights = ctx.saved_tensors
        to_values, to_weights = interpolate_backward_op(*ctx.saved_tensors, grad)
        return to_values.to(values.dtype), None, None, to_weights.to(weights.dtype)

    @staticmethod
    def jvp(ctx: Any, moved: Tensor | None, *others: Tensor | None) -> Tensor:
        values, faces, face, weights = ctx.saved_tensors
        shifted = others[-1]
        by_weights = 0.0 if shifted is None else interpolate_op(values, faces, face, shifted)
        by_values = 0.0 if moved is None else interpolate_op(moved, faces, face, weights)
        return by_values + by_weights  # type: ignore[return-value]
