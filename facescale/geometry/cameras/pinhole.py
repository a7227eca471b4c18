"""Perspective cameras with Brown-Conrady distortion. Knows nothing of files."""

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
from facescale.geometry.cameras.distortion import distort, distortion_jacobians, one_to_one_radius, undistort


@dataclass(frozen=True, kw_only=True)
class PinholeJacobians:
    """Derivatives of pixels; zero for a point that is not usable."""

    projection: Projection
    by_point: Float[Tensor, "*b n 2 3"]
    """By the point in the world."""
    by_rotation: Float[Tensor, "*b n 2 3"]
    """By a small rotation vector w in camera axes, radians: the rotation becomes exp(w) R, t stays."""
    by_translation: Float[Tensor, "*b n 2 3"]
    by_focal: Float[Tensor, "*b n 2 2"]
    by_principal: Float[Tensor, "*b n 2 2"]
    by_distortion: Float[Tensor, "*b n 2 5"]


@typing.final
@dataclass(frozen=True, kw_only=True)
class PinholeCamera(AbstractCamera):
    """x_camera = R x + t, then perspective division, distortion, focal lengths and principal point."""

    rotation: Float[Tensor, "*b 3 3"]
    """World to camera."""
    translation: Float[Tensor, "*b 3"]
    """World to camera, in the world's unit."""
    focal: Float[Tensor, "*b 2"]
    """Pixels, along columns and rows."""
    principal: Float[Tensor, "*b 2"]
    """Column and row; the first pixel's centre is (0.5, 0.5)."""
    distortion: Float[Tensor, "*b 5"]
    """k1, k2, p1, p2, k3 in normalised coordinates."""
    size: Int[Tensor, "*b 2"]
    """Width and height, pixels."""

    @property
    def centre(self) -> Float[Tensor, "*b 3"]:
        """The camera's position in the world."""
        return -(self.rotation.mT @ self.translation[..., None])[..., 0]

    @property
    def matrix(self) -> Float[Tensor, "*b 3 3"]:
        """The matrix K of focal lengths and principal point, in pixels with centres at +0.5."""
        nothing, one = torch.zeros_like(self.focal[..., 0]), torch.ones_like(self.focal[..., 0])
        (fx, fy), (cx, cy) = self.focal.unbind(-1), self.principal.unbind(-1)
        rows = (fx, nothing, cx, nothing, fy, cy, nothing, nothing, one)
        return torch.stack(rows, dim=-1).unflatten(-1, (3, 3))

    def to_camera(self, points: Float[Tensor, "*b n 3"]) -> Float[Tensor, "*b n 3"]:
        """Points of the world in the camera's axes."""
        return turned(points, self.rotation) + self.translation[..., None, :]

    def project(self, points: Float[Tensor, "*b n 3"]) -> Projection:
        """See points of the world.

        Differentiable in: points and every field, at usable points.
        """
        return self._projection(*self._normalised(self.to_camera(points)))

    def jacobians(self, points: Float[Tensor, "*b n 3"]) -> PinholeJacobians:
        """Projection and its derivatives in closed form. Second-order: differentiable themselves."""
        away = turned(points, self.rotation)
        normalised, depth, usable = self._normalised(away + self.translation[..., None, :])
        bent_by_point, bent_by_distortion = distortion_jacobians(normalised, self.distortion)
        x, y = normalised.unbind(-1)
        safe = torch.where(usable, depth, 1.0)
        nothing, inverse = torch.zeros_like(x), 1 / safe
        rows = (inverse, nothing, -x * inverse, nothing, inverse, -y * inverse)
        divided = torch.stack(rows, dim=-1).unflatten(-1, (2, 3))
        mask = usable[..., None, None].to(points.dtype)
        focal = self.focal[..., None, :, None]
        by_camera = mask * focal * (bent_by_point @ divided)
        return PinholeJacobians(
            projection=self._projection(normalised, depth, usable),
            by_point=by_camera @ self.rotation[..., None, :, :],
            by_rotation=by_camera @ by_turning(away),
            by_translation=by_camera,
            by_focal=mask * torch.diag_embed(distort(normalised, self.distortion)),
            by_principal=mask * torch.eye(2, dtype=points.dtype, device=points.device),
            by_distortion=mask * focal * bent_by_distortion,
        )

    def normalise(self, pixels: Float[Tensor, "*b n 2"]) -> tuple[Tensor, Tensor]:
        """Undistorted coordinates x/z, y/z of pixels, NaN where no point appears, and a mask of the others.

        Differentiable in: pixels, focal, principal, distortion.
        """
        return undistort((pixels - self.principal[..., None, :]) / self.focal[..., None, :], self.distortion)

    def rays(self, pixels: Float[Tensor, "*b n 2"]) -> Rays:
        """Look along pixels from the camera's centre.

        Differentiable in: pixels and every field, where usable.
        """
        normalised, usable = self.normalise(pixels)
        ahead = torch.cat([normalised, torch.ones_like(normalised[..., :1])], dim=-1)
        ahead = torch.where(usable[..., None], ahead, 1.0)
        directions = turned(ahead / ahead.norm(dim=-1, keepdim=True), self.rotation.mT)
        return Rays(
            origins=self.centre[..., None, :].expand_as(directions),
            directions=torch.where(usable[..., None], directions, torch.nan),
            usable=usable,
        )

    def unproject(
        self, pixels: Float[Tensor, "*b n 2"], depth: Float[Tensor, "*b n"]
    ) -> Float[Tensor, "*b n 3"]:
        """The points of the world at pixels and depths along the optical axis; NaN where none appears.

        Differentiable in: pixels, depth and every field, where finite.
        """
        normalised, _ = self.normalise(pixels)
        points = torch.cat([normalised, torch.ones_like(normalised[..., :1])], dim=-1) * depth[..., None]
        return turned(points - self.translation[..., None, :], self.rotation.mT)

    def crop(self, corner: Float[Tensor, "*b 2"], size: Int[Tensor, "*b 2"]) -> "PinholeCamera":
        """The camera of a cut-out: `corner` (column, row) becomes the origin; it may lie outside the image."""
        return dataclasses.replace(self, principal=self.principal - corner, size=size)

    def resize(self, size: Int[Tensor, "*b 2"]) -> "PinholeCamera":
        """The camera of the image resampled to another width and height; no half-pixel term."""
        factor = size.to(self.focal.dtype) / self.size.to(self.focal.dtype)
        return dataclasses.replace(
            self, focal=self.focal * factor, principal=self.principal * factor, size=size
        )

    def flip(self) -> "PinholeCamera":
        """The camera that sees the world mirrored in x = 0 as the image mirrored left to right.

        See `AbstractCamera.flip`; of the distortion only p2 changes its sign.
        """
        distortion = self.distortion * self.distortion.new_tensor([1.0, 1.0, 1.0, -1.0, 1.0])
        return dataclasses.replace(
            self,
            rotation=mirrored_rotation(self.rotation),
            translation=self.translation * self.translation.new_tensor([-1.0, 1.0, 1.0]),
            principal=mirrored_column(self.principal, self.size),
            distortion=distortion,
        )

    def without_distortion(self) -> "PinholeCamera":
        """The ideal camera with the same pose, focal lengths, principal point and size."""
        return dataclasses.replace(self, distortion=torch.zeros_like(self.distortion))

    def _normalised(self, points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Coordinates after division, zero where not usable; depths; which are usable."""
        depth = points[..., 2]
        front = depth > 0
        divided = points[..., :2] / torch.where(front, depth, 1.0)[..., None]
        inside = divided.detach().double().norm(dim=-1) < one_to_one_radius(self.distortion)[..., None]
        usable = front & inside
        return torch.where(usable[..., None], divided, 0.0), depth, usable

    def _projection(self, normalised: Tensor, depth: Tensor, usable: Tensor) -> Projection:
        bent = distort(normalised, self.distortion)
        pixels = self.focal[..., None, :] * bent + self.principal[..., None, :]
        pixels = torch.where(usable[..., None], pixels, torch.nan)
        return Projection(pixels=pixels, depth=depth, usable=usable)
