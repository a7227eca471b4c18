"""The assembled head on disk: built at first use, kept in the user's cache, named by its source."""

import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np

from facescale.assets.lookup import cache_folder
from facescale.heads.builtin.assembly import HeadArrays, assemble

SHARED = ("smoothstep.py", "subdivision.py", "symmetric_dirichlet.py")
"""Files of `geometry` that shape the head too."""
_MASK = "mask:"


def source_digest() -> str:
    """sha256 of the code that the head is built by: its identity, the same on every machine."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    shared = [folder.parents[1] / "geometry" / name for name in SHARED]
    for path in (*sorted(folder.rglob("*.py")), *shared):
        digest.update(path.relative_to(folder.parents[1]).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def stored_arrays() -> HeadArrays:
    """Load the head, or build and store it. Where the cache cannot be written it is built every time."""
    path = cache_folder() / "builtin" / f"{source_digest()[:16]}.npz"
    if path.is_file():
        return _read(path)
    arrays = assemble()
    try:
        _write(path, arrays)
    except OSError:
        return arrays
    return _read(path)


def _read(path: Path) -> HeadArrays:
    with np.load(path, allow_pickle=False) as file:
        named = {name: file[name] for name in file.files}
    masks = {name.removeprefix(_MASK): named.pop(name) for name in list(named) if name.startswith(_MASK)}
    return HeadArrays(**named, masks=masks)


def _write(path: Path, arrays: HeadArrays) -> None:
    """Whole or not at all: several processes may build it at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    named = {name: value for name, value in vars(arrays).items() if name != "masks"}
    named |= {_MASK + name: mask for name, mask in arrays.masks.items()}
    single = {name: value.astype(np.float32) for name, value in named.items() if value.dtype == np.float64}
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        np.savez(file, **{**named, **single})
    Path(temporary).replace(path)
