"""Weak perspective: parallel projection whose scale stands for focal length over distance.

It is what a perspective camera sees of an object that is small beside its distance; size and distance cannot be
told apart.
"""

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
from facescale.geometry.cameras.pinhole import PinholeCamera

SQUARE = 1e-3
"""Largest relative difference of the two focal lengths of pixels that count as square."""


@dataclass(frozen=True, kw_only=True)
class WeakPerspectiveJacobians:
    """Derivatives of pixels."""

    projection: Projection
    by_point: Float[Tensor, "*b n 2 3"]
    by_rotation: Float[Tensor, "*b n 2 3"]
    """By a small rotation vector w in camera axes, radians: the rotation becomes exp(w) R."""
    by_scale: Float[Tensor, "*b n 2 1"]
    by_shift: Float[Tensor, "*b n 2 2"]


@typing.final
@dataclass(frozen=True, kw_only=True)
class WeakPerspectiveCamera(AbstractCamera):
    """pixel = scale * (R x)_xy + shift, with square pixels. All points are usable."""

    rotation: Float[Tensor, "*b 3 3"]
    """World to camera."""
    scale: Float[Tensor, "*b"]
    """Pixels a unit of the world."""
    shift: Float[Tensor, "*b 2"]
    """Pixel of the world's origin."""
    size: Int[Tensor, "*b 2"]
    """Width and height, pixels."""

    def project(self, points: Float[Tensor, "*b n 3"]) -> Projection:
        """See points of the world; depths are relative to the world's origin.

        Differentiable in: points and every field.
        """
        return self._projection(turned(points, self.rotation))

    def jacobians(self, points: Float[Tensor, "*b n 3"]) -> WeakPerspectiveJacobians:
        """Projection and its derivatives in closed form."""
        away = turned(points, self.rotation)
        flat = torch.eye(2, 3, dtype=points.dtype, device=points.device)
        by_camera = self.scale[..., None, None, None] * flat.expand(*away.shape[:-1], 2, 3)
        return WeakPerspectiveJacobians(
            projection=self._projection(away),
            by_point=by_camera @ self.rotation[..., None, :, :],
            by_rotation=by_camera @ by_turning(away),
            by_scale=away[..., :2, None],
            by_shift=torch.eye(2, dtype=points.dtype, device=points.device).expand(*away.shape[:-1], 2, 2),
        )

    def rays(self, pixels: Float[Tensor, "*b n 2"]) -> Rays:
        """Parallel rays; their origins lie in the plane through the world's origin.

        Differentiable in: pixels and every field.
        """
        flat = (pixels - self.shift[..., None, :]) / self.scale[..., None, None]
        origins = turned(torch.nn.functional.pad(flat, (0, 1)), self.rotation.mT)
        return Rays(
            origins=origins,
            directions=self.rotation[..., 2, :][..., None, :].expand_as(origins),
            usable=torch.ones_like(pixels[..., 0], dtype=torch.bool),
        )

    def crop(self, corner: Float[Tensor, "*b 2"], size: Int[Tensor, "*b 2"]) -> "WeakPerspectiveCamera":
        """The camera of a cut-out: `corner` (column, row) becomes the origin; it may lie outside the image."""
        return dataclasses.replace(self, shift=self.shift - corner, size=size)

    def resize(self, size: Int[Tensor, "*b 2"]) -> "WeakPerspectiveCamera":
        """The camera of the image resampled by one factor; no half-pixel term.

        Raises:
            ValueError: width and height change by different factors; `OrthographicCamera` has a scale for each.
        """
        factor = size.to(self.scale.dtype) / self.size.to(self.scale.dtype)
        if not torch.allclose(factor[..., 0], factor[..., 1], rtol=1e-9):
            raise ValueError(f"expected one factor for width and height, got {factor.tolist()}")
        return dataclasses.replace(
            self, scale=self.scale * factor[..., 0], shift=self.shift * factor, size=size
        )

    def flip(self) -> "WeakPerspectiveCamera":
        """The camera that sees the world mirrored in x = 0 as the image mirrored left to right."""
        return dataclasses.replace(
            self,
            rotation=mirrored_rotation(self.rotation),
            shift=mirrored_column(self.shift, self.size),
        )

    def _projection(self, away: Tensor) -> Projection:
        pixels = self.scale[..., None, None] * away[..., :2] + self.shift[..., None, :]
        usable = torch.ones_like(away[..., 2], dtype=torch.bool)
        return Projection(pixels=pixels, depth=away[..., 2], usable=usable)


def weak_perspective_at(camera: PinholeCamera, point: Float[Tensor, "*b 3"]) -> WeakPerspectiveCamera:
    """What a perspective camera sees near a point, to first order across and order zero in depth.

    The two agree at the point itself. Distortion is left out: use an undistorted image. Turning the rays so
    that the point's own ray is the axis is left out too, so the point should be near the principal axis.

    Raises:
        ValueError: pixels are not square to 1 in 1000, or the point is not in front of a camera.
    """
    fx, fy = camera.focal.unbind(-1)
    if not bool(((fx / fy - 1).abs() < SQUARE).all()):
        raise ValueError(f"expected square pixels, got focal lengths {camera.focal.tolist()}")
    ideal = camera.without_distortion()
    seen = ideal.project(point[..., None, :])
    if not bool(seen.usable.all()):
        raise ValueError(f"expected points in front of the camera, got depths {seen.depth.tolist()}")
    scale = fx / seen.depth[..., 0]
    moved = turned(point[..., None, :], camera.rotation)[..., 0, :2]
    return WeakPerspectiveCamera(
        rotation=camera.rotation,
        scale=scale,
        shift=seen.pixels[..., 0, :] - scale[..., None] * moved,
        size=camera.size,
    )
