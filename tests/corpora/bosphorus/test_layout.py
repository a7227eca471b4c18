import io

import numpy as np
import pytest
from jaxtyping import TypeCheckError
from PIL import Image

from facescale.corpora.bosphorus.layout import LAYOUT, BosphorusOptions
from facescale.corpora.bosphorus.writing import write_bosphorus
from facescale.corpora.finding import Level
from facescale.structures import CaptureRejected
from tests.corpora.bosphorus.test_bnt import golden
from tests.corpora.bosphorus.test_labels import LM2, lm3
from tests.corpora.scan_corpora import touch


def png():
    buffer = io.BytesIO()
    Image.fromarray(np.full((40, 30, 3), 99, np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def items(root, **options):
    return list(LAYOUT.index(str(root), BosphorusOptions(**options)))


def test_a_golden_face_is_read_with_what_its_name_says(tmp_path):
    touch(
        tmp_path,
        "BosphorusDB/bs000/bs000_LFAU_12LW_0.bnt",
        "BosphorusDB/bs000/bs000_CAU_A12A15_1.bnt",
        data=golden(),
    )
    touch(tmp_path, "BosphorusDB/bs000/bs000_LFAU_12LW_0.lm3", data=lm3())
    found = items(tmp_path)
    assert [(i.item, i.subject, i.sequence) for i in found] == [
        ("bs000/bs000_CAU_A12A15_1", "bs000", "CAU_A12A15"),
        ("bs000/bs000_LFAU_12LW_0", "bs000", "LFAU_12LW"),
    ]
    capture = LAYOUT.load(found[1], BosphorusOptions())
    np.testing.assert_array_equal(capture.scan.vertices[0], [0, 1, 7])
    assert (capture.unit, capture.views) == ("mm", ())
    assert "right_eye_outer" in capture.keypoints.names
    assert LAYOUT.load(found[0], BosphorusOptions()).keypoints is None


def test_what_is_written_comes_back_on_its_grid(tmp_path):
    rows, columns = np.mgrid[0:30, 0:24]
    depth = 20 * np.cos((rows - 15) / 12) * np.cos((columns - 12) / 12)
    depth[:3] = np.nan
    points = {"Nose tip": np.array([0.0, 0.0, 20.0]), "Chin middle": np.array([0.0, -9.0, 15.0])}
    write_bosphorus(depth, str(tmp_path), name="bs007_N_N_0", step=1.5, points=points, header=True)
    (item,) = items(tmp_path)
    found = LAYOUT.load(item, BosphorusOptions())
    expected = np.stack([1.5 * (columns - 11.5), 1.5 * (14.5 - rows), depth], axis=-1)[3:].reshape(-1, 3)
    np.testing.assert_allclose(found.scan.vertices, expected, atol=1e-12)
    assert len(found.scan.faces) == 2 * 26 * 23
    np.testing.assert_array_equal(found.keypoints.positions, list(points.values()))


def test_the_photograph_comes_with_its_points_where_asked_for(tmp_path):
    stem = "bs001/bs001_E_HAPPY_0"
    for suffix, data in ((".bnt", golden()), (".png", png()), (".lm2", LM2)):
        touch(tmp_path, stem + suffix, data=data)
    (item,) = items(tmp_path, photographs=True)
    (view,) = LAYOUT.load(item, BosphorusOptions(photographs=True)).views
    assert view.image.shape == (40, 30, 3)
    assert view.landmarks.names == ("nose_tip", "chin_middle")
    # the authors count pixels from 1, so that the first one's centre, 1, lies at 0.5 here
    np.testing.assert_array_equal(view.landmarks.positions[0], [400.0, 611.5])


def test_types_are_chosen_and_an_unknown_one_is_refused(tmp_path):
    touch(tmp_path, *(f"bs000/bs000_{t}_0.bnt" for t in ("N_N", "E_HAPPY", "O_EYE", "YR_R10")))
    assert [i.attributes["type"] for i in items(tmp_path, types=("N", "YR"))] == ["N", "YR"]
    with pytest.raises((ValueError, TypeCheckError), match="types"):
        BosphorusOptions(types=("Q",))


def test_names_in_another_case_belong_together(tmp_path):
    touch(tmp_path, "bs000/BS000_N_N_0.BNT", "bs000/bs000_N_N_0.LM3")
    (item,) = items(tmp_path)
    assert (item.item, [f.role for f in item.inputs]) == ("bs000/bs000_N_N_0", ["scan", "keypoints"])


def test_the_survey_counts_faces_that_lack_a_file(tmp_path):
    touch(
        tmp_path, *(f"bs000/bs000_N_N_0{s}" for s in (".bnt", ".lm3", ".lm2", ".png")), "bs000/bs000_N_N_1.lm3"
    )
    found = list(LAYOUT.survey(str(tmp_path), BosphorusOptions()))
    assert [(f.level, f.message.split(" file")[0]) for f in found] == [
        (Level.ERROR, "1 faces have no .bnt"),
        (Level.WARNING, "1 faces have no .lm2"),
        (Level.WARNING, "1 faces have no .png"),
    ]


def test_damaged_files_are_rejected(tmp_path):
    touch(tmp_path, "bs000/bs000_N_N_0.bnt", data=golden())
    touch(tmp_path, "bs000/bs000_N_N_0.lm3", data=b"#")
    (item,) = items(tmp_path)
    with pytest.raises(CaptureRejected, match="bad-keypoints"):
        LAYOUT.load(item, BosphorusOptions())
    touch(tmp_path, "bs000/bs000_N_N_0.bnt", data=golden()[:-4])
    with pytest.raises(CaptureRejected, match="truncated"):
        LAYOUT.load(item, BosphorusOptions())
