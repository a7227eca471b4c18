"""Files of a corpus on local disk or S3: list, read, write. Knows nothing of meshes, subjects or items."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facescale.structures.item import InputFile

_BLOCK = 1 << 20
"""Bytes that a request for a part of a remote file fetches."""


@dataclass(frozen=True, kw_only=True)
class FileEntry:
    """One file under a corpus root, as a listing shows it."""

    path: str
    """Relative to the root, forward slashes."""
    uri: str
    """Absolute path or s3:// address."""
    size: int
    digest: str = ""
    """ETag on S3, otherwise empty."""


def list_files(root: str, *, skip_folder: str = "-truth") -> Iterator[FileEntry]:
    """List all files below a root, streaming, in the order of their relative paths' code points.

    Hidden files and folders (a leading dot), `__MACOSX` and folders whose name ends in `skip_folder` are left
    out. Linked folders are followed unless they lead back into themselves; a dangling link is listed, so that
    it fails where it is read instead of vanishing here.

    Args:
        root: a local folder or an s3:// prefix.
        skip_folder: ending of the names of folders that do not belong to the corpus.

    Raises:
        ValueError: the root is no folder, or a name is not UTF-8.
        OSError: the storage cannot be listed.
    """
    if _is_remote(root):
        entries = _list_remote(root)
    else:
        folder = local_path(root)
        if not folder.is_dir():
            found = "a file" if folder.exists() else "nothing"
            raise ValueError(f"expected a folder of scans at {folder}, found {found}")
        entries = _list_local(folder, "", ())
    for entry in entries:
        *folders, name = entry.path.split("/")
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in (*folders, name))
        if not hidden and not any(part.endswith(skip_folder) for part in folders):
            yield entry


def as_input(role: str, entry: FileEntry) -> InputFile:
    """A listed file as an input of an item."""
    return InputFile(role=role, uri=entry.uri, path=entry.path, size=entry.size, digest=entry.digest)


def read_input(file: InputFile, *, limit: int) -> bytes:
    """Read a whole file in one request; its listed size is believed, so that S3 is not asked twice.

    Raises:
        ValueError: it is larger than `limit`; nothing was read.
        OSError: it cannot be read.
    """
    if file.size > limit:
        raise ValueError(f"expected at most {limit:,} bytes, found {file.size:,}")
    if _is_remote(file.uri):
        files, path = _remote(file.uri)
        # One stream: s3fs would first ask for the size, to read large objects in parts.
        single = {"max_concurrency": 1} if "s3" in files.protocol else {}
        with _storage_errors():
            return files.cat_file(path, **single)
    with local_path(file.uri).open("rb") as opened:
        size = os.fstat(opened.fileno()).st_size
        if size > limit:
            raise ValueError(f"expected at most {limit:,} bytes, found {size:,}")
        return opened.read()


@contextmanager
def open_input(file: InputFile) -> Iterator[Any]:
    """Open a binary file that can seek; of a remote one the parts that are read are fetched, by blocks.

    Raises:
        OSError: it cannot be opened, or read within the `with`.
    """
    if not _is_remote(file.uri):
        with local_path(file.uri).open("rb") as opened:
            yield opened
        return
    files, path = _remote(file.uri)
    with (
        _storage_errors(),
        files.open(path, "rb", block_size=_BLOCK, cache_type="background", size=file.size) as opened,
    ):
        yield opened


def write_bytes(uri: str, data: bytes) -> None:
    """Write a whole file, making its folders; a local file appears under its name only when complete.

    Raises:
        OSError: it cannot be written.
    """
    if _is_remote(uri):
        files, path = _remote(uri)
        with _storage_errors():
            files.pipe_file(path, data)
        return
    path = local_path(uri)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.partial")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def join(root: str, path: str) -> str:
    """Address of a relative path under a root, as `InputFile.uri` has it."""
    if _is_remote(root):
        return f"{root.rstrip('/')}/{path}"
    return str(local_path(root) / path)


def local_path(uri: str) -> Path:
    """Absolute local path of a path or file:// address; links are kept as they are."""
    return Path(os.path.abspath(Path(uri.removeprefix("file://")).expanduser()))  # noqa: PTH100 - keeps links


def _is_remote(uri: str) -> bool:
    return "://" in uri and not uri.startswith("file://")


def _remote(uri: str) -> tuple[Any, str]:
    import fsspec

    scheme, path = uri.split("://", 1)
    return fsspec.filesystem(scheme), path


def _list_local(folder: Path, prefix: str, above: tuple[tuple[int, int], ...]) -> Iterator[FileEntry]:
    stat = folder.stat()
    identity = (stat.st_dev, stat.st_ino)
    if identity in above:
        return
    with os.scandir(folder) as scanned:
        # A folder sorts as "name/": then walking yields exactly the order in which S3 lists the same keys.
        entries = sorted((f"{e.name}/" if e.is_dir() else e.name, e) for e in scanned)
    for name, entry in entries:
        path = prefix + name
        try:
            path.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"expected file names in UTF-8, found {os.fsencode(path)!r}: rename it") from error
        if name.endswith("/"):
            yield from _list_local(folder / entry.name, path, (*above, identity))
        elif entry.is_file():
            yield FileEntry(path=path, uri=str(folder / name), size=entry.stat().st_size)
        elif entry.is_symlink():
            yield FileEntry(path=path, uri=str(folder / name), size=0)


def _list_remote(root: str) -> Iterator[FileEntry]:
    files, base = _remote(root)
    scheme = root.split("://", 1)[0]
    base = base.rstrip("/") + "/"
    with _storage_errors():
        for name, size, tag in _pages(files, base):
            path = name.removeprefix(base)
            if path and not path.endswith("/"):
                yield FileEntry(path=path, uri=f"{scheme}://{name.lstrip('/')}", size=size, digest=tag)


def _pages(files: Any, base: str) -> Iterator[tuple[str, int, str]]:
    """Names below a prefix with size and ETag; S3 page by page, one request a thousand names, uncached."""
    if "s3" not in files.protocol:
        for name, info in files.find(base, detail=True).items():
            yield name, info["size"], ""
        return
    bucket, _, prefix = base.partition("/")
    more: dict[str, str] = {}
    while True:
        page = files.call_s3("list_objects_v2", Bucket=bucket, Prefix=prefix, **more)
        for found in page.get("Contents", ()):
            yield f"{bucket}/{found['Key']}", found["Size"], found["ETag"].strip('"')
        if not page.get("IsTruncated"):
            return
        more = {"ContinuationToken": page["NextContinuationToken"]}


class _storage_errors:  # noqa: N801 - reads as a statement
    """Turns botocore's own exceptions, which are no OSErrors, into OSErrors: callers know one family."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        if isinstance(error, BotoCoreError | ClientError):
            raise OSError(str(error)) from error
