"""Image files that are no photographs: masks, labels, depths; numbers as they are stored. Knows no corpus."""

import numpy as np

from facescale.corpora.picture_rejections import too_large_picture, unsupported_picture
from facescale.corpora.pictures import BROKEN, MAX_PIXELS, decoding_failure, open_picture

_BYTES = ("1", "L", "P")
_WIDE = ("I", "I;16", "I;16B", "I;16L", "I;16N")
_MOST = 65_535


def decode_plane(data: bytes, *, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """Decode the numbers of one channel, without colour management.

    Args:
        data: a PNG, TIFF, BMP, WebP or JPEG file; of one with colours the first channel is taken.
        max_pixels: more are refused by the header, before anything is decoded.

    Returns:
        (h, w) uint8, or uint16 where the file has more than 8 bits; of an indexed file the indices.

    Raises:
        CaptureRejected: as `corpora.pictures.decode_picture` does.
    """
    opened = open_picture(data, max_pixels)
    try:
        opened.load()
        if opened.mode in _WIDE:
            wide = np.array(opened).astype(np.int64)
            if wide.min(initial=0) < 0 or wide.max(initial=0) > _MOST:
                raise unsupported_picture("a picture of numbers beyond 16 bits")
            return wide.astype(np.uint16)
        first = opened if opened.mode in _BYTES else opened.getchannel(0)
        plane = np.array(first)
    except MemoryError as error:
        raise too_large_picture(f"{opened.width:,} x {opened.height:,} pixels do not fit in memory") from error
    except BROKEN as error:
        raise decoding_failure(opened.format or "", error) from error
    if plane.dtype == np.bool_:
        return plane.astype(np.uint8) * 255
    if plane.dtype != np.uint8:
        raise unsupported_picture(f"a picture of the numbers {plane.dtype}")
    return plane
