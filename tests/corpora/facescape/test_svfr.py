import numpy as np
import pytest

from facescale.corpora.facescape.svfr import SvfrOptions, index, load, survey
from facescale.structures import CaptureRejected
from tests.corpora.photographs import astronaut, encoded
from tests.corpora.shapes import bumpy_sheet, obj_text

MESH = bumpy_sheet()


def put(root, path, data=None):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(encoded(astronaut()) if data is None else data)


@pytest.fixture
def root(tmp_path):
    put(tmp_path, "wild_img/017.jpg")
    put(tmp_path, "wild_gt_mesh/017.obj", obj_text(MESH))
    put(tmp_path, "lab/05_1_10.PNG")
    put(tmp_path, "lab_gt_mesh/05_1_10.obj", obj_text(MESH))
    put(tmp_path, "wild_gt_mesh/readme.obj", b"x")
    return tmp_path


def items(root, **options):
    return list(index(str(root), SvfrOptions(**options)))


def told(root, **options):
    return {finding.reason: finding.message for finding in survey(str(root), SvfrOptions(**options))}


def test_names_say_the_part_person_focal_length_and_view(root):
    lab, wild = items(root)
    assert (lab.item, lab.subject, lab.attributes["focal"], lab.attributes["view"]) == (
        "lab/05_1_10", "lab_05", "1", "10",
    )  # fmt: skip
    assert (wild.item, wild.subject, wild.attributes["truth"]) == ("wild/017", "017", "wild_gt_mesh/017.obj")
    assert [i.item for i in items(root, part="wild")] == ["wild/017"]
    assert load(wild, SvfrOptions()).scan is None
    assert load(lab, SvfrOptions()).views[0].name == "05_1_10.PNG"


def test_the_true_mesh_is_read_where_it_is_asked_for(root):
    for item in items(root, truth="read"):
        found = load(item, SvfrOptions(truth="read"))
        np.testing.assert_allclose(found.scan.vertices, MESH.vertices)
        assert (found.unit, found.attributes["scale"]) == ("mm", "normalised")


def test_what_is_not_there_is_told(root):
    put(root, "wild_img/018.jpg", b"")
    put(root, "other/018.jpg", b"")
    put(root, "wild_gt_mesh/019.obj", b"v 1 2\n")
    found = told(root)
    assert found["missing-truth"].endswith(": wild/018")
    assert found["missing-image"].endswith(": wild/019")
    assert "018.jpg" in found["surplus-image"]
    assert "incomplete" in found
    assert "missing-truth" not in told(root, part="lab")
    broken = next(item for item in items(root) if item.item == "wild/018")
    with pytest.raises(CaptureRejected, match="empty-file"):
        load(broken, SvfrOptions())
    with pytest.raises(ValueError, match="expected longest_side"):
        SvfrOptions(longest_side=-1)
