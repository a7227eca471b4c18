import torch

from facescale.fitting import normal_equations, rows
from facescale.fitting.normal_equations import NormalEquations
from facescale.fitting.surface_matches import Matches
from facescale.fitting.unknowns import Layout, Unknowns
from facescale.geometry.sites import Sites
from tests.fitting.bumpy_head import bumpy_head


def some_matches(head, *, lanes: int, count: int, dtype: torch.dtype) -> tuple[Matches, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    face = torch.randint(0, len(head.faces), (lanes, count), generator=generator)
    barycentric = torch.rand(lanes, count, 3, generator=generator, dtype=dtype)
    directions = torch.randn(lanes, count, 3, generator=generator, dtype=dtype)
    residual = torch.randn(lanes, count, generator=generator, dtype=dtype)
    matches = Matches(
        sites=Sites(face=face, barycentric=barycentric / barycentric.sum(-1, keepdim=True)),
        found=face,
        points=60 * torch.randn(lanes, count, 3, generator=generator, dtype=dtype),
        directions=torch.nn.functional.normalize(directions, dim=-1),
        residual=residual,
        distance=residual.abs(),
        hairy=torch.zeros_like(residual),
        trust=torch.ones_like(residual),
    )
    return matches, torch.rand(lanes, count, generator=generator, dtype=dtype)


def energy_of_step(head, layout: Layout, unknowns: Unknowns, matches: Matches, weights: torch.Tensor):
    """Half the weighted sum of squared residuals as a function of a step, everything in float64."""
    start = head.evaluate(coefficients_of(layout, unknowns.coefficients), matches.sites)
    away = unknowns.shift[:, None]
    linear = unknowns.rotation * unknowns.log_scale.exp()[:, None, None]
    raw = torch.linalg.solve(linear, (matches.points - away).mT).mT

    def energy(step: torch.Tensor) -> torch.Tensor:
        new = unknowns.stepped(step, layout)
        moved = raw @ (new.rotation * new.log_scale.exp()[:, None, None]).mT + new.shift[:, None]
        sites = head.evaluate(coefficients_of(layout, new.coefficients), matches.sites)
        change = (moved - matches.points) - (sites - start)
        return (weights * (matches.residual + (matches.directions * change).sum(-1)).square()).sum() / 2

    return energy


def coefficients_of(layout: Layout, values: torch.Tensor) -> dict[str, torch.Tensor]:
    parts = values.split([block.size for block in layout.blocks], dim=1)
    return {block.name: part for block, part in zip(layout.blocks, parts, strict=True)}


def test_the_gradient_is_that_of_autodiff_in_float64():
    wide = bumpy_head(dtype=torch.float64)
    layout = Layout.of(wide, scale=True)
    unknowns = Unknowns.at_rest(layout, lanes=2, device="cpu")
    size = layout.pose_size + layout.coefficients
    unknowns = unknowns.stepped(0.1 * torch.ones(2, size, dtype=torch.float64), layout)
    matches, weights = some_matches(wide, lanes=2, count=40, dtype=torch.float64)
    energy = energy_of_step(wide, layout, unknowns, matches, weights)
    exact = torch.autograd.functional.jacobian(energy, torch.zeros(2, size, dtype=torch.float64))
    narrow = bumpy_head()
    single = Matches(
        sites=Sites(face=matches.sites.face, barycentric=matches.sites.barycentric.float()),
        found=matches.found,
        points=matches.points.float(),
        directions=matches.directions.float(),
        residual=matches.residual.float(),
        distance=matches.distance.float(),
        hairy=matches.hairy.float(),
        trust=matches.trust.float(),
    )
    drawn = rows.of_matches(single, weights.float())
    found = normal_equations.of_rows(narrow, layout, unknowns, drawn)
    torch.testing.assert_close(found.gradient, exact, rtol=2e-5, atol=2e-3)
    alone = normal_equations.gradient_of_rows(narrow, layout, unknowns, drawn)
    torch.testing.assert_close(alone, exact, rtol=2e-5, atol=2e-3)


def test_the_hessian_is_the_gauss_newton_hessian_of_autodiff():
    wide = bumpy_head(dtype=torch.float64)
    layout = Layout.of(wide, scale=True)
    unknowns = Unknowns.at_rest(layout, lanes=1, device="cpu")
    matches, weights = some_matches(wide, lanes=1, count=60, dtype=torch.float64)
    # at residual zero the full Hessian is Gauss-Newton's
    matches = Matches(
        sites=matches.sites,
        found=matches.found,
        points=matches.points,
        directions=matches.directions,
        residual=torch.zeros_like(matches.residual),
        distance=torch.zeros_like(matches.residual),
        hairy=matches.hairy,
        trust=matches.trust,
    )
    energy = energy_of_step(wide, layout, unknowns, matches, weights)
    size = layout.pose_size + layout.coefficients
    exact = torch.autograd.functional.hessian(energy, torch.zeros(1, size, dtype=torch.float64))[0, :, 0]
    narrow = Matches(
        sites=Sites(face=matches.sites.face, barycentric=matches.sites.barycentric.float()),
        found=matches.found,
        points=matches.points.float(),
        directions=matches.directions.float(),
        residual=matches.residual.float(),
        distance=matches.distance.float(),
        hairy=matches.hairy.float(),
        trust=matches.trust.float(),
    )
    found = normal_equations.of_rows(bumpy_head(), layout, unknowns, rows.of_matches(narrow, weights.float()))
    torch.testing.assert_close(found.hessian[0], exact, rtol=1e-4, atol=exact.abs().max().item() * 1e-6)


def test_keypoint_equations_are_those_of_autodiff():
    wide = bumpy_head(dtype=torch.float64)
    layout = Layout.of(wide, scale=False)
    unknowns = Unknowns.at_rest(layout, lanes=2, device="cpu")
    generator = torch.Generator().manual_seed(3)
    points = 60 * torch.randn(2, 7, 3, generator=generator, dtype=torch.float64)
    weights = torch.rand(2, 7, generator=generator, dtype=torch.float64)
    sites = wide.landmarks["now7"]

    def energy(step: torch.Tensor) -> torch.Tensor:
        new = unknowns.stepped(step, layout)
        moved = points @ new.rotation.mT + new.shift[:, None]
        at = wide.evaluate(coefficients_of(layout, new.coefficients), sites)
        return (weights * (moved - at).square().sum(-1)).sum() / 2

    zero = torch.zeros(2, layout.pose_size + layout.coefficients, dtype=torch.float64)
    exact = torch.autograd.functional.jacobian(energy, zero)
    narrow = bumpy_head()
    pairs = rows.of_pairs(
        narrow.landmarks["now7"],
        points.float(),
        narrow.evaluate(layout.split(unknowns.coefficients), narrow.landmarks["now7"]),
        weights.float(),
    )
    found = normal_equations.of_rows(narrow, layout, unknowns, pairs)
    torch.testing.assert_close(found.gradient, exact, rtol=1e-4, atol=exact.abs().max().item() * 1e-6)
    energies = pairs.residual.square().sum(dim=1).sum() / 2
    torch.testing.assert_close(energies.double(), energy(zero), rtol=1e-5, atol=0)


def test_joined_rows_sum_their_equations():
    head = bumpy_head()
    layout = Layout.of(head, scale=False)
    unknowns = Unknowns.at_rest(layout, lanes=2, device="cpu")
    first, weights = some_matches(head, lanes=2, count=30, dtype=torch.float32)
    one = rows.of_matches(first, weights)
    two = rows.of_pairs(head.landmarks["now7"], torch.ones(2, 7, 3), torch.zeros(2, 7, 3), torch.ones(2, 7))
    parts = [normal_equations.of_rows(head, layout, unknowns, part) for part in (one, two)]
    whole = normal_equations.of_rows(head, layout, unknowns, rows.joined(one, two))
    torch.testing.assert_close(whole.hessian, parts[0].hessian + parts[1].hessian, rtol=1e-5, atol=0.1)
    torch.testing.assert_close(whole.gradient, parts[0].gradient + parts[1].gradient, rtol=1e-5, atol=0.05)


def test_a_banded_product_is_the_product():
    wide = torch.randn(2, 300, 157, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(normal_equations._gram(wide), wide.mT @ wide, rtol=1e-5, atol=1e-3)


def test_the_prior_is_the_mahalanobis_distance():
    layout = Layout.of(bumpy_head(), scale=False)
    unknowns = Unknowns.at_rest(layout, lanes=1, device="cpu")
    step = torch.zeros(1, layout.pose_size + layout.coefficients, dtype=torch.float64)
    step[0, layout.pose_size + 2] = 3.0
    moved = unknowns.stepped(step, layout)
    assert normal_equations.prior_energy(layout, moved).item() == 9.0
    size = layout.pose_size + layout.coefficients
    nothing = NormalEquations(
        hessian=torch.zeros(1, size, size, dtype=torch.float64),
        gradient=torch.zeros(1, size, dtype=torch.float64),
    )
    equations = normal_equations.with_prior(nothing, layout, moved)
    pose = layout.pose_size
    assert not equations.hessian[:, :pose].any()
    back = -torch.linalg.solve(equations.hessian[:, pose:, pose:], equations.gradient[:, pose:])
    torch.testing.assert_close(back, -step[:, pose:])
