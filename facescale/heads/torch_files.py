"""Tensors out of torch files of unknown origin, by torch's reader of plain weights and by no other.

The reader that runs what a file names is never a fallback: a file that needs it is refused.
"""

import io
import pickle
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from facescale.heads.bounded_files import MAX_BYTES, check_size

ZIP = b"PK"
MOST_NAMES = 4096


def torch_arrays(data: bytes, path: Path, inside: str = "") -> Mapping[str, np.ndarray]:
    """Read a dictionary of tensors.

    Args:
        data: the file.
        path: for messages.
        inside: key of the dictionary within another one, such as "state_dict"; empty for the outer one.

    Returns:
        Tensors by name in single precision or as integers; what is no tensor is left out.

    Raises:
        ValueError: no such file, one that names more than tensors, too much, or no dictionary.
    """
    import torch

    try:
        if data.startswith(ZIP):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                check_size(sum(member.file_size for member in archive.infolist()), path, MAX_BYTES)
        found = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
        found = found[inside] if inside else found
        return _arrays(found, path)
    except (
        pickle.UnpicklingError, zipfile.BadZipFile, struct.error, RuntimeError, ValueError, TypeError, KeyError,
        AttributeError, IndexError, AssertionError, EOFError, OSError, OverflowError, MemoryError,
    ) as error:  # fmt: skip
        # torch's own message ends by telling how to have the file run
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        part = f" with {inside}" if inside else ""
        raise ValueError(f"expected a torch file of plain tensors{part} in {path}, got: {reason}") from error


def _arrays(found: Any, path: Path) -> Mapping[str, np.ndarray]:
    import torch

    if not isinstance(found, Mapping) or len(found) > MOST_NAMES:
        raise ValueError(f"a {type(found).__name__} and no dictionary of at most {MOST_NAMES} names")
    arrays = {}
    for name, value in found.items():
        if isinstance(value, torch.Tensor) and value.layout == torch.strided and not value.is_complex():
            check_size(value.numel() * 8, path, MAX_BYTES)
            plain = value.detach().float() if value.is_floating_point() else value.detach()
            arrays[str(name)] = plain.contiguous().numpy().copy()
    return arrays
