"""OUT as a prefix of an S3 bucket, through s3fs. Knows nothing of what is stored.

Requests are repeated here and nowhere below, so that one place decides how long a storm is weathered.
"""

import hashlib
import random
import shutil
import tempfile
import threading
import time
import typing
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from typing_extensions import override

from facescale.runtime.storage import Entry, Storage, StorageUnavailable, UnavailableKind
from facescale.runtime.storage_s3_errors import HINTS, judge, library_errors, words
from facescale.structures.outcome import FileRecord

ATTEMPTS = 12
"""Tries of one request; with the pauses below 35 s of patience on average, 70 s at the most."""
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 15.0
_CONNECTIONS = 32
_UPLOADS = 4
_FLAT_PAGES = 4
_SCRATCH = "facescale-scratch-"
_ABANDONED_S = 24 * 3600.0
_PREFIXES = tuple(f"{value:02x}" for value in range(256))
_DELETED_A_REQUEST = 1000
_CHUNK = 1 << 20


@typing.final
class S3Storage(Storage):
    """A bucket and prefix. Listings are requested page by page, past s3fs's cache."""

    aside = True

    def __init__(self, uri: str, *, pause: Callable[[float], None] = time.sleep) -> None:
        super().__init__()
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        if not bucket:
            raise ValueError(f"expected s3://bucket/prefix, got {uri!r}")
        self.uri = uri.rstrip("/")
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._pause = pause
        self._lock = threading.Lock()
        self._connection: Any = None
        self._scratch: dict[str, Path] = {}

    @override
    def _put_if_absent(self, path: str, data: bytes) -> bool:
        try:
            self._request("create", path, lambda fs: fs.pipe_file(self._full(path), data, mode="create"))
        except FileExistsError:
            return False
        return True

    @override
    def read(self, path: str) -> bytes:
        return self._request("get", path, lambda fs: fs.cat_file(self._full(path), max_concurrency=1))

    @override
    def write(self, path: str, data: bytes) -> None:
        self._request("put", path, lambda fs: fs.pipe_file(self._full(path), data))

    @override
    def names(self, prefix: str) -> Iterator[str]:
        folder = prefix.strip("/") + "/" if prefix.strip("/") else ""
        yield from self._listed(folder, after="")

    @override
    def hex_names(self, prefix: str) -> Iterator[str]:
        # At most 1 LIST per 1,000 objects plus 256: the first pages are read one after another, and only a
        # folder that goes on after them is split by its first two digits.
        folder = prefix.strip("/") + "/"
        token, last = "", ""
        for _ in range(_FLAT_PAGES):
            page, token = self._page(folder, token=token, after="")
            yield from page
            if not token:
                return
            last = page[-1]
        digits = last[len(folder) : len(folder) + 2]
        rest = [value for value in _PREFIXES if value >= digits]
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            for found in pool.map(lambda value: list(self._listed(folder + value, after=last)), rest):
                yield from found

    @override
    def entries(self, prefix: str) -> Iterator[Entry]:
        start, token = f"{prefix.strip('/')}/".removeprefix("/"), ""
        while True:
            answer = self._answer(start, token=token, after="")
            for entry in answer.get("Contents", []):
                path = entry["Key"][len(self._prefix) :]
                yield Entry(path=path, size=entry["Size"], modified=entry["LastModified"].timestamp())
            if not answer.get("IsTruncated"):
                return
            token = answer["NextContinuationToken"]

    @override
    def delete(self, path: str) -> None:
        self._request(
            "delete", path, lambda fs: fs.call_s3("delete_object", Bucket=self._bucket, Key=self._key(path))
        )

    @override
    def delete_folder(self, path: str) -> None:
        with self._lock:
            scratch = self._scratch.pop(path, None)
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
        keys = [{"Key": self._key(name)} for name in self.names(path)]
        for start in range(0, len(keys), _DELETED_A_REQUEST):
            some = {"Objects": keys[start : start + _DELETED_A_REQUEST], "Quiet": True}
            self._request(
                "delete",
                path,
                lambda fs, some=some: fs.call_s3("delete_objects", Bucket=self._bucket, Delete=some),
            )

    @override
    def move(self, source: str, target: str) -> None:
        origin = {"Bucket": self._bucket, "Key": self._key(source)}
        self._request(
            "copy",
            source,
            lambda fs: fs.call_s3("copy_object", Bucket=self._bucket, Key=self._key(target), CopySource=origin),
        )
        self.delete(source)

    @override
    def folder(self, path: str) -> Path:
        with self._lock:
            if not self._scratch:
                _sweep()
            if path not in self._scratch:
                # What goes wrong here is this node's trouble and tells nothing of OUT: it stays an OSError.
                self._scratch[path] = Path(tempfile.mkdtemp(prefix=_SCRATCH))
            return self._scratch[path]

    @override
    def upload_folder(self, local: Path, path: str) -> tuple[FileRecord, ...]:
        files = sorted(file for file in local.rglob("*") if file.is_file())
        with ThreadPoolExecutor(_UPLOADS) as pool:
            records = tuple(
                pool.map(lambda file: self._upload(file, file.relative_to(local).as_posix(), path), files)
            )
        with self._lock:
            ours = self._scratch.get(path) == local and self._scratch.pop(path)
        if ours:
            shutil.rmtree(local, ignore_errors=True)
        return records

    def _upload(self, file: Path, name: str, path: str) -> FileRecord:
        digest = hashlib.sha256()
        with file.open("rb") as handle:
            while chunk := handle.read(_CHUNK):
                digest.update(chunk)
        target = f"{path}/{name}"
        self._request("put", target, lambda fs: fs.put_file(str(file), self._full(target)))
        return FileRecord(path=name, size=file.stat().st_size, sha256=digest.hexdigest())

    @override
    def probe(self) -> None:
        path = f"run/probe-{uuid.uuid4().hex}"
        ours = self.create(path, b"first") and self.read(path) == b"first"
        second = self.create(path, b"second")
        self.delete(path)
        if not ours or second:
            raise self._unavailable(
                "unsupported", "create one object twice", "the second request replaced the first"
            )
        next(iter(self.names("run")), None)

    def _full(self, path: str) -> str:
        return f"{self._bucket}/{self._key(path)}"

    def _key(self, path: str) -> str:
        return self._prefix + path

    def _listed(self, start: str, *, after: str) -> Iterator[str]:
        token = ""
        while True:
            page, token = self._page(start, token=token, after=after)
            yield from page
            if not token:
                return

    def _page(self, start: str, *, token: str, after: str) -> tuple[list[str], str]:
        answer = self._answer(start, token=token, after=after)
        names = [entry["Key"][len(self._prefix) :] for entry in answer.get("Contents", [])]
        return names, answer["NextContinuationToken"] if answer.get("IsTruncated") else ""

    def _answer(self, start: str, *, token: str, after: str) -> Any:
        options: dict[str, Any] = {"Bucket": self._bucket, "Prefix": self._key(start)}
        if token:
            options["ContinuationToken"] = token
        elif after:
            options["StartAfter"] = self._key(after)
        return self._request("list", start, lambda fs: fs.call_s3("list_objects_v2", **options))

    def _request(self, operation: str, path: str, send: Callable[[Any], Any]) -> Any:
        self._count(operation)
        tried = f"{operation} {self.uri}/{path}"
        for attempt in range(ATTEMPTS):
            try:
                return send(self._connected())
            except (OSError, *library_errors()) as error:
                kind = judge(error)
                if kind == "exists":
                    raise FileExistsError(f"{self.uri}/{path}") from error
                if kind == "missing":
                    raise FileNotFoundError(f"{self.uri}/{path}") from error
                if kind != "transient":
                    raise self._unavailable(kind, tried, words(error)) from error
                if attempt == ATTEMPTS - 1:
                    said = f"{words(error)}, {ATTEMPTS} times"
                    raise self._unavailable("unreachable", tried, said) from error
                self._count("retry")
                # Full jitter: the workers of a cluster that were slowed down together must not return together.
                self._pause(random.uniform(0.0, min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**attempt)))  # noqa: S311
        raise AssertionError("unreachable: the last attempt raises")

    def _unavailable(self, kind: UnavailableKind, tried: str, said: str) -> StorageUnavailable:
        return StorageUnavailable(kind, f"cannot {tried}: {said}; {HINTS[kind]}")

    def _connected(self) -> Any:
        with self._lock:
            if self._connection is None:
                import s3fs

                connection = s3fs.S3FileSystem(
                    skip_instance_cache=True,
                    use_listings_cache=False,
                    config_kwargs={
                        "retries": {"total_max_attempts": 1},
                        "max_pool_connections": _CONNECTIONS,
                    },
                )
                connection.retries = 1
                self._connection = connection
            return self._connection


def _sweep() -> None:
    """Remove scratch folders that killed processes left: crashes must not fill the disk of a node."""
    for leftover in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*"):
        with suppress(OSError):  # another process of this node may be sweeping too
            if time.time() - leftover.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(leftover)
