"""The mean head laid onto a scan rigidly: the score that every fit is compared with."""

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.fitting import rows
from facescale.fitting.normal_equations import of_rows
from facescale.fitting.robust import geman_mcclure
from facescale.fitting.surface_matches import match, vertex_values
from facescale.fitting.unknowns import Layout, Unknowns
from facescale.registration.scan_problem import ScanProblem

ROUNDS = 5
POINTS = 800
WIDTH_MM = 6.0
"""Robust width: the mean head is some 3 mm from a face, and hair is further."""


def rigid_mean(problem: ScanProblem, fitted: Unknowns) -> Unknowns:
    """Align the mean head by ICP under robust weights, from the pose of the finished fit.

    Args:
        problem: with all points; its tree is left refitted to the mean head.
        fitted: the finished fit.

    Returns:
        The pose of the mean head; coefficients at their prior means.
    """
    part = problem.data.first(POINTS)
    lanes, device = len(part.points), part.points.device
    mean = problem.head.mean_vertices().expand(lanes, -1, -1)
    problem.bvh.refit(mean)
    layout = Layout(scale=problem.layout.scale, blocks=())
    rest = fitted.coefficients[:, :0]
    pose = replace(fitted, coefficients=rest)
    width = torch.full((lanes, 1), WIDTH_MM, device=device)
    values = vertex_values(problem.surface, mean)
    hint = None
    for _ in range(ROUNDS):
        matches = match(
            problem.surface,
            problem.bvh,
            mean,
            pose.move(part.points),
            pose.turn(part.normals),
            reach=problem.reach,
            facing=problem.facing,
            hint=hint,
            at_vertices=values,
        )
        hint = matches.found
        _, weight = geman_mcclure(matches.distance, width)
        drawn = rows.of_matches(matches, weight * part.precision)
        equations = of_rows(problem.head, layout, pose, drawn)
        pose = pose.stepped(_solved(equations.hessian, equations.gradient), layout)
    return replace(pose, coefficients=problem.layout.prior_mean.expand(lanes, -1))


def _solved(hessian: Float[Tensor, "b u u"], gradient: Float[Tensor, "b u"]) -> Float[Tensor, "b u"]:
    """A Gauss-Newton step with just enough damping that a lane without matches stands still."""
    diagonal = hessian.diagonal(dim1=1, dim2=2)
    factor, _ = torch.linalg.cholesky_ex(hessian + torch.diag_embed(1e-6 * diagonal + 1e-9))
    return torch.cholesky_solve(-gradient[..., None], factor)[..., 0].nan_to_num(0.0)
