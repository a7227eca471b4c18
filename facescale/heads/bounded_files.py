"""Files of unknown origin, read whole within limits: sizes, digests, npz archives. Unpickles nothing."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path

import numpy as np

MAX_BYTES = 2 << 30
"""Of a model file, and of what an archive claims to unpack to."""
HEADER = 128
"""Bytes at the start of a file among which a format may keep free text."""
STAND_IN_MARK = b"facescale synthetic stand-in"
"""At the end of a made-up file, or in its header where the format keeps text there: it travels with the bytes
and no reader of the real format minds it."""


def read_bounded(path: Path, limit: int | None = None) -> bytes:
    """Read a file of at most `limit` bytes, by default `MAX_BYTES`.

    Raises:
        ValueError: no file, or a larger one.
    """
    limit = MAX_BYTES if limit is None else limit
    if not path.is_file():
        raise ValueError(f"expected a file at {path}, found none")
    with path.open("rb") as stream:
        data = stream.read(limit + 1)
    check_size(len(data), path, limit)
    if data.startswith(b"version https://git-lfs"):
        raise ValueError(f"expected a model in {path}, got the pointer that git keeps in place of a large file")
    return data


def check_size(size: int, path: Path, limit: int) -> None:
    """Refuse more bytes than `limit`.

    Raises:
        ValueError: with the file, the limit and the size.
    """
    if size > limit:
        raise ValueError(f"expected at most {limit} bytes in {path}, got {size} or more")


def sha256(data: bytes) -> str:
    """Digest in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def is_stand_in(data: bytes) -> bool:
    """Whether a file says of itself that facescale made it up."""
    return data.endswith(STAND_IN_MARK) or STAND_IN_MARK in data[:HEADER]


def read_npz(
    data: bytes, path: Path, limit: int | None = None, *, wanted: Collection[str] | None = None
) -> dict[str, np.ndarray]:
    """Unpack an archive of plain arrays.

    Args:
        data: the file.
        path: for messages.
        limit: bytes that the arrays together may claim; by default `MAX_BYTES`.
        wanted: arrays to unpack, where not all.

    Raises:
        ValueError: no archive, one with anything but plain arrays in it, or too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {member.filename.removesuffix(".npy"): member.file_size for member in archive.infolist()}
            names = members.keys() if wanted is None else members.keys() & set(wanted)
            claimed = sum(members[name] for name in names)
            check_size(claimed, path, MAX_BYTES if limit is None else limit)
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files if name in names}
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        OSError,
        ValueError,
        TypeError,
        MemoryError,
        RuntimeError,
        zlib.error,
    ) as error:
        raise ValueError(f"expected an npz of plain arrays in {path}, got: {error}") from error


def check_array(name: str, array: np.ndarray, shape: tuple[int | None, ...], kinds: str = "f") -> None:
    """Refuse an array of another shape or kind, and numbers that are not finite.

    Args:
        name: for messages.
        array: as read.
        shape: None where any length will do.
        kinds: numpy's letters of the kinds of number that will do.

    Raises:
        ValueError: saying what was expected and found.
    """
    fits = len(array.shape) == len(shape)
    fits = fits and all(want in (None, have) for want, have in zip(shape, array.shape, strict=True))
    if not fits or array.dtype.kind not in kinds:
        wanted = "(" + ", ".join("any" if size is None else str(size) for size in shape) + ")"
        raise ValueError(
            f"expected {name} of shape {wanted}, kind {'|'.join(kinds)}, got {array.shape}, {array.dtype}"
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"expected finite numbers in {name}, got NaN or infinity")


def check_range(name: str, index: np.ndarray, count: int) -> None:
    """Refuse indices outside 0..count-1.

    Raises:
        ValueError: with the range found.
    """
    if index.size and not (index.min() >= 0 and index.max() < count):
        raise ValueError(f"expected indices of {name} in 0..{count - 1}, got {index.min()}..{index.max()}")
