from dataclasses import dataclass

import pytest
import torch

from facescale.fitting.levenberg_marquardt import (
    AbstractProblem,
    LevenbergMarquardt,
    Linearisation,
    begin,
    solve,
)
from facescale.fitting.normal_equations import NormalEquations
from facescale.fitting.status import SolveStatus


@dataclass(frozen=True)
class Curve(AbstractProblem[torch.Tensor, torch.Tensor]):
    """y = a exp(-b x) a lane, from samples: nonlinear, with a known answer."""

    at: torch.Tensor
    values: torch.Tensor
    upper: float = torch.inf

    def linearise(self, unknowns, state, *, hessian=None):
        a, b = unknowns[:, :1], unknowns[:, 1:]
        decay = torch.exp(-b * self.at)
        rows = torch.stack([decay, -a * self.at * decay], dim=-1)
        residual = a * decay - self.values
        energy = residual.square().sum(dim=1)
        return Linearisation(
            equations=NormalEquations(
                hessian=rows.mT @ rows if hessian is None else hessian,
                gradient=(rows.mT @ residual[..., None])[..., 0],
            ),
            energy=energy,
            comparable=energy,
            starved=torch.zeros(len(energy), dtype=torch.bool),
            state=state,
        )

    def room(self, unknowns):
        return torch.full_like(unknowns, -torch.inf), (self.upper - unknowns).clamp_min(0)

    def stepped(self, unknowns, step):
        return unknowns + step

    def length(self, step, equations):
        return step.abs().amax(dim=1)

    def select(self, keep, new, old):
        return torch.where(keep[:, None], new, old)

    def select_state(self, keep, new, old):
        return new


TRUE = torch.tensor([[2.0, 0.5], [1.0, 3.0], [5.0, 1.5]], dtype=torch.float64)


def curve(true: torch.Tensor = TRUE, **settings) -> Curve:
    at = torch.linspace(0, 3, 40, dtype=torch.float64)[None]
    return Curve(at=at, values=true[:, :1] * torch.exp(-true[:, 1:] * at), **settings)


def run(problem: Curve, start: torch.Tensor, **settings):
    chosen = LevenbergMarquardt(**{"iterations": 60, "tolerance": 1e-10} | settings)
    state = begin(start, torch.zeros(len(start)), lanes=len(start), device="cpu")
    return solve(problem, chosen, state)


def test_it_finds_the_minimum_from_afar_and_says_so():
    end = run(curve(), torch.ones(3, 2, dtype=torch.float64))
    torch.testing.assert_close(end.unknowns, TRUE, rtol=1e-8, atol=1e-8)
    assert [SolveStatus(int(s)) for s in end.status] == [SolveStatus.CONVERGED] * 3


def test_kept_hessians_change_the_path_and_not_the_end():
    start = TRUE * 1.3
    fresh, kept = run(curve(), start), run(curve(), start, hessians=2)
    torch.testing.assert_close(kept.unknowns, fresh.unknowns, rtol=1e-7, atol=1e-7)
    single = run(curve(), start, hessians=1)
    torch.testing.assert_close(single.unknowns, fresh.unknowns, rtol=1e-6, atol=1e-6)
    assert single.iterations.sum() > fresh.iterations.sum()


def test_a_step_that_raises_the_energy_is_taken_back():
    # from b = -4 a plain Gauss-Newton step overshoots by orders of magnitude
    start = torch.tensor([[1.0, -4.0]], dtype=torch.float64)
    end = run(curve(TRUE[:1]), start, iterations=200)
    torch.testing.assert_close(end.unknowns, TRUE[:1], rtol=1e-6, atol=1e-6)


def test_bounds_hold_and_the_rest_is_solved_beside_them():
    end = run(curve(TRUE[2:], upper=4.0), torch.ones(1, 2, dtype=torch.float64))
    assert end.unknowns[0, 0] == 4.0
    grid = torch.linspace(0.5, 2.5, 20001, dtype=torch.float64)[:, None]
    best = grid[
        curve(TRUE[2:].expand(len(grid), -1))
        .linearise(torch.cat([torch.full_like(grid, 4.0), grid], dim=1), None)
        .energy.argmin()
    ]
    assert end.unknowns[0, 1].item() == pytest.approx(best.item(), abs=2e-4)


def test_the_iteration_limit_is_a_status():
    end = run(curve(), torch.ones(3, 2, dtype=torch.float64), iterations=2)
    assert [SolveStatus(int(s)) for s in end.status] == [SolveStatus.STEP_LIMIT] * 3
    assert end.iterations.tolist() == [2, 2, 2]


def test_a_bad_lane_ends_by_itself_and_leaves_the_others_bit_for_bit():
    start = torch.ones(3, 2, dtype=torch.float64)
    clean = run(curve(), start)
    broken = curve()
    broken.values[1, 7] = torch.nan
    end = run(broken, start)
    assert SolveStatus(int(end.status[1])) is SolveStatus.NOT_FINITE
    assert torch.equal(end.unknowns[1], start[1])
    assert torch.equal(end.unknowns[[0, 2]], clean.unknowns[[0, 2]])


def test_a_starved_lane_does_not_move():
    class Starved(Curve):
        def linearise(self, unknowns, state, *, hessian=None):
            seen = super().linearise(unknowns, state, hessian=hessian)
            return Linearisation(
                equations=seen.equations,
                energy=seen.energy,
                comparable=seen.comparable,
                starved=torch.tensor([True, False, False]),
                state=state,
            )

    base = curve()
    end = run(Starved(base.at, base.values), torch.ones(3, 2, dtype=torch.float64))
    assert SolveStatus(int(end.status[0])) is SolveStatus.STARVED
    assert torch.equal(end.unknowns[0], torch.ones(2, dtype=torch.float64))
    torch.testing.assert_close(end.unknowns[1:], TRUE[1:])


def test_settings_that_cannot_work_are_refused():
    with pytest.raises(ValueError, match="iterations >= 1"):
        LevenbergMarquardt(iterations=0)
