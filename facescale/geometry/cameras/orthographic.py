"""Parallel projection with a calibrated scale. Knows nothing of files."""

import dataclasses
import typing
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry.cameras.camera import (
    AbstractCamera,
    Projection,
    Rays,
    by_turning,
    mirrored_column,
    mirrored_rotation,
    turned,
)


@dataclass(frozen=True, kw_only=True)
class OrthographicJacobians:
    """Derivatives of pixels."""

    projection: Projection
    by_point: Float[Tensor, "*b n 2 3"]
    by_rotation: Float[Tensor, "*b n 2 3"]
    """By a small rotation vector w in camera axes, radians: the rotation becomes exp(w) R, t stays."""
    by_translation: Float[Tensor, "*b n 2 3"]
    by_scale: Float[Tensor, "*b n 2 2"]
    by_principal: Float[Tensor, "*b n 2 2"]


@typing.final
@dataclass(frozen=True, kw_only=True)
class OrthographicCamera(AbstractCamera):
    """x_camera = R x + t; pixel = scale * (x, y) + principal. Nothing is behind it: all points are usable."""

    rotation: Float[Tensor, "*b 3 3"]
    """World to camera."""
    translation: Float[Tensor, "*b 3"]
    """World to camera, in the world's unit; its z moves depths only."""
    scale: Float[Tensor, "*b 2"]
    """Pixels a unit of the world, along columns and rows."""
    principal: Float[Tensor, "*b 2"]
    """Pixel of the axis through the camera's origin."""
    size: Int[Tensor, "*b 2"]
    """Width and height, pixels."""

    def project(self, points: Float[Tensor, "*b n 3"]) -> Projection:
        """See points of the world.

        Differentiable in: points and every field.
        """
        return self._projection(turned(points, self.rotation))

    def jacobians(self, points: Float[Tensor, "*b n 3"]) -> OrthographicJacobians:
        """Projection and its derivatives in closed form."""
        away = turned(points, self.rotation)
        flat = torch.eye(2, 3, dtype=points.dtype, device=points.device)
        by_camera = self.scale[..., None, :, None] * flat.expand(*away.shape[:-1], 2, 3)
        shifted = away[..., :2] + self.translation[..., None, :2]
        return OrthographicJacobians(
            projection=self._projection(away),
            by_point=by_camera @ self.rotation[..., None, :, :],
            by_rotation=by_camera @ by_turning(away),
            by_translation=by_camera,
            by_scale=torch.diag_embed(shifted),
            by_principal=torch.eye(2, dtype=points.dtype, device=points.device).expand(*away.shape[:-1], 2, 2),
        )

    def rays(self, pixels: Float[Tensor, "*b n 2"]) -> Rays:
        """Parallel rays; their origins lie in the camera's plane z = 0.

        Differentiable in: pixels and every field.
        """
        flat = (pixels - self.principal[..., None, :]) / self.scale[..., None, :]
        origins = torch.nn.functional.pad(flat, (0, 1)) - self.translation[..., None, :]
        forward = self.rotation[..., 2, :]
        return Rays(
            origins=turned(origins, self.rotation.mT),
            directions=forward[..., None, :].expand_as(origins),
            usable=torch.ones_like(pixels[..., 0], dtype=torch.bool),
        )

    def crop(self, corner: Float[Tensor, "*b 2"], size: Int[Tensor, "*b 2"]) -> "OrthographicCamera":
        """The camera of a cut-out: `corner` (column, row) becomes the origin; it may lie outside the image."""
        return dataclasses.replace(self, principal=self.principal - corner, size=size)

    def resize(self, size: Int[Tensor, "*b 2"]) -> "OrthographicCamera":
        """The camera of the image resampled to another width and height; no half-pixel term."""
        factor = size.to(self.scale.dtype) / self.size.to(self.scale.dtype)
        return dataclasses.replace(
            self, scale=self.scale * factor, principal=self.principal * factor, size=size
        )

    def flip(self) -> "OrthographicCamera":
        """The camera that sees the world mirrored in x = 0 as the image mirrored left to right."""
        return dataclasses.replace(
            self,
            rotation=mirrored_rotation(self.rotation),
            translation=self.translation * self.translation.new_tensor([-1.0, 1.0, 1.0]),
            principal=mirrored_column(self.principal, self.size),
        )

    def _projection(self, away: Tensor) -> Projection:
        points = away + self.translation[..., None, :]
        pixels = self.scale[..., None, :] * points[..., :2] + self.principal[..., None, :]
        usable = torch.ones_like(points[..., 2], dtype=torch.bool)
        return Projection(pixels=pixels, depth=points[..., 2], usable=usable)
