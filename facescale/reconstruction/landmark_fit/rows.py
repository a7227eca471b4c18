"""Whitened reprojection residuals of points and their derivatives, in closed form, without the head's part.

A row is a direction d in the image, pixels^-1, times a pixel difference: two a fixed landmark, one a sliding
one. Written out by elements, since products of many 2 x 3 matrices cost thirty times their arithmetic; equal to
`geometry.cameras.pinhole` without distortion. Knows nothing of head models or solvers.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

NEAREST_MM = 20.0
"""Points nearer to the camera, or behind it, are infinitely wrong: no lens shows them."""


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


def by_camera_point(rows: PointRows, focal: Float[Tensor, "v 2"]) -> Float[Tensor, "v c k 3"]:
    """Derivatives of the residuals by the points in camera axes; zero for points behind."""
    x, y, z = rows.camera[:, None].unbind(dim=-1)
    inverse = torch.where(z > NEAREST_MM, 1.0 / z, 0.0)
    along, down = (rows.directions * focal[:, None, None]).unbind(dim=-1)
    along, down = along * inverse, down * inverse
    return torch.stack([along, down, -(along * x + down * y) * inverse], dim=-1)
