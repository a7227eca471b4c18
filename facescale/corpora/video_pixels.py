"""One decoded video frame as upright 8-bit RGB. Knows nothing of files and times.

The frame's own matrix and range decide; where it states none, BT.709 from 720 rows on and BT.601 below, and
limited range. High dynamic range keeps its own curve: the transfer is reported, not undone.
"""

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import UInt8

from facescale.corpora.pictures import shrunk_size

if TYPE_CHECKING:
    from av import VideoFrame

_HD = 720
_BT709, _BT601 = 1, 5
_MATRICES = {1: _BT709, 4: 4, 5: _BT601, 6: _BT601, 7: 7, 9: 9, 10: 9}
"""Code of the matrix in ISO 23091-2 -> in swscale."""
_FULL = 2
_HDR = {16: "PQ", 18: "HLG"}


def frame_pixels(
    frame: "VideoFrame", *, aspect: float = 1.0, longest_side: int = 0
) -> UInt8[np.ndarray, "h w 3"]:
    """Convert one frame.

    Args:
        frame: decoded.
        aspect: width over height of the stored pixels; shown pixels are square.
        longest_side: pixels of the longer side, to which larger frames are shrunk by area; 0 keeps them.
    """
    from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

    shown = max(1, round(frame.width * aspect)), frame.height
    width, height = shrunk_size(shown, longest_side)
    matrix = _MATRICES.get(int(frame.colorspace), _BT709 if frame.height >= _HD else _BT601)
    full = int(frame.color_range) == _FULL or frame.format.name.startswith("yuvj")
    filtered = Interpolation.AREA if (width, height) != shown else Interpolation.BICUBIC
    converted = VideoReformatter().reformat(
        frame,
        width=width,
        height=height,
        # Planes, which swscale makes with vector instructions where it does packed pixels one by one: the same
        # values in a third of the time.
        format="gbrp",
        src_colorspace=matrix,
        dst_colorspace=matrix,
        src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        # Without these swscale takes shortcuts that cost up to three levels.
        interpolation=filtered | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT,
        threads=1,
    )
    return upright(_interleaved(converted), _display_matrix(frame))


def upright(
    picture: UInt8[np.ndarray, "h w 3"], matrix: tuple[int, ...] | None
) -> UInt8[np.ndarray, "hh ww 3"]:
    """Turn and mirror by a display matrix, to the nearest quarter turn.

    Args:
        picture: as stored.
        matrix: row-major (a b u c d v x y w): the stored column x and row y are shown at a x + c y, b x + d y.
    """
    if matrix is None:
        return picture
    a, b, _, c, d, *_ = matrix
    if abs(b) + abs(c) > abs(a) + abs(d):
        picture = picture.swapaxes(0, 1)
        along, down = c, b
    else:
        along, down = a, d
    picture = picture[:, ::-1] if along < 0 else picture
    return np.ascontiguousarray(picture[::-1] if down < 0 else picture)


def transfer_of(frame: "VideoFrame") -> str:
    """Name the curve of high dynamic range, "HLG" or "PQ"; otherwise empty."""
    return _HDR.get(int(frame.color_trc), "")


def _interleaved(frame: "VideoFrame") -> UInt8[np.ndarray, "h w 3"]:
    """Red, green and blue side by side from planes of green, blue and red."""
    width, height = frame.width, frame.height
    planes: Any = frame.planes  # buffers, which their types do not tell
    picture = np.empty((height, width, 3), np.uint8)
    green, blue, red = (
        np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[:height, :width] for plane in planes
    )
    for channel, plane in enumerate((red, green, blue)):
        picture[..., channel] = plane
    return picture


def _display_matrix(frame: "VideoFrame") -> tuple[int, ...] | None:
    found = frame.side_data.get("DISPLAYMATRIX")
    return None if found is None else struct.unpack("=9i", bytes(found))
