"""Vertices on the contour of a surface: seen, and turned almost away. For landmarks that slide on the jaw."""

import math

from jaxtyping import Bool, Float
from torch import Tensor

CONTOUR_ANGLE = math.radians(10)
"""Between the surface and the ray that sees it."""


def contour_vertices(
    normals: Float[Tensor, "b v 3"],
    rays: Float[Tensor, "b v 3"],
    visible: Bool[Tensor, "b v"],
    *,
    angle: float = CONTOUR_ANGLE,
) -> Bool[Tensor, "b v"]:
    """Whether each vertex is seen and its surface is within an angle of the ray that sees it.

    Args:
        normals: of unit length.
        rays: of unit length, from the viewer to the vertices, in the frame of the normals: with perspective the
            normalised positions in the camera frame, without it the optical axis.
        visible: by `visible_points`.
        angle: radians.

    Raises:
        ValueError: an angle that is not between 0 and pi / 2.
    """
    if not 0 < angle < math.pi / 2:
        raise ValueError(f"expected an angle between 0 and pi / 2, got {angle}")
    return visible & ((normals * rays).sum(-1).abs() < math.sin(angle))
