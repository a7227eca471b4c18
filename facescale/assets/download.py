"""Fetching assets over HTTP: whole and verified, or not at all. Knows nothing of what is in them."""

import contextlib
import fcntl
import hashlib
import http.client
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from facescale.assets.lookup import FOLDER_VARIABLE, Found, cache_folder
from facescale.assets.registry import Asset, AssetFile

CHUNK = 1 << 20
TIMEOUT_S = 30.0
CONNECTIONS = 4
PARTIAL = ".partial"

Progress = Callable[[int], None]
"""Called with the number of bytes that just arrived or were already here; from several threads."""


def fetch(asset: Asset, *, progress: Progress | None = None) -> Found:
    """Bring an asset into the user cache.

    Every file appears under its name only when its sha256 is right. A fetch that was cut short goes on where it
    stopped; one of a complete asset reads the files and fetches nothing.

    Args:
        asset: what to fetch.
        progress: told of every chunk.

    Raises:
        ValueError: the asset has no public address and is used by path.
        OSError: no network, no such file, not enough room, or other content than registered; says which file,
            and leaves nothing wrong behind.
    """
    if not asset.fetchable:
        raise ValueError(
            f"expected an asset with a public address, but {asset.name!r} is used by path: "
            f"put {asset.main} into {asset.folder}/ of a folder and point {FOLDER_VARIABLE} at it"
        )
    folder = cache_folder() / asset.folder
    folder.mkdir(parents=True, exist_ok=True)
    report = progress or (lambda _: None)
    missing = [file for file in asset.files if not _there(folder / file.path, file, report)]
    _check_room(folder, missing)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        futures = [pool.submit(_fetch_file, file, folder / file.path, report) for file in missing]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return Found(asset=asset, folder=folder, missing=())


def sha256_of(path: Path, progress: Progress | None = None) -> str:
    """Digest of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            if progress:
                progress(len(chunk))
    return digest.hexdigest()


def _there(path: Path, file: AssetFile, progress: Progress) -> bool:
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    return sha256_of(path, progress) == file.sha256


def _check_room(folder: Path, files: list[AssetFile]) -> None:
    needed, free = sum(file.size for file in files), shutil.disk_usage(folder).free
    if needed > free:
        raise OSError(f"expected {needed:,} bytes free for {folder}, found {free:,}")


def _fetch_file(file: AssetFile, target: Path, progress: Progress) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + PARTIAL)
    with _alone(partial) as stream:
        start = stream.seek(0, 2)
        found = _download(file, stream, progress)
        if found != file.sha256 and start:
            # what an earlier fetch left may itself be wrong: once more, from the first byte
            stream.truncate(0)
            found = _download(file, stream, lambda _: None)
        if found != file.sha256:
            partial.unlink()
            raise OSError(f"expected sha256 {file.sha256} from {file.url}, got {found}; nothing was kept")
        partial.replace(target)


def _download(file: AssetFile, stream: BinaryIO, progress: Progress) -> str:
    """Append what is missing; returns the digest of the whole."""
    start = stream.seek(0, 2)
    if start > file.size:
        start = stream.truncate(0)
    if start < file.size:
        with _opened(file.url, start) as response:
            if start and response.status != http.client.PARTIAL_CONTENT:
                start = stream.truncate(0)
            stream.seek(0, 2)
            progress(start)
            _copy(file, response, stream, progress)
    stream.flush()
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _copy(file: AssetFile, response: http.client.HTTPResponse, stream: BinaryIO, progress: Progress) -> None:
    try:
        while chunk := response.read(CHUNK):
            stream.write(chunk)
            progress(len(chunk))
            if stream.tell() > file.size:
                return
    except (http.client.HTTPException, OSError) as error:
        arrived = stream.tell()
        raise OSError(
            f"{file.url} broke off at {arrived:,} of {file.size:,} bytes ({error}); run it again to go on"
        ) from error
    if stream.tell() < file.size:
        arrived = stream.tell()
        raise OSError(f"{file.url} ended at {arrived:,} of {file.size:,} bytes; run it again to go on")


@contextlib.contextmanager
def _opened(url: str, start: int) -> Iterator[http.client.HTTPResponse]:
    scheme = urllib.parse.urlsplit(url).scheme
    if scheme not in {"http", "https"}:
        raise ValueError(f"expected an http or https address, got {url!r}")
    headers = {"User-Agent": "facescale"} | ({"Range": f"bytes={start}-"} if start else {})
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the scheme was checked
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_S)  # noqa: S310
    except urllib.error.HTTPError as error:
        raise OSError(f"expected a file at {url}, the server answers {error.code} {error.reason}") from error
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError) as error:
        reason = getattr(error, "reason", error)
        raise OSError(f"could not reach {url} ({reason}): is there a network or proxy?") from error
    with response:
        yield response


@contextlib.contextmanager
def _alone(partial: Path) -> Iterator[BinaryIO]:
    """The partial file, locked: of two processes that fetch the same file one says so and stops."""
    with partial.open("a+b") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OSError(f"another process is fetching {partial.name.removesuffix(PARTIAL)}") from error
        try:
            yield stream
        finally:
            if partial.exists() and partial.stat().st_size == 0:
                partial.unlink()
