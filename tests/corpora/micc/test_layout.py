import numpy as np
import pytest

from facescale.corpora.keypoint_files import write_keypoints
from facescale.corpora.micc.layout import LAYOUT, MiccOptions
from facescale.corpora.obj_writing import write_obj
from facescale.structures import CaptureRejected
from tests.corpora.scan_corpora import head_capture, touch
from tests.corpora.test_planes import encoded

JPEG = encoded(np.zeros((40, 30, 3), np.uint8), "JPEG")


def items(root, **options):
    return list(LAYOUT.index(str(root), MiccOptions(**options)))


def test_scans_lie_where_the_option_says_and_come_in_mm_with_keypoints_beside(tmp_path):
    made = head_capture(turned=True)
    touch(tmp_path, "registrations/subject_01/frontal.obj", data=write_obj(made.scan))
    touch(tmp_path, "registrations/subject_01/frontal.pp", data=write_keypoints(made.keypoints, "pp"))
    touch(tmp_path, "other/x.obj", "images/subject_01/Indoor/0001.jpg")
    options = {"scans": "registrations/{subject}/{name}"}
    (item,) = items(tmp_path, **options)
    assert (item.corpus, item.subject) == ("micc", "subject_01")
    found = LAYOUT.load(item, MiccOptions(**options))
    assert found.unit == "mm"
    np.testing.assert_array_equal(found.scan.vertices, made.scan.vertices)
    np.testing.assert_array_equal(found.keypoints.positions, made.keypoints.positions)
    assert LAYOUT.load(item, MiccOptions(**options, unit=None)).unit is None


def test_photographs_of_a_session_are_an_item(tmp_path):
    touch(
        tmp_path,
        *(f"images/subject_01/{s}/{n}.jpg" for s in ("Indoor", "PTZ-Outdoor") for n in "12"),
        data=JPEG,
    )
    found = items(tmp_path, items="images")
    assert [(i.subject, i.sequence, len(i.inputs)) for i in found] == [
        ("subject_01", "Indoor", 2),
        ("subject_01", "PTZ-Outdoor", 2),
    ]
    assert len(LAYOUT.load(found[0], MiccOptions(items="images")).views) == 2


def test_videos_are_found_by_their_pattern(tmp_path):
    touch(tmp_path, "subject_01/Videos/Indoor.mp4", "subject_02/a.obj")
    pattern = "{subject}/Videos/{sequence}"
    assert [(i.subject, i.sequence) for i in items(tmp_path, items="videos", videos=pattern)] == [
        ("subject_01", "Indoor")
    ]


def test_the_survey_says_what_lies_elsewhere_and_what_is_not_there(tmp_path):
    touch(tmp_path, "top.obj", "subject_01/a.obj", "photos/1.jpg")
    found = list(LAYOUT.survey(str(tmp_path), MiccOptions()))
    assert [f.reason for f in found] == ["subject-unmatched", "subject-unmatched", "no-images", "no-videos"]
    assert "top.obj" in found[0].message


@pytest.mark.parametrize("bad", [{"scans": ""}, {"images": "no field"}, {"videos": "(?P<subject>"}])
def test_patterns_that_name_no_subject_are_refused(bad):
    with pytest.raises(ValueError, match="expected"):
        MiccOptions(**bad)


def test_a_damaged_scan_is_rejected(tmp_path):
    touch(tmp_path, "subject_01/a.obj", data=b"v 1 2\n")
    (item,) = items(tmp_path)
    with pytest.raises(CaptureRejected, match="not-a-mesh"):
        LAYOUT.load(item, MiccOptions())
