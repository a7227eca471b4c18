"""Pickles as Python 2 wrote them, with chumpy's and old scipy's names, without either. Reads nothing."""

import io
import pickle
import struct
from typing import Any

import numpy as np
from scipy.sparse import csc_matrix

from facescale.heads.bounded_files import STAND_IN_MARK

PROTOCOL = 2


class Chumpy:
    """Carries what chumpy's array class does."""

    def __init__(self, x: np.ndarray) -> None:
        self._dirty_vars: set[str] = set()
        self._itr: int | None = None
        self._depends_on_deps: dict[str, Any] = {}
        self.x = x


_Pickler: Any = pickle._Pickler  # noqa: SLF001 - only the writer in Python can be told other names
_RECONSTRUCT = np.zeros(1).__reduce__()[0]
_NAMES: dict[Any, tuple[str, str]] = {
    Chumpy: ("chumpy.ch", "Ch"),
    csc_matrix: ("scipy.sparse.csc", "csc_matrix"),
    _RECONSTRUCT: ("numpy.core.multiarray", "_reconstruct"),
    set: ("__builtin__", "set"),
}


def python2_pickle(value: Any) -> bytes:
    """Pickle a value, and say behind its end that it is made up."""
    stream = io.BytesIO()
    _Writer(stream, protocol=PROTOCOL, fix_imports=True).dump(value)
    return stream.getvalue() + STAND_IN_MARK


class _Writer(_Pickler):
    """Writes old names for new things and bytes as the strings of Python 2."""

    dispatch = dict(_Pickler.dispatch)  # noqa: RUF012 - as in the class that it extends

    def save_global(self, obj: Any, name: str | None = None) -> None:
        """A name, the old one where there is one."""
        if obj not in _NAMES:
            return super().save_global(obj, name)
        module, old = _NAMES[obj]
        self.write(pickle.GLOBAL + f"{module}\n{old}\n".encode())
        return self.memoize(obj)

    def save_bytes(self, obj: bytes) -> None:
        """A string of bytes."""
        short = len(obj) < 256  # noqa: PLR2004 - one byte of length
        size = (
            pickle.SHORT_BINSTRING + bytes([len(obj)])
            if short
            else pickle.BINSTRING + struct.pack("<i", len(obj))
        )
        self.write(size + obj)
        self.memoize(obj)

    dispatch[bytes] = save_bytes
