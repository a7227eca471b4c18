"""Pickles of unknown origin, read without running them: what would be objects stay inert records.

A pickle is a program that names functions and calls them. Here nothing is ever imported or called: each name
must be on a list and becomes a `Global`, each call and each state a `Record` that only holds its parts. What
arrays there are is `pickled_arrays`' to say.
"""

import io
import pickle
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, final

MAX_STEPS = 500_000
"""Instructions. A FLAME model takes a few hundred; each may make an object of a hundred bytes."""

GLOBALS: Mapping[tuple[str, str], str] = {
    ("chumpy.ch", "Ch"): "chumpy",
    ("chumpy.reordering", "Select"): "chumpy-select",
    ("numpy.core.multiarray", "_reconstruct"): "array",
    ("numpy._core.multiarray", "_reconstruct"): "array",
    ("numpy.core.multiarray", "scalar"): "scalar",
    ("numpy._core.multiarray", "scalar"): "scalar",
    ("numpy.core.numeric", "_frombuffer"): "array-from-buffer",
    ("numpy._core.numeric", "_frombuffer"): "array-from-buffer",
    ("numpy", "ndarray"): "ndarray",
    ("numpy", "dtype"): "dtype",
    ("scipy.sparse.csc", "csc_matrix"): "sparse-columns",
    ("scipy.sparse._csc", "csc_matrix"): "sparse-columns",
    ("__builtin__", "set"): "set",
    ("builtins", "set"): "set",
    ("__builtin__", "object"): "object",
    ("builtins", "object"): "object",
    ("copy_reg", "_reconstructor"): "reconstructor",
    ("copyreg", "_reconstructor"): "reconstructor",
    ("_codecs", "encode"): "bytes-from-text",
    ("collections", "OrderedDict"): "ordered-dict",
    ("torch._utils", "_rebuild_tensor_v2"): "torch-tensor",
    ("torch.storage", "_load_from_bytes"): "torch-storage",
}
"""All that FLAME's models, embeddings and masks name. Torch's second, unrestricted pickle inside the embeddings
stays a string of bytes like everything else."""

REFUSED = {
    getattr(pickle, name)[0]: name
    for name in (
        "PERSID", "BINPERSID", "EXT1", "EXT2", "EXT4", "INST", "OBJ", "NEXT_BUFFER", "READONLY_BUFFER",
    )
}  # fmt: skip
"""Instructions that reach outside the file or call what they name."""


@final
@dataclass(frozen=True, kw_only=True)
class Global:
    """A name on the list."""

    kind: str


@final
@dataclass(eq=False, kw_only=True)
class Record:
    """What a call would have made."""

    kind: str
    """What was to be called, as `GLOBALS` has it."""
    arguments: tuple[Any, ...]
    state: Any = None
    """What the object would then have been told."""


def read_pickle(data: bytes, *, steps: int = MAX_STEPS) -> Any:
    """Read a pickle of any protocol as Python's own containers, numbers, strings, bytes and `Record`s.

    Python 2's strings become text of one character a byte (latin-1).

    Args:
        data: the file; what follows its end mark is not looked at.
        steps: instructions that it may have.

    Raises:
        ValueError: a name that is not on the list, an instruction that is refused, more steps, or no pickle.
    """
    try:
        return _Reader(data, steps).load()
    except (
        pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError, AttributeError, OverflowError,
        MemoryError, struct.error,
    ) as error:  # fmt: skip
        raise ValueError(f"expected a pickle of arrays: {error or type(error).__name__}") from error


class _Counted(dict[int, Callable[[Any], None]]):
    """Instructions by their byte, counted as they are looked up."""

    def __init__(self, steps: int) -> None:
        self._left = steps
        super().__init__()
        self |= {
            **pickle._Unpickler.dispatch,  # noqa: SLF001 - the interpreter in C cannot be told what to refuse
            pickle.REDUCE[0]: _Reader.call,
            pickle.NEWOBJ[0]: _Reader.call,
            pickle.NEWOBJ_EX[0]: _Reader.call_with_names,
            pickle.BUILD[0]: _Reader.tell,
            pickle.BYTEARRAY8[0]: _Reader.bytes_at_hand,
        }

    def __getitem__(self, code: int) -> Callable[[Any], None]:
        self._left -= 1
        if self._left < 0:
            raise pickle.UnpicklingError("got more instructions than any model has")
        if code in REFUSED:
            raise pickle.UnpicklingError(f"got the instruction {REFUSED[code]}, which no model needs")
        if code not in self:
            raise pickle.UnpicklingError(f"got the byte {code}, which is no instruction")
        return super().__getitem__(code)


class _Reader(pickle._Unpickler):  # noqa: SLF001 - see `_Counted`
    """Python's own reader of pickles with every call taken out."""

    stack: list[Any]
    read: Callable[[int], bytes]

    def __init__(self, data: bytes, steps: int) -> None:
        super().__init__(io.BytesIO(data), fix_imports=False, encoding="latin1")
        self.dispatch = _Counted(steps)  # pyright: ignore[reportAttributeAccessIssue]

    def find_class(self, module: str, name: str) -> Global:
        """A name on the list, not what it names."""
        if (module, name) not in GLOBALS:
            raise pickle.UnpicklingError(f"got a reference to {module}.{name}, which no model needs")
        return Global(kind=GLOBALS[module, name])

    def call(self) -> None:
        """Put a record where the result of a call would be."""
        arguments = self.stack.pop()
        callee = self.stack.pop()
        if not isinstance(callee, Global) or not isinstance(arguments, tuple):
            raise pickle.UnpicklingError("got a call of something that is not on the list")
        self.stack.append(Record(kind=callee.kind, arguments=arguments))

    def call_with_names(self) -> None:
        """The same with named arguments, which none of the listed functions takes."""
        if self.stack.pop():
            raise pickle.UnpicklingError("got a call with named arguments, which no model needs")
        self.call()

    def tell(self) -> None:
        """Keep a state with its record."""
        state = self.stack.pop()
        record = self.stack[-1]
        if not isinstance(record, Record) or record.state is not None:
            raise pickle.UnpicklingError("got a state for something that has none")
        record.state = state

    def bytes_at_hand(self) -> None:
        """As many bytes as are claimed or are there: Python's own reader makes room for the claim first."""
        (claimed,) = struct.unpack("<Q", self.read(8))
        self.stack.append(self.read(claimed))
