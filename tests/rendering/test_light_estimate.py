import pytest
import torch

from facescale.rendering.light_estimate import LightEstimateConfig, estimate_light, solve_light
from facescale.rendering.spherical_harmonics import lambertian, sh_basis

PLAIN = LightEstimateConfig(reweightings=0)
REWEIGHTED = LightEstimateConfig()


def scene(seed=0, batch=3, points=800):
    """Points of a head seen from the front, and light brighter from one side, in float64."""
    generator = torch.Generator().manual_seed(seed)
    normals = torch.randn(batch, points, 3, generator=generator, dtype=torch.float64)
    normals[..., 2] = normals[..., 2].abs()
    normals = normals / normals.norm(dim=-1, keepdim=True)
    albedo = 0.2 + 0.6 * torch.rand(batch, points, 3, generator=generator, dtype=torch.float64)
    light = 0.3 * torch.randn(batch, 9, 3, generator=generator, dtype=torch.float64)
    light[:, 0] += 2.5
    return albedo, normals, light, torch.ones(batch, points, dtype=torch.bool)


def error(found, light, normals):
    """Of the light as points receive it, relative."""
    basis = sh_basis(normals)
    return ((basis @ (found.light - light)).norm() / (basis @ light).norm()).item()


@pytest.mark.parametrize("config", [PLAIN, REWEIGHTED])
def test_known_light_is_recovered_in_each_row_of_the_batch(config):
    albedo, normals, light, counted = scene()
    found = estimate_light(lambertian(albedo, normals, light), albedo, normals, counted, config=config)
    assert (found.light - light).abs().max() < 1e-3
    assert found.residual.max() < 1e-3
    alone = estimate_light(
        lambertian(albedo, normals, light)[1:2], albedo[1:2], normals[1:2], counted[1:2], config=config
    )
    assert torch.allclose(alone.light, found.light[1:2], atol=1e-9)


def test_the_solution_is_that_of_least_squares():
    albedo, normals, light, _ = scene(1)
    generator = torch.Generator().manual_seed(2)
    noise = 0.1 * torch.randn(albedo.shape, generator=generator, dtype=torch.float64)
    colours = lambertian(albedo, normals, light) + noise
    weights = torch.rand(albedo.shape, generator=generator, dtype=torch.float64)
    found = solve_light(colours, albedo, normals, weights, ridge=1e-12)
    for row in range(3):
        for channel in range(3):
            root = weights[row, :, channel].sqrt()
            design = (root * albedo[row, :, channel])[:, None] * sh_basis(normals[row])
            exact = torch.linalg.lstsq(design, (root * colours[row, :, channel])[:, None]).solution[:, 0]
            assert torch.allclose(found[row, :, channel], exact, atol=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_with_a_fifth_of_outliers_reweighting_beats_plain_least_squares(seed):
    """Outliers are glossy or shadowed, so they pull to one side; the rest has camera noise."""
    albedo, normals, light, counted = scene(seed)
    generator = torch.Generator().manual_seed(100 + seed)
    colours = lambertian(albedo, normals, light)
    colours = colours + 0.005 * torch.randn(colours.shape, generator=generator, dtype=torch.float64)
    wrong = torch.rand(counted.shape, generator=generator) < 0.2
    offset = 0.2 + 0.6 * torch.rand(counted.shape, generator=generator, dtype=torch.float64)
    colours = colours + (wrong * offset)[..., None]
    plain = estimate_light(colours, albedo, normals, counted, config=PLAIN)
    robust = estimate_light(colours, albedo, normals, counted, config=REWEIGHTED)
    assert error(robust, light, normals) < 0.2 * error(plain, light, normals)
    assert error(robust, light, normals) < 0.02
    least = estimate_light(colours, albedo, normals, counted, config=LightEstimateConfig(reweightings=3))
    assert error(least, light, normals) < 0.5 * error(plain, light, normals)
    assert robust.weights[wrong].mean() < 0.05 * robust.weights[~wrong].mean()


def test_weights_are_those_of_equation_11_with_both_floors():
    albedo, normals, light, counted = scene(3, batch=1)
    albedo[0, 0] = 0.01
    colours = lambertian(albedo, normals, light)
    colours[0, 1] += torch.tensor([0.3, 0.0, -0.4])
    plain = estimate_light(colours, albedo, normals, counted, config=PLAIN)
    once = estimate_light(colours, albedo, normals, counted, config=LightEstimateConfig(reweightings=1))
    left = plain.residual[0, 1].item()
    assert left == pytest.approx(0.5, abs=0.05)
    assert once.weights[0, 1].tolist() == pytest.approx((albedo[0, 1] ** -0.5 * left**-1.5).tolist())
    assert plain.residual[0, 0] < 1 / 255
    assert once.weights[0, 0].tolist() == pytest.approx([0.05**-0.5 * 255**1.5] * 3)


def test_points_that_do_not_count_change_nothing_and_none_at_all_give_no_light():
    albedo, normals, light, counted = scene(4)
    colours = lambertian(albedo, normals, light)
    counted[:, ::3] = False
    counted[1] = False
    colours[~counted] = 9.0
    found = estimate_light(colours, albedo, normals, counted)
    assert (found.light[[0, 2]] - light[[0, 2]]).abs().max() < 1e-3
    assert (found.light[1] == 0).all()


def test_the_solution_passes_gradcheck():
    albedo, normals, light, counted = scene(5, batch=2, points=30)
    inputs = [x.requires_grad_() for x in (lambertian(albedo, normals, light) + 0.05, albedo, normals)]
    weights = counted[..., None].double().expand_as(albedo)
    run = lambda c, a, n: solve_light(c, a, n, weights, ridge=1e-6)  # noqa: E731
    assert torch.autograd.gradcheck(run, inputs, fast_mode=True)
    assert torch.autograd.gradgradcheck(run, inputs, fast_mode=True)


def test_impossible_settings_are_refused():
    with pytest.raises(ValueError, match="0 or more reweightings, got -1"):
        LightEstimateConfig(reweightings=-1)
    with pytest.raises(ValueError, match="above 0"):
        LightEstimateConfig(residual_floor=0.0)
