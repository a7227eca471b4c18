"""Colours for distances in millimetres: a fixed scale that looks alike in every picture and report.

Pale means near, dark means far. Steps are equal in OKLab and lightness falls all the way, so the order survives
colour blindness and a grey printer. What was not measured is grey.
"""

import functools

import numpy as np
from jaxtyping import Float, UInt8

ERROR_RANGE_MM = 2.0
"""The dark end; larger distances share its colour."""
NOT_MEASURED = (150, 154, 158)

# Lightness, chroma and hue (degrees) in OKLCh from near to far.
_ANCHORS = (
    (0.955, 0.030, 105.0),
    (0.880, 0.105, 88.0),
    (0.760, 0.150, 58.0),
    (0.630, 0.185, 25.0),
    (0.500, 0.165, 355.0),
    (0.375, 0.130, 318.0),
    (0.290, 0.095, 295.0),
)
_STEPS = 256


def error_colours(
    distance_mm: Float[np.ndarray, "n"], *, full_mm: float = ERROR_RANGE_MM
) -> UInt8[np.ndarray, "n 3"]:
    """Colour distances.

    Args:
        distance_mm: unsigned; NaN where nothing was measured.
        full_mm: the distance of the dark end.

    Returns:
        sRGB.
    """
    measured = np.isfinite(distance_mm)
    share = np.clip(np.where(measured, distance_mm, 0) / full_mm, 0, 1)
    colours = colour_table()[np.rint(share * (_STEPS - 1)).astype(np.int64)]
    colours[~measured] = NOT_MEASURED
    return colours


@functools.cache
def _table() -> UInt8[np.ndarray, "256 3"]:
    lightness, chroma, hue = np.array(_ANCHORS).T
    hue = np.unwrap(np.radians(hue))
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
    fine = np.linspace(0, len(lab) - 1, 4096)
    path = np.stack([np.interp(fine, np.arange(len(lab)), lab[:, axis]) for axis in range(3)], axis=1)
    # Equal steps along the path, whatever the distances between the anchors.
    travelled = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    even = np.linspace(0, travelled[-1], _STEPS)
    table = np.stack([np.interp(even, travelled, path[:, axis]) for axis in range(3)], axis=1)
    from facescale.rendering.shading import to_srgb

    return to_srgb(oklab_to_linear(table).astype(np.float32))


def colour_table() -> UInt8[np.ndarray, "256 3"]:
    """The whole scale from near to far, sRGB."""
    return _table().copy()


def oklab_to_linear(lab: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    """OKLab (Ottosson 2020) to linear sRGB."""
    to_cones = np.array(
        [
            [1.0, 0.3963377774, 0.2158037573],
            [1.0, -0.1055613458, -0.0638541728],
            [1.0, -0.0894841775, -1.2914855480],
        ]
    )
    to_rgb = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    return (lab @ to_cones.T) ** 3 @ to_rgb.T
