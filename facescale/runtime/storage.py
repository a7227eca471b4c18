"""The one door to OUT: a local folder or an s3:// prefix, with put-if-absent.

Knows nothing of what is stored: keys, outcomes and tables belong to the modules above it.
"""

import errno
import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from facescale.structures.outcome import FileRecord

UnavailableKind = Literal["no-space", "denied", "credentials", "unreachable", "missing-bucket", "unsupported"]

_OS_ERRORS: dict[int, tuple[UnavailableKind, str]] = {
    errno.ENOSPC: ("no-space", "free some space, or choose another OUT"),
    errno.EDQUOT: ("no-space", "the quota is used up: free some space, or choose another OUT"),
    errno.EFBIG: ("no-space", "the file size limit is reached: raise `ulimit -f`"),
    errno.EACCES: ("denied", "make the folder writable for this user, or choose another OUT"),
    errno.EPERM: ("denied", "make the folder writable for this user, or choose another OUT"),
    errno.EROFS: ("denied", "the file system is mounted read-only: choose another OUT"),
    errno.ENOTDIR: ("denied", "a file stands where a folder is needed: move it away, or choose another OUT"),
    errno.EIO: ("unreachable", "the disk reports an input/output error: check it"),
    errno.ESTALE: ("unreachable", "the network file system went away: mount it again"),
    errno.ENOTCONN: ("unreachable", "the network file system went away: mount it again"),
    errno.ETIMEDOUT: ("unreachable", "the network file system does not answer: check the mount"),
}


class StorageUnavailable(Exception):  # noqa: N818 - a state of the world, and the reason that a run stops
    """OUT cannot be used, whatever the item: the next item would fail in the same way.

    Args:
        kind: what is wrong, as a stable slug.
        message: what was tried, what came back and what to do about it.
    """

    def __init__(self, kind: UnavailableKind, message: str) -> None:
        super().__init__(kind, message)
        self.kind = kind
        self.message = message

    def __str__(self) -> str:
        return f"storage unavailable ({self.kind}): {self.message}"


def unavailable(error: OSError, tried: str) -> StorageUnavailable | None:
    """Judge an error of the operating system.

    Args:
        error: what was raised.
        tried: what was being done, in words.

    Returns:
        The infrastructure error to raise instead, or None where this one is about one file only.
    """
    if error.errno not in _OS_ERRORS:
        return None
    kind, hint = _OS_ERRORS[error.errno]
    return StorageUnavailable(kind, f"{tried}: {error.strerror or error}; {hint}")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One object of a listing."""

    path: str
    size: int
    modified: float
    """Seconds since 1970 by the store's own clock."""


class Storage(ABC):
    """Bytes by relative path (forward slashes) under one root.

    A missing file is a FileNotFoundError; everything that would hit the next item too is a
    StorageUnavailable. Safe to use from many threads; each process opens its own.
    """

    uri: str
    aside: bool = False
    """Whether artefacts are prepared on a disk of this node, and OUT lies elsewhere."""

    def __init__(self) -> None:
        self.operations: Counter[str] = Counter()
        """Requests made: "list", "get", "put", "create", "delete", "copy", and "retry" for repeated ones."""
        self._counting = threading.Lock()

    @staticmethod
    def open(uri: str | Path) -> "Storage":
        """Open OUT by address.

        Args:
            uri: a local path, or s3://bucket/prefix. Credentials come from the environment or the
                node's role, never from here.

        Raises:
            ValueError: a scheme that is neither.
        """
        text = str(uri)
        if text.startswith("s3://"):
            from facescale.runtime.storage_s3 import S3Storage

            return S3Storage(text)
        if "://" in text and not text.startswith("file://"):
            raise ValueError(f"expected a local path or s3://bucket/prefix, got {text!r}")
        from facescale.runtime.storage_local import LocalStorage

        return LocalStorage(text.removeprefix("file://"))

    def create(self, path: str, data: bytes) -> bool:
        """Put if absent, atomically.

        Returns:
            True where the object is now ours, also when a repeated request met its own earlier success;
            False where somebody else's stands there.
        """
        while True:
            if self._put_if_absent(path, data):
                return True
            try:
                return self.read(path) == data
            except FileNotFoundError:
                continue  # retired between the two requests: the place is free again

    def read_many(self, paths: Iterable[str], *, threads: int = 16) -> Iterator[tuple[str, bytes | None]]:
        """Read objects in parallel, in order; None where one is missing."""

        def one(path: str) -> tuple[str, bytes | None]:
            try:
                return path, self.read(path)
            except FileNotFoundError:
                return path, None

        with ThreadPoolExecutor(threads) as pool:
            yield from pool.map(one, paths)

    def _count(self, operation: str, times: int = 1) -> None:
        with self._counting:
            self.operations[operation] += times

    @abstractmethod
    def _put_if_absent(self, path: str, data: bytes) -> bool: ...

    @abstractmethod
    def read(self, path: str) -> bytes:
        """Return the bytes of one object.

        Raises:
            FileNotFoundError: it does not exist.
        """

    @abstractmethod
    def write(self, path: str, data: bytes) -> None:
        """Create or replace; a reader sees the old bytes or the new ones, never a part."""

    @abstractmethod
    def names(self, prefix: str) -> Iterator[str]:
        """List the paths of all objects under a folder, at any depth, in no particular order, uncached."""

    @abstractmethod
    def hex_names(self, prefix: str) -> Iterator[str]:
        """List like `names`, in parallel where that helps, a folder whose objects start with hex digits."""

    @abstractmethod
    def entries(self, prefix: str) -> Iterator[Entry]:
        """List like `names`, with sizes and ages."""

    @abstractmethod
    def delete(self, path: str) -> None:
        """Delete one object; a missing one is fine."""

    @abstractmethod
    def delete_folder(self, path: str) -> None:
        """Delete all objects under a folder and what `folder` made for it; a missing one is fine."""

    @abstractmethod
    def move(self, source: str, target: str) -> None:
        """Move one object. Not atomic on S3: for a moment both exist, never neither."""

    @abstractmethod
    def folder(self, path: str) -> Path:
        """Make a local folder in which artefacts for `path` are prepared.

        Local storage: the real folder. S3: a scratch folder that `upload_folder` removes.
        """

    @abstractmethod
    def upload_folder(self, local: Path, path: str) -> tuple[FileRecord, ...]:
        """Bring all files of a local folder to `path`, durably, and vouch for each by size and sha256."""

    @abstractmethod
    def probe(self) -> None:
        """Check at the start of a run that OUT can be created, read, created only once, and deleted.

        Raises:
            StorageUnavailable: it cannot.
        """
