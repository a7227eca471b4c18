"""Reading textures and images between their pixels. Knows nothing of meshes.

Texture coordinates have their origin at the bottom left; the centre of texel (row, column) is at
u = (column + 0.5) / width, v = 1 - (row + 0.5) / height. Beyond the border the border goes on.
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional


def sample_texture(
    texture: Float[Tensor, "b th tw c"], uv: Float[Tensor, "b h w 2"]
) -> Float[Tensor, "b h w c"]:
    """Read a texture bilinearly.

    Args:
        texture: row 0 is v = 1.
        uv: where.

    Differentiable in: texture, uv, in reverse mode once; `sample_texture_reference` is the same with all
    derivatives.
    """
    grid = torch.stack([2 * uv[..., 0] - 1, 1 - 2 * uv[..., 1]], dim=-1)
    return _sample(texture, grid)


def sample_image(image: Float[Tensor, "b ih iw c"], pixels: Float[Tensor, "b n 2"]) -> Float[Tensor, "b n c"]:
    """Read an image bilinearly at pixel positions (x, y), pixel centres at +0.5.

    Differentiable in: image, pixels, in reverse mode once.
    """
    _, height, width, _ = image.shape
    size = torch.tensor([width, height], dtype=pixels.dtype, device=pixels.device)
    return _sample(image, (2 * pixels / size - 1)[:, None])[:, 0]


def sample_texture_reference(
    texture: Float[Tensor, "b th tw c"], uv: Float[Tensor, "b h w 2"]
) -> Float[Tensor, "b h w c"]:
    """Read a texture bilinearly in plain torch and in the type of its input: the twin.

    Differentiable in: texture, uv.
    """
    _, height, width, _ = texture.shape
    x = (uv[..., 0] * width - 0.5).clamp(0, width - 1)
    y = ((1 - uv[..., 1]) * height - 0.5).clamp(0, height - 1)
    left = x.detach().floor().clamp(0, max(width - 2, 0)).long()
    top = y.detach().floor().clamp(0, max(height - 2, 0)).long()
    right, bottom = (left + 1).clamp_max(width - 1), (top + 1).clamp_max(height - 1)
    to_right, to_bottom = (x - left)[..., None], (y - top)[..., None]
    rows = torch.arange(len(texture), device=uv.device)[:, None, None]
    upper = texture[rows, top, left] * (1 - to_right) + texture[rows, top, right] * to_right
    lower = texture[rows, bottom, left] * (1 - to_right) + texture[rows, bottom, right] * to_right
    return upper * (1 - to_bottom) + lower * to_bottom


def sample_mipmapped(
    texture: Float[Tensor, "b th tw c"], uv: Float[Tensor, "b h w 2"], level: Float[Tensor, "b h w"]
) -> Float[Tensor, "b h w c"]:
    """Read a texture trilinearly from a pyramid of halves, so that a small picture of it does not alias.

    Args:
        texture: row 0 is v = 1.
        uv: where.
        level: 0 reads the texture itself, 1 its half; see `mip_level`. Clamped to what there is.

    Differentiable in: texture, uv, level.
    """
    smallest = min(texture.shape[1:3])
    highest = min(smallest.bit_length() - 1, max(int(level.detach().amax().ceil()), 0))
    level = level.clamp(0, highest)
    total, current = torch.zeros(*uv.shape[:3], texture.shape[-1]).to(texture), texture
    for step in range(highest + 1):
        share = (1 - (level - step).abs()).clamp_min(0)[..., None]
        total = total + share * sample_texture(current, uv)
        if step < highest:
            current = functional.avg_pool2d(current.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
    return total


def mip_level(texels: Float[Tensor, "*b 3 2"], pixels: Float[Tensor, "*b 3 2"]) -> Float[Tensor, "*b"]:
    """Pyramid level at which a face has as many texels as pixels: half the logarithm of its areas' ratio.

    Args:
        texels: a face's corners in the texture, in texels.
        pixels: the same in the image, in pixels.

    Returns:
        0 or more; 0 for a face without area.

    Differentiable in: nothing; a footprint is no quantity to be fitted.
    """
    there, here = _area(texels.detach()), _area(pixels.detach())
    usable = (there > 0) & (here > 0)
    ratio = torch.where(usable, there / here.where(usable, 1.0), 1.0)
    return 0.5 * ratio.clamp_min(1.0).log2()


def _area(corners: Tensor) -> Tensor:
    ab, ac = corners[..., 1, :] - corners[..., 0, :], corners[..., 2, :] - corners[..., 0, :]
    return (ab[..., 0] * ac[..., 1] - ab[..., 1] * ac[..., 0]).abs()


def _sample(image: Tensor, grid: Tensor) -> Tensor:
    read = functional.grid_sample(
        image.permute(0, 3, 1, 2), grid.to(image.dtype), padding_mode="border", align_corners=False
    )
    return read.permute(0, 2, 3, 1)
