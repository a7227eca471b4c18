"""What every rasteriser returns, and the contract of its input. Knows no backend, camera or light."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from facescale.rendering.rasterizers.topology import RasterTopology

MOST_PIXELS = 16384
"""Of a side."""


@dataclass(frozen=True, kw_only=True)
class Fragments:
    """For each pixel the nearest face at its centre.

    Row 0 is the top row; pixel (row, column) has its centre at y = row + 0.5, x = column + 0.5.
    """

    face: Int[Tensor, "b h w"]
    """-1 where there is none. No gradient."""
    barycentric: Float[Tensor, "b h w 3"]
    """Weights of the face's corners on the surface itself, which is perspective-correct; 0 where there is none.
    Differentiable in the vertices."""
    depth: Float[Tensor, "b h w"]
    """In the unit of the vertices' depth; infinity where there is none. Differentiable in the vertices."""
    coverage: Float[Tensor, "b h w"]
    """Share of the pixel that any face covers, 0 to 1, antialiased along outlines, through which it is
    differentiable in the vertices."""


@dataclass(frozen=True, kw_only=True)
class ImageSize:
    """Pixels of an image."""

    height: int
    width: int

    def __post_init__(self) -> None:
        if not (0 < self.height <= MOST_PIXELS and 0 < self.width <= MOST_PIXELS):
            raise ValueError(f"expected 1 to {MOST_PIXELS} pixels a side, got {self.height} x {self.width}")


class AbstractRasterizer(ABC):
    """Finds the visible faces of projected meshes.

    Vertices come projected, so that a rasteriser knows no camera and gradients flow on through any projection:
    `(x, y, depth)` with x to the right and y down in pixels (the image spans [0, width] x [0, height]) and
    depth along the optical axis. A face counter-clockwise from outside has its outside towards the viewer where
    its signed area in pixels is negative, see `front_facing`.

    Depth decides visibility. With `perspective` it must be the divisor of the projection, since barycentrics
    and depth are interpolated by its inverse; without (orthographic and weak perspective cameras) both are
    linear in the image, and depth may have any sign.
    """

    @abstractmethod
    def rasterize(
        self,
        vertices: Float[Tensor, "b v 3"],
        topology: RasterTopology,
        size: ImageSize,
        *,
        perspective: bool = True,
    ) -> Fragments:
        """Find the nearest face at each pixel's centre.

        Args:
            vertices: projected, one row of the batch an image: a mesh in one camera.
            topology: shared by the batch.
            size: of all images.
            perspective: see the class.

        Returns:
            Fragments in float32.

        Differentiable in: vertices.
        """

    @abstractmethod
    def antialias(
        self,
        image: Float[Tensor, "b h w c"],
        fragments: Fragments,
        vertices: Float[Tensor, "b v 3"],
        topology: RasterTopology,
        *,
        perspective: bool = True,
    ) -> Float[Tensor, "b h w c"]:
        """Blend an image shaded from `fragments` across the outlines, those inside of the image included.

        Args:
            image: shaded one sample a pixel, with the background where there is no face.
            fragments: of these vertices by this rasteriser.
            vertices: as in `rasterize`.
            topology: as in `rasterize`.
            perspective: as in `rasterize`.

        Differentiable in: image, vertices.
        """
