"""OUT as a local or mounted folder. Knows nothing of what is stored."""

import errno
import fcntl
import hashlib
import os
import shutil
import time
import typing
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from typing_extensions import override

from facescale.runtime.storage import Entry, Storage, StorageUnavailable, unavailable
from facescale.structures.outcome import FileRecord

_TEMPORARY = ".tmp"
_ABANDONED_S = 3600.0
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})
_CHUNK = 1 << 20


@typing.final
class LocalStorage(Storage):
    """A folder. New objects are written aside, flushed to the disk and then given their name."""

    def __init__(self, root: str | Path) -> None:
        super().__init__()
        self.root = Path(root).expanduser().absolute()
        self.uri = str(self.root)

    @override
    def _put_if_absent(self, path: str, data: bytes) -> bool:
        self._count("create")
        target = self._path(path)
        with self._aside(target, data) as temporary:
            try:
                os.link(temporary, target)
            except FileExistsError:
                return False
            except OSError as error:
                if error.errno not in _NO_HARD_LINKS:
                    raise
                return self._rename_if_absent(temporary, target)
        return True

    def _rename_if_absent(self, temporary: Path, target: Path) -> bool:
        # Some file systems (exFAT, some FUSE mounts) have no hard links, and a plain rename replaces. A lock
        # file that is opened by all and held by one makes "is it there" and "rename" one step. The kernel
        # drops the lock when its holder dies, so that a killed worker can never block a key.
        with (self.root / _TEMPORARY / "create.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if target.exists():
                return False
            temporary.rename(target)
        return True

    @override
    def read(self, path: str) -> bytes:
        self._count("get")
        with self._judged("read", path):
            return self._path(path).read_bytes()

    @override
    def write(self, path: str, data: bytes) -> None:
        self._count("put")
        target = self._path(path)
        with self._aside(target, data) as temporary:
            temporary.replace(target)

    @override
    def names(self, prefix: str) -> Iterator[str]:
        start = prefix.strip("/")
        pending = [(self._path(start), f"{start}/" if start else "")]
        while pending:
            folder, name = pending.pop()
            self._count("list")
            try:
                with self._judged("list", name), os.scandir(folder) as entries:
                    found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
            except FileNotFoundError:
                continue
            for entry, is_folder in found:
                if not is_folder:
                    yield name + entry
                elif entry != _TEMPORARY:
                    pending.append((folder / entry, f"{name}{entry}/"))

    @override
    def hex_names(self, prefix: str) -> Iterator[str]:
        return self.names(prefix)

    @override
    def entries(self, prefix: str) -> Iterator[Entry]:
        for path in self.names(prefix):
            with suppress(FileNotFoundError):  # deleted meanwhile
                found = self._path(path).stat()
                yield Entry(path=path, size=found.st_size, modified=found.st_mtime)

    @override
    def delete(self, path: str) -> None:
        self._count("delete")
        with self._judged("delete", path):
            self._path(path).unlink(missing_ok=True)

    @override
    def delete_folder(self, path: str) -> None:
        self._count("delete")
        with self._judged("delete", path), suppress(FileNotFoundError):
            shutil.rmtree(self._path(path))

    @override
    def move(self, source: str, target: str) -> None:
        self._count("copy")
        with self._judged("move", source):
            self._path(target).parent.mkdir(parents=True, exist_ok=True)
            self._path(source).rename(self._path(target))

    @override
    def folder(self, path: str) -> Path:
        with self._judged("make folder", path):
            self._path(path).mkdir(parents=True, exist_ok=True)
        return self._path(path)

    @override
    def upload_folder(self, local: Path, path: str) -> tuple[FileRecord, ...]:
        target = self._path(path)
        with self._judged("write", path):
            if local.absolute() != target:
                shutil.copytree(local, target, dirs_exist_ok=True)
            files = sorted(file for file in target.rglob("*") if file.is_file())
            self._count("put", len(files))
            return tuple(_vouch(file, target) for file in files)

    @override
    def probe(self) -> None:
        path = f"{_TEMPORARY}/probe-{uuid.uuid4().hex}"
        with self._judged("create OUT", ""):
            (self.root / _TEMPORARY).mkdir(parents=True, exist_ok=True)
            for leftover in os.scandir(self.root / _TEMPORARY):
                with suppress(FileNotFoundError):  # another run may be sweeping too
                    if time.time() - leftover.stat().st_mtime > _ABANDONED_S and leftover.is_file():
                        Path(leftover.path).unlink()
        ours = self.create(path, b"first") and self.read(path) == b"first"
        if not ours or self.create(path, b"second"):
            self.delete(path)
            raise StorageUnavailable(
                "unsupported",
                f"{self.uri} does not keep the first of two files of one name; choose another OUT",
            )
        self.delete(path)

    def _path(self, path: str) -> Path:
        assert not path.startswith("/") and ".." not in path.split("/"), path  # noqa: PT018 - one invariant
        return self.root / path

    @contextmanager
    def _aside(self, target: Path, data: bytes) -> Iterator[Path]:
        # All temporaries live in one folder, so that what a killed process leaves behind is never listed and
        # is swept by the next run. The flush comes before the name: a name never stands for missing bytes.
        temporary = self.root / _TEMPORARY / f"{os.getpid()}-{uuid.uuid4().hex}"
        with self._judged("write", str(target)):
            try:
                handle = _open_new(temporary)
                try:
                    _write_all(handle, data)
                    os.fsync(handle)
                finally:
                    os.close(handle)
                target.parent.mkdir(parents=True, exist_ok=True)
                yield temporary
            finally:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)

    @contextmanager
    def _judged(self, verb: str, path: str) -> Iterator[None]:
        where = path if path.startswith("/") else f"{self.uri}/{path}".rstrip("/")
        try:
            yield
        except FileExistsError as error:
            # Only mkdir lets this one through, and only where a file stands in its way.
            raise StorageUnavailable(
                "denied", f"cannot {verb} {where}: {error.filename} is a file where a folder is needed"
            ) from error
        except OSError as error:
            judged = unavailable(error, f"cannot {verb} {where}")
            if judged is None:
                raise
            raise judged from error


def _open_new(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o644)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, flags, 0o644)


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _vouch(file: Path, folder: Path) -> FileRecord:
    digest = hashlib.sha256()
    size = 0
    with file.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
        os.fsync(handle)  # an outcome may vouch only for bytes that outlive a power failure
    return FileRecord(path=file.relative_to(folder).as_posix(), size=size, sha256=digest.hexdigest())
