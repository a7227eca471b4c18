"""Pictures into bytes: sheets, PNG, WebP, data addresses. Knows nothing of what they show."""

import base64
import io
from collections.abc import Sequence
from typing import Literal

import numpy as np
from jaxtyping import UInt8

PictureFormat = Literal["png", "webp"]


def encode(picture: UInt8[np.ndarray, "h w c"], form: PictureFormat = "webp", *, quality: int = 82) -> bytes:
    """Compress a picture; WebP is lossy but for its transparency, PNG is exact.

    Args:
        picture: sRGB or sRGB with straight alpha.
        form: the file format.
        quality: of WebP, 0..100.
    """
    from PIL import Image

    buffer = io.BytesIO()
    image = Image.fromarray(picture)
    if form == "png":
        image.save(buffer, "PNG", compress_level=6)
    else:
        image.save(buffer, "WEBP", quality=quality, alpha_quality=90, method=2)
    return buffer.getvalue()


def decode(data: bytes) -> UInt8[np.ndarray, "h w 4"]:
    """Read a PNG or WebP as sRGB with straight alpha."""
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(data), formats=("PNG", "WEBP")).convert("RGBA"))


def sheet(rows: Sequence[Sequence[UInt8[np.ndarray, "h w 4"]]]) -> UInt8[np.ndarray, "hh ww 4"]:
    """Lay equally large pictures out in rows; short rows are filled with nothing."""
    height, width = rows[0][0].shape[:2]
    columns = max(len(row) for row in rows)
    out = np.zeros((len(rows) * height, columns * width, 4), np.uint8)
    for i, row in enumerate(rows):
        for j, picture in enumerate(row):
            out[i * height : (i + 1) * height, j * width : (j + 1) * width] = picture
    return out


def data_address(data: bytes, form: PictureFormat = "webp") -> str:
    """A data: address that holds the file itself, for pages that stand alone."""
    return f"data:image/{form};base64,{base64.b64encode(data).decode('ascii')}"
