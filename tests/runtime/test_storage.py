import errno

import pytest

from facescale.runtime.storage import Storage, StorageUnavailable, unavailable
from facescale.runtime.storage_local import LocalStorage
from facescale.runtime.storage_s3 import S3Storage


@pytest.fixture(params=["local", "s3"])
def storage(request, tmp_path):
    if request.param == "local":
        return Storage.open(tmp_path / "out")
    request.getfixturevalue("s3_server")
    return Storage.open("s3://bucket/some/out")


def test_the_address_decides_where_out_is(tmp_path):
    assert isinstance(Storage.open(tmp_path), LocalStorage)
    assert isinstance(Storage.open(f"file://{tmp_path}"), LocalStorage)
    assert isinstance(Storage.open("s3://bucket/out"), S3Storage)
    assert Storage.open("s3://bucket/out/").uri == "s3://bucket/out"


@pytest.mark.parametrize("uri", ["gs://bucket/out", "http://host/out", "s3://"])
def test_an_address_of_another_kind_is_refused(uri):
    with pytest.raises(ValueError, match="s3://bucket/prefix"):
        Storage.open(uri)


def test_an_object_is_created_once(storage):
    assert storage.create("outcomes/ab/x.json", b"first")
    assert not storage.create("outcomes/ab/x.json", b"second")
    assert storage.read("outcomes/ab/x.json") == b"first"


def test_creating_what_is_already_ours_succeeds(storage):
    assert storage.create("x.json", b"same")
    assert storage.create("x.json", b"same")


def test_writing_replaces(storage):
    storage.write("results/table", b"old")
    storage.write("results/table", b"")
    assert storage.read("results/table") == b""


def test_a_missing_object_is_not_found(storage):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.json"):
        storage.read("outcomes/nowhere.json")


def test_names_are_listed_at_any_depth_and_below_the_folder_only(storage):
    for path in ("a/1", "a/b/c/2", "ab/3", "4"):
        storage.create(path, b"")
    assert sorted(storage.names("a")) == ["a/1", "a/b/c/2"]
    assert sorted(storage.names("a/")) == ["a/1", "a/b/c/2"]
    assert sorted(storage.names("")) == ["4", "a/1", "a/b/c/2", "ab/3"]
    assert list(storage.names("missing")) == []


def test_a_listing_sees_what_another_client_did_a_moment_ago(storage):
    assert list(storage.names("a")) == []
    other = Storage.open(storage.uri)
    other.create("a/new", b"")
    assert list(storage.names("a")) == ["a/new"]
    other.delete("a/new")
    assert list(storage.names("a")) == []


def test_deleting_spares_the_neighbours(storage):
    for path in ("items/a/1/x", "items/a/1/deep/y", "items/a/10/z", "items/a/2/x"):
        storage.create(path, b"")
    storage.delete_folder("items/a/1")
    storage.delete("items/a/2/x")
    storage.delete("items/a/2/x")
    storage.delete_folder("items/nothing")
    assert list(storage.names("items")) == ["items/a/10/z"]


def test_moving_keeps_the_bytes(storage):
    storage.create("outcomes/ab/x.json", b"data")
    storage.move("outcomes/ab/x.json", "retired/x/1.json")
    assert storage.read("retired/x/1.json") == b"data"
    assert list(storage.names("outcomes")) == []


def test_many_objects_are_read_in_order_and_the_missing_are_told(storage):
    for number in range(40):
        storage.create(f"n/{number}", str(number).encode())
    paths = [f"n/{number}" for number in range(50)]
    found = list(storage.read_many(paths, threads=8))
    assert [path for path, _ in found] == paths
    assert [data for _, data in found] == [str(n).encode() if n < 40 else None for n in range(50)]


def test_a_folder_of_artefacts_arrives_with_sizes_and_digests(storage):
    folder = storage.folder("items/a-1/try")
    (folder / "fit.ply").write_bytes(b"abc")
    (folder / "maps").mkdir()
    (folder / "maps" / "big.bin").write_bytes(b"0" * 3_000_000)
    records = storage.upload_folder(folder, "items/a-1/try")
    assert [(record.path, record.size) for record in records] == [("fit.ply", 3), ("maps/big.bin", 3_000_000)]
    assert records[0].sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert storage.read("items/a-1/try/fit.ply") == b"abc"
    assert sorted(storage.names("items")) == ["items/a-1/try/fit.ply", "items/a-1/try/maps/big.bin"]


def test_odd_names_of_artefacts_survive(storage):
    folder = storage.folder("items/a-1/try")
    names = ["a b+c%20&.ply", "\u00e4\u738b.npz", "x;=?#'\".bin", "..dots"]
    for name in names:
        (folder / name).write_bytes(name.encode())
    storage.upload_folder(folder, "items/a-1/try")
    assert set(storage.names("items")) == {f"items/a-1/try/{name}" for name in names}
    for name in names:
        assert storage.read(f"items/a-1/try/{name}") == name.encode()
    storage.delete_folder("items/a-1/try")
    assert list(storage.names("items")) == []


def test_artefacts_may_come_from_any_folder(storage, tmp_path):
    made = tmp_path / "made"
    made.mkdir()
    (made / "x").write_bytes(b"abc")
    assert storage.upload_folder(made, "items/a-1/try")[0].size == 3
    assert storage.read("items/a-1/try/x") == b"abc"
    assert (made / "x").exists()


def test_an_attempt_that_is_given_up_leaves_nothing_behind(storage):
    folder = storage.folder("items/a-1/try")
    (folder / "x").write_bytes(b"abc")
    storage.delete_folder("items/a-1/try")
    assert not folder.exists()
    assert list(storage.names("items")) == []


def test_probing_a_good_folder_leaves_nothing_behind(storage):
    storage.probe()
    assert list(storage.names("")) == []


def test_probing_notices_a_store_that_overwrites(storage, monkeypatch):
    def overwrite(path: str, data: bytes) -> bool:
        storage.write(path, data)
        return True

    monkeypatch.setattr(storage, "_put_if_absent", overwrite)
    with pytest.raises(StorageUnavailable) as caught:
        storage.probe()
    assert caught.value.kind == "unsupported"
    assert list(storage.names("")) == []


def test_no_operation_is_missed_when_threads_count(storage):
    storage.create("a/x", b"1")
    storage.operations.clear()
    list(storage.read_many(["a/x"] * 100, threads=16))
    assert storage.operations == {"get": 100}


def test_operations_are_counted(storage):
    storage.create("a/x", b"1")
    storage.write("a/y", b"1")
    storage.read("a/x")
    list(storage.names("a"))
    storage.delete("a/x")
    assert storage.operations == {"create": 1, "put": 1, "get": 1, "list": 1, "delete": 1}


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, "no-space"),
        (errno.EDQUOT, "no-space"),
        (errno.EACCES, "denied"),
        (errno.EROFS, "denied"),
        (errno.EIO, "unreachable"),
    ],
)
def test_errors_of_the_disk_say_what_is_wrong(number, kind):
    judged = unavailable(OSError(number, "told to fail"), "cannot write /out/x")
    assert judged.kind == kind
    assert str(judged).startswith(f"storage unavailable ({kind}): cannot write /out/x: told to fail; ")


def test_errors_about_one_file_are_not_the_storages():
    assert unavailable(FileNotFoundError(errno.ENOENT, "gone"), "x") is None
    assert unavailable(OSError("no number"), "x") is None
