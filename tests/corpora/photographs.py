"""Pictures and their files that the tests of images share; the only person is skimage's astronaut."""

import io
import struct
import zlib

import numpy as np
from PIL import Image


def astronaut(width=160, height=120):
    """A cut-out of the astronaut's head, neither square nor symmetric."""
    from skimage.data import astronaut as whole

    return np.asarray(Image.fromarray(whole()[0:240, 60:380]).resize((width, height), Image.Resampling.BOX))


def encoded(picture, form="JPEG", **options):
    """The bytes of an image file."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    buffer = io.BytesIO()
    image.save(buffer, form, **({"quality": 95} if form == "JPEG" else {}) | options)
    return buffer.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(values, *, colour, depth=16):
    """A PNG of any depth, which Pillow cannot write: `colour` is 0 grey, 2 RGB, 4 grey and alpha, 6 RGBA."""
    height, width = values.shape[:2]
    rows = values.astype(">u2" if depth == 16 else np.uint8).reshape(height, -1)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def turned(picture, orientation):
    """The picture as a camera would store it that notes this EXIF orientation."""
    stored = {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.swapaxes(0, 1),
        6: np.rot90,
        7: lambda p: p[::-1, ::-1].swapaxes(0, 1),
        8: lambda p: np.rot90(p, -1),
    }
    return np.ascontiguousarray(stored[orientation](picture))


def oriented(picture, orientation, form="JPEG"):
    """A file whose EXIF says how it is to be turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if form == "WEBP" else {}
    return encoded(turned(picture, orientation), form, exif=exif, **options)
