"""OpenGL: projection and modelview matrices, for column vectors.

Source: eye axes +x right, +y up, looking along -z; clip space to a window whose rows count from the bottom;
pixel centres at +0.5, as here. Pixels here count from the top, so an image read back from OpenGL must be turned
upside down first. The depth range (near, far) is the renderer's and no part of a camera. No distortion. Unit:
the scene's.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry.cameras.pinhole import PinholeCamera

PIXEL_CENTRE = 0.5
_TOLERANCE = 1e-5


def camera_from_opengl(
    projection: Float[Tensor, "*b 4 4"], modelview: Float[Tensor, "*b 4 4"], size: Int[Tensor, "*b 2"]
) -> PinholeCamera:
    """Camera of a perspective projection and a world-to-eye matrix without scale.

    Args:
        projection: eye to clip space.
        modelview: world to eye.
        size: width and height of the viewport.

    Raises:
        ValueError: a projection with skew or that is not perspective; a modelview that is not rigid.

    Differentiable in: projection, modelview.
    """
    last = projection.new_tensor([0.0, 0.0, -1.0, 0.0])
    if not bool(((projection[..., 3, :] - last).abs() < _TOLERANCE).all()):
        raise ValueError(
            f"expected a perspective matrix with last row 0 0 -1 0, got {projection[..., 3, :].tolist()}"
        )
    rest = torch.stack(
        [projection[..., 0, 1], projection[..., 1, 0], projection[..., 0, 3], projection[..., 1, 3]]
    )
    if not bool((rest.abs() < _TOLERANCE).all()):
        raise ValueError(f"expected a projection without skew or shift, got {projection.tolist()}")
    turn = modelview[..., :3, :3]
    rigid = (turn @ turn.mT - torch.eye(3, dtype=turn.dtype, device=turn.device)).abs() < 1e3 * _TOLERANCE
    if not bool(rigid.all() and (torch.linalg.det(turn) > 0).all()):
        raise ValueError(f"expected a rigid modelview without scale or mirror, got {modelview.tolist()}")
    span = size.to(projection.dtype)
    diagonal = torch.stack([projection[..., 0, 0], projection[..., 1, 1]], dim=-1)
    centre = torch.stack([1 - projection[..., 0, 2], 1 + projection[..., 1, 2]], dim=-1)
    axes = turn.new_tensor([1.0, -1.0, -1.0])
    return PinholeCamera(
        rotation=axes[:, None] * turn,
        translation=axes * modelview[..., :3, 3],
        focal=diagonal * span / 2,
        principal=centre * span / 2,
        distortion=torch.zeros_like(projection[..., 0, :1]).expand(*projection.shape[:-2], 5),
        size=size,
    )


def opengl_from_camera(
    camera: PinholeCamera, *, near: float, far: float
) -> tuple[Float[Tensor, "*b 4 4"], Float[Tensor, "*b 4 4"]]:
    """Projection and modelview matrices of a camera without distortion.

    Args:
        camera: its image must be drawn to a viewport of its size.
        near: depth that goes to -1, in the world's unit.
        far: depth that goes to +1.

    Raises:
        ValueError: distortion, or not 0 < near < far.

    Differentiable in: the camera's rotation, translation, focal, principal.
    """
    if bool((camera.distortion != 0).any()):
        raise ValueError("expected a camera without distortion: OpenGL has none, undistort the images first")
    if not 0 < near < far:
        raise ValueError(f"expected 0 < near < far, got near {near}, far {far}")
    span = camera.size.to(camera.focal.dtype)
    (fx, fy), (cx, cy) = (2 * camera.focal / span).unbind(-1), (2 * camera.principal / span).unbind(-1)
    nothing, one = torch.zeros_like(fx), torch.ones_like(fx)
    depth, offset = -(far + near) / (far - near) * one, -2 * far * near / (far - near) * one
    rows = (fx, nothing, 1 - cx, nothing, nothing, fy, cy - 1, nothing)
    rows += (nothing, nothing, depth, offset, nothing, nothing, -one, nothing)
    projection = torch.stack(rows, dim=-1).unflatten(-1, (4, 4))
    axes = camera.rotation.new_tensor([1.0, -1.0, -1.0])
    top = torch.cat([axes[:, None] * camera.rotation, (axes * camera.translation)[..., None]], dim=-1)
    bottom = top.new_tensor([0.0, 0.0, 0.0, 1.0]).expand(*top.shape[:-2], 1, 4)
    return projection, torch.cat([top, bottom], dim=-2)
