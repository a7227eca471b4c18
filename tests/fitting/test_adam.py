from dataclasses import dataclass

import pytest
import torch

from facescale.fitting.adam import AbstractDescent, Adam, minimise
from facescale.fitting.status import SolveStatus


@dataclass(frozen=True)
class Bowl(AbstractDescent[torch.Tensor, None]):
    """A quadratic with its minimum at `target`, steep in some columns and flat in others."""

    target: torch.Tensor
    steepness: torch.Tensor
    lowest: float = -torch.inf

    def slope(self, unknowns, state):
        away = unknowns - self.target
        starved = torch.zeros(len(away), dtype=torch.bool)
        return self.steepness * away, (self.steepness * away.square()).sum(dim=1) / 2, starved, state

    def room(self, unknowns):
        return (self.lowest - unknowns).clamp_max(0), torch.full_like(unknowns, torch.inf)

    def stepped(self, unknowns, step):
        return unknowns + step


@dataclass(frozen=True)
class Shelf(Bowl):
    """The same bowl on a shelf, as the noise of a scan lifts any fit's energy."""

    def slope(self, unknowns, state):
        gradient, energy, starved, state = super().slope(unknowns, state)
        return gradient, energy + 5.0, starved, state


TARGET = torch.tensor([[1.0, -2.0, 30.0], [0.5, 1.0, -10.0]], dtype=torch.float64)
STEEP = torch.tensor([[100.0, 1.0, 0.01]], dtype=torch.float64)
SCALES = torch.tensor([1.0, 1.0, 20.0], dtype=torch.float64)


def test_it_is_torchs_adam_when_all_scales_are_one():
    start = torch.zeros(2, 3, dtype=torch.float64)
    ones = torch.ones(3, dtype=torch.float64)
    ours = minimise(Bowl(TARGET, STEEP), Adam(rate=0.03, iterations=50), start, None, scales=ones)
    theirs = start.clone().requires_grad_()
    optimiser = torch.optim.Adam([theirs], lr=0.03)
    for _ in range(50):
        optimiser.zero_grad()
        (STEEP * (theirs - TARGET).square()).sum().div(2).backward()
        optimiser.step()
    torch.testing.assert_close(ours.unknowns, theirs.detach(), rtol=1e-9, atol=1e-9)


def test_a_parameter_moves_by_at_most_rate_times_steps_times_scale():
    start = torch.zeros(2, 3, dtype=torch.float64)
    end = minimise(Bowl(TARGET, STEEP), Adam(rate=1e-3, iterations=300), start, None, scales=SCALES)
    assert bool((end.unknowns.abs() <= 0.3 * SCALES * 1.01).all())


def test_scales_bring_columns_of_different_units_home_together():
    start = torch.zeros(2, 3, dtype=torch.float64)
    end = minimise(Bowl(TARGET, STEEP), Adam(rate=0.05, iterations=2000), start, None, scales=SCALES)
    torch.testing.assert_close(end.unknowns, TARGET, rtol=0, atol=0.02)
    assert end.status.tolist() == [int(SolveStatus.STEP_LIMIT)] * 2


def test_steps_stop_at_the_bounds():
    start = torch.zeros(2, 3, dtype=torch.float64)
    ones = torch.ones(3, dtype=torch.float64)
    end = minimise(Bowl(TARGET, STEEP, -0.5), Adam(rate=0.05, iterations=300), start, None, scales=ones)
    assert end.unknowns.min() == -0.5


def test_a_lane_that_is_not_finite_stands_still_alone():
    target = TARGET.clone()
    target[1, 0] = torch.nan
    start = torch.zeros(2, 3, dtype=torch.float64)
    end = minimise(Bowl(target, STEEP), Adam(rate=0.05, iterations=20), start, None, scales=SCALES)
    assert SolveStatus(int(end.status[1])) is SolveStatus.NOT_FINITE
    assert not end.unknowns[1].any()
    clean = minimise(Bowl(TARGET, STEEP), Adam(rate=0.05, iterations=20), start, None, scales=SCALES)
    assert torch.equal(end.unknowns[0], clean.unknowns[0])


def test_the_rate_falls_to_its_last_share():
    start = torch.zeros(2, 3, dtype=torch.float64)
    ones = torch.ones(3, dtype=torch.float64)
    far = Bowl(TARGET * 1e6, STEEP)
    falling = minimise(far, Adam(rate=0.1, iterations=100, last_share=0.01), start, None, scales=ones)
    # against a far target Adam takes whole steps: their sum is that of the geometric series
    series = 0.1 * sum(0.01 ** (k / 99) for k in range(100))
    torch.testing.assert_close(
        falling.unknowns.abs(), torch.full((2, 3), series, dtype=torch.float64), rtol=1e-3, atol=0
    )


def test_a_tolerance_ends_each_lane_when_its_own_energy_stands_still():
    start = torch.zeros(2, 3, dtype=torch.float64)
    start[1] = TARGET[1]
    settings = Adam(rate=0.05, iterations=5000, last_share=0.01, tolerance=1e-6, window=25)
    end = minimise(Shelf(TARGET, STEEP), settings, start, None, scales=SCALES)
    assert [SolveStatus(int(one)) for one in end.status] == [SolveStatus.CONVERGED] * 2
    assert int(end.iterations[1]) == 50, "two windows: one to know the energy, one to see that it stands"
    assert 50 < int(end.iterations[0]) < 5000
    torch.testing.assert_close(end.unknowns, TARGET, rtol=0, atol=0.05)


def test_a_lane_that_starts_at_an_energy_of_zero_has_converged():
    settings = Adam(rate=0.05, iterations=100, tolerance=1e-6, window=10)
    end = minimise(Bowl(TARGET, STEEP), settings, TARGET.clone(), None, scales=SCALES)
    assert end.status.tolist() == [int(SolveStatus.CONVERGED)] * 2


def test_without_a_tolerance_all_steps_are_taken():
    start = TARGET.clone()
    end = minimise(Shelf(TARGET, STEEP), Adam(rate=0.01, iterations=120), start, None, scales=SCALES)
    assert end.iterations.tolist() == [120, 120]
    assert end.status.tolist() == [int(SolveStatus.STEP_LIMIT)] * 2


def test_settings_that_cannot_work_are_refused():
    with pytest.raises(ValueError, match="positive rate"):
        Adam(rate=0.0)
    with pytest.raises(ValueError, match="tolerance >= 0"):
        Adam(tolerance=-1.0)
