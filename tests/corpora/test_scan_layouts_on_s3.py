import numpy as np
import pytest

from facescale.corpora.layouts import find_layout
from facescale.corpora.nphm.tracking_writing import write_mononphm
from tests.corpora.bosphorus import test_bnt, test_labels
from tests.corpora.bu3dfe import test_points, test_vrml
from tests.corpora.headspace import test_layout as headspace
from tests.corpora.nphm import test_layout as nphm
from tests.corpora.nphm import test_tracking as mononphm
from tests.corpora.realy import test_layout as realy
from tests.corpora.scan_corpora import touch
from tests.corpora.stirling import test_lnd
from tests.runtime.s3_server import moto_backend


@pytest.fixture(autouse=True)
def fresh_clients(s3_server):
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    yield
    s3fs.S3FileSystem.clear_instance_cache()


def stirling(root):
    touch(root, "F_3D_N/f1001_N.obj", data=realy.OBJ)
    touch(root, "annotations/F_3D_N/F1001_N.lnd", data=test_lnd.GOLDEN)


def bu3dfe(root):
    touch(root, "F0001/F0001_NE00WH_F3D.wrl", data=test_vrml.GOLDEN)
    touch(root, "F0001/F0001_NE00WH_F3D.bnd", data=test_points.bnd())


def bosphorus(root):
    touch(root, "bs000/bs000_N_N_0.bnt", data=test_bnt.golden())
    touch(root, "bs000/bs000_N_N_0.lm3", data=test_labels.lm3())


def tracked(root):
    write_mononphm(mononphm.capture(2), str(root), sequence="s1", landmarks={0: np.zeros((98, 2))})


TREES = {
    "bosphorus": bosphorus,
    "bu3dfe": bu3dfe,
    "headspace": headspace.golden,
    "micc": lambda root: touch(root, "subject_01/a.obj", data=realy.OBJ),
    "mononphm": tracked,
    "nphm": nphm.golden,
    "realy": realy.golden,
    "stirling": stirling,
}


@pytest.mark.parametrize("name", TREES)
def test_a_corpus_is_indexed_read_and_surveyed_on_s3_as_on_disk(name, tmp_path, s3_server):
    TREES[name](tmp_path)
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        moto_backend().put_object("bucket", f"c/{path.relative_to(tmp_path)}", path.read_bytes())
    layout = find_layout(name)
    options = layout.options()
    (here,) = layout.index(str(tmp_path), options)
    s3_server.requests.clear()
    (there,) = layout.index("s3://bucket/c", options)
    # one listing, and at most the two lists of neutral expressions
    assert s3_server.requests["LIST"] <= 3
    assert (here.item, here.subject, here.attributes) == (there.item, there.subject, there.attributes)
    assert [(f.role, f.path, f.size) for f in here.inputs] == [(f.role, f.path, f.size) for f in there.inputs]
    assert all(len(f.digest) == 32 for f in there.inputs)
    one, other = layout.load(here, options), layout.load(there, options)
    if layout.holds == "scan":
        np.testing.assert_array_equal(one.scan.vertices, other.scan.vertices)
        np.testing.assert_array_equal(one.scan.faces, other.scan.faces)
    else:
        np.testing.assert_array_equal(one.views[0].image, other.views[0].image)
    findings = [list(layout.survey(root, options)) for root in (str(tmp_path), "s3://bucket/c")]
    assert findings[0] == findings[1]
