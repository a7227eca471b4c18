"""Arrays out of HDF5 files of unknown origin: plain numbers within the file itself, sizes known beforehand."""

import io
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from facescale.heads.bounded_files import MAX_BYTES, check_size

FILTERS = frozenset((1, 2, 3))
"""Deflate, shuffle, checksum: all that numbers need, all within the library."""


@contextmanager
def hdf5(data: bytes, path: Path) -> Iterator[Any]:
    """Open a file that is in memory.

    Raises:
        ValueError: no HDF5, or one that falls apart while it is read.
    """
    import h5py

    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            yield file
    except (OSError, RuntimeError, KeyError, TypeError, MemoryError) as error:
        raise ValueError(f"expected an HDF5 file of plain arrays in {path}, got: {error}") from error


def dataset(group: Any, name: str, path: Path) -> np.ndarray | None:
    """Read an array by its place below a group; None where there is none.

    Raises:
        ValueError: a link, data outside the file, an unknown filter, no numbers, or too many.
    """
    import h5py

    here: Any = group
    for part in name.split("/"):
        link = here.get(part, getlink=True) if isinstance(here, h5py.Group) else None
        if link is None:
            return None
        if not isinstance(link, h5py.HardLink):
            raise ValueError(f"expected {name} itself in {path}, got a link to somewhere else")  # noqa: TRY004
        here = here[part]
    if not isinstance(here, h5py.Dataset):
        raise ValueError(f"expected an array {name} in {path}, found another thing")  # noqa: TRY004
    plan = here.id.get_create_plist()
    filters = {plan.get_filter(index)[0] for index in range(plan.get_nfilters())}
    if here.external or here.is_virtual or filters - FILTERS:
        raise ValueError(f"expected {name} plainly in {path}, got data elsewhere or in an unknown packing")
    if here.shape is None or here.dtype.kind not in "fiu":
        raise ValueError(f"expected numbers in {name} of {path}, got {here.dtype}")
    check_size(math.prod(here.shape) * here.dtype.itemsize, path, MAX_BYTES)
    return np.asarray(here[()])


def datasets(group: Any, names: Mapping[str, str], path: Path) -> dict[str, np.ndarray]:
    """Read several arrays: what to call them -> their places.

    Raises:
        ValueError: as `dataset`, and where one is missing.
    """
    found = {key: dataset(group, name, path) for key, name in names.items()}
    missing = [names[key] for key, array in found.items() if array is None]
    if missing:
        raise ValueError(f"expected {missing[0]} in {path}, found none of {missing}")
    return {key: array for key, array in found.items() if array is not None}
