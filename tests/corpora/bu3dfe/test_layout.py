import numpy as np
import pytest
from jaxtyping import TypeCheckError

from facescale.corpora.bu3dfe.layout import LAYOUT, Bu3dfeOptions
from facescale.corpora.bu3dfe.writing import write_bu3dfe
from facescale.structures import CaptureRejected
from tests.corpora.bu3dfe.test_points import bnd
from tests.corpora.bu3dfe.test_vrml import GOLDEN
from tests.corpora.scan_corpora import head_capture, touch


def items(root, **options):
    return list(LAYOUT.index(str(root), Bu3dfeOptions(**options)))


def test_a_golden_scan_is_read_with_what_its_name_says(tmp_path):
    touch(tmp_path, "BU_3DFE/F0001/f0001_HA03AE_F3D.WRL", "BU_3DFE/F0001/F0001_HA03AE_RAW.wrl", data=GOLDEN)
    touch(tmp_path, "BU_3DFE/F0001/F0001_HA03AE_F3D.bnd", data=bnd())
    touch(tmp_path, "BU_3DFE/F0001/F0001_HA03AE_F3D.bmp", "BU_3DFE/readme.txt")
    (item,) = items(tmp_path)
    assert (item.item, item.subject, item.sequence) == ("F0001/F0001_HA03AE_F3D", "F0001", "HA03")
    assert dict(item.attributes) == {"expression": "HA", "level": "03", "ethnicity": "AE", "kind": "F3D"}
    found = LAYOUT.load(item, Bu3dfeOptions())
    np.testing.assert_array_equal(found.scan.vertices[0], [-1.5, 2, 30])
    assert found.unit == "mm"
    assert len(found.keypoints.names) == 83 + 6
    (raw,) = items(tmp_path, kind="RAW")
    assert LAYOUT.load(raw, Bu3dfeOptions(kind="RAW")).keypoints is None


@pytest.mark.parametrize(("kind", "form"), [("F3D", "lines"), ("RAW", "block")])
def test_what_is_written_comes_back(tmp_path, kind, form):
    capture = head_capture(turned=True)
    write_bu3dfe(
        capture, str(tmp_path), name=f"M0002_NE00WH_{kind}", seven=capture.keypoints.positions, form=form
    )
    (item,) = items(tmp_path, kind=kind)
    found = LAYOUT.load(item, Bu3dfeOptions(kind=kind))
    np.testing.assert_array_equal(found.scan.vertices, capture.scan.vertices)
    np.testing.assert_array_equal(found.scan.faces, capture.scan.faces)
    at = dict(zip(found.keypoints.names, found.keypoints.positions, strict=True))
    clicked = dict(zip(capture.keypoints.names, capture.keypoints.positions, strict=True))
    shared = at.keys() & clicked.keys()
    assert len(shared) == (6 if kind == "F3D" else 4)
    for name in shared:
        np.testing.assert_allclose(at[name], clicked[name], atol=1e-9)


def test_expressions_are_chosen_by_name(tmp_path):
    touch(tmp_path, *(f"F0001/F0001_{e}WH_F3D.wrl" for e in ("NE00", "AN01", "HA04")))
    assert [i.sequence for i in items(tmp_path, expressions=("NE", "HA"))] == ["HA04", "NE00"]
    with pytest.raises((ValueError, TypeCheckError), match="expressions"):
        Bu3dfeOptions(expressions=("XX",))


def test_the_survey_counts_scans_and_points_and_sees_a_scan_in_anothers_folder(tmp_path):
    touch(tmp_path, "F0001/F0001_NE00WH_F3D.wrl", "F0001/F0001_NE00WH_F3D.bnd", "F0001/F0002_NE00WH_F3D.wrl")
    found = list(LAYOUT.survey(str(tmp_path), Bu3dfeOptions()))
    assert [f.reason for f in found] == ["no-keypoints", "misplaced", "missing-scan", "missing-scan"]


def test_damaged_scans_and_points_are_rejected(tmp_path):
    touch(tmp_path, "F0001/F0001_NE00WH_F3D.wrl", data=GOLDEN)
    touch(tmp_path, "F0001/F0001_NE00WH_F3D.bnd", data=b"1 2 3 4\n")
    (item,) = items(tmp_path)
    with pytest.raises(CaptureRejected, match="bad-keypoints"):
        LAYOUT.load(item, Bu3dfeOptions())
    touch(tmp_path, "F0001/F0001_NE00WH_F3D.wrl", data=GOLDEN.replace(b"0, 2, 3, 1", b"0, 2, 4, 1"))
    with pytest.raises(CaptureRejected, match="bad-face-index"):
        LAYOUT.load(item, Bu3dfeOptions())
    touch(tmp_path, "F0001/F0001_NE00WH_F3D.wrl", data=GOLDEN[: GOLDEN.index(b"10 11")])
    with pytest.raises(CaptureRejected, match="truncated"):
        LAYOUT.load(item, Bu3dfeOptions())
