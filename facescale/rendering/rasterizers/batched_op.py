"""How this package makes custom operators of torch: schema, shapes for tracing, and the rule for vmap."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from facescale.geometry import kernels


def batched_op(
    schema: str, *, name: str, run: Callable[..., Any], fake: Callable[..., Any], batched: tuple[int, ...]
) -> Any:
    """Register an operator whose batch is the first dimension of some of its tensors and of all its results.

    vmap folds its dimension into the batch, so that a vmapped call is one launch.

    Args:
        schema: types of arguments and results as torch writes them.
        name: "namespace::operator".
        run: does it, on any device.
        fake: empty results of the right shapes.
        batched: positions of the tensors that have the batch.

    Returns:
        The operator; it has no gradient of its own.
    """
    op = torch.library.custom_op(name, run, mutates_args=(), schema=schema)
    op.register_fake(fake)

    def vmap(info: Any, in_dims: tuple[int | None, ...], *args: Any) -> tuple[Any, Any]:
        shared = [i for i, dim in enumerate(in_dims) if dim is not None and i not in batched]
        if shared:
            raise ValueError(f"expected {name} to be vmapped over arguments {batched}, got {shared}")
        size = info.batch_size
        folded = list(args)
        for i in batched:
            folded[i] = _leading(args[i], in_dims[i], size).flatten(0, 1)
        found = op(*folded)
        if isinstance(found, Tensor):
            return found.unflatten(0, (size, -1)), 0
        return tuple(x.unflatten(0, (size, -1)) for x in found), (0,) * len(found)

    op.register_vmap(vmap)
    return op


def _leading(tensor: Tensor, dim: int | None, size: int) -> Tensor:
    return tensor.expand(size, *tensor.shape) if dim is None else tensor.movedim(dim, 0)


def flat_array(tensor: Tensor) -> Any:
    """A contiguous tensor as Warp sees it: one dimension, no copy."""
    return kernels.warp().from_torch(tensor.detach().view(-1))


def single(tensor: Tensor) -> Tensor:
    """What kernels read: contiguous float32 without gradient."""
    return tensor.detach().to(torch.float32).contiguous()
