"""Normal equations of b lanes, summed energy by energy. Knows nothing of solvers."""

import itertools
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.fitting.rows import Rows
from facescale.fitting.unknowns import Layout, Unknowns, pose_columns
from facescale.heads.template import AbstractTemplateHead

BANDED_FROM = 96
"""Columns from which fewer products outweigh more calls."""


@dataclass(frozen=True, kw_only=True)
class NormalEquations:
    """Half the Hessian's Gauss-Newton part and half the gradient of a sum of squares, in float64."""

    hessian: Float[Tensor, "b u u"]
    gradient: Float[Tensor, "b u"]


def of_rows(head: AbstractTemplateHead, layout: Layout, unknowns: Unknowns, rows: Rows) -> NormalEquations:
    """Sum J'J and J'r.

    The products are taken in float32, block by block so that wide rows are never copied together, and kept in
    float64: rounding of a Hessian only bends the path, and the gradient vanishes with its residuals.

    Args:
        head: whose sites the rows have.
        layout: the unknowns.
        unknowns: where the rows were made.
        rows: of all energies.
    """
    pose, shape = _jacobian(head, layout, unknowns, rows)
    turned, right = pose.mT, rows.residual[..., None]
    cross = turned @ shape
    size, edge = layout.pose_size + layout.coefficients, layout.pose_size
    hessian = torch.empty(len(pose), size, size, dtype=torch.float64, device=pose.device)
    hessian[:, :edge, :edge] = turned @ pose
    hessian[:, :edge, edge:] = cross
    hessian[:, edge:, :edge] = cross.mT
    hessian[:, edge:, edge:] = _gram(shape)
    gradient = torch.cat([turned @ right, shape.mT @ right], dim=1)[..., 0]
    return NormalEquations(hessian=hessian, gradient=gradient.double())


def gradient_of_rows(
    head: AbstractTemplateHead, layout: Layout, unknowns: Unknowns, rows: Rows
) -> Float[Tensor, "b u"]:
    """The gradient alone; takes the same arguments."""
    pose, shape = _jacobian(head, layout, unknowns, rows)
    right = rows.residual[..., None]
    return torch.cat([pose.mT @ right, shape.mT @ right], dim=1)[..., 0].double()


def with_prior(equations: NormalEquations, layout: Layout, unknowns: Unknowns) -> NormalEquations:
    """Add the Gaussian prior of every coefficient; the pose has none."""
    hessian = equations.hessian.clone()
    hessian.diagonal(dim1=1, dim2=2)[:, layout.pose_size :] += layout.prior_std.square().reciprocal()
    return NormalEquations(hessian=hessian, gradient=equations.gradient + prior_gradient(layout, unknowns))


def prior_gradient(layout: Layout, unknowns: Unknowns) -> Float[Tensor, "b u"]:
    """Half the gradient of `prior_energy`."""
    pull = (unknowns.coefficients - layout.prior_mean) / layout.prior_std.square()
    return torch.nn.functional.pad(pull, (layout.pose_size, 0))


def prior_energy(layout: Layout, unknowns: Unknowns) -> Float[Tensor, "b"]:
    """Squared Mahalanobis distance of the coefficients from their prior means."""
    return ((unknowns.coefficients - layout.prior_mean) / layout.prior_std).square().sum(dim=1)


def _jacobian(
    head: AbstractTemplateHead, layout: Layout, unknowns: Unknowns, rows: Rows
) -> tuple[Float[Tensor, "b n p"], Float[Tensor, "b n k"]]:
    """Derivatives by the pose and by the coefficients, side by side but never copied together."""
    pose = pose_columns(rows.points, rows.directions, layout)
    if not layout.blocks:
        return pose, pose[..., :0]
    params = layout.split(unknowns.coefficients)
    return pose, head.directional_jacobian(params, rows.sites, rows.directions.neg())


def _gram(rows: Float[Tensor, "b n k"]) -> Float[Tensor, "b k k"]:
    """J'J from its upper triangle, three bands of columns wide: two thirds of the arithmetic of the whole."""
    k = rows.shape[2]
    if rows.device.type != "cpu" or k < BANDED_FROM:
        return rows.mT @ rows
    product = rows.new_empty(rows.shape[0], k, k)
    for start, stop in itertools.pairwise([0, k * 5 // 14, k * 9 // 14, k]):
        band = rows[..., start:stop].mT @ rows[..., start:]
        product[:, start:stop, start:] = band
        product[:, stop:, start:stop] = band[..., stop - start :].mT
    return product
