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
    return mark_pixels(picture, pixels, colour=colour, radius=radius)


def mark_pixels(
    picture: UInt8[np.ndarray, "h w 4"],
    pixels: Float[np.ndarray, "n 2"],
    *,
    colour: tuple[int, int, int] = MARK,
    radius: float = 3.0,
    rim: float = 1.2,
) -> UInt8[np.ndarray, "h w 4"]:
    """Draw discs with a white rim at positions of a picture.

    Args:
        picture: sRGB with straight alpha.
        pixels: column and row, the first pixel's centre at (0.5, 0.5); those outside are not drawn.
        colour: sRGB.
        radius: pixels.
        rim: width of the rim, pixels; 0 draws none.

    Returns:
        A new picture.
    """
    height, width = picture.shape[:2]
    rows, columns = np.arange(height) + 0.5, np.arange(width) + 0.5
    alpha = picture[..., 3:].astype(np.float32) / 255
    image = to_linear(picture[..., :3]) * alpha
    discs = ((radius + rim, _RIM), (radius, colour)) if rim > 0 else ((radius, colour),)
    reach = radius + rim + 1
    for column, row in pixels:
        if not (-reach < column < width + reach and -reach < row < height + reach):
            continue
        left, right = np.searchsorted(columns, [column - reach, column + reach])
        top, bottom = np.searchsorted(rows, [row - reach, row + reach])
        box = slice(top, bottom), slice(left, right)
        away = np.hypot(columns[None, box[1]] - column, rows[box[0], None] - row)
        for size, paint in discs:
            cover = np.clip(size + 0.5 - away, 0, 1).astype(np.float32)[..., None]
            image[box] = image[box] * (1 - cover) + to_linear(np.array(paint, np.uint8)) * cover
            alpha[box] = alpha[box] * (1 - cover) + cover
    straight = to_srgb(image / np.maximum(alpha, 1e-6))
    return np.concatenate([straight, np.rint(alpha * 255).astype(np.uint8)], axis=-1)


def dot_pixels(
    picture: UInt8[np.ndarray, "h w 4"],
    pixels: Float[np.ndarray, "n 2"],
    *,
    colour: tuple[int, int, int] = MARK,
    opacity: float = 0.75,
) -> UInt8[np.ndarray, "h w 4"]:
    """Draw many dots of a pixel's size at positions of a picture, all at once.

    Args:
        picture: sRGB with straight alpha.
        pixels: column and row, the first pixel's centre at (0.5, 0.5); those outside are not drawn.
        colour: sRGB.
        opacity: of a dot that falls into the middle of a pixel.

    Returns:
        A new picture.
    """
    height, width = picture.shape[:2]
    cover = np.zeros((height + 2, width + 2), np.float32)
    # a border of a pixel takes what falls beside
    place = np.clip(pixels + 0.5, 0, (width + 0.999, height + 0.999))
    corner = np.floor(place).astype(np.int64)
    inside = place - corner
    for right in (0, 1):
        for down in (0, 1):
            share = np.abs(1 - right - inside[:, 0]) * np.abs(1 - down - inside[:, 1])
            rows, columns = corner[:, 1] + down, corner[:, 0] + right
            np.add.at(cover, (np.minimum(rows, height + 1), np.minimum(columns, width + 1)), share)
    cover = opacity * np.clip(cover[1:-1, 1:-1], 0, 1)[..., None]
    alpha = picture[..., 3:].astype(np.float32) / 255
    image = to_linear(picture[..., :3]) * alpha * (1 - cover) + to_linear(np.array(colour, np.uint8)) * cover
    alpha = alpha * (1 - cover) + cover
    straight = to_srgb(image / np.maximum(alpha, 1e-6))
    return np.concatenate([straight, np.rint(alpha * 255).astype(np.uint8)], axis=-1)
