"""Arrays of large npz and npy files of unknown origin, one after another. Unpickles nothing.

Arrays of numbers are read as they are; arrays of objects through the inert reader, as Python's own values.
"""

import hashlib
import math
import tokenize
import zipfile
import zlib
from collections.abc import Collection
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import numpy as np

from facescale.heads.bounded_files import HEADER, STAND_IN_MARK, check_size
from facescale.structures.inert_pickle import MAX_STEPS, Record, read_pickle

MAX_OBJECTS = 64 << 20
"""Bytes of one array of objects, or of a pickle."""
CHUNK = 16 << 20
BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, ValueError, TypeError, MemoryError,
    LookupError, RuntimeError, OverflowError, AttributeError, SyntaxError, tokenize.TokenError, zlib.error,
)  # fmt: skip
"""What reading damaged archives and headers may raise."""


def digest(path: Path, limit: int) -> tuple[str, bool]:
    """Hash a file without holding it.

    Returns:
        Its sha256, and whether it says of itself that facescale made it up.

    Raises:
        ValueError: no file, or a larger one.
    """
    if not path.is_file():
        raise ValueError(f"expected a file at {path}, found none")
    check_size(path.stat().st_size, path, limit)
    total, start, end = hashlib.sha256(), b"", b""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            total.update(chunk)
            start, end = start or chunk[:HEADER], (end + chunk)[-len(STAND_IN_MARK) :]
    if start.startswith(b"version https://git-lfs"):
        raise ValueError(f"expected a model in {path}, got the pointer that git keeps in place of a large file")
    return total.hexdigest(), end == STAND_IN_MARK or STAND_IN_MARK in start


def read_members(path: Path, wanted: Collection[str], *, limit: int, steps: int = MAX_STEPS) -> dict[str, Any]:
    """Read some arrays of an npz.

    Args:
        path: the archive.
        wanted: names; those that it lacks are left out.
        limit: bytes that they together may claim.
        steps: instructions that an array of objects may have.

    Returns:
        Arrays of numbers, text or truth values; for an array of objects the list of them, of its rows
        where it has several axes, or the one object of one without axes.

    Raises:
        ValueError: no archive, or one that is damaged or claims too much.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            chosen = {name: members[name] for name in members.keys() & set(wanted)}
            check_size(sum(info.file_size for info in chosen.values()), path, limit)
            found = {}
            for name, info in chosen.items():
                with archive.open(info) as stream:
                    found[name] = _read(stream, info.file_size, steps)  # pyright: ignore[reportArgumentType]
            return found
    except BROKEN as error:
        raise ValueError(
            f"expected an npz of arrays in {path}, got: {error or type(error).__name__}"
        ) from error


def read_npy(path: Path, *, limit: int, steps: int = MAX_STEPS) -> Any:
    """Read an npy, as `read_members` reads each of its arrays; what follows the array is not looked at.

    Raises:
        ValueError: no npy, or one that is damaged or claims too much.
    """
    try:
        check_size(path.stat().st_size, path, limit)
        with path.open("rb") as stream:
            return _read(stream, path.stat().st_size, steps)
    except BROKEN as error:
        raise ValueError(f"expected an npy in {path}, got: {error or type(error).__name__}") from error


def _read(stream: BufferedIOBase, size: int, steps: int) -> Any:
    version = np.lib.format.read_magic(stream)
    headers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    shape, by_columns, dtype = headers[version](stream)
    left = size - stream.tell()
    if dtype.hasobject:
        return _objects(stream, shape, left, steps)
    if dtype.kind not in "fiubU":
        raise ValueError(f"numbers of the type {dtype}")
    count = math.prod(shape)
    if min(shape, default=0) < 0 or count * dtype.itemsize > left:
        raise ValueError(f"{left} bytes for the shape {shape} of {dtype}")
    flat = np.empty(count, dtype)
    room = flat.view(np.uint8).data if count * dtype.itemsize else memoryview(b"")
    while room:
        got = stream.readinto(room[:CHUNK])
        if not got:
            raise EOFError("fewer bytes than the shape needs")
        room = room[got:]
    return flat.reshape(shape, order="F" if by_columns else "C")


def _objects(stream: BufferedIOBase, shape: tuple[int, ...], left: int, steps: int) -> Any:
    if left > MAX_OBJECTS:
        raise ValueError(f"{left} bytes of objects, more than {MAX_OBJECTS}")
    record = read_pickle(stream.read(left), steps=steps)
    held = record.state[4] if isinstance(record, Record) and record.kind == "array" and record.state else None
    if not isinstance(held, list) or len(held) != math.prod(shape):
        raise ValueError("objects that do not fit their shape")
    if len(shape) > 1 and shape[-1]:
        return [held[start : start + shape[-1]] for start in range(0, len(held), shape[-1])]
    return held if shape else held[0]
