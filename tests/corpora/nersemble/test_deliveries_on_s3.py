# pyright: reportOptionalMemberAccess=false, reportArgumentType=false
import numpy as np
import pytest

from facescale.corpora.layouts import find_layout
from tests.corpora.nersemble.deliveries import SERIALS, clip, params, put
from tests.corpora.vhap.deliveries import exported, prepared
from tests.runtime.s3_server import moto_backend


@pytest.fixture(autouse=True)
def fresh_clients(s3_server):
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    yield
    s3fs.S3FileSystem.clear_instance_cache()


def raw_v2():
    videos = {f"017/sequences/EXP-1-head/images/cam_{serial}.mp4": clip() for serial in SERIALS[:2]}
    return videos | {"017/calibration/camera_params.json": params()}


def raw_v1():
    path = f"sequence_EXP-1-head_part-1/017/EXP-1-head/cam_{SERIALS[0]}.mp4"
    return {path: clip(), "camera_params/017/camera_params.json": params()}


TREES = {
    "nersemble-v1": (raw_v1, 3),
    "nersemble-v2": (raw_v2, 1),
    "vhap export": (exported, 1),
    "vhap input": (prepared, 2),
}
"""Layout -> its files, and the listings that finding its items may take."""


@pytest.mark.parametrize("name", TREES)
def test_a_delivery_is_indexed_read_and_surveyed_on_s3_as_on_disk(name, tmp_path, s3_server):
    make, listings = TREES[name]
    files = make()
    put(tmp_path, files)
    for path, data in files.items():
        moto_backend().put_object("bucket", f"c/{path}", data)
    layout = find_layout(name.partition(" ")[0])
    options = layout.options()
    (here,) = layout.index(str(tmp_path), options)
    s3_server.requests.clear()
    (there,) = layout.index("s3://bucket/c", options)
    assert s3_server.requests["LIST"] <= listings
    assert (here.item, here.subject, here.attributes) == (there.item, there.subject, there.attributes)
    assert [(f.role, f.path, f.size) for f in here.inputs] == [(f.role, f.path, f.size) for f in there.inputs]
    assert all(len(f.digest) == 32 for f in there.inputs)
    one, other = layout.load(here, options), layout.load(there, options)
    assert [view.name for view in one.views] == [view.name for view in other.views]
    assert one.lost_views == other.lost_views
    for a, b in zip(one.views, other.views, strict=True):
        np.testing.assert_array_equal(a.image, b.image)
        np.testing.assert_array_equal(a.camera.translation, b.camera.translation)
        assert (a.mask is None) == (b.mask is None)
    findings = [list(layout.survey(root, options)) for root in (str(tmp_path), "s3://bucket/c")]
    assert findings[0] == findings[1]
