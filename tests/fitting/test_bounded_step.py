import numpy as np
import torch
from scipy.optimize import lsq_linear

from facescale.fitting.bounded_step import bounded_step


def problem(lanes: int, size: int, *, seed: int = 0) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randn(lanes, 3 * size, size, generator=generator, dtype=torch.float64)
    right = 3 * torch.randn(lanes, 3 * size, generator=generator, dtype=torch.float64)
    lower = -torch.rand(lanes, size, generator=generator, dtype=torch.float64) * 0.3
    upper = torch.rand(lanes, size, generator=generator, dtype=torch.float64) * 0.3
    return rows, right, lower, upper


def test_the_step_is_the_minimum_within_the_box():
    rows, right, lower, upper = problem(6, 40)
    step, good = bounded_step(rows.mT @ rows, -(rows.mT @ right[..., None])[..., 0], lower, upper)
    assert good.all()
    for lane in range(6):
        exact = lsq_linear(rows[lane].numpy(), right[lane].numpy(), (lower[lane], upper[lane]), tol=1e-14)
        np.testing.assert_allclose(step[lane], exact.x, atol=1e-7)


def test_without_bounds_the_step_solves_the_equations():
    rows, right, lower, _ = problem(2, 20)
    free = torch.full_like(lower, torch.inf)
    step, _ = bounded_step(rows.mT @ rows, -(rows.mT @ right[..., None])[..., 0], -free, free)
    exact = torch.linalg.lstsq(rows, right[..., None]).solution[..., 0]
    torch.testing.assert_close(step, exact, rtol=1e-9, atol=1e-9)


def test_a_lane_without_a_minimum_stands_still_and_harms_no_other():
    rows, right, lower, upper = problem(3, 12)
    hessian, gradient = rows.mT @ rows, -(rows.mT @ right[..., None])[..., 0]
    alone, _ = bounded_step(hessian[:1], gradient[:1], lower[:1], upper[:1])
    hessian[1] = -torch.eye(12)
    gradient[2, 3] = torch.nan
    step, good = bounded_step(hessian, gradient, lower, upper)
    assert good.tolist() == [True, False, False]
    assert not step[1:].any()
    assert torch.equal(step[0], alone[0])


def test_the_step_never_leaves_the_box_however_few_rounds():
    rows, right, lower, upper = problem(4, 30)
    step, _ = bounded_step(rows.mT @ rows, -(rows.mT @ right[..., None])[..., 0], lower, upper, rounds=1)
    assert bool(((step >= lower) & (step <= upper)).all())
