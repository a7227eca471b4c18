"""Points drawn on a picture. Knows nothing of what they mean."""

import numpy as np
from jaxtyping import Float, UInt8

from facescale.rendering.shading import to_linear, to_srgb
from facescale.rendering.views import Camera, Framing, ViewName, view_rotation

MARK = (226, 54, 92)
_RIM = (255, 255, 255)


def mark_points(
    picture: UInt8[np.ndarray, "s s 4"],
    points: Float[np.ndarray, "n 3"],
    *,
    view: ViewName | Float[np.ndarray, "3 3"],
    framing: Framing,
    colour: tuple[int, int, int] = MARK,
    radius: float = 3.0,
) -> UInt8[np.ndarray, "s s 4"]:
    """Draw discs with a white rim where points lie, in front of everything.

    Args:
        picture: what `render_views` made of `view` and `framing`.
        points: in the frame of the mesh that was rendered.
        view: of the picture.
        framing: of the picture.
        colour: sRGB.
        radius: pixels.

    Returns:
        A new picture.
    """
    rotation = view_rotation(view) if isinstance(view, str) else view
    camera = Camera(rotation=rotation, framing=framing, size=len(picture))
    pixels, _ = camera.project(points.astype(np.float64))
    grid = np.arange(len(picture)) + 0.5
    alpha = picture[..., 3:].astype(np.float32) / 255
    image = to_linear(picture[..., :3]) * alpha
    for column, row in pixels:
        away = np.hypot(grid[None, :] - column, grid[:, None] - row)
        for reach, paint in ((radius + 1.2, _RIM), (radius, colour)):
            cover = np.clip(reach + 0.5 - away, 0, 1).astype(np.float32)[..., None]
            image = image * (1 - cover) + to_linear(np.array(paint, np.uint8)) * cover
            alpha = alpha * (1 - cover) + cover
    straight = to_srgb(image / np.maximum(alpha, 1e-6))
    return np.concatenate([straight, np.rint(alpha * 255).astype(np.uint8)], axis=-1)
