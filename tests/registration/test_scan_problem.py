from dataclasses import replace

import pytest
import torch

from facescale.fitting.levenberg_marquardt import LevenbergMarquardt, begin, solve
from facescale.fitting.status import SolveStatus
from facescale.fitting.surface_matches import MatchingSurface
from facescale.fitting.unknowns import Layout, Unknowns
from facescale.geometry.closest_point import closest_point_reference
from facescale.geometry.rotations import rotation_from_vector
from facescale.geometry.sites import Sites
from facescale.geometry.surface import SurfaceBvh
from facescale.registration.scan_problem import Carried, Data, ScanProblem
from tests.fitting.bumpy_head import EXPRESSION, IDENTITY, bumpy_head

WIDTH = 3.0
TURN = 0.01
"""rad in a unit of the twin's rotation: a point at 100 mm moves by one."""


def scene(*, lanes: int = 1, count: int = 500, noise: float = 0.3, seed: int = 0) -> ScanProblem:
    head = bumpy_head(splits=3)
    surface = MatchingSurface.of(head)
    generator = torch.Generator().manual_seed(seed)
    params = {
        "identity": torch.randn(lanes, IDENTITY, generator=generator),
        "expression": 0.5 * torch.rand(lanes, EXPRESSION, generator=generator),
    }
    vertices = head.evaluate(params)
    inner = (~surface.border_corner.any(dim=1)).nonzero()[:, 0]
    face = inner[torch.randint(0, len(inner), (lanes, count), generator=generator)]
    weights = torch.rand(lanes, count, 3, generator=generator)
    weights = weights / weights.sum(-1, keepdim=True)
    rows = torch.arange(lanes)[:, None, None]
    points = (vertices[rows, surface.faces[face]] * weights[..., None]).sum(dim=2)
    points = points + noise * torch.randn(points.shape, generator=generator)
    points[:, ::25] += 12.0
    turn = rotation_from_vector(torch.tensor([0.03, -0.02, 0.04]))
    nothing = torch.zeros(lanes, 0)
    return ScanProblem(
        head=head,
        surface=surface,
        bvh=SurfaceBvh(vertices, surface.faces.int()),
        layout=Layout.of(head, scale=False),
        data=Data(
            points=points @ turn.T + torch.tensor([1.0, -0.5, 0.8]),
            normals=torch.zeros_like(points),
            precision=torch.ones(lanes, count),
            keypoints=torch.zeros(lanes, 0, 3),
            keypoint_sites=Sites(face=torch.zeros(0, dtype=torch.int32), barycentric=torch.zeros(0, 3)),
            keypoint_precision=nothing,
        ),
        reach=60.0,
        facing=-2.0,
        narrowest=WIDTH,
        hair_width=1e3,
        borders=True,
    )


def solved(problem: ScanProblem, *, iterations: int = 60, tolerance: float = 1e-6):
    lanes = len(problem.data.points)
    start = Unknowns.at_rest(problem.layout, lanes=lanes, device="cpu")
    state = begin(start, Carried(width=torch.full((lanes,), WIDTH), found=None), lanes=lanes, device="cpu")
    return solve(problem, LevenbergMarquardt(iterations=iterations, tolerance=tolerance), state)


def twin_energy(problem: ScanProblem, values: torch.Tensor) -> torch.Tensor:
    """The same energy in float64, by brute force and autodiff: no tree, no Jacobian, no weights."""
    wide = bumpy_head(splits=3, dtype=torch.float64)
    pose, identity, expression = values.split([6, IDENTITY, EXPRESSION])
    points = problem.data.points[0].double() @ rotation_from_vector(TURN * pose[:3]).T + pose[3:]
    vertices = wide.evaluate({"identity": identity[None], "expression": expression[None]})[0]
    corners = vertices[problem.surface.faces]
    _, face, weights = closest_point_reference(points.detach(), corners.detach())
    apart = (points - (corners[face] * weights[..., None]).sum(dim=1)).square().sum(-1)
    return (apart / (1 + apart / WIDTH**2)).sum() + identity.square().sum() + expression.square().sum()


def test_the_fit_is_the_minimum_that_a_float64_twin_finds():
    problem = scene(count=200)
    end = solved(problem)
    ours = end.unknowns
    values = torch.zeros(6 + IDENTITY + EXPRESSION, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS(
        [values], max_iter=150, tolerance_grad=1e-7, tolerance_change=1e-12, line_search_fn="strong_wolfe"
    )

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        energy = twin_energy(problem, values)
        energy.backward()
        return energy

    optimiser.step(closure)
    coefficients = values.detach()[6:]
    bounded = (coefficients > problem.layout.lower + 1e-6).all()
    assert bounded, "the scene is made so that no bound is active: the twin has none"
    torch.testing.assert_close(ours.coefficients[0], coefficients, rtol=0, atol=3e-3)
    torch.testing.assert_close(
        ours.rotation[0], rotation_from_vector(TURN * values.detach()[:3]), rtol=0, atol=1e-4
    )
    assert end.energy.item() == pytest.approx(twin_energy(problem, values.detach()).item(), rel=1e-4)


def test_outliers_move_the_fit_less_than_the_noise_does():
    problem = scene()
    kept = torch.ones(problem.data.points.shape[1], dtype=torch.bool)
    kept[::25] = False
    data = problem.data
    clean = replace(
        problem,
        data=replace(
            data,
            points=data.points[:, kept].contiguous(),
            normals=data.normals[:, kept].contiguous(),
            precision=data.precision[:, kept].contiguous(),
        ),
    )
    with_them, without = solved(problem).unknowns, solved(clean).unknowns
    shapes = [problem.head.evaluate(problem.layout.split(u.coefficients))[0] for u in (with_them, without)]
    assert (shapes[0] - shapes[1]).norm(dim=1).mean() < 0.1


def test_lanes_side_by_side_are_the_lanes_alone():
    pair = scene(lanes=2)
    end = solved(pair, tolerance=1e-4)
    for lane in range(2):
        data = pair.data
        alone = replace(
            pair,
            bvh=SurfaceBvh(pair.head.mean_vertices()[None], pair.surface.faces.int()),
            data=replace(
                data,
                points=data.points[lane : lane + 1],
                normals=data.normals[lane : lane + 1],
                precision=data.precision[lane : lane + 1],
                keypoints=data.keypoints[lane : lane + 1],
                keypoint_precision=data.keypoint_precision[lane : lane + 1],
            ),
        )
        single = solved(alone, tolerance=1e-4)
        shapes = [
            pair.head.evaluate(pair.layout.split(c))
            for c in (single.unknowns.coefficients, end.unknowns.coefficients[lane : lane + 1])
        ]
        assert (shapes[0] - shapes[1]).norm(dim=-1).max() < 1e-3


def test_the_slope_is_the_gradient_of_the_full_linearisation():
    problem = scene(lanes=2)
    start = Unknowns.at_rest(problem.layout, lanes=2, device="cpu")
    carried = Carried(width=torch.full((2,), WIDTH), found=None)
    full = problem.linearise(start, carried)
    gradient, energy, starved, _ = problem.slope(start, carried)
    torch.testing.assert_close(gradient, full.equations.gradient, rtol=1e-5, atol=1e-3)
    torch.testing.assert_close(energy, full.energy)
    assert not starved.any()
    kept = problem.linearise(start, carried, hessian=full.equations.hessian)
    torch.testing.assert_close(kept.equations.gradient, full.equations.gradient, rtol=1e-5, atol=1e-3)


def test_a_scan_out_of_reach_starves():
    problem = scene()
    far = replace(problem, data=replace(problem.data, points=problem.data.points + 1e4))
    assert SolveStatus(int(solved(far).status[0])) is SolveStatus.STARVED
