import os
import tempfile
import threading

import pytest

from facescale.runtime import storage_s3
from facescale.runtime.storage import Storage, StorageUnavailable
from facescale.runtime.storage_s3 import ATTEMPTS, S3Storage
from tests.runtime.s3_server import moto_backend, puts_under


@pytest.fixture
def storage(s3_server):
    return S3Storage("s3://bucket/out", pause=lambda _: None)


def test_a_lost_answer_to_a_successful_put_is_our_success(storage, s3_server):
    s3_server.lose_answers(1, match=puts_under("outcomes/"))
    assert storage.create("outcomes/ab/x.json", b"ours")
    assert s3_server.injected["lost"] == 1
    assert list(storage.names("outcomes")) == ["outcomes/ab/x.json"]
    assert storage.read("outcomes/ab/x.json") == b"ours"


def test_a_lost_answer_to_a_put_that_came_second_is_not_our_success(storage, s3_server):
    Storage.open(storage.uri).create("outcomes/ab/x.json", b"theirs")
    s3_server.lose_answers(2, match=puts_under("outcomes/"))
    assert not storage.create("outcomes/ab/x.json", b"ours")
    assert storage.read("outcomes/ab/x.json") == b"theirs"


def test_a_server_that_does_not_say_which_condition_failed_is_understood(storage, s3_server):
    storage.create("x", b"theirs")
    s3_server.fail(1, "PreconditionFailed", match=puts_under("x"))
    assert not storage.create("x", b"ours")


def test_a_server_without_conditional_writes_is_refused_before_anything_is_lost(storage, s3_server):
    s3_server.fail(1000, "NotImplemented", match=lambda method, _: method == "PUT")
    with pytest.raises(StorageUnavailable, match="conditional writes") as caught:
        storage.probe()
    assert caught.value.kind == "unsupported"


def test_scratch_that_killed_processes_left_is_swept_once_it_is_old(storage, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, age in (("facescale-scratch-old", 0), ("facescale-scratch-young", None), ("other-old", 0)):
        (tmp_path / name).mkdir()
        if age is not None:
            os.utime(tmp_path / name, (age, age))
    storage.folder("items/a/1")
    left = {path.name for path in tmp_path.iterdir()}
    assert "facescale-scratch-old" not in left
    assert left >= {"facescale-scratch-young", "other-old"}


def test_a_storm_is_weathered_by_every_operation(storage, s3_server, tmp_path):
    (tmp_path / "x").write_bytes(b"1")
    for attempt in (
        lambda: storage.create("a/x", b"1"),
        lambda: storage.read("a/x"),
        lambda: storage.write("a/y", b"1"),
        lambda: list(storage.names("a")),
        lambda: storage.move("a/y", "a/z"),
        lambda: storage.delete("a/z"),
        lambda: storage.upload_folder(tmp_path, "items/1"),
        lambda: storage.delete_folder("items/1"),
        storage.probe,
    ):
        s3_server.fail(3)
        attempt()
        s3_server.heal()
    assert list(storage.names("")) == ["a/x"]
    assert s3_server.injected["SlowDown"] == storage.operations["retry"] == 9 * 3


def test_pauses_grow_up_to_a_ceiling_and_are_never_in_step(s3_server):
    pauses = []
    storage = S3Storage("s3://bucket/out", pause=pauses.append)
    s3_server.fail(ATTEMPTS - 1)
    storage.write("x", b"")
    bounds = [min(storage_s3.LONGEST_PAUSE_S, storage_s3.FIRST_PAUSE_S * 2**n) for n in range(ATTEMPTS - 1)]
    assert all(pause <= bound for pause, bound in zip(pauses, bounds, strict=True))
    assert len(set(pauses)) == len(pauses)
    assert 60.0 < sum(bounds) < 90.0


def test_a_storm_without_end_is_unreachable(storage, s3_server):
    s3_server.fail(1000)
    with pytest.raises(StorageUnavailable, match=rf"put s3://bucket/out/x.*{ATTEMPTS} times") as caught:
        storage.write("x", b"")
    assert caught.value.kind == "unreachable"


def test_writers_in_a_storm_lose_and_double_nothing(s3_server):
    s3_server.fail(10**6, probability=0.25)
    s3_server.lose_answers(10**6, match=lambda method, _: method == "PUT", probability=0.15)
    wins: list[tuple[int, int]] = []
    stores = [S3Storage("s3://bucket/out", pause=lambda _: None) for _ in range(4)]

    def write(worker: int) -> None:
        wins.extend(
            (n, worker) for n in range(40) if stores[worker].create(f"outcomes/{n}", f"{worker}".encode())
        )

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert s3_server.injected["SlowDown"] > 20
    assert s3_server.injected["lost"] > 10
    s3_server.heal()
    assert sorted(n for n, _ in wins) == list(range(40))
    assert all(stores[0].read(f"outcomes/{n}") == f"{worker}".encode() for n, worker in wins)


@pytest.mark.parametrize(
    ("code", "kind"),
    [("AccessDenied", "denied"), ("ExpiredToken", "credentials"), ("InvalidAccessKeyId", "credentials")],
)
def test_what_no_retry_can_mend_stops_at_once(storage, s3_server, code, kind):
    s3_server.fail(1000, code)
    for attempt in (
        lambda: storage.create("x", b""),
        lambda: storage.read("x"),
        lambda: list(storage.names("x")),
        storage.probe,
    ):
        with pytest.raises(StorageUnavailable, match=code) as caught:
            attempt()
        assert caught.value.kind == kind
    assert storage.operations["retry"] == 0


def test_no_credentials_at_all_is_a_clear_error(storage, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(StorageUnavailable, match=r"AWS_ACCESS_KEY_ID.*or a role of the node") as caught:
        storage.probe()
    assert caught.value.kind == "credentials"


def test_a_missing_bucket_is_a_clear_error(s3_server):
    storage = S3Storage("s3://no-such-bucket/out", pause=lambda _: None)
    for attempt in (storage.probe, lambda: list(storage.names("")), lambda: storage.read("x")):
        with pytest.raises(StorageUnavailable, match=r"no-such-bucket.*create the bucket") as caught:
            attempt()
        assert caught.value.kind == "missing-bucket"


def test_a_server_that_is_not_there_is_unreachable(storage, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StorageUnavailable, match="AWS_ENDPOINT_URL") as caught:
        storage.read("x")
    assert caught.value.kind == "unreachable"


def test_three_thousand_items_are_listed_in_three_pages(storage, s3_server):
    put_directly(f"out/outcomes/{n % 256:02x}/{n:062x}.json" for n in range(3000))
    s3_server.requests.clear()
    assert len(set(storage.hex_names("outcomes"))) == 3000
    assert s3_server.requests["LIST"] == storage.operations["list"] == 3


def test_a_large_folder_is_listed_in_parallel_within_its_budget(storage, s3_server, monkeypatch):
    paths = {f"outcomes/{n * 7 % 256:02x}/{n:062x}.json" for n in range(6100)}
    put_directly(f"out/{path}" for path in paths)
    s3_server.requests.clear()
    found = list(storage.hex_names("outcomes"))
    assert len(found) == len(paths)
    assert set(found) == paths
    assert 5 < s3_server.requests["LIST"] <= 6100 / 1000 + 256


def test_an_object_is_read_with_one_request(storage, s3_server):
    storage.create("x", b"1")
    s3_server.requests.clear()
    storage.read("x")
    assert s3_server.requests == {"GET": 1}


def put_directly(keys) -> None:
    """Store empty objects behind the server's back: thousands of requests would take a minute."""
    for key in keys:
        moto_backend().put_object("bucket", key, b"")
