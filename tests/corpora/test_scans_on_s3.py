import numpy as np
import pytest

from facescale.corpora.files import write_bytes
from facescale.corpora.scans import index, load, write_scan
from facescale.structures import Capture, CaptureRejected
from tests.corpora.shapes import bumpy_sheet, seven_points


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


def test_a_bucket_that_is_not_there_is_an_infrastructure_error():
    with pytest.raises(OSError, match="bucket"):
        list(index("s3://no-such-bucket/c"))
