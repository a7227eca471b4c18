import pytest
import torch

from facescale.fitting.robust import geman_mcclure, spread


def test_the_weight_is_a_quarter_at_the_width_and_none_at_infinity():
    _, weight = geman_mcclure(torch.tensor([[0.0, 2.0, torch.inf]]), torch.tensor([[2.0]]))
    assert weight.tolist() == [[1.0, 0.25, 0.0]]


def test_the_loss_levels_off_at_the_squared_width():
    loss, _ = geman_mcclure(torch.tensor([[1e-3, 1e6, torch.inf]]), torch.tensor([[3.0]]))
    torch.testing.assert_close(loss, torch.tensor([[1e-6, 9.0, 9.0]]), rtol=1e-5, atol=0)


def test_the_weight_is_the_losss_slope_over_that_of_least_squares():
    distance = torch.linspace(0.1, 8, 30, dtype=torch.float64)[None].requires_grad_()
    loss, weight = geman_mcclure(distance, torch.tensor([[1.7]], dtype=torch.float64))
    (slope,) = torch.autograd.grad(loss.sum(), distance)
    torch.testing.assert_close(weight, slope / (2 * distance))


def test_spread_is_the_standard_deviation_of_a_normal_distribution_and_bears_outliers():
    generator = torch.Generator().manual_seed(0)
    distance = 0.7 * torch.randn(1, 20_000, generator=generator)
    distance[:, :2000] = 50.0
    found = spread(distance, torch.ones_like(distance, dtype=torch.bool))
    assert found.item() == pytest.approx(0.8, abs=0.05)


def test_spread_of_nothing_is_not_a_number():
    assert spread(torch.ones(2, 4), torch.zeros(2, 4, dtype=torch.bool)).isnan().all()
