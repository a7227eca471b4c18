"""An item of a corpus before it is loaded, and the key that names its result. No storage, no Ray."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

KEY_LENGTH = 64


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """One file that an item is made of."""

    role: str
    """What the file is to the item: "scan", "keypoints", ..."""
    uri: str
    """Where a worker opens it: an absolute path or s3:// address. Not part of the key."""
    path: str
    """The path relative to the corpus root, with forward slashes."""
    size: int
    """Bytes."""
    digest: str = ""
    """ETag on S3, sha256 of the bytes with `--identity content`, otherwise empty."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One unit of manifest, key and outcome. The subject is an attribute of it."""

    corpus: str
    item: str
    """Id within the corpus; names the item in tables and folders."""
    subject: str
    sequence: str = ""
    inputs: tuple[InputFile, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of all inputs together."""
        return sum(file.size for file in self.inputs)


def item_key(item: Item, *, method: Mapping[str, Any], assets: Mapping[str, str], method_version: int) -> str:
    """Name the result of one method on one item by all that determines it.

    The git commit, absolute paths, mtimes, workers and deadlines are left out on purpose: none of them
    changes a result, so none of them may force it to be made again.

    Args:
        item: the item; its corpus, id and each input's relative path, size and digest enter the key.
        method: the method's own configuration, JSON-able.
        assets: name of every asset that the method reads -> its sha256.
        method_version: the integer beside the method that is raised by hand when results change.

    Returns:
        sha256 as 64 lower-case hexadecimal digits.
    """
    described = {
        "corpus": item.corpus,
        "item": item.item,
        "inputs": sorted([f.role, f.path, f.size, f.digest] for f in item.inputs),
        "method": method,
        "assets": dict(assets),
        "method_version": method_version,
    }
    text = json.dumps(described, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def distinct_items(items: Sequence[Item]) -> None:
    """Check that every item of a corpus has an id of its own.

    Raises:
        ValueError: naming the first id that two items share and their files.
    """
    seen: dict[str, Item] = {}
    for item in items:
        twin = seen.setdefault(item.item, item)
        if twin is not item:
            msg = (
                f"expected every item to have its own id, but {item.item!r} names both "
                f"{twin.inputs[0].path!r} and {item.inputs[0].path!r}"
            )
            raise ValueError(msg)
