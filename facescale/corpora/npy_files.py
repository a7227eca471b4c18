"""Arrays of numbers out of .npy and .npz files without pickles; nothing larger than the file is ever made.

numpy's own reader makes room for the shape that a header claims before it looks for the numbers.
"""

import ast
import io
import lzma
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Collection

import numpy as np

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 1 << 12
_BROKEN = (
    OSError, ValueError, KeyError, TypeError, EOFError, NotImplementedError, RuntimeError, SyntaxError,
    OverflowError, MemoryError, struct.error, tokenize.TokenError, zipfile.BadZipFile, zipfile.LargeZipFile,
    zlib.error, lzma.LZMAError,
)  # fmt: skip


def npy_header(data: bytes) -> tuple[str, tuple[int, ...], bool, int]:
    """What the head of a .npy file says: type, shape, whether columns come first, and where the data begin.

    Raises:
        ValueError: no such head.
    """
    try:
        if not data.startswith(_MAGIC):
            raise ValueError("the file does not begin like one")
        wide = data[6] > 1
        begin = 12 if wide else 10
        (length,) = struct.unpack("<I" if wide else "<H", data[8:begin])
        if length > _LONGEST_HEADER or begin + length > len(data):
            raise ValueError(f"a head of {length:,} bytes")
        head = ast.literal_eval(data[begin : begin + length].decode("latin-1").strip())
        kind, shape, columns = head["descr"], head["shape"], head["fortran_order"]
        whole = isinstance(shape, tuple) and all(type(side) is int and side >= 0 for side in shape)
        if not isinstance(kind, str) or not whole or not isinstance(columns, bool):
            raise ValueError(f"a head that says {str(head)[:60]}")
    except (*_BROKEN, IndexError, RecursionError) as error:
        raise ValueError(f"expected a .npy file, got: {str(error)[:80]}") from error
    return kind, shape, columns, begin + length


def read_npy(data: bytes) -> np.ndarray:
    """Read an array of whole or real numbers or truth values.

    Raises:
        ValueError: no such file, objects or records, or fewer bytes than the shape needs.
    """
    kind, shape, columns, begin = npy_header(data)
    try:
        dtype = np.dtype(kind)
    except (TypeError, ValueError, SyntaxError) as error:
        raise ValueError(f"expected numbers, got the type {kind[:40]!r}") from error
    if dtype.kind not in "iufb" or dtype.itemsize == 0:
        raise ValueError(f"expected numbers, got the type {kind[:40]!r}")
    count = math.prod(shape)
    if count * dtype.itemsize > len(data) - begin:
        raise ValueError(f"expected {count:,} numbers of {dtype}, got {len(data) - begin:,} bytes")
    array = np.frombuffer(data, dtype, count, begin)
    return array.reshape(shape, order="F" if columns else "C")


def read_npz(data: bytes, names: Collection[str], *, limit: int) -> dict[str, np.ndarray]:
    """Read those arrays of an archive that have one of these names.

    Args:
        data: the archive.
        names: without ".npy".
        limit: bytes that one may have.

    Raises:
        ValueError: no such archive, a larger member, or one that holds no numbers.
    """
    members: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in names:
                if f"{name}.npy" in archive.namelist():
                    with archive.open(f"{name}.npy") as opened:
                        members[name] = opened.read(limit + 1)
    except _BROKEN as error:
        raise ValueError(f"expected an npz archive, got: {str(error)[:80]}") from error
    large = [name for name, member in members.items() if len(member) > limit]
    if large:
        raise ValueError(f"expected at most {limit:,} bytes for {large[0]}, got more")
    return {name: read_npy(member) for name, member in members.items()}
