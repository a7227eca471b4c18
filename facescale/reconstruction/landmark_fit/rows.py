"""Whitened reprojection residuals of points and their derivatives, in closed form, without the head's part.

A row is a direction d in the image, pixels^-1, times a pixel difference: two a fixed landmark, one a sliding
one. Written out by elements, since products of many 2 x 3 matrices cost thirty times their arithmetic; equal to
`geometry.cameras.pinhole` without distortion. Knows nothing of head models or solvers.
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from facescale.fitting.robust import geman_mcclure

NEAREST_MM = 20.0
"""Points nearer to the camera, or behind it, are infinitely wrong: no lens shows them."""


LEAST_CURVATURE = 0.05
"""Share of a weight's curvature that is left along a residual so large that the loss bends down."""


@dataclass(frozen=True, kw_only=True)
class Lens:
    """An ideal camera a view, and its pose."""

    rotation: Float[Tensor, "v 3 3"]
    """World to camera."""
    translation: Float[Tensor, "v 3"]
    focal: Float[Tensor, "v 2"]
    principal: Float[Tensor, "v 2"]


@dataclass(frozen=True, kw_only=True)
class PointRows:
    """Points of v views as c rows each."""

    world: Float[Tensor, "v k 3"]
    """Turned by the head's rotation, not moved, mm."""
    camera: Float[Tensor, "v k 3"]
    """In camera axes."""
    directions: Float[Tensor, "v c k 2"]
    offset: Float[Tensor, "v c k"]
    """Direction times (pixel - principal point): the derivative by the log focal length."""
    residual: Float[Tensor, "v c k"]
    """Whitened; zero where `distance` is infinite."""
    distance: Float[Tensor, "v k"]
    """Norm of a point's residual: standard deviations."""


def see(
    world: Float[Tensor, "v k 3"],
    shift: Float[Tensor, "v 3"],
    lens: Lens,
    pixels: Float[Tensor, "v k 2"],
    directions: Float[Tensor, "v c k 2"],
) -> PointRows:
    """Project points and compare them with pixels.

    Args:
        world: points turned by the head's rotation.
        shift: the head's translation.
        lens: the cameras.
        pixels: landmarks.
        directions: of the rows.
    """
    camera = torch.baddbmm(lens.translation[:, None], world + shift[:, None], lens.rotation.mT)
    front = camera[..., 2] > NEAREST_MM
    depth = torch.where(front, camera[..., 2], 1.0)
    away = camera[..., :2] / depth[..., None] * lens.focal[:, None]
    away = torch.where(front[..., None], away, 0.0)
    offset = (directions * away[:, None]).sum(dim=-1)
    aim = pixels - lens.principal[:, None]
    residual = torch.where(front[:, None], offset - (directions * aim[:, None]).sum(dim=-1), 0.0)
    distance = torch.where(front, residual.square().sum(dim=1).sqrt(), torch.inf)
    return PointRows(
        world=world,
        camera=camera,
        directions=directions,
        offset=offset,
        residual=residual,
        distance=distance,
    )


def robust_rows(
    rows: PointRows,
    widths: Float[Tensor, "v"],
    counted: Bool[Tensor, "v k"],
    near: Bool[Tensor, "v"],
) -> PointRows:
    """Rows whose sums of products are gradient and curvature of the robust loss, not of the squares.

    Weights alone overrate the curvature along a residual. Far from the end that is what makes long steps safe;
    near it, it makes a fit end in many short ones, so there the rows are shortened along the residual
    (Triggs et al. 2000). The gradient is exact both ways; curvature is never negative.

    Args:
        rows: whitened.
        widths: of the Geman-McClure loss, one a view.
        counted: the others get no weight.
        near: views whose rows are shortened.
    """
    _, weight = geman_mcclure(rows.distance, widths[:, None])
    weight = torch.where(counted, weight, 0.0).sqrt()[:, None]
    ratio = (rows.distance / widths[:, None]).square()
    kept = ((1 - 3 * ratio) / (1 + ratio)).clamp_min(LEAST_CURVATURE).nan_to_num(1.0).sqrt()
    kept = torch.where(near[:, None], kept, 1.0)
    along = rows.residual / rows.distance.clamp_min(1e-12)[:, None]
    along = torch.where(rows.distance[:, None].isfinite(), along, 0.0)
    turned = (along[..., None] * rows.directions).sum(dim=1, keepdim=True)
    cut = ((1 - kept)[:, None] * along)[..., None]
    offset = (along * rows.offset).sum(dim=1, keepdim=True)
    return replace(
        rows,
        directions=(rows.directions - cut * turned) * weight[..., None],
        offset=(rows.offset - cut[..., 0] * offset) * weight,
        residual=rows.residual / kept[:, None] * weight,
    )


def by_camera_point(rows: PointRows, focal: Float[Tensor, "v 2"]) -> Float[Tensor, "v c k 3"]:
    """Derivatives of the residuals by the points in camera axes; zero for points behind."""
    x, y, z = rows.camera[:, None].unbind(dim=-1)
    inverse = torch.where(z > NEAREST_MM, 1.0 / z, 0.0)
    along, down = (rows.directions * focal[:, None, None]).unbind(dim=-1)
    along, down = along * inverse, down * inverse
    return torch.stack([along, down, -(along * x + down * y) * inverse], dim=-1)
