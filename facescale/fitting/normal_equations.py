"""Normal equations of b lanes, summed energy by energy. Knows nothing of solvers."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.fitting.surface_matches import Matches
from facescale.fitting.unknowns import Layout, Unknowns, pose_columns
from facescale.geometry.sites import Sites
from facescale.heads.template import AbstractTemplateHead


@dataclass(frozen=True, kw_only=True)
class NormalEquations:
    """Half the Hessian's Gauss-Newton part and half the gradient of a sum of squares, in float64."""

    hessian: Float[Tensor, "b u u"]
    gradient: Float[Tensor, "b u"]

    def __add__(self, other: "NormalEquations") -> "NormalEquations":
        return type(self)(hessian=self.hessian + other.hessian, gradient=self.gradient + other.gradient)


def of_rows(
    pose: Float[Tensor, "b n p"], shape: Float[Tensor, "b n k"], residual: Float[Tensor, "b n"]
) -> NormalEquations:
    """Sum J'J and J'r of rows whose weights ride on them already.

    The products are taken in float32, block by block so that wide rows are never copied together, and kept in
    float64: rounding of a Hessian only bends the path, and the gradient vanishes with its residuals.

    Args:
        pose: derivatives by the pose's unknowns.
        shape: derivatives by the coefficients.
        residual: weighted residuals.
    """
    turned = pose.mT
    cross, right = turned @ shape, residual[..., None]
    hessian = torch.cat(
        [
            torch.cat([turned @ pose, cross], dim=2),
            torch.cat([cross.mT, shape.mT @ shape], dim=2),
        ],
        dim=1,
    )
    gradient = torch.cat([turned @ right, shape.mT @ right], dim=1)[..., 0]
    return NormalEquations(hessian=hessian.double(), gradient=gradient.double())


def of_matches(
    head: AbstractTemplateHead,
    layout: Layout,
    unknowns: Unknowns,
    matches: Matches,
    weights: Float[Tensor, "b n"],
) -> NormalEquations:
    """Signed distances of moved points to sites that ride on the head: point-to-plane.

    Args:
        head: whose sites they are.
        layout: the unknowns.
        unknowns: where to linearise.
        matches: made there.
        weights: of the squared residuals.
    """
    root = weights.sqrt()
    directions = matches.directions * root[..., None]
    shape = head.directional_jacobian(layout.split(unknowns.coefficients), matches.sites, directions.neg())
    return of_rows(pose_columns(matches.points, directions, layout), shape, matches.residual * root)


def gradient_of_matches(
    head: AbstractTemplateHead,
    layout: Layout,
    unknowns: Unknowns,
    matches: Matches,
    weights: Float[Tensor, "b n"],
) -> Float[Tensor, "b u"]:
    """The gradient of `of_matches` alone, for first-order solvers; takes the same arguments."""
    params = layout.split(unknowns.coefficients)
    shape = head.directional_jacobian(params, matches.sites, matches.directions.neg())
    pose = pose_columns(matches.points, matches.directions, layout)
    right = (matches.residual * weights)[..., None]
    return torch.cat([pose.mT @ right, shape.mT @ right], dim=1)[..., 0].double()


def of_site_pairs(
    head: AbstractTemplateHead,
    layout: Layout,
    unknowns: Unknowns,
    sites: Sites,
    points: Float[Tensor, "b n 3"],
    weights: Float[Tensor, "b n"],
) -> NormalEquations:
    """Points that belong to known sites, such as keypoints: all three components of their differences.

    Args:
        head: whose sites they are.
        layout: the unknowns.
        unknowns: where to linearise.
        sites: n of them, the same for every lane or one set a lane.
        points: already in the head frame, mm.
        weights: of the squared distances; zero for absent points.
    """
    count = weights.shape[1]
    params = layout.split(unknowns.coefficients)
    root = weights.sqrt()
    difference = (points - head.evaluate(params, sites)) * root[..., None]
    # one row an axis: x of every point, then y, then z
    axes = torch.eye(3, device=points.device).repeat_interleave(count, dim=0)
    directions = axes * root.repeat(1, 3)[..., None]
    rows = Sites(
        face=torch.cat([sites.face] * 3, dim=-1), barycentric=torch.cat([sites.barycentric] * 3, dim=-2)
    )
    return of_rows(
        pose_columns(points.repeat(1, 3, 1), directions, layout),
        head.directional_jacobian(params, rows, directions.neg()),
        difference.mT.flatten(1),
    )


def of_prior(layout: Layout, unknowns: Unknowns) -> NormalEquations:
    """The Gaussian prior of every coefficient; the pose has none."""
    precision = layout.prior_std.square().reciprocal()
    away = unknowns.coefficients - layout.prior_mean
    full = torch.nn.functional.pad(precision, (layout.pose_size, 0))
    gradient = torch.nn.functional.pad(precision * away, (layout.pose_size, 0))
    hessian = torch.diag(full).expand(len(away), -1, -1)
    return NormalEquations(hessian=hessian, gradient=gradient)


def prior_energy(layout: Layout, unknowns: Unknowns) -> Float[Tensor, "b"]:
    """Squared Mahalanobis distance of the coefficients from their prior means."""
    return ((unknowns.coefficients - layout.prior_mean) / layout.prior_std).square().sum(dim=1)
