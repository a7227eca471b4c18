import numpy as np
import pytest

from facescale.evaluation.keypoint_error import interocular_mm, keypoint_scores

SCAN = {
    "right_eye_outer": np.array([-50.0, 0, 0]),
    "left_eye_outer": np.array([40.0, 0, 0]),
    "nose_base": np.array([0.0, -40, 20]),
}


def moved(by, names=tuple(SCAN)):
    return {name: SCAN[name] + np.array(by) for name in names}


def test_points_that_are_five_millimetres_off_on_a_face_of_ninety_are_five_ninetieths_off():
    found = keypoint_scores(moved([3.0, 4.0, 0.0]), SCAN)
    assert found["keypoint_error_mean_mm"] == pytest.approx(5.0, rel=1e-12)
    assert found["keypoint_nme_percent"] == pytest.approx(100 * 5 / 90, rel=1e-12)


def test_it_does_not_depend_on_the_unit_or_the_pose():
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]

    def elsewhere(points):
        return {name: 7.0 * turn @ point + 1000.0 for name, point in points.items()}

    head = {name: point + np.random.default_rng(1).normal(size=3) for name, point in SCAN.items()}
    here, there = keypoint_scores(head, SCAN), keypoint_scores(elsewhere(head), elsewhere(SCAN))
    assert there["keypoint_nme_percent"] == pytest.approx(here["keypoint_nme_percent"], rel=1e-9)


def test_the_mean_is_over_the_points_that_both_have():
    head = {**moved([0.0, 0.0, 9.0], ("nose_base",)), "chin": np.zeros(3)}
    assert keypoint_scores(head, SCAN)["keypoint_error_mean_mm"] == pytest.approx(9.0)


@pytest.mark.parametrize("missing", ["right_eye_outer", "left_eye_outer"])
def test_without_an_outer_eye_corner_there_is_no_figure(missing):
    scan = {name: point for name, point in SCAN.items() if name != missing}
    assert interocular_mm(scan) is None
    assert set(keypoint_scores(moved([1.0, 0, 0]), scan).values()) == {None}


def test_corners_at_one_place_measure_nothing():
    assert interocular_mm({**SCAN, "left_eye_outer": SCAN["right_eye_outer"]}) is None


def test_a_head_without_keypoints_has_no_figure():
    assert keypoint_scores({}, SCAN)["keypoint_nme_percent"] is None
