"""Arrays out of MATLAB 5 files of unknown origin: plain numbers, of sizes checked before they are unpacked."""

import io
import math
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from facescale.heads.bounded_files import MAX_BYTES, check_size

WIDEST = 8
"""Bytes a number."""


def matlab_arrays(data: bytes, names: tuple[str, ...], path: Path) -> Mapping[str, np.ndarray]:
    """Read named arrays.

    Raises:
        ValueError: no such file, an array that is missing, no numbers, or too many.
    """
    from scipy.io import loadmat, whosmat
    from scipy.io.matlab import MatReadError

    try:
        claimed = {name: (shape, kind) for name, shape, kind in whosmat(io.BytesIO(data))}
        missing = [name for name in names if name not in claimed]
        if missing:
            raise ValueError(f"found only {sorted(claimed)[:12]}, no {missing[0]}")  # noqa: TRY301
        for name in names:
            check_size(math.prod(claimed[name][0]) * WIDEST, path, MAX_BYTES)
        found = loadmat(io.BytesIO(data), variable_names=list(names))
    except (MatReadError, ValueError, TypeError, KeyError, IndexError, OSError, EOFError, NotImplementedError,
            OverflowError, MemoryError, zlib.error) as error:  # fmt: skip
        raise ValueError(f"expected a MATLAB 5 file of plain arrays in {path}, got: {error}") from error
    arrays = {name: np.asarray(found[name]) for name in names}
    for name, array in arrays.items():
        if array.dtype.kind not in "fiu":
            raise ValueError(f"expected numbers in {name} of {path}, got {array.dtype}")
    return arrays
