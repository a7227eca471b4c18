"""Arrays of numbers out of the many ways in which files of unknown origin hold them. Calls no pickle's code."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from facescale.structures.inert_pickle import Record
from facescale.structures.pickled_arrays import array_of

MOST = 1 << 25
"""Numbers in a list of rows."""


def numbers(value: Any, name: str) -> np.ndarray:
    """An array of numbers out of an array, a pickled one, a list of numbers or a list of lists.

    Args:
        value: as an inert reader gives it.
        name: for messages.

    Raises:
        ValueError: something else.
    """
    if isinstance(value, Record):
        value = array_of(value, name)
    if isinstance(value, list | tuple):
        value = _rows(value, name) if any(not isinstance(x, int | float) for x in value) else np.asarray(value)
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
        raise ValueError(f"expected an array of numbers in {name}, got a {type(value).__name__}")
    return value


def _rows(value: Sequence[Any], name: str) -> np.ndarray:
    """Rows of one length; a few bytes of a pickle may name the same large row again and again."""
    rows, room = [], MOST
    for row in value:
        flat = np.asarray(row) if _plain(row) else array_of(row, name)
        room -= flat.size
        if room < 0 or (rows and flat.shape != rows[0].shape):
            raise ValueError(f"expected rows of one length in {name}, {MOST} numbers at most, got others")
        rows.append(flat)
    return np.stack(rows)


def _plain(row: Any) -> bool:
    return isinstance(row, list | tuple) and all(isinstance(x, int | float) for x in row)


def indices(value: Any, name: str) -> np.ndarray:
    """Whole numbers, however they are stored.

    Raises:
        ValueError: others.
    """
    array = numbers(value, name)
    whole = np.rint(array).astype(np.int64) if np.isfinite(array).all() else np.zeros(0, np.int64)
    if whole.shape != array.shape or not (whole == array).all() or array.dtype.kind == "b":
        raise ValueError(f"expected whole numbers in {name}, got others")
    return whole


def triangles(value: Any, name: str) -> np.ndarray:
    """Three indices a face.

    Raises:
        ValueError: another number of them.
    """
    whole = indices(value, name)
    if whole.ndim < 1 or whole.shape[-1] != 3:  # noqa: PLR2004 - corners
        raise ValueError(f"expected three corners a face in {name}, got the shape {whole.shape}")
    return whole.reshape(-1, 3)
