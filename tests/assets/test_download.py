import fcntl
import shutil
import socket
import threading
import types

import pytest

from facescale.assets.download import PARTIAL, fetch
from facescale.assets.lookup import find

CONTENT = bytes(range(256)) * 20_000


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_fetched_asset_is_whole_and_found(server, cache, make_asset):
    toy = make_asset({"model/a.obj": CONTENT, "model/b.obj": b"b" * 1000, "LICENSE": b"free"})
    arrived = []
    lock = threading.Lock()

    def count(size):
        with lock:
            arrived.append(size)

    found = fetch(toy, progress=count)
    assert found.main == cache / "toys" / "model"
    assert (found.main / "a.obj").read_bytes() == CONTENT
    assert sum(arrived) == toy.size
    assert find(toy).missing == ()
    assert files_below(cache) == ["toys/LICENSE", "toys/model/a.obj", "toys/model/b.obj"]


def test_a_second_fetch_asks_the_server_for_nothing(server, cache, make_asset):
    toy = make_asset({"model/a.obj": CONTENT})
    fetch(toy)
    asked = len(server.requests)
    fetch(toy)
    assert len(server.requests) == asked


def test_a_changed_file_in_the_cache_is_fetched_again(server, cache, make_asset):
    toy = make_asset({"model/a.obj": CONTENT})
    path = fetch(toy).main / "a.obj"
    path.write_bytes(CONTENT[:-1] + b"!")
    assert (fetch(toy).main / "a.obj").read_bytes() == CONTENT


def test_wrong_content_is_an_error_and_leaves_nothing(server, cache, make_asset):
    toy = make_asset({"model/a.obj": CONTENT})
    server.files["/model/a.obj"] = CONTENT[:-1] + b"!"
    with pytest.raises(OSError, match=r"expected sha256 .* nothing was kept"):
        fetch(toy)
    assert files_below(cache) == []


def test_content_that_never_ends_is_cut(server, cache, make_asset):
    toy = make_asset({"model/a.obj": CONTENT})
    server.files["/model/a.obj"] = CONTENT * 2
    with pytest.raises(OSError, match="expected sha256"):
        fetch(toy)
    assert files_below(cache) == []


def test_a_fetch_that_broke_off_goes_on_where_it_stopped(server, cache, make_asset):
    toy = make_asset({"model/a.obj": CONTENT})
    server.break_off_at = 3_000_000
    with pytest.raises(OSError, match=r"3,000,000 of 5,120,000 bytes.* run it again to go on"):
        fetch(toy)
    assert files_below(cache) == ["toys/model/a.obj" + PARTIAL]
    assert find(toy).missing == ("model/a.obj",)
    assert (fetch(toy).main / "a.obj").read_bytes() == CONTENT
    assert server.requests[-1] == ("/model/a.obj", "bytes=3000000-")
    assert files_below(cache) == ["toys/model/a.obj"]


def test_a_server_that_ignores_ranges_is_read_from_the_start(server, cache, make_asset):
    toy = make_asset({"model/a.obj": CONTENT})
    server.break_off_at, server.ranges = 1000, False
    with pytest.raises(OSError, match="run it again"):
        fetch(toy)
    assert (fetch(toy).main / "a.obj").read_bytes() == CONTENT


@pytest.mark.parametrize("left", [b"x" * 1000, b"x" * len(CONTENT), b"x" * (len(CONTENT) + 1)])
def test_a_partial_file_of_other_content_is_replaced(server, cache, make_asset, left):
    toy = make_asset({"model/a.obj": CONTENT})
    partial = cache / "toys" / "model" / ("a.obj" + PARTIAL)
    partial.parent.mkdir(parents=True)
    partial.write_bytes(left)
    assert (fetch(toy).main / "a.obj").read_bytes() == CONTENT
    assert files_below(cache) == ["toys/model/a.obj"]


def test_a_missing_file_says_what_the_server_answered(server, cache, make_asset):
    toy = make_asset({"model/a.obj": CONTENT})
    server.files.clear()
    with pytest.raises(OSError, match=r"expected a file at http://127.*a\.obj, the server answers 404"):
        fetch(toy)
    assert files_below(cache) == []


def test_without_a_network_the_address_is_named(cache, make_asset):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        toy = make_asset({"model/a.obj": CONTENT}, address=address)
        with pytest.raises(OSError, match=r"could not reach http://127.*network"):
            fetch(toy)
    assert files_below(cache) == []


def test_an_asset_by_path_cannot_be_fetched(cache, make_asset):
    toy = make_asset({"model": b"m"}, address="")
    with pytest.raises(ValueError, match=r"used by path.*FACESCALE_ASSETS"):
        fetch(toy)


def test_another_kind_of_address_is_refused(cache, make_asset):
    toy = make_asset({"model/a.obj": CONTENT}, address="file:///etc")
    with pytest.raises(ValueError, match="expected an http or https address"):
        fetch(toy)


def test_too_small_a_disk_is_said_before_anything_is_fetched(server, cache, make_asset, monkeypatch):
    toy = make_asset({"model/a.obj": CONTENT})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: types.SimpleNamespace(free=1))
    with pytest.raises(OSError, match=r"expected 5,120,000 bytes free .* found 1"):
        fetch(toy)
    assert server.requests == []


def test_a_file_that_another_process_is_fetching_is_left_to_it(server, cache, make_asset):
    toy = make_asset({"model/a.obj": CONTENT})
    partial = cache / "toys" / "model" / ("a.obj" + PARTIAL)
    partial.parent.mkdir(parents=True)
    with partial.open("a+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        with pytest.raises(OSError, match=r"another process is fetching a\.obj"):
            fetch(toy)
