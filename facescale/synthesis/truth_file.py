"""The file form that all truths share: arrays, coefficients by block, and a JSON record in one npz."""

import io
import json
import zipfile
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

_PREFIX = "params/"


def truth_to_npz(fields: Mapping[str, Any], arrays: Collection[str], *, version: int) -> bytes:
    """Form a truth file: the same bytes for the same truth.

    Args:
        fields: of the truth by name, "params" and "attributes" among them.
        arrays: which of them are arrays.
        version: of the format.
    """
    known = dict(fields)
    stored = {name: known.pop(name) for name in arrays}
    stored |= {_PREFIX + name: value for name, value in known.pop("params").items()}
    known["attributes"] = dict(known["attributes"])
    text = json.dumps({"format": version, **known}, sort_keys=True)
    buffer = io.BytesIO()
    np.savez(buffer, record=np.array(text), **stored)
    return buffer.getvalue()


def truth_from_npz(data: bytes, *, version: int) -> dict[str, Any]:
    """Read the fields of what `truth_to_npz` wrote; never runs a pickle.

    Raises:
        ValueError: no such file, or one of another format.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        record = json.loads(str(arrays.pop("record")))
        found = record.pop("format")
    except (OSError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(str(error)) from error
    if found != version:
        raise ValueError(f"format {found}")
    names = [name for name in arrays if name.startswith(_PREFIX)]
    params = {name.removeprefix(_PREFIX): arrays.pop(name) for name in names}
    return {**record, **arrays, "params": params}
