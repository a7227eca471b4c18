import io

import numpy as np
import pytest
from PIL import Image

from facescale.corpora.stirling.layout import LAYOUT, StirlingOptions
from facescale.corpora.stirling.writing import write_stirling
from facescale.structures import NOW7, CaptureRejected
from tests.corpora.scan_corpora import head_capture, touch
from tests.corpora.stirling.test_lnd import GOLDEN

OBJ = b"v 0 0 0\nv 10.5 0 0\nv 0 20 0\nf 1 2 3\n"


def jpg():
    buffer = io.BytesIO()
    Image.fromarray(np.full((40, 30, 3), 99, np.uint8)).save(buffer, "JPEG")
    return buffer.getvalue()


def items(root, **options):
    return list(LAYOUT.index(str(root), StirlingOptions(**options)))


def findings(root):
    return [(found.reason, found.message) for found in LAYOUT.survey(str(root), StirlingOptions())]


def test_a_golden_tree_is_read_whatever_the_case_of_its_names(tmp_path):
    touch(tmp_path, "F_3D_N/F1001_N.obj", "F_3D_N/f1011_N.obj", "M_3D_N/M1011B_N.obj", data=OBJ)
    touch(tmp_path, "annotations/F_3D_N/f1001_n.lnd", "annotations/M_3D_N/m1011b_N.LND", data=GOLDEN)
    found = items(tmp_path)
    assert [(i.item, i.subject, i.sequence, len(i.inputs)) for i in found] == [
        ("F_3D_N/F1001_N", "f1001", "N", 2),
        ("F_3D_N/f1011_N", "f1011", "N", 1),
        ("M_3D_N/M1011B_N", "m1011b", "N", 2),
    ]
    capture = LAYOUT.load(found[0], StirlingOptions())
    np.testing.assert_array_equal(capture.scan.vertices[1], [10.5, 0, 0])
    assert capture.unit == "mm"
    assert capture.keypoints.names == NOW7
    np.testing.assert_array_equal(capture.keypoints.positions[4], [0.5, -8.0, 104.0])


def test_what_is_written_comes_back(tmp_path):
    capture = head_capture(turned=True)
    write_stirling(capture, str(tmp_path), name="M1002_NH", points_name="m1002_nh")
    (item,) = items(tmp_path)
    found = LAYOUT.load(item, StirlingOptions())
    np.testing.assert_array_equal(found.scan.vertices, capture.scan.vertices)
    np.testing.assert_array_equal(found.scan.faces, capture.scan.faces)
    np.testing.assert_array_equal(found.keypoints.positions, capture.keypoints.positions)


def test_variants_are_chosen_by_how_names_end(tmp_path):
    touch(
        tmp_path, *(f"F_3D/F1001_{v}.obj" for v in ("N", "NH", "2_N", "A")), "F_3D_N/1004b_N.obj", "F_3D/x.obj"
    )
    assert [i.sequence for i in items(tmp_path, variants=())] == ["2_N", "A", "N", "NH", "N"]
    assert [i.sequence for i in items(tmp_path, variants=("a",))] == ["A"]
    assert items(tmp_path)[-1].subject == "f1004b"


def test_of_points_with_one_name_those_of_the_folder_named_alike_count(tmp_path):
    touch(tmp_path, "F_3D_N/1001_N.obj", "M_3D_N/1001_N.obj", data=OBJ)
    touch(tmp_path, "annotations/F_3D_N/1001_N.lnd", "annotations/M_3D_N/1001_N.lnd", data=GOLDEN)
    assert [(i.subject, i.inputs[1].path) for i in items(tmp_path)] == [
        ("f1001", "annotations/F_3D_N/1001_N.lnd"),
        ("m1001", "annotations/M_3D_N/1001_N.lnd"),
    ]


def test_the_survey_tells_a_lack_that_all_copies_share_from_one_of_this_copy(tmp_path):
    touch(tmp_path, "F_3D_N/F1033_N.obj", "F_3D_N/F1001_N.obj", "F_3D_N/F1002_N.obj", data=OBJ)
    touch(tmp_path, "annotations/F_3D_N/F1009_N.lnd", "annotations/F_3D_N/f1002_N.lnd", data=GOLDEN)
    touch(tmp_path, "Subset_2D_FG2018/HQ/M1500_1.jpg", data=b"x")
    found = findings(tmp_path)
    assert [reason for reason, _ in found] == ["no-keypoints", "odd-case", "no-keypoints", "no-scan", "no-scan"]
    assert "as in every copy" in found[2][1]
    assert "F1009_N.lnd" in found[3][1]
    assert "m1500" in found[4][1]


def test_photographs_are_counted_and_can_be_the_items(tmp_path):
    write_stirling(
        head_capture(),
        str(tmp_path),
        name="F1001_N",
        photographs={"HQ/F1001_01.jpg": jpg(), "LQ/f1001_02.jpg": jpg(), "LQ/M1002 3.jpg": jpg()},
    )
    (scan,) = items(tmp_path)
    assert (scan.attributes["images_hq"], scan.attributes["images_lq"]) == ("1", "1")
    found = items(tmp_path, items="images")
    assert [(i.subject, i.sequence, [f.role for f in i.inputs]) for i in found] == [
        ("f1001", "hq", ["image", "scan", "keypoints"]),
        ("m1002", "lq", ["image"]),
        ("f1001", "lq", ["image", "scan", "keypoints"]),
    ]
    options = StirlingOptions(items="images")
    both, alone = LAYOUT.load(found[0], options), LAYOUT.load(found[1], options)
    assert both.views[0].image.shape == (40, 30, 3)
    assert both.scan is not None
    assert (len(alone.views), alone.scan) == (1, None)
    assert [i.item for i in items(tmp_path, items="images", quality="hq")] == ["Subset_2D_FG2018/HQ/F1001_01"]


def test_a_truncated_scan_or_points_of_another_kind_are_rejected(tmp_path):
    write_stirling(head_capture(), str(tmp_path), name="F1001_N")
    (item,) = items(tmp_path)
    touch(tmp_path, "annotations/F_3D_N/F1001_N.lnd", data=b"1 2\n")
    with pytest.raises(CaptureRejected, match="bad-keypoints"):
        LAYOUT.load(item, StirlingOptions())
    touch(tmp_path, "F_3D_N/F1001_N.obj", data=OBJ[:30])
    assert LAYOUT.load(items(tmp_path, keypoints="ignore")[0], StirlingOptions()).scan.faces.shape == (0, 3)
    touch(tmp_path, "F_3D_N/F1001_N.obj", data=OBJ[:25])
    with pytest.raises(CaptureRejected, match="not-a-mesh"):
        LAYOUT.load(items(tmp_path, keypoints="ignore")[0], StirlingOptions())


def test_a_scan_of_unknown_unit_or_sex_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="known unit"):
        write_stirling(head_capture(), str(tmp_path), name="1001_N")
