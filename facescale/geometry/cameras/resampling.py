"""Images of one pinhole camera resampled to another with the same pose. Knows nothing of colour spaces.

Undistorting and distorting are the two common cases. Resample linear values, not sRGB, where it matters.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from facescale.geometry.cameras.pinhole import PinholeCamera


def undistort_image(
    image: Float[Tensor, "b c h w"], camera: PinholeCamera
) -> tuple[Float[Tensor, "b c h w"], Bool[Tensor, "b h w"]]:
    """The image that `camera.without_distortion()` takes.

    Returns:
        The image and a mask of pixels that the original saw; the others repeat its border or are meaningless.

    Raises:
        ValueError: sizes do not agree.

    Differentiable in: image, and the camera's focal, principal and distortion.
    """
    return resample(image, camera, camera.without_distortion())


def resample(
    image: Float[Tensor, "b c h w"], source: PinholeCamera, target: PinholeCamera
) -> tuple[Float[Tensor, "b c H W"], Bool[Tensor, "b H W"]]:
    """Bilinear samples of a source image at every pixel centre of a target camera; poses are taken as equal.

    No prefilter: shrink an image by area first.

    Args:
        image: taken by `source`; row 0 at the top.
        source: batch of cameras of one size.
        target: batch of cameras of one size.

    Returns:
        The image and a mask of pixels that the source saw.

    Raises:
        ValueError: sizes do not agree.
    """
    width, height = one_size(source)
    if image.shape[-2:] != (height, width):
        raise ValueError(f"expected an image of {width} x {height}, got {image.shape[-1]} x {image.shape[-2]}")
    positions, usable = source_positions(source, target)
    span = positions.new_tensor([width, height])
    # With align_corners=False -1 and 1 are the image's edges: exactly pixel centres at +0.5.
    grid = 2 * positions / span - 1
    seen = usable & (positions >= 0).all(-1) & (positions <= span).all(-1)
    grid = torch.where(usable[..., None], grid, 0.0).to(image.dtype)
    sampled = torch.nn.functional.grid_sample(
        image, grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    return sampled, seen


def source_positions(
    source: PinholeCamera, target: PinholeCamera
) -> tuple[Float[Tensor, "b H W 2"], Bool[Tensor, "b H W"]]:
    """For every pixel centre of the target the pixel of the source that looks the same way, and where one does.

    Computed in float64. Column and row, centres at +0.5; NaN where nothing does.

    Raises:
        ValueError: the target's cameras differ in size.
    """
    width, height = one_size(target)
    device = target.focal.device
    columns = torch.arange(width, dtype=torch.float64, device=device) + 0.5
    rows = torch.arange(height, dtype=torch.float64, device=device) + 0.5
    grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1).reshape(-1, 2)
    pixels = grid.expand(target.focal.shape[0], -1, 2)
    aim = target.to(torch.float64)
    if bool((aim.distortion == 0).all()):  # the common case needs no solver
        normalised = (pixels - aim.principal[:, None]) / aim.focal[:, None]
        reached = torch.ones_like(pixels[..., 0], dtype=torch.bool)
    else:
        normalised, reached = aim.normalise(pixels)
    ahead = torch.nn.functional.pad(torch.where(reached[..., None], normalised, 0.0), (0, 1), value=1.0)
    own = source.to(torch.float64)
    eye = torch.eye(3, dtype=torch.float64, device=device).expand_as(own.rotation)
    unmoved = PinholeCamera(
        rotation=eye,
        translation=torch.zeros_like(own.translation),
        focal=own.focal,
        principal=own.principal,
        distortion=own.distortion,
        size=own.size,
    )
    seen = unmoved.project(ahead)
    usable = reached & seen.usable
    positions = torch.where(usable[..., None], seen.pixels, torch.nan)
    return positions.unflatten(1, (height, width)), usable.unflatten(1, (height, width))


def one_size(camera: PinholeCamera) -> tuple[int, int]:
    """Width and height that all cameras of a batch share.

    Raises:
        ValueError: they differ.
    """
    sizes = {tuple(size) for size in camera.size.reshape(-1, 2).tolist()}
    if len(sizes) != 1:
        raise ValueError(f"expected cameras of one image size, got {sorted(sizes)}")
    return sizes.pop()
