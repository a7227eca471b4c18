import contextlib
import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from facescale.runtime import storage_local
from facescale.runtime.storage import Storage, StorageUnavailable


@pytest.fixture
def storage(tmp_path):
    return Storage.open(tmp_path / "out")


@pytest.fixture(params=["hard links", "no hard links"])
def linked(request, monkeypatch):
    if request.param == "no hard links":
        monkeypatch.setattr(os, "link", without_links)


def without_links(source, target):
    raise OSError(errno.EPERM, "Operation not permitted")


def test_a_file_system_without_hard_links_creates_once_too(storage, monkeypatch):
    monkeypatch.setattr(os, "link", without_links)
    storage.probe()
    assert storage.create("x", b"first")
    assert not storage.create("x", b"second")
    assert storage.read("x") == b"first"


RACE = """
import os, sys
from facescale.runtime.storage import Storage
if sys.argv[2] == "no hard links":
    def link(source, target):
        raise OSError(1, "Operation not permitted")
    os.link = link
storage = Storage.open(sys.argv[1])
sys.stdin.readline()
mine = [n for n in range(60) if storage.create(f"outcomes/{n}.json", f"{os.getpid()} {n}".encode() * 99)]
print(*mine)
"""


@pytest.mark.parametrize("links", ["hard links", "no hard links"])
def test_of_eight_processes_exactly_one_creates_each_object(tmp_path, links):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, str(tmp_path), links],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    wins = [
        (process.pid, [int(n) for n in process.communicate(timeout=60)[0].split()]) for process in processes
    ]
    assert sorted(n for _, mine in wins for n in mine) == list(range(60))
    for pid, mine in wins:
        for n in mine:
            assert (tmp_path / f"outcomes/{n}.json").read_bytes() == f"{pid} {n}".encode() * 99


KILLED = """
import sys
from facescale.runtime.storage import Storage
storage = Storage.open(sys.argv[1])
print("ready", flush=True)
n = 0
while True:
    storage.create(f"outcomes/{n}.json", b"x" * 100_000)
    n += 1
"""


def test_a_process_killed_while_it_writes_leaves_nothing_half_written(storage):
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, storage.uri], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    names = list(storage.names(""))
    assert names
    assert all(len(storage.read(name)) == 100_000 for name in names)
    assert all(name.startswith("outcomes/") for name in names)


@pytest.mark.usefixtures("linked")
def test_a_disk_that_fills_up_leaves_nothing_that_is_trusted(storage, monkeypatch):
    real = os.write
    writes = []

    def fill_up(handle, data):
        writes.append(len(data))
        if len(writes) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", fill_up)
    for attempt in (storage.create, storage.write):
        writes.clear()
        with pytest.raises(
            StorageUnavailable, match=r"outcomes/x\.json.*No space left.*free some space"
        ) as caught:
            attempt("outcomes/x.json", b"0123456789")
        assert caught.value.kind == "no-space"
    monkeypatch.setattr(os, "write", real)
    assert list(storage.names("")) == []
    assert list((storage.root / ".tmp").glob("*-*")) == []
    assert storage.create("outcomes/x.json", b"0123456789")


LIMITED = """
import resource, signal, sys
from facescale.runtime.storage import Storage, StorageUnavailable
storage = Storage.open(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    storage.create("outcomes/x.json", b"0" * 5000)
except StorageUnavailable as error:
    print(error.kind)
print(sorted(storage.names("")))
"""


def test_a_write_that_the_kernel_cuts_short_leaves_nothing_that_is_trusted(tmp_path):
    process = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert process.stdout.split("\n")[:2] == ["no-space", "[]"]


def test_an_out_that_cannot_be_made_is_denied(tmp_path):
    (tmp_path / "file").write_text("I stand where OUT should be")
    for uri in (tmp_path / "file", tmp_path / "file" / "out"):
        with pytest.raises(StorageUnavailable, match=r"a file.*where a folder is needed") as caught:
            Storage.open(uri).probe()
        assert caught.value.kind == "denied"


def test_a_file_where_a_folder_is_needed_is_denied(storage):
    storage.write("outcomes", b"")
    for attempt in (
        lambda: storage.create("outcomes/ab/x.json", b""),
        lambda: storage.write("outcomes/x.json", b""),
        lambda: storage.folder("outcomes/x"),
        lambda: list(storage.names("outcomes")),
        lambda: storage.read("outcomes/x"),
    ):
        with pytest.raises(StorageUnavailable) as caught:
            attempt()
        assert caught.value.kind == "denied"


@pytest.fixture
def nobody():
    """Give up root's rights for a test, since root may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


def test_a_folder_without_write_permission_is_denied(tmp_path, nobody):
    with contextlib.suppress(PermissionError):  # a folder of root's is closed to nobody anyway
        (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(StorageUnavailable, match="make the folder writable") as caught:
        Storage.open(tmp_path / "out").probe()
    assert caught.value.kind == "denied"


def test_a_read_only_file_system_is_denied(storage, monkeypatch):
    def read_only(*_args, **_kwargs):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(storage_local.os, "open", read_only)
    with pytest.raises(StorageUnavailable, match="mounted read-only") as caught:
        storage.probe()
    assert caught.value.kind == "denied"


def test_what_killed_processes_left_is_swept_once_it_is_old(storage):
    storage.probe()
    old, young = storage.root / ".tmp" / "1-old", storage.root / ".tmp" / "2-young"
    for leftover in (old, young):
        leftover.write_bytes(b"half")
    os.utime(old, (0, 0))
    storage.probe()
    assert not old.exists()
    assert young.exists()


def test_artefacts_are_flushed_before_anything_vouches_for_them(storage, monkeypatch):
    flushed = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (flushed.append(handle), real(handle)))
    folder = storage.folder("items/a/1")
    for name in ("x", "y", "z"):
        (folder / name).write_bytes(b"1")
    storage.upload_folder(folder, "items/a/1")
    assert len(flushed) == 3


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x"])
def test_no_path_leads_out_of_out(storage, path):
    with pytest.raises(AssertionError):
        storage.read(path)
