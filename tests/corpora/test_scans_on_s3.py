import numpy as np
import pytest

from facescale.corpora.files import write_bytes
from facescale.corpora.scans import index, load, write_scan
from facescale.structures import Capture, CaptureRejected
from tests.corpora.shapes import bumpy_sheet, seven_points
from tests.runtime.s3_server import moto_backend


@pytest.fixture(autouse=True)
def fresh_clients(s3_server):
    import s3fs

    # Clients are kept by their arguments; the address of this test's server is in the environment.
    s3fs.S3FileSystem.clear_instance_cache()
    yield
    s3fs.S3FileSystem.clear_instance_cache()


def put(*names):
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends

    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    for name in names:
        backend.put_object("bucket", name, b"x")


def test_a_written_capture_is_found_and_read_back():
    scan = bumpy_sheet()
    written = Capture(item="s01/a+b c", subject="s01", scan=scan, keypoints=seven_points(scan))
    write_scan(written, "s3://bucket/corpus/", keypoint_format="txt")
    (item,) = index("s3://bucket/corpus")
    assert item.item == "s01/a+b c"
    assert [file.path for file in item.inputs] == ["s01/a+b c.ply", "s01/a+b c.txt"]
    assert all(len(file.digest) == 32 for file in item.inputs)
    found = load(item)
    np.testing.assert_array_equal(found.scan.vertices, scan.vertices)
    assert found.keypoints is not None


def test_the_same_tree_has_the_same_items_on_disk_and_on_s3(tmp_path):
    paths = ["a.ply", "a.txt", "a/b.ply", "a-b/c.obj", "Z/d.STL", "x-truth/e.ply", ".h/f.ply", "a/b_lmks.npy"]
    put(*(f"c/{path}" for path in paths))
    for path in paths:
        (tmp_path / path).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / path).write_bytes(b"x")
    here, there = (
        [(item.item, item.subject, [(f.role, f.path, f.size) for f in item.inputs]) for item in index(root)]
        for root in (str(tmp_path), "s3://bucket/c")
    )
    assert here == there
    assert len(here) == 4


def test_a_prefix_is_a_folder_and_not_the_beginning_of_a_name():
    put("corpus/a.ply", "corpus-2/b.ply")
    assert [item.item for item in index("s3://bucket/corpus")] == ["a"]


def test_listing_takes_one_request_a_thousand_names_and_reading_one_a_file(s3_server):
    put(*(f"c/{n:05}.ply" for n in range(2500)))
    s3_server.requests.clear()
    items = list(index("s3://bucket/c"))
    assert len(items) == 2500
    assert dict(s3_server.requests) == {"LIST": 3}
    s3_server.requests.clear()
    with pytest.raises(CaptureRejected):
        load(items[0])
    assert dict(s3_server.requests) == {"GET": 1}


def test_a_new_file_is_seen_by_the_next_listing():
    put("c/a.ply")
    assert len(list(index("s3://bucket/c"))) == 1
    put("c/b.ply")
    assert len(list(index("s3://bucket/c"))) == 2


def test_what_s3_answers_is_an_infrastructure_error(s3_server):
    write_bytes("s3://bucket/c/a.ply", b"x")
    (item,) = index("s3://bucket/c")
    s3_server.fail(100, "AccessDenied")
    with pytest.raises(OSError, match=r"denied|told to fail|Forbidden|403"):
        load(item)
    with pytest.raises(OSError, match=r"denied|told to fail|Forbidden|403"):
        list(index("s3://bucket/c"))


def gets(method, _target):
    return method == "GET"


def reads(method, target):
    return method == "GET" and "list-type=2" not in target


@pytest.mark.slow
def test_twenty_thousand_scans_are_listed_as_they_come_in_twenty_requests(s3_server):
    put(*(f"c/p{n // 100:03}/scan{n % 100:02}.ply" for n in range(20_000)))
    s3_server.requests.clear()
    found = index("s3://bucket/c")
    first = next(found)
    assert s3_server.requests["LIST"] <= 2
    ids = [first.item, *(item.item for item in found)]
    assert ids == sorted(set(ids))
    assert len(ids) == 20_000
    assert dict(s3_server.requests) == {"LIST": 20}


def test_a_storm_of_slow_downs_passes_unnoticed(s3_server):
    written = Capture(item="a/b", subject="a", scan=bumpy_sheet())
    write_scan(written, "s3://bucket/c")
    s3_server.fail(3, "SlowDown", match=gets)
    (item,) = index("s3://bucket/c")
    s3_server.fail(3, "SlowDown", match=reads)
    np.testing.assert_array_equal(load(item).scan.vertices, written.scan.vertices)
    assert s3_server.injected["SlowDown"] == 6


@pytest.mark.slow
def test_a_storm_that_does_not_end_is_an_infrastructure_error(s3_server):
    write_bytes("s3://bucket/c/a.ply", b"x")
    (item,) = index("s3://bucket/c")
    s3_server.fail(1000, "SlowDown", match=reads)
    with pytest.raises(OSError, match=r"reduce your request rate|SlowDown|told to fail"):
        load(item)


def test_a_slow_object_is_waited_for(s3_server):
    write_bytes("s3://bucket/c/a.ply", b"x")
    (item,) = index("s3://bucket/c")
    s3_server.delay(1, 1.0, match=reads)
    with pytest.raises(CaptureRejected):
        load(item)
    assert s3_server.injected["slow"] == 1


@pytest.mark.slow
def test_an_object_that_never_comes_is_an_infrastructure_error(s3_server, monkeypatch):
    import fsspec

    timeouts = {"read_timeout": 0.1, "connect_timeout": 0.5, "retries": {"total_max_attempts": 1}}
    monkeypatch.setitem(fsspec.config.conf, "s3", {"config_kwargs": timeouts})
    write_bytes("s3://bucket/c/a.ply", b"x")
    (item,) = index("s3://bucket/c")
    s3_server.delay(1000, 0.25, match=reads)
    with pytest.raises(OSError, match=r"(?i)time"):
        load(item)


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidAccessKeyId"])
def test_a_credential_that_has_expired_is_an_infrastructure_error_at_once(s3_server, code):
    write_bytes("s3://bucket/c/a.ply", b"x")
    (item,) = index("s3://bucket/c")
    s3_server.fail(1000, code)
    with pytest.raises(OSError, match=r"told to fail|[Ee]xpired|Forbidden|403|400"):
        load(item)
    assert s3_server.injected[code] <= 2


def test_an_object_that_vanished_after_the_listing_is_a_missing_file():
    write_bytes("s3://bucket/c/a.ply", b"x")
    (item,) = index("s3://bucket/c")
    moto_backend().delete_object("bucket", "c/a.ply")
    with pytest.raises(FileNotFoundError):
        load(item)


def test_a_bucket_that_is_not_there_is_an_infrastructure_error():
    with pytest.raises(OSError, match="bucket"):
        list(index("s3://no-such-bucket/c"))
