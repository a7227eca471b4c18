"""Adapter to nvdiffrast (Laine et al. 2020), an optional package for CUDA devices. Nothing else imports it."""

import math
from dataclasses import dataclass
from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.rendering.rasterizers.fragments import AbstractRasterizer, Fragments, ImageSize
from facescale.rendering.rasterizers.topology import RasterTopology

INSTALL = (
    "NvdiffrastRasterizer needs nvdiffrast, which is not on PyPI and is licensed for research and evaluation "
    "only: pip install --no-build-isolation git+https://github.com/NVlabs/nvdiffrast.git (it needs a CUDA "
    "toolkit); WarpRasterizer needs neither"
)


@dataclass(frozen=True, kw_only=True)
class NvdiffrastRasterizerConfig:
    """Options of `NvdiffrastRasterizer`."""

    near: float = 1.0
    """mm. With perspective, what is nearer is cut off."""

    def __post_init__(self) -> None:
        if not (self.near > 0 and math.isfinite(self.near)):
            raise ValueError(f"expected a near plane above 0 mm, got {self.near}")


@final
class NvdiffrastRasterizer(AbstractRasterizer):
    """nvdiffrast's CUDA rasteriser and antialiasing; draws both sides of faces.

    Unlike in `WarpRasterizer`, faces that cross the near plane are clipped instead of left out;
    vertices are rounded to its subpixel grid when visibility is decided; and an outline counts only where the
    face that owns it shows at the neighbouring pixel's centre, so that on finely meshed heads some outlines
    have no gradient. First-order, no forward mode, no vmap.

    Args:
        config: options.
        device: CUDA device that its context lives on.

    Raises:
        ImportError: nvdiffrast is not installed; says how to.
    """

    def __init__(self, config: NvdiffrastRasterizerConfig | None = None, *, device: str = "cuda") -> None:
        try:
            import nvdiffrast.torch as dr  # pyright: ignore[reportMissingImports]
        except ImportError as error:
            raise ImportError(INSTALL) from error
        self.config = config or NvdiffrastRasterizerConfig()
        self._dr = dr
        self._context: Any = dr.RasterizeCudaContext(device=device)

    def rasterize(
        self,
        vertices: Float[Tensor, "b v 3"],
        topology: RasterTopology,
        size: ImageSize,
        *,
        perspective: bool = True,
    ) -> Fragments:
        """Find the nearest face at each pixel's centre, see `AbstractRasterizer`.

        Differentiable in: vertices, but `face`.
        """
        clip = clip_space(vertices, size, near=self.config.near, perspective=perspective)
        raster, _ = self._dr.rasterize(self._context, clip, topology.faces, (size.height, size.width))
        face = raster[..., 3].long() - 1
        found = face >= 0
        two = raster[..., :2]
        weights = torch.cat([two, 1 - two.sum(-1, keepdim=True)], dim=-1).where(found[..., None], 0.0)
        depths = vertices[..., 2:].float().contiguous()
        depth, _ = self._dr.interpolate(depths, raster, topology.faces)
        mask = found[..., None].float()
        coverage = self._dr.antialias(mask, raster.detach().contiguous(), clip, topology.faces)
        return Fragments(
            face=face,
            barycentric=weights,
            depth=depth[..., 0].where(found, torch.inf),
            coverage=coverage[..., 0].clamp(0, 1),
        )

    def antialias(
        self,
        image: Float[Tensor, "b h w c"],
        fragments: Fragments,
        vertices: Float[Tensor, "b v 3"],
        topology: RasterTopology,
        *,
        perspective: bool = True,
    ) -> Float[Tensor, "b h w c"]:
        """Blend across outlines with nvdiffrast's own operator, see `AbstractRasterizer`.

        Differentiable in: image, vertices.
        """
        _, height, width, _ = image.shape
        size = ImageSize(height=height, width=width)
        clip = clip_space(vertices, size, near=self.config.near, perspective=perspective)
        found = (fragments.face >= 0)[..., None]
        depth = fragments.depth[..., None].where(found, 1.0)
        near, far = _planes(vertices, self.config.near, perspective=perspective)
        order = _clip_depth(depth, near, far, perspective=perspective)
        order = order / depth if perspective else order
        number = (fragments.face + 1)[..., None].float()
        raster = torch.cat([fragments.barycentric[..., :2], order.where(found, 0.0), number], dim=-1)
        return self._dr.antialias(image.contiguous(), raster.detach().contiguous(), clip, topology.faces)


def clip_space(
    vertices: Float[Tensor, "b v 3"], size: ImageSize, *, near: float, perspective: bool
) -> Float[Tensor, "b v 4"]:
    """Homogeneous coordinates whose quotients are -1 to 1 over the image, row 0 at y = -1, and in depth.

    Args:
        vertices: projected, see `AbstractRasterizer`.
        size: of the image.
        near: depth of the plane at z = -1 with perspective.
        perspective: see `AbstractRasterizer`.

    Returns:
        float32, contiguous; w is the depth with perspective, else 1.

    Differentiable in: vertices.
    """
    x, y, depth = vertices.float().unbind(-1)
    w = depth if perspective else torch.ones_like(depth)
    low, high = _planes(vertices, near, perspective=perspective)
    z = _clip_depth(depth, low[..., 0, 0], high[..., 0, 0], perspective=perspective)
    return torch.stack([(2 * x / size.width - 1) * w, (2 * y / size.height - 1) * w, z, w], dim=-1)


def _planes(vertices: Tensor, near: float, *, perspective: bool) -> tuple[Tensor, Tensor]:
    """[b 1 1 1] nearest and farthest depth, with a margin."""
    depth = vertices[..., 2].detach().float()
    high = depth.amax(1)
    low = torch.full_like(high, near) if perspective else depth.amin(1)
    margin = 1e-3 * (high - low).abs() + 1e-3
    low, high = (low, high.maximum(low) + margin) if perspective else (low - margin, high + margin)
    return low[:, None, None, None], high[:, None, None, None]


def _clip_depth(depth: Tensor, low: Tensor, high: Tensor, *, perspective: bool) -> Tensor:
    low, high = (x.reshape(-1, *[1] * (depth.dim() - 1)) for x in (low, high))
    if perspective:
        return ((high + low) * depth - 2 * high * low) / (high - low)
    return (2 * depth - low - high) / (high - low)
