"""numpy's .npy and .npz out of corpora: never a pickle, and no array larger than its file. Knows no corpus."""

import io
import lzma
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Collection

import numpy as np

from facescale.corpora.rejections import bad_array

ARRAY_LIMIT = 1 << 28
"""Bytes of one array."""
_ENCRYPTED = 0x1
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError, ValueError, RuntimeError,
)  # fmt: skip
"""What reading an archive of nonsense raises; the bytes are in memory, so that an OSError is about them too."""
_HEADER_LIMIT = 1 << 12
_HEADER = re.compile(
    rb"\x93NUMPY[\x01-\x03]\x00.{2,4}"
    rb"\{'descr': '(?P<order>[<>|=])(?P<kind>b1|[iu][1248]|f[248])', "
    rb"'fortran_order': (?P<fortran>True|False), 'shape': \((?P<shape>(?:\d{1,12},? ?){0,8})\), *\} *\n",
    re.DOTALL,
)
"""As numpy writes it. Its own reader evaluates the text, and makes room for whatever size it claims."""


def read_npy(data: bytes, what: str, *, limit: int = ARRAY_LIMIT) -> np.ndarray:
    """Read one array of numbers.

    The header's claim is held against the bytes that are there before room is made for it.

    Args:
        data: the file.
        what: names it where it is refused.
        limit: bytes that the array may have.

    Raises:
        CaptureRejected: bad-array.
    """
    start = _HEADER.match(data[:_HEADER_LIMIT])
    if start is None:
        raise bad_array(f"{what} as a .npy array of numbers", f"{data[:24]!r}")
    dtype = np.dtype(start["order"].decode() + start["kind"].decode())
    shape = tuple(int(side) for side in start["shape"].split(b",") if side.strip())
    size = math.prod(shape) * dtype.itemsize
    # version 1 has two bytes for the header's length, the later ones four
    width = 2 if data[6] == 1 else 4
    at = 8 + width + int.from_bytes(data[8 : 8 + width], "little")
    if at < start.end() or size > min(limit, len(data) - at):
        most = max(min(limit, len(data) - at), 0)
        raise bad_array(f"{what} of at most {most:,} bytes", f"a header that claims {size:,}")
    flat = np.frombuffer(data, dtype, math.prod(shape), at)
    return flat.reshape(shape[::-1]).T if start["fortran"] == b"True" else flat.reshape(shape)


def read_npz(
    data: bytes, names: Collection[str], what: str, *, limit: int = ARRAY_LIMIT
) -> dict[str, np.ndarray]:
    """Read some arrays of an archive; others in it are not looked at.

    Args:
        data: the file.
        names: of the arrays that are wanted.
        what: names the file where it is refused.
        limit: bytes that each array may have.

    Returns:
        Those of the wanted arrays that it has.

    Raises:
        CaptureRejected: bad-array.
    """
    found: dict[str, np.ndarray] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                name = info.filename.removesuffix(".npy")
                if name not in names:
                    continue
                if info.file_size > limit or info.flag_bits & _ENCRYPTED:
                    raise bad_array(
                        f"{what} with arrays below {limit:,} bytes", f"{info.file_size:,} in {name}"
                    )
                with archive.open(info) as opened:
                    # one byte more than promised shows that the promise was a lie
                    content = opened.read(info.file_size + 1)
                found[name] = read_npy(content, f"{name} of {what}", limit=limit)
    except _BROKEN as error:
        raise bad_array(f"{what} as an .npz archive", str(error)[:80]) from error
    return found


def shaped(array: np.ndarray, shape: tuple[int, ...], what: str) -> np.ndarray:
    """The array in float64 and in a shape, axes of length one apart; all of it finite.

    Raises:
        CaptureRejected: bad-array.
    """
    if [side for side in array.shape if side != 1] != [side for side in shape if side != 1]:
        raise bad_array(f"{what} of shape {shape}", f"{array.shape}")
    # a copy: what was read lies over the file's bytes and cannot be written to
    plain = array.astype(np.float64).reshape(shape)
    if not np.isfinite(plain).all():
        raise bad_array(f"{what} in finite numbers", "NaN or infinity")
    return plain
