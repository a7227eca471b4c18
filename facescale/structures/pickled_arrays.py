"""Arrays out of the inert records of a pickle: numpy's, chumpy's, sparse columns.

Calls none of these libraries' own readers, and makes nothing much larger than the bytes in the file.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from facescale.structures.inert_pickle import Global, Record

DTYPES = frozenset(f"{kind}{size}" for kind, sizes in {"f": "48", "iu": "1248", "b": "1"}.items()
                   for kind in kind for size in sizes)  # fmt: skip
"""Numbers only: no objects, records, dates or text."""
DEEPEST = 8
"""Arrays within wrappers within wrappers."""
MAX_DENSE = 1 << 27
"""Entries of a sparse matrix written out."""
MAX_DIMENSIONS = 8


def array_of(value: Any, name: str) -> np.ndarray:
    """The array that a value of a pickle stands for: numpy's, chumpy's, a sparse matrix (dense), a number.

    Args:
        value: from `inert_pickle.read_pickle`.
        name: for messages.

    Raises:
        ValueError: something else, or an array that is not what it claims.
    """
    try:
        return _array(value, DEEPEST)
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, MemoryError) as error:
        raise ValueError(f"expected an array of numbers in {name}, got: {error}") from error


def _array(value: Any, depth: int) -> np.ndarray:
    if depth == 0:
        raise ValueError("wrappers within wrappers")
    if isinstance(value, int | float):
        return np.asarray(value)
    if isinstance(value, list) and len(value) <= MAX_DENSE and all(isinstance(x, int | float) for x in value):
        return np.asarray(value)
    if not isinstance(value, Record):
        raise ValueError(f"a {type(value).__name__}")  # noqa: TRY004 - the data's fault
    kind = _made_by(value)
    if kind not in _MAKERS:
        raise ValueError(f"a {kind}")
    return _MAKERS[kind](value, depth - 1)


def _whole(record: Record, depth: int) -> np.ndarray:
    del depth
    _, shape, dtype, by_columns, raw = record.state
    return _from_bytes(_bytes(raw), _dtype(dtype), shape, "F" if by_columns else "C")


def _whole_from_buffer(record: Record, depth: int) -> np.ndarray:
    del depth
    raw, dtype, shape, order = record.arguments
    return _from_bytes(_bytes(raw), _dtype(dtype), shape, order)


def _scalar(record: Record, depth: int) -> np.ndarray:
    del depth
    dtype, raw = record.arguments
    return _from_bytes(_bytes(raw), _dtype(dtype), (), "C")


def _chumpy(record: Record, depth: int) -> np.ndarray:
    return _array(_state(record)["x"], depth)


def _selection(record: Record, depth: int) -> np.ndarray:
    state = _state(record)
    whole, index = _array(state["a"], depth).ravel(), _array(state["idxs"], depth).ravel()
    _check_range("a chumpy selection", index, len(whole))
    if len(index) > len(whole):
        raise ValueError("a selection larger than what it selects from")
    return whole[index].reshape(_shape(state["preferred_shape"]))


def _made_by(record: Record) -> str:
    """Protocol 0 makes objects through a detour."""
    if record.kind != "reconstructor":
        return record.kind
    made = record.arguments[0]
    if not isinstance(made, Global):
        raise ValueError("an object of no class")  # noqa: TRY004 - the data's fault
    return made.kind


def _state(record: Record) -> dict[str, Any]:
    if not isinstance(record.state, dict):
        raise ValueError(f"a {record.kind} without its parts")  # noqa: TRY004 - the data's fault
    return record.state


def _shape(shape: Any) -> tuple[int, ...]:
    numbers = tuple(shape)
    if len(numbers) > MAX_DIMENSIONS or not all(isinstance(size, int) and size >= 0 for size in numbers):
        raise ValueError(f"the shape {str(numbers)[:80]}")
    return numbers


def _bytes(raw: Any) -> bytes:
    """Python 2's strings come as text, and so do bytes that Python 3 wrote for Python 2."""
    if isinstance(raw, Record) and raw.kind == "bytes-from-text" and raw.arguments[1:] == ("latin1",):
        raw = raw.arguments[0]
    if isinstance(raw, str):
        return raw.encode("latin1")
    if not isinstance(raw, bytes):
        raise ValueError(f"a {type(raw).__name__} in place of an array's bytes")  # noqa: TRY004 - the data's fault
    return raw


def _check_range(name: str, index: np.ndarray, count: int) -> None:
    if index.size and not (index.min() >= 0 and index.max() < count):
        raise ValueError(f"indices of {name} in {index.min()}..{index.max()}, not within 0..{count - 1}")


def _dtype(record: Any) -> np.dtype[Any]:
    if not isinstance(record, Record) or record.kind != "dtype" or record.arguments[0] not in DTYPES:
        found = record.arguments[0] if isinstance(record, Record) and record.arguments else record
        raise ValueError(f"numbers of the type {str(found)[:40]!r}")
    order = record.state[1] if record.state is not None else "="
    if order not in {"<", ">", "|", "="}:
        raise ValueError(f"the byte order {str(order)[:40]!r}")
    return np.dtype(record.arguments[0]).newbyteorder("=" if order == "|" else order)


def _from_bytes(raw: bytes, dtype: np.dtype[Any], shape: Any, order: str) -> np.ndarray:
    numbers = _shape(shape)
    if math.prod(numbers) * dtype.itemsize != len(raw):
        raise ValueError(f"{len(raw)} bytes for the shape {numbers} of {dtype}")
    array = np.frombuffer(raw, dtype).reshape(numbers, order="F" if order == "F" else "C")
    return array.astype(dtype.newbyteorder("="))


def _dense(record: Record, depth: int) -> np.ndarray:
    """Write compressed columns out; entries at the same place add up."""
    state = _state(record)
    rows, columns = _shape(state["_shape"] if "_shape" in state else state["shape"])
    if rows * columns > MAX_DENSE:
        raise ValueError(f"a matrix of {rows} x {columns}")
    data, index, starts = (_array(state[name], depth).ravel() for name in ("data", "indices", "indptr"))
    _check_range("a sparse matrix's rows", index, rows)
    steps = np.diff(starts)
    fits = len(starts) == columns + 1 and len(data) == len(index) and starts[0] == 0 and starts[-1] == len(data)
    if not fits or (steps < 0).any():
        raise ValueError("columns of a sparse matrix that do not fit its entries")
    dense = np.zeros((rows, columns), np.float64)
    np.add.at(dense, (index, np.repeat(np.arange(columns), steps)), data)
    return dense


_MAKERS: Mapping[str, Callable[[Record, int], np.ndarray]] = {
    "array": _whole,
    "array-from-buffer": _whole_from_buffer,
    "scalar": _scalar,
    "chumpy": _chumpy,
    "chumpy-select": _selection,
    "sparse-columns": _dense,
}
