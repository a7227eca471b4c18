"""From an image to a surface's texture and back. Knows no camera: vertices come projected."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.rendering.rasterizers.fragments import AbstractRasterizer, Fragments, ImageSize
from facescale.rendering.rasterizers.interpolate import interpolate
from facescale.rendering.rasterizers.reference import front_facing
from facescale.rendering.rasterizers.topology import RasterTopology, raster_topology
from facescale.rendering.texture import sample_image, sample_texture
from facescale.rendering.visibility import VisibilityConfig, depth_slopes, visible_points


@dataclass(frozen=True, kw_only=True)
class UvChart:
    """Which point of the surface each texel shows; made once a topology, by `uv_chart`."""

    face: Int[Tensor, "th tw"]
    """-1 outside of the chart. Row 0 is v = 1."""
    barycentric: Float[Tensor, "th tw 3"]
    uv: Float[Tensor, "u 2"]
    faces_uv: Int[Tensor, "f 3"]
    """int32, rows of `uv`, in the order of the mesh's faces."""


def uv_chart(
    uv: Float[Tensor, "u 2"], faces_uv: Int[Tensor, "f 3"], size: ImageSize, rasterizer: AbstractRasterizer
) -> UvChart:
    """Rasterise a texture's chart.

    Args:
        uv: origin bottom left; what is outside of [0, 1] is not in the chart.
        faces_uv: rows of `uv`, in the order of the mesh's faces.
        size: of the texture.
        rasterizer: whose options do not cull.
    """
    flat = torch.stack([uv[:, 0] * size.width, (1 - uv[:, 1]) * size.height, torch.ones_like(uv[:, 0])], -1)
    topology = raster_topology(faces_uv)
    found = rasterizer.rasterize(flat[None].detach(), topology, size, perspective=False)
    return UvChart(face=found.face[0], barycentric=found.barycentric[0], uv=uv, faces_uv=topology.faces)


@dataclass(frozen=True, kw_only=True)
class UnwrappedImage:
    """An image laid out on the chart."""

    texture: Float[Tensor, "b th tw c"]
    """0 where not `seen`."""
    seen: Bool[Tensor, "b th tw"]
    """Whether the image shows the texel's point from its outer side."""


def unwrap_image(
    image: Float[Tensor, "b h w c"],
    vertices: Float[Tensor, "b v 3"],
    topology: RasterTopology,
    fragments: Fragments,
    chart: UvChart,
    *,
    perspective: bool = True,
    config: VisibilityConfig | None = None,
) -> UnwrappedImage:
    """Read an image at the point of each texel.

    Args:
        image: in which `fragments` were rasterised.
        vertices: projected, see `AbstractRasterizer`.
        topology: of the mesh, faces in the order of the chart's.
        fragments: of these vertices.
        chart: of the texture.
        perspective: see `AbstractRasterizer`.
        config: what counts as seen.

    Differentiable in: image, and in vertices through where the image is read.
    """
    batch = len(vertices)
    face = chart.face.expand(batch, -1, -1)
    weights = chart.barycentric.expand(batch, -1, -1, -1)
    points = surface_pixels(vertices, topology, face, weights, perspective=perspective).flatten(1, 2)
    slopes = depth_slopes(vertices, topology.faces, perspective=perspective)
    seen = visible_points(points, fragments, slopes, perspective=perspective, config=config)
    front = front_facing(vertices.detach(), topology.faces).gather(1, face.flatten(1).clamp_min(0))
    seen = (seen & front & (face.flatten(1) >= 0)).reshape(face.shape)
    # A point behind the viewer has no pixel; it is not seen, and must not poison the gradient either.
    pixels = torch.where(seen.reshape(batch, -1, 1), points[..., :2], 0.0)
    texture = sample_image(image, pixels).reshape(*face.shape, -1)
    return UnwrappedImage(texture=texture.where(seen[..., None], 0.0), seen=seen)


def surface_pixels(
    vertices: Float[Tensor, "b v 3"],
    topology: RasterTopology,
    face: Int[Tensor, "b h w"],
    barycentric: Float[Tensor, "b h w 3"],
    *,
    perspective: bool = True,
) -> Float[Tensor, "b h w 3"]:
    """Project points of the surface, (x, y, depth), from those of their faces' corners.

    With perspective a projected corner times its depth is linear on the surface, so no camera is needed; lens
    distortion within a face is not followed.

    Differentiable in: vertices, barycentric.
    """
    if not perspective:
        return interpolate(vertices, topology.faces, face, barycentric)
    scaled = torch.cat([vertices[..., :2] * vertices[..., 2:], vertices[..., 2:]], dim=-1)
    blended = interpolate(scaled, topology.faces, face, barycentric)
    depth = blended[..., 2:]
    return torch.cat([blended[..., :2] / depth.where(depth != 0, 1.0), depth], dim=-1)


def render_unwrapped(
    unwrapped: UnwrappedImage, chart: UvChart, fragments: Fragments
) -> tuple[Float[Tensor, "b h w c"], Float[Tensor, "b h w"]]:
    """Draw a surface with a texture that is known in parts.

    Args:
        unwrapped: texture and where it is known.
        chart: that it was unwrapped with.
        fragments: of the surface in any image.

    Returns:
        The image, blended from known texels only, 0 where there is none; and the share of known texels.

    Differentiable in: unwrapped.texture.
    """
    batch = len(fragments.face)
    uv = chart.uv.expand(batch, -1, -1)
    where = interpolate(uv, chart.faces_uv, fragments.face, fragments.barycentric)
    known = unwrapped.seen.to(unwrapped.texture.dtype)[..., None]
    read = sample_texture(torch.cat([unwrapped.texture * known, known], dim=-1), where)
    share = read[..., -1:] * (fragments.face >= 0)[..., None]
    colour = torch.where(share > 0, read[..., :-1] / share.where(share > 0, 1.0), 0.0)
    return colour, share[..., 0]
