"""One image file as an upright sRGB picture, or the reason why it is none. Knows nothing of corpora.

The content decides what a file is, never its ending. Of files with several pictures the first is read.
"""

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import UInt8

from facescale.corpora.colour import to_srgb
from facescale.corpora.jpeg_damage import jpeg_damage
from facescale.corpora.picture_rejections import (
    damaged_picture,
    empty_picture,
    not_a_picture,
    tiny_picture,
    too_large_picture,
    truncated_picture,
    unsupported_picture,
)

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 150_000_000
PIXEL_LIMIT = 178_000_000
"""Pillow itself refuses more."""
SMALLEST = 16
"""Pixels of the shorter side below which a picture shows nothing."""
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP")
BROKEN = (
    OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, OverflowError, AttributeError,
    ZeroDivisionError, struct.error, zlib.error,
)  # fmt: skip
"""What decoders raise over nonsense; the bytes are in memory, so that an OSError is about them too."""
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0
_EXIF, _ORIENTATION, _FOCAL_35MM = 0x8769, 0x0112, 0xA405
_TURNS: dict[object, str] = {
    2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE",
    6: "ROTATE_270", 7: "TRANSVERSE", 8: "ROTATE_90",
}  # fmt: skip
"""EXIF orientation -> what makes the picture upright."""
_MAGIC = {
    b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"RIFF": "WebP", b"II*\0": "TIFF", b"MM\0*": "TIFF",
    b"BM": "BMP",
}  # fmt: skip
_BRANDS = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIF", b"msf1": "HEIF", b"avif": "AVIF"}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A decoded image file."""

    image: UInt8[np.ndarray, "h w 3"]
    """sRGB, upright."""
    size: tuple[int, int]
    """Width and height of the upright picture before it was shrunk."""
    form: str
    """"JPEG", "PNG", ..."""
    focal_35mm: float | None = None
    """Focal length on a 36 x 24 mm frame, where EXIF states it."""


def decode_picture(data: bytes, *, max_pixels: int = MAX_PIXELS, longest_side: int = 0) -> Picture:
    """Decode one image file.

    EXIF orientation is obeyed, colour profiles are converted, see `to_srgb`.

    Args:
        data: the file.
        max_pixels: more are refused by the header, before anything is decoded.
        longest_side: pixels of the longer side, to which larger pictures are shrunk by area; 0 keeps them.

    Raises:
        CaptureRejected: empty, of another kind, too large, tiny, damaged or incomplete.
    """
    from PIL import Image

    opened = open_picture(data, max_pixels)
    form = opened.format or ""
    if form in {"JPEG", "MPO"}:
        damage = jpeg_damage(data)
        if damage:
            raise truncated_picture("a whole JPEG picture", damage)
    try:
        if form == "PNG":
            open_picture(data, max_pixels).verify()  # checksums; it closes what it verifies
        opened.load()
        # TIFF is turned by Pillow as it loads, and then says no more that it must be.
        orientation, focal = _exif(opened)
        turn = _TURNS.get(orientation)
        upright = opened if turn is None else opened.transpose(Image.Transpose[turn])
        upright.info = opened.info
        # Pillow itself turns negatives of 8 bits.
        negative = getattr(opened, "tag_v2", {}).get(_PHOTOMETRIC) == _WHITE_IS_ZERO
        colours = to_srgb(upright, negative=negative)
    except MemoryError as error:
        raise too_large_picture(f"{opened.width:,} x {opened.height:,} pixels do not fit in memory") from error
    except BROKEN as error:
        raise decoding_failure(form, error) from error
    image = np.array(shrink(colours, longest_side))
    return Picture(image=image, size=colours.size, form=form, focal_35mm=focal)


def shrink(image: "Image.Image", longest_side: int) -> "Image.Image":
    """Shrink to a longest side by averaging areas, of sRGB values; smaller pictures stay as they are."""
    from PIL import Image

    size = shrunk_size(image.size, longest_side)
    return image if size == image.size else image.resize(size, Image.Resampling.BOX)


def shrunk_size(size: tuple[int, int], longest_side: int) -> tuple[int, int]:
    """Width and height after shrinking to a longest side; 0 keeps them. No side becomes less than a pixel."""
    longest = max(size)
    if longest_side <= 0 or longest <= longest_side:
        return size
    width, height = (max(1, round(side * longest_side / longest)) for side in size)
    return width, height


def open_picture(data: bytes, max_pixels: int) -> "Image.Image":
    """Read the header and judge by it; nothing is decoded.

    Raises:
        CaptureRejected: as `decode_picture` does.
    """
    from PIL import Image

    if not data:
        raise empty_picture("a picture")
    brand = _BRANDS.get(data[8:12]) if data[4:8] == b"ftyp" else None
    if brand:
        raise unsupported_picture(f"a {brand} picture")
    try:
        Image.init()  # loads the readers, once
        # The limit on pixels is ours. Not `catch_warnings`, which threads would undo for each other.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        opened = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise too_large_picture(str(error)) from error
    except Image.UnidentifiedImageError as error:
        form = next((form for magic, form in _MAGIC.items() if data.startswith(magic)), "")
        if form:
            raise damaged_picture(form, "a header that cannot be read or a rare kind of it") from error
        raise not_a_picture(data) from error
    except BROKEN as error:
        raise damaged_picture("", f"a header that cannot be read: {error}") from error
    width, height = opened.size
    if width * height > max_pixels:
        raise too_large_picture(f"expected at most {max_pixels:,} pixels, found {width:,} x {height:,}")
    if min(width, height) < SMALLEST:
        raise tiny_picture(f"at least {SMALLEST} x {SMALLEST} pixels", width, height)
    return opened


def decoding_failure(form: str, error: Exception) -> Exception:
    """What a decoder's complaint about a file of a format means for its item."""
    text = str(error) or type(error).__name__
    if "truncated" in text or isinstance(error, EOFError):
        return truncated_picture(f"a whole {form} picture", text)
    return damaged_picture(form, text)


def _exif(image: "Image.Image") -> tuple[object, float | None]:
    """Orientation and 35 mm focal length of a loaded picture; none where EXIF cannot be read, as viewers do."""
    try:
        exif = image.getexif()
        focal = exif.get_ifd(_EXIF).get(_FOCAL_35MM)
        return exif.get(_ORIENTATION), float(focal) if isinstance(focal, int | float) and focal > 0 else None
    except BROKEN:
        return None, None
