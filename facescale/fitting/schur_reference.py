"""Float64 twin of `schur`: the arrow system written out in full. For tests and measurements only."""

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.fitting.schur import ArrowSystem, spans


def dense_system(system: ArrowSystem, lane: int) -> tuple[Float[Tensor, "u u"], Float[Tensor, "u"]]:
    """Hessian and gradient of one lane: shared unknowns first, then its blocks in order."""
    span = list(spans(system.counts))[lane]
    blocks, size = system.local[span], system.shared.shape[1]
    hessian = torch.block_diag(system.shared[lane], *blocks)
    hessian[size:, :size] = system.cross[span].reshape(-1, size)
    hessian[:size, size:] = hessian[size:, :size].T
    gradient = torch.cat([system.shared_gradient[lane], system.local_gradient[span].reshape(-1)])
    return hessian, gradient


def dense_step(system: ArrowSystem, lane: int) -> tuple[Float[Tensor, "s"], Float[Tensor, "i l"]]:
    """The unbounded step of one lane: shared part, and the local part of its blocks."""
    hessian, gradient = dense_system(system, lane)
    step = torch.linalg.solve(hessian, -gradient)
    size = system.shared.shape[1]
    return step[:size], step[size:].reshape(system.counts[lane], -1)
