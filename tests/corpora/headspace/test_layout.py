import numpy as np
import pytest

from facescale.corpora.headspace.layout import LAYOUT, HeadspaceOptions
from facescale.corpora.headspace.writing import write_headspace
from facescale.structures import CaptureRejected
from tests.corpora.scan_corpora import head_capture, touch

OBJ = "".join(f"v {n} {n * n} 0.5\n" for n in range(70)).encode() + b"f 1 2 3\n"
FOLDER = "headspaceOnline/subjects/00017"
CAPTURE = "140706153303"


def items(root, **options):
    return list(LAYOUT.index(str(root), HeadspaceOptions(**options)))


def golden(root, folder=FOLDER):
    touch(root, f"{folder}/{CAPTURE}.obj", data=OBJ)
    touch(root, f"{folder}/ldmks{CAPTURE}.txt", data=b"".join(b"%d\n" % (70 - n) for n in range(68)))
    touch(root, f"{folder}/person00017.txt", data=b"id:17\nage:34\ngender:F\n")
    touch(root, f"{folder}/{CAPTURE}.bmp", f"{folder}/{CAPTURE}.mtl")


def test_a_golden_scan_is_read_with_landmarks_and_notes(tmp_path):
    golden(tmp_path)
    (item,) = items(tmp_path)
    assert (item.item, item.subject) == (f"00017/{CAPTURE}", "00017")
    found = LAYOUT.load(item, HeadspaceOptions())
    assert found.unit == "mm"
    # line 1 names vertex 70, the last: x = 69
    np.testing.assert_array_equal(found.keypoints.positions[0], [69, 69 * 69, 0.5])
    assert found.keypoints.names[0] == "ibug_00"
    assert found.attributes["note:age"] == "34"


def test_what_is_written_comes_back(tmp_path):
    capture = head_capture(turned=True)
    vertices = list(range(100, 168))
    write_headspace(
        capture,
        str(tmp_path),
        folder="00042",
        name=CAPTURE,
        landmarks=vertices,
        notes={"expression": "neutral"},
    )
    (item,) = items(tmp_path)
    found = LAYOUT.load(item, HeadspaceOptions())
    np.testing.assert_array_equal(found.scan.vertices, capture.scan.vertices)
    np.testing.assert_array_equal(found.keypoints.positions, capture.scan.vertices[vertices])
    assert found.attributes == {"note:expression": "neutral"}


def test_landmarks_and_notes_may_be_missing_or_unwanted(tmp_path):
    touch(tmp_path, f"subjects/00001/{CAPTURE}.obj", data=OBJ)
    golden(tmp_path)
    first, second = items(tmp_path)[::-1]
    assert LAYOUT.load(first, HeadspaceOptions()).keypoints is None
    plain = items(tmp_path, keypoints="ignore", notes=False)
    assert [len(item.inputs) for item in plain] == [1, 1]
    assert LAYOUT.load(second, HeadspaceOptions()).keypoints is not None


def test_unpadded_folders_odd_case_and_other_files_are_no_obstacle(tmp_path):
    golden(tmp_path, "subjects/17")
    touch(tmp_path, "subjects/18/140706153304.OBJ", "subjects/18/LDMKS140706153304.TXT", data=OBJ)
    touch(tmp_path, "subjects/19/notes.obj", "subjects/readme.txt", "subjects/18/140706153304.ply")
    assert [(i.item, len(i.inputs)) for i in items(tmp_path)] == [
        (f"00017/{CAPTURE}", 3),
        ("00018/140706153304", 2),
    ]


def test_the_survey_counts_what_lacks_and_what_is_not_read(tmp_path):
    golden(tmp_path, "headspaceOnline/subjects/17")
    touch(
        tmp_path,
        f"headspaceOnline/subjects/00018/{CAPTURE}.obj",
        "headspaceOnline/subjects/00019/person00019.txt",
    )
    touch(tmp_path, "headspacePngTka/subjects/00018/1/calib_1A.tka", "headspacePngTka/subjects/00018/1/1A.png")
    found = list(LAYOUT.survey(str(tmp_path), HeadspaceOptions()))
    assert [f.reason for f in found] == ["missing-scan", "unpadded-id", "no-keypoints", "calibration-not-read"]
    assert "not read" in found[-1].message


def test_a_landmark_beyond_the_scan_and_a_cut_off_scan_are_rejected(tmp_path):
    golden(tmp_path)
    (item,) = items(tmp_path)
    touch(tmp_path, f"{FOLDER}/{CAPTURE}.obj", data=OBJ.replace(b"v 69 4761 0.5\n", b""))
    with pytest.raises(CaptureRejected, match=r"bad-keypoints.*1\.\.69"):
        LAYOUT.load(item, HeadspaceOptions())
    touch(tmp_path, f"{FOLDER}/{CAPTURE}.obj", data=OBJ[:20])
    with pytest.raises(CaptureRejected, match=r"not-a-mesh|too-few-vertices"):
        LAYOUT.load(item, HeadspaceOptions())
