"""Arrays of .npy and .npz files: no pickle is run, and nothing is allocated that a file does not hold."""

import io
import math
import tokenize
import zipfile
import zlib

import numpy as np

_BROKEN = (
    ValueError, OSError, EOFError, SyntaxError, OverflowError, MemoryError, RecursionError, TypeError, KeyError,
    NotImplementedError, RuntimeError, tokenize.TokenError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What numpy and zipfile raise over nonsense; the bytes are in memory, so that an OSError is about them too."""


def read_npy(data: bytes) -> np.ndarray:
    """Read one array of numbers.

    Raises:
        ValueError: no such file, one with Python objects, or one that announces more than it holds.
    """
    try:
        opened = io.BytesIO(data)
        version = np.lib.format.read_magic(opened)
        readers = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }
        shape, _, kind = readers[version](opened)
        if kind.hasobject:
            raise ValueError("Python objects")
        announced = math.prod(shape) * kind.itemsize
        if min(shape, default=0) < 0 or announced > len(data) - opened.tell():
            raise ValueError(f"an array of {shape} in {len(data):,} bytes")
        return np.load(io.BytesIO(data), allow_pickle=False)
    except _BROKEN as error:
        raise ValueError(f"expected an array (.npy), got: {error}") from error


def read_npz(data: bytes, *, limit: int) -> dict[str, np.ndarray]:
    """Read all arrays of an archive.

    Args:
        data: the file.
        limit: bytes that all arrays together may have.

    Raises:
        ValueError: no such file, a member that is no array of numbers, or more than the limit.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            total = sum(member.file_size for member in members)
            if total > limit:
                raise ValueError(f"{total:,} bytes of arrays, more than {limit:,}")
            found = {}
            for member in members:
                with archive.open(member) as opened:
                    # what it announces may be less than what it holds
                    content = opened.read(member.file_size + 1)
                found[member.filename.removesuffix(".npy")] = read_npy(content)
    except _BROKEN as error:
        raise ValueError(f"expected arrays (.npz), got: {error}") from error
    return found
