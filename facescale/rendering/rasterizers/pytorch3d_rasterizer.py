"""Adapter to PyTorch3D's rasteriser, an optional package. Nothing else imports it."""

import math
from dataclasses import dataclass
from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.rendering.rasterizers.antialias import antialias_crossings
from facescale.rendering.rasterizers.fragments import AbstractRasterizer, Fragments, ImageSize
from facescale.rendering.rasterizers.outline_op import outline_crossings
from facescale.rendering.rasterizers.reference import front_facing
from facescale.rendering.rasterizers.topology import RasterTopology

INSTALL = (
    "Pytorch3dRasterizer needs PyTorch3D, which is not on PyPI: "
    "pip install --no-build-isolation git+https://github.com/facebookresearch/pytorch3d.git; "
    "WarpRasterizer needs no other package"
)


@dataclass(frozen=True, kw_only=True)
class Pytorch3dRasterizerConfig:
    """Options of `Pytorch3dRasterizer`."""

    near: float = 1.0
    """mm. With perspective, a face with a corner at this depth or nearer is left out whole."""
    cull_back: bool = False
    """Leave out faces seen from behind."""

    def __post_init__(self) -> None:
        if not (self.near > 0 and math.isfinite(self.near)):
            raise ValueError(f"expected a near plane above 0 mm, got {self.near}")


@final
class Pytorch3dRasterizer(AbstractRasterizer):
    """PyTorch3D's visibility, barycentrics and depth, with our antialiasing over them.

    PyTorch3D has no coverage that is 1 inside of a mesh: its soft silhouettes blend each face by itself. Faces
    are chosen for each image before they are handed over, so `near` and `cull_back` mean the same as in
    `WarpRasterizer`. First-order in reverse mode, no forward mode, no vmap.

    Raises:
        ImportError: PyTorch3D is not installed; says how to.
    """

    def __init__(self, config: Pytorch3dRasterizerConfig | None = None) -> None:
        try:
            from pytorch3d.renderer.mesh.rasterize_meshes import (  # pyright: ignore[reportMissingImports]
                rasterize_meshes,
            )
            from pytorch3d.structures import Meshes  # pyright: ignore[reportMissingImports]
        except ImportError as error:
            raise ImportError(INSTALL) from error
        self.config = config or Pytorch3dRasterizerConfig()
        self._rasterize_meshes: Any = rasterize_meshes
        self._meshes: Any = Meshes

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
            ValueError: without perspective, a vertex that is not in front of the viewer: PyTorch3D drops those.

        Differentiable in: vertices, but `face`.
        """
        if not perspective and float(vertices.detach()[..., 2].min()) <= 0:
            raise ValueError("expected depth above 0 for PyTorch3D, got less: add a constant to it")
        ndc = _normalised(vertices.float(), size)
        kept = self._kept(vertices, topology, perspective=perspective)
        meshes = self._meshes(verts=list(ndc), faces=[topology.faces[k].long() for k in kept])
        packed, depth, weights, _ = self._rasterize_meshes(
            meshes,
            image_size=(size.height, size.width),
            blur_radius=0.0,
            faces_per_pixel=1,
            bin_size=0,
            perspective_correct=perspective,
        )
        packed = packed[..., 0]
        found = packed >= 0
        face = torch.cat(kept)[packed.clamp_min(0)].where(found, -1)
        shown = Fragments(
            face=face,
            barycentric=weights[..., 0, :].where(found[..., None], 0.0),
            depth=depth[..., 0].where(found, torch.inf),
            coverage=found.float(),
        )
        mask = shown.coverage[..., None]
        soft = self.antialias(mask, shown, vertices, topology, perspective=perspective)
        return Fragments(
            face=face, barycentric=shown.barycentric, depth=shown.depth, coverage=soft[..., 0].clamp(0, 1)
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
        """Blend across outlines with our operator, see `AbstractRasterizer`.

        Differentiable in: image, vertices.
        """
        crossings = outline_crossings(
            vertices,
            topology,
            fragments.face,
            fragments.depth,
            near=self.config.near if perspective else 0.0,
            perspective=perspective,
            cull_back=self.config.cull_back,
        )
        return antialias_crossings(image, vertices, crossings, topology.edges)

    def _kept(self, vertices: Tensor, topology: RasterTopology, *, perspective: bool) -> list[Tensor]:
        """For each image the indices of the faces that are drawn."""
        usable = vertices.detach().isfinite().all(-1)
        if perspective:
            usable &= vertices.detach()[..., 2] > self.config.near
        drawn = usable[:, topology.faces.long()].all(-1)
        if self.config.cull_back:
            drawn &= front_facing(vertices.detach(), topology.faces)
        return [row.nonzero()[:, 0] for row in drawn]


def _normalised(vertices: Tensor, size: ImageSize) -> Tensor:
    """PyTorch3D's image coordinates: x to the left, y up, the shorter side from -1 to 1."""
    shorter = min(size.height, size.width)
    x, y, depth = vertices.unbind(-1)
    ndc = torch.stack([(size.width - 2 * x) / shorter, (size.height - 2 * y) / shorter, depth], dim=-1)
    return ndc.nan_to_num(0.0, posinf=0.0, neginf=0.0)
