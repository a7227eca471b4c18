"""Colour corrections of single cameras: a polynomial in linear light (v2) or an affine map of sRGB (v1).

Knows nothing of files and of pictures' sizes.
"""

import json
from collections.abc import Callable
from functools import cache

import numpy as np
from jaxtyping import Float, UInt8

from facescale.corpora.array_files import read_npy
from facescale.structures.errors import CaptureRejected

LIMIT = 4 << 20
"""Bytes of a file."""
BLOCK = 1 << 17
"""Pixels that are corrected at a time: the terms of many take much memory."""
_SQUARES = "r g b rg rb gb rr gg bb"
_CUBES = "rrg ggb bbr"
_MORE = "rrb ggr bbg"
_PURE = "rrr ggg bbb"
_FOURTH = "rrrg rrrb gggr gggb bbbr bbbg rrgb rggb rgbb rrgg rrbb ggbb rrrr gggg bbbb"
TERMS = {
    len(text.split()): tuple(text.split())
    for text in (
        "r g b",
        "r g b 1",
        "r g b rgb 1",
        "r g b rg rb gb 1",
        "r g b rg rb gb rgb 1",
        f"{_SQUARES} 1",
        f"{_SQUARES} rgb 1",
        f"{_SQUARES} rgb {_PURE} 1",
        f"{_SQUARES} rgb {_CUBES} {_PURE}",
        f"{_SQUARES} rgb {_CUBES} {_PURE} 1",
        f"{_SQUARES} rgb {_CUBES} {_MORE} {_PURE}",
        f"{_SQUARES} rgb {_CUBES} {_MORE} {_PURE} 1",
        f"{_SQUARES} rgb {_CUBES} {_MORE} {_PURE} rrgb rggb rgbb",
        f"{_SQUARES} rgb {_CUBES} {_MORE} {_PURE} {_FOURTH} 1",
    )
}
"""Number of terms -> these, as Cheung et al. (2004) and Westland and Ripamonti (2004) order them."""

Correction = Callable[[UInt8[np.ndarray, "h w 3"]], UInt8[np.ndarray, "h w 3"]]


def read_polynomials(data: bytes) -> dict[str, Float[np.ndarray, "3 k"]]:
    """Read color_calibration.json: serial -> a matrix over the terms of its width.

    Raises:
        CaptureRejected: not such a file, or a width that no expansion has.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise bad_colours("a JSON object", str(error)) from error
    if not isinstance(found, dict):
        raise bad_colours("a JSON object", type(found).__name__)
    return {serial: _matrix(serial, rows) for serial, rows in found.items()}


def read_affine(data: bytes) -> Float[np.ndarray, "3 4"]:
    """Read <serial>.npy: the first three rows and four columns of what may be more.

    Raises:
        CaptureRejected: not such an array.
    """
    try:
        array = read_npy(data, "a colour correction")
    except CaptureRejected as error:
        raise bad_colours("an array of at least 3 x 4 numbers", error.detail[:80]) from error
    rows = array.shape[0] if array.ndim == 2 else 0  # noqa: PLR2004
    if rows < 3 or array.shape[1] < 4 or array.dtype.kind != "f":  # noqa: PLR2004 - a 3 x 4 map
        raise bad_colours("an array of at least 3 x 4 numbers", f"{array.shape} {array.dtype}")
    chosen = array[:3, :4].astype(np.float64)
    if not np.isfinite(chosen).all():
        raise bad_colours("finite numbers", "others")
    return chosen


def polynomial(matrix: Float[np.ndarray, "3 k"]) -> Correction:
    """What corrects by a matrix over the terms of linear light."""
    # [k 3] exponents: a term is the product of the channels it names
    powers = np.array([[term.count(channel) for channel in "rgb"] for term in TERMS[matrix.shape[1]]])

    def correct(image: UInt8[np.ndarray, "h w 3"]) -> UInt8[np.ndarray, "h w 3"]:
        flat = image.reshape(-1, 3)
        out = np.empty_like(flat)
        for begin in range(0, len(flat), BLOCK):
            light = _linear()[flat[begin : begin + BLOCK]]
            terms = np.ones((len(light), len(powers)), np.float32)
            for channel in range(3):
                for exponent in range(1, int(powers[:, channel].max()) + 1):
                    terms[:, powers[:, channel] >= exponent] *= light[:, channel : channel + 1]
            out[begin : begin + BLOCK] = _encoded(terms @ matrix.T.astype(np.float32))
        return out.reshape(image.shape)

    return correct


def affine(matrix: Float[np.ndarray, "3 4"]) -> Correction:
    """What corrects sRGB within 0..1: colours as row vectors times the left block, plus the last column."""
    levels = np.arange(256, dtype=np.float32) / 255

    def correct(image: UInt8[np.ndarray, "h w 3"]) -> UInt8[np.ndarray, "h w 3"]:
        rows = matrix.astype(np.float32)
        total = levels[image] @ rows[:, :3] + rows[:, 3]
        return np.rint(255 * np.clip(total, 0, 1)).astype(np.uint8)

    return correct


def bad_colours(expected: str, found: str) -> CaptureRejected:
    """The correction cannot be used."""
    hint = "download the colour calibration again, or read raw colours"
    return CaptureRejected("bad-colours", f"colour calibration: expected {expected}, found {found}", hint)


def _matrix(serial: str, rows: object) -> Float[np.ndarray, "3 k"]:
    known = ", ".join(map(str, TERMS))
    expected = f"3 rows of {known} numbers for {serial[:20]}"
    if not isinstance(rows, list) or len(rows) != 3:  # noqa: PLR2004 - red, green, blue
        raise bad_colours(expected, "something else")
    widths = {len(row) if isinstance(row, list) else 0 for row in rows}
    if len(widths) != 1 or not widths <= TERMS.keys():
        raise bad_colours(expected, f"rows of {sorted(widths)}")
    flat = [x for row in rows for x in row]
    if not all(type(x) is float or (type(x) is int and abs(x) < 1 << 53) for x in flat):
        raise bad_colours(expected, "something that is no number")
    matrix = np.array(flat, np.float64).reshape(3, -1)
    if not np.isfinite(matrix).all() or np.abs(matrix).max() > 1e6:  # noqa: PLR2004 - no colour is so far off
        raise bad_colours(expected, "numbers that are not finite")
    return matrix


@cache
def _linear() -> Float[np.ndarray, "256"]:
    value = np.arange(256) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)  # noqa: PLR2004


def _encoded(light: Float[np.ndarray, "n 3"]) -> UInt8[np.ndarray, "n 3"]:
    light = np.clip(light, 0, 1)
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)  # noqa: PLR2004 - sRGB
    return np.rint(255 * curve).astype(np.uint8)
