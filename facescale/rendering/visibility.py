"""Which points of a surface an image shows, by comparison with its depth. Knows no camera."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.rendering.rasterizers.fragments import Fragments


@dataclass(frozen=True, kw_only=True)
class VisibilityConfig:
    """How much farther than the depth image a point may be and still count as seen."""

    bias: float = 0.2
    """mm, everywhere."""
    slope_scale: float = 1.0
    """Times what the face in the pixel falls within one pixel: the point is up to half a pixel from the centre
    along both axes."""
    most: float = 3.0
    """mm. Faces seen edge on fall without limit; at an outline what is behind would count as seen."""

    def __post_init__(self) -> None:
        values = (self.bias, self.slope_scale, self.most)
        if not all(x >= 0 and math.isfinite(x) for x in values):
            raise ValueError(f"expected biases of 0 or more, got {values}")


def visible_points(
    points: Float[Tensor, "b n 3"],
    fragments: Fragments,
    slopes: Float[Tensor, "b f"],
    *,
    perspective: bool = True,
    config: VisibilityConfig | None = None,
) -> Bool[Tensor, "b n"]:
    """Whether each projected point is in the image and nothing lies before it.

    Against cast rays, vertices of a head of 22,288 faces in 512 x 512 pixels: of those seen 1 in 65 is missed;
    of those found 1 in 40 is hidden, most of them turned away just behind an outline, which a test of the
    normals removes (1 in 200 is left).

    Args:
        points: (x, y, depth), see `AbstractRasterizer`; vertices or any points of the surface.
        fragments: of the surface in the same image.
        slopes: by `depth_slopes`, of the faces that `fragments` names.
        perspective: as the fragments were made.
        config: what counts as before.
    """
    config = config or VisibilityConfig()
    _, height, width = fragments.face.shape
    x, y, depth = points.detach().unbind(-1)
    within = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    column, row = (v.where(within, 0).long() for v in (x, y))
    pixel = row * width + column
    face = fragments.face.flatten(1).gather(1, pixel)
    there = fragments.depth.detach().flatten(1).gather(1, pixel)
    slope = slopes.detach().gather(1, face.clamp_min(0))
    if perspective:
        slope = slope * there.square()
    allowed = config.bias + (config.slope_scale * slope).nan_to_num(config.most).clamp_max(config.most)
    return within & ((face < 0) | (depth <= there + allowed))


def depth_slopes(
    vertices: Float[Tensor, "b v 3"], faces: Int[Tensor, "f 3"], *, perspective: bool = True
) -> Float[Tensor, "b f"]:
    """How much the depth of each face changes within a pixel, along x and y together.

    With perspective it is the inverse depth that is linear in the image: the result is its slope, to be
    multiplied by the squared depth. Infinity for a face seen edge on.

    Args:
        vertices: projected, see `AbstractRasterizer`.
        faces: shared topology.
        perspective: see `AbstractRasterizer`.
    """
    corners = vertices.detach()[:, faces.long()]
    value = 1 / corners[..., 2] if perspective else corners[..., 2]
    ab, ac = corners[..., 1, :2] - corners[..., 0, :2], corners[..., 2, :2] - corners[..., 0, :2]
    to_b, to_c = value[..., 1] - value[..., 0], value[..., 2] - value[..., 0]
    area = ab[..., 0] * ac[..., 1] - ab[..., 1] * ac[..., 0]
    along_x = to_b * ac[..., 1] - to_c * ab[..., 1]
    along_y = to_c * ab[..., 0] - to_b * ac[..., 0]
    slope = (along_x.abs() + along_y.abs()) / area.abs()
    return slope.where(area != 0, torch.inf)
