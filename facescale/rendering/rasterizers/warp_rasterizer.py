"""The built-in rasteriser: NVIDIA Warp kernels, on the CPU and on CUDA devices."""

import math
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.rendering.rasterizers.antialias import antialias_crossings
from facescale.rendering.rasterizers.fragments import AbstractRasterizer, Fragments, ImageSize
from facescale.rendering.rasterizers.outline_op import outline_crossings
from facescale.rendering.rasterizers.surface_op import rasterize_surface
from facescale.rendering.rasterizers.topology import RasterTopology

WITHOUT_NEAR = -3.0e38
"""Orthographic depth may have any sign."""


@dataclass(frozen=True, kw_only=True)
class WarpRasterizerConfig:
    """Options of `WarpRasterizer`."""

    near: float = 1.0
    """mm. With perspective, a face with a corner at this depth or nearer is left out whole: its corner has no
    projection, and nothing of a face is that near to a lens."""
    cull_back: bool = False
    """Leave out faces seen from behind: the inside of an open mesh is then transparent."""

    def __post_init__(self) -> None:
        if not (self.near > 0 and math.isfinite(self.near)):
            raise ValueError(f"expected a near plane above 0 mm, got {self.near}")


@final
class WarpRasterizer(AbstractRasterizer):
    """Exact visibility at pixels' centres and analytic antialiasing along outlines.

    The forward pass is deterministic on every device; gradients are sums in the order of threads on CUDA, in a
    fixed order on the CPU. Faces with a coordinate that is not finite are left out. Both sides of a face are
    drawn unless `cull_back`; `front_facing` tells them apart. First-order in reverse and forward mode, see
    `surface_op`; vmap folds into the batch.
    """

    def __init__(self, config: WarpRasterizerConfig | None = None) -> None:
        self.config = config or WarpRasterizerConfig()

    def rasterize(
        self,
        vertices: Float[Tensor, "b v 3"],
        topology: RasterTopology,
        size: ImageSize,
        *,
        perspective: bool = True,
    ) -> Fragments:
        """Find the nearest face at each pixel's centre, see `AbstractRasterizer`.

        Raises:
            ValueError: fewer vertices than the topology names, or more pixels than 32 bits count.

        Differentiable in: vertices.
        """
        _check(vertices, topology, size)
        face, weights, depth = rasterize_surface(
            vertices,
            topology.faces,
            (size.height, size.width),
            near=self._near(perspective=perspective),
            perspective=perspective,
            cull_back=self.config.cull_back,
        )
        shown = Fragments(face=face, barycentric=weights, depth=depth, coverage=(face >= 0).to(depth.dtype))
        mask = shown.coverage[..., None]
        soft = self.antialias(mask, shown, vertices, topology, perspective=perspective)[..., 0]
        # Thinner than a pixel along both axes, a shape is blended away twice.
        return Fragments(face=face, barycentric=weights, depth=depth, coverage=soft.clamp(0, 1))

    def antialias(
        self,
        image: Float[Tensor, "b h w c"],
        fragments: Fragments,
        vertices: Float[Tensor, "b v 3"],
        topology: RasterTopology,
        *,
        perspective: bool = True,
    ) -> Float[Tensor, "b h w c"]:
        """Blend across outlines, see `AbstractRasterizer` and the module `antialias`.

        Differentiable in: image, vertices.
        """
        crossings = outline_crossings(
            vertices,
            topology,
            fragments.face,
            fragments.depth,
            near=self._near(perspective=perspective),
            perspective=perspective,
            cull_back=self.config.cull_back,
        )
        return antialias_crossings(image, vertices, crossings, topology.edges)

    def _near(self, *, perspective: bool) -> float:
        return self.config.near if perspective else WITHOUT_NEAR


def _check(vertices: Tensor, topology: RasterTopology, size: ImageSize) -> None:
    if vertices.shape[1] < topology.least_vertices:
        raise ValueError(f"expected at least {topology.least_vertices} vertices, got {vertices.shape[1]}")
    pixels = vertices.shape[0] * size.height * size.width
    if 2 * pixels > torch.iinfo(torch.int32).max:
        raise ValueError(f"expected fewer than {2**30} pixels in a batch, got {pixels}: use smaller batches")
