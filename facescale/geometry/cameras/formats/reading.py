"""Numbers and text of files that may be anything: sizes are capped, every number is finite. Knows no format."""

import math
from collections.abc import Sequence

import numpy as np

from facescale.geometry.cameras.formats.rejections import bad_file, shown, too_large

MAX_BYTES = 64 << 20
"""Of a text file of cameras; ten thousand cameras take about 10 MB."""
MAX_CAMERAS = 100_000
MAX_NAME = 1024
LARGEST = 1e12
"""Largest absolute number that a camera file may hold."""


def text_of(data: bytes, source: str, *, max_bytes: int = MAX_BYTES) -> str:
    """Decode UTF-8, with or without a byte order mark.

    Raises:
        CaptureRejected: too long, empty, or not text.
    """
    if len(data) > max_bytes:
        raise too_large(source, f"{max_bytes:,} bytes", f"{len(data):,}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise bad_file(source, "text in UTF-8", f"the bytes {data[:8].hex(' ')}") from error
    if "\0" in text:
        raise bad_file(source, "text", "a zero byte")
    if not text.strip():
        raise bad_file(source, "cameras", f"{len(data)} bytes without text")
    return text


def number(token: object, source: str, what: str) -> float:
    """One finite number.

    Raises:
        CaptureRejected: anything else.
    """
    if isinstance(token, bool) or not isinstance(token, str | int | float):
        raise bad_file(source, f"a number for {what}", token)
    if isinstance(token, str) and "_" in token:  # Python alone reads 1_000
        raise bad_file(source, f"a number for {what}", token)
    try:
        value = float(token)
    except (ValueError, OverflowError) as error:
        raise bad_file(source, f"a number for {what}", shown(token)) from error
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise bad_file(source, f"a finite number below {LARGEST:g} for {what}", token)
    return value


def whole(token: object, source: str, what: str, *, largest: int = 1 << 62) -> int:
    """One whole number of at least zero, also written as 640.0.

    Raises:
        CaptureRejected: anything else.
    """
    value = number(token, source, what)
    if value != int(value) or not 0 <= value <= largest:
        raise bad_file(source, f"a whole number from 0 to {largest} for {what}", token)
    return int(value)


def numbers(tokens: Sequence[object], count: int, source: str, what: str) -> np.ndarray:
    """Exactly so many finite numbers, float64.

    Raises:
        CaptureRejected: another count, or one that is no number.
    """
    if len(tokens) != count:
        raise bad_file(source, f"{count} numbers for {what}", f"{len(tokens)}: {shorten(tokens)}")
    return np.array([number(token, source, what) for token in tokens], dtype=np.float64)


def matrix(value: object, rows: int, columns: int, source: str, what: str) -> np.ndarray:
    """A list of rows, as JSON has it.

    Raises:
        CaptureRejected: another shape, or an entry that is no number.
    """
    if not isinstance(value, list) or len(value) != rows or not all(isinstance(row, list) for row in value):
        raise bad_file(source, f"{rows} rows of {columns} numbers for {what}", value)
    return np.stack([numbers(row, columns, source, what) for row in value])


def shorten(tokens: Sequence[object]) -> str:
    """The first few of them."""
    return " ".join(str(token)[:20] for token in tokens[:4])
