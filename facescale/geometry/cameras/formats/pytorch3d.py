"""PyTorch3D's PerspectiveCameras: R, T, focal length and principal point, in NDC or screen units.

Source: row vectors, X_view = X_world R + T; view axes +x left, +y up, +z forward. NDC runs from +1 at the left
and top to -1 along the shorter side, and as far as the aspect ratio says along the longer one; screen units are
pixels from the top-left corner with +x right and +y down, pixel centres at +0.5, as here. No distortion; the
unit is the scene's.
This is the convention since version 0.6.1; before, screen space was off by half a pixel.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry.cameras.pinhole import PinholeCamera

PIXEL_CENTRE = 0.5


@dataclass(frozen=True, kw_only=True)
class Pytorch3dCamera:
    """The arguments of PerspectiveCameras(R=, T=, focal_length=, principal_point=, in_ndc=, image_size=)."""

    rotation: Float[Tensor, "*b 3 3"]
    translation: Float[Tensor, "*b 3"]
    focal_length: Float[Tensor, "*b 2"]
    principal_point: Float[Tensor, "*b 2"]
    in_ndc: bool
    image_size: Int[Tensor, "*b 2"]
    """Height and width: PyTorch3D's order."""


def camera_from_pytorch3d(source: Pytorch3dCamera) -> PinholeCamera:
    """Our camera of PyTorch3D's.

    Differentiable in: every float field.
    """
    size = source.image_size.flip(-1)
    span = size.to(source.focal_length.dtype)
    focal, principal = source.focal_length, source.principal_point
    if source.in_ndc:
        half = span.amin(-1, keepdim=True) / 2
        focal, principal = focal * half, span / 2 - principal * half
    axes = source.rotation.new_tensor([-1.0, -1.0, 1.0])
    return PinholeCamera(
        rotation=axes[:, None] * source.rotation.mT,
        translation=axes * source.translation,
        focal=focal,
        principal=principal,
        distortion=torch.zeros_like(focal[..., :1]).expand(*focal.shape[:-1], 5),
        size=size,
    )


def pytorch3d_from_camera(camera: PinholeCamera, *, in_ndc: bool = True) -> Pytorch3dCamera:
    """PyTorch3D's camera of ours, in NDC or in screen units.

    Raises:
        ValueError: distortion.

    Differentiable in: the camera's rotation, translation, focal, principal.
    """
    if bool((camera.distortion != 0).any()):
        raise ValueError("expected a camera without distortion: PyTorch3D has none, undistort the images first")
    span = camera.size.to(camera.focal.dtype)
    focal, principal = camera.focal, camera.principal
    if in_ndc:
        half = span.amin(-1, keepdim=True) / 2
        focal, principal = focal / half, (span / 2 - principal) / half
    axes = camera.rotation.new_tensor([-1.0, -1.0, 1.0])
    return Pytorch3dCamera(
        rotation=(axes[:, None] * camera.rotation).mT,
        translation=axes * camera.translation,
        focal_length=focal,
        principal_point=principal,
        in_ndc=in_ndc,
        image_size=camera.size.flip(-1),
    )
