"""The step of a damped Gauss-Newton iteration inside bounds, lane by lane. Knows nothing of what is fitted."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

ROUNDS = 8
"""Changes of the active set before the step is cut to the box as it stands; ICT needs two or three."""


def bounded_step(
    hessian: Float[Tensor, "b u u"],
    gradient: Float[Tensor, "b u"],
    lower: Float[Tensor, "b u"],
    upper: Float[Tensor, "b u"],
    *,
    rounds: int = ROUNDS,
) -> tuple[Float[Tensor, "b u"], Bool[Tensor, "b"]]:
    """Minimise 1/2 d'Hd + g'd over lower <= d <= upper by a primal active set.

    Unknowns that leave the box are put on its side, the rest is solved again; unknowns on a side whose
    multiplier pulls them inwards are freed. All lanes work in float64 and none waits for or touches another.

    Args:
        hessian: symmetric, positive definite.
        gradient: at d = 0.
        lower: at most zero; -inf where free.
        upper: at least zero; inf where free.
        rounds: solves at the most.

    Returns:
        The steps, and whether they are usable: false (and a step of zero) where a Hessian was not positive
        definite or not finite.
    """
    # what stands on a side and is pushed further out mostly stays there
    held = ((lower >= 0) & (gradient > 0)) | ((upper <= 0) & (gradient < 0))
    at = torch.zeros_like(gradient)
    good = gradient.isfinite().all(dim=1)
    step = at
    for _ in range(rounds):
        step, positive = _solve_free(hessian, gradient, held, at)
        good = good & positive
        outside = ((step < lower) | (step > upper)) & ~held
        pull = torch.baddbmm(gradient[..., None], hessian, step[..., None])[..., 0]
        # pulled inwards: the energy falls towards the middle of the box
        inwards = held & (pull * ((at <= lower).double() * 2 - 1) < 0)
        changed = outside | inwards
        # On a GPU the test is a wait for the device, and the loop is short.
        if gradient.device.type == "cpu" and not bool((changed & good[:, None]).any()):
            break
        at = torch.where(outside, step.clamp(lower, upper), at)
        held = (held | outside) & ~inwards
    step = torch.minimum(torch.maximum(step, lower), upper)
    good = good & step.isfinite().all(dim=1)
    return torch.where(good[:, None], step, 0.0), good


def _solve_free(
    hessian: Tensor, gradient: Tensor, held: Tensor, at: Tensor
) -> tuple[Float[Tensor, "b u"], Bool[Tensor, "b"]]:
    """Solve for the unknowns that are not held, the held ones standing at `at`."""
    free = (~held).to(hessian.dtype)
    fixed = torch.where(held, at, 0.0)
    right = -torch.baddbmm(gradient[..., None], hessian, fixed[..., None]) * free[..., None]
    left = hessian * (free[:, :, None] * free[:, None, :])
    left.diagonal(dim1=1, dim2=2).add_(1 - free)
    factor, info = torch.linalg.cholesky_ex(left)
    return torch.cholesky_solve(right, factor)[..., 0] * free + fixed, info == 0
