"""Deferred shading: an image of a lit surface from what a rasteriser found. Knows no camera and no head."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from facescale.rendering.rasterizers.fragments import AbstractRasterizer, Fragments, ImageSize
from facescale.rendering.rasterizers.interpolate import interpolate
from facescale.rendering.rasterizers.topology import RasterTopology
from facescale.rendering.spherical_harmonics import lambertian
from facescale.rendering.texture import mip_level, sample_mipmapped


@dataclass(frozen=True, kw_only=True)
class VertexAlbedo:
    """Linear colour of each vertex."""

    colours: Float[Tensor, "b v c"]


@dataclass(frozen=True, kw_only=True)
class TextureAlbedo:
    """Linear colour of a surface in a texture."""

    texture: Float[Tensor, "b th tw c"]
    """Row 0 is v = 1."""
    uv: Float[Tensor, "u 2"]
    """Origin bottom left."""
    faces_uv: Int[Tensor, "f 3"]
    """int32, rows of `uv`, in the order of the mesh's faces."""


def pixel_normals(
    normals: Float[Tensor, "b v 3"], topology: RasterTopology, fragments: Fragments
) -> Float[Tensor, "b h w 3"]:
    """Smooth unit normals at each pixel, 0 where there is no face.

    Differentiable in: normals, fragments.barycentric.
    """
    blended = interpolate(normals, topology.faces, fragments.face, fragments.barycentric)
    return functional.normalize(blended, dim=-1)


def pixel_albedo(
    albedo: VertexAlbedo | TextureAlbedo,
    vertices: Float[Tensor, "b v 3"],
    topology: RasterTopology,
    fragments: Fragments,
) -> Float[Tensor, "b h w c"]:
    """Albedo at each pixel; a texture is read at the level that each face's size asks for.

    Args:
        albedo: of the surface.
        vertices: projected; only the sizes of faces are taken from them.
        topology: of the mesh.
        fragments: of these vertices.

    Differentiable in: albedo, fragments.barycentric.
    """
    face, weights = fragments.face, fragments.barycentric
    if isinstance(albedo, VertexAlbedo):
        return interpolate(albedo.colours, topology.faces, face, weights)
    batch, height, width, _ = albedo.texture.shape
    where = interpolate(albedo.uv.expand(len(face), -1, -1), albedo.faces_uv, face, weights)
    size = torch.tensor([width, height], dtype=albedo.uv.dtype, device=albedo.uv.device)
    texels = (albedo.uv * size)[albedo.faces_uv.long()]
    levels = mip_level(texels.expand(batch, -1, -1, -1), vertices[:, topology.faces.long(), :2])
    level = levels.gather(1, face.clamp_min(0).flatten(1)).reshape(face.shape)
    return sample_mipmapped(albedo.texture, where, level * (face >= 0))


def render_lambertian(
    rasterizer: AbstractRasterizer,
    vertices: Float[Tensor, "b v 3"],
    topology: RasterTopology,
    normals: Float[Tensor, "b v 3"],
    albedo: VertexAlbedo | TextureAlbedo,
    light: Float[Tensor, "b 9 c"],
    background: Float[Tensor, "b h w c"],
    *,
    perspective: bool = True,
) -> tuple[Float[Tensor, "b h w c"], Fragments]:
    """Draw a Lambertian surface in spherical-harmonics light before a background, outlines antialiased.

    Args:
        rasterizer: which backend.
        vertices: projected, see `AbstractRasterizer`.
        topology: of the mesh.
        normals: unit, of the vertices, in the frame of the light.
        albedo: of the surface, linear.
        light: received light, see `irradiance`.
        background: linear; its size is the image's.
        perspective: see `AbstractRasterizer`.

    Returns:
        A linear image, and the fragments that it was made from.

    Differentiable in: vertices, normals, albedo, light, background.
    """
    _, height, width, _ = background.shape
    size = ImageSize(height=height, width=width)
    fragments = rasterizer.rasterize(vertices, topology, size, perspective=perspective)
    colour = pixel_albedo(albedo, vertices, topology, fragments)
    surface = lambertian(colour, pixel_normals(normals, topology, fragments), light)
    image = torch.where((fragments.face >= 0)[..., None], surface, background)
    return rasterizer.antialias(image, fragments, vertices, topology, perspective=perspective), fragments
