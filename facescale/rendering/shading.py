"""Soft studio light on a surface, in the view frame. Knows nothing of rays or meshes.

All light is linear; sRGB only at the two ends.
"""

import numpy as np
from jaxtyping import Float, UInt8

# Direction (x right, y up, z to the viewer), strength, how far light wraps around the form, colour.
_LIGHTS = (
    ((-0.50, 0.62, 0.72), 0.78, 0.20, (1.00, 0.97, 0.93)),
    ((0.85, 0.10, 0.45), 0.26, 0.35, (0.90, 0.95, 1.00)),
    ((0.30, 0.55, -0.80), 0.30, 0.00, (0.95, 0.98, 1.00)),
)
_AMBIENT, _SKY = 0.20, 0.10
_GLOSS, _SHARPNESS = 0.07, 28.0
_INSIDE = 0.38
"""How dark the inner side of a surface is: holes and inverted scans must be seen for what they are."""


def to_linear(srgb: UInt8[np.ndarray, "*n 3"]) -> Float[np.ndarray, "*n 3"]:
    """SRGB bytes to linear light in [0, 1], float32."""
    value = np.arange(256) / 255
    table = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - sRGB
    return table.astype(np.float32)[srgb]


def to_srgb(linear: Float[np.ndarray, "*n 3"]) -> UInt8[np.ndarray, "*n 3"]:
    """Linear light to sRGB bytes; what is brighter than white is white."""
    value = np.clip(linear, 0, 1)
    curve = np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055)  # noqa: PLR2004
    return np.rint(curve * 255).astype(np.uint8)


def lit(
    normals: Float[np.ndarray, "n 3"], *, inside: Float[np.ndarray, "n"]
) -> tuple[Float[np.ndarray, "n 3"], Float[np.ndarray, "n"]]:
    """Light that surface points send to the viewer: albedo times the first result plus the second.

    Args:
        normals: of unit length in the view frame, turned to the viewer's side.
        inside: 1 where the surface is seen from its inner side, else 0.

    Returns:
        Diffuse light per unit of linear albedo, and gloss.
    """
    light = (_AMBIENT + _SKY * normals[:, 1:2]) * np.ones((1, 3), np.float32)
    gloss = np.zeros(len(normals), np.float32)
    for direction, strength, wrap, colour in _LIGHTS:
        towards = np.asarray(direction, np.float32)
        towards /= np.linalg.norm(towards)
        cosine = np.clip((normals @ towards + wrap) / (1 + wrap), 0, 1)
        light += (strength * cosine)[:, None] * np.asarray(colour, np.float32)
        half = towards + np.array([0, 0, 1], np.float32)
        half /= np.linalg.norm(half)
        gloss += strength * np.clip(normals @ half, 0, 1) ** _SHARPNESS
    return light * (1 - (1 - _INSIDE) * inside[:, None]), _GLOSS * gloss * (1 - inside)
