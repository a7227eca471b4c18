import numpy as np
import pytest

from facescale.corpora.keypoint_health import eye_distance, head_rotation, keypoint_problems
from facescale.structures import NOW7, NOW7_IN_IBUG68, Keypoints
from tests.corpora.faces import NEUTRAL, head, points
from tests.rendering.solids import turn


def problems(positions, mesh=None):
    return [slug for slug, _ in keypoint_problems(points(positions), (mesh or head()).vertices)]


@pytest.mark.parametrize("scale", [0.001, 1.0, 1 / 25.4])
@pytest.mark.parametrize("seed", [1, 2])
def test_good_keypoints_have_no_problem_in_any_frame_or_unit(scale, seed):
    rotation = turn(seed)
    vertices = head().vertices @ rotation.T * scale + 3
    assert keypoint_problems(points(NEUTRAL @ rotation.T * scale + 3), vertices) == []


def test_keypoints_in_another_unit_lie_outside():
    assert problems(NEUTRAL * 10) == ["keypoints-outside"]


def test_keypoints_that_float_are_off_the_surface():
    assert "keypoints-off-surface" in problems(NEUTRAL * [1, 1, 0.5])


def test_swapped_sides_are_mirrored():
    assert "keypoints-mirrored" in problems(NEUTRAL[[3, 2, 1, 0, 4, 6, 5]])


def test_one_swapped_pair_is_out_of_order():
    assert "keypoints-order" in problems(NEUTRAL[[0, 1, 2, 3, 4, 6, 5]])


def test_a_mouth_between_the_eyes_is_no_face():
    flat = NEUTRAL.copy()
    flat[5:, 1:] = NEUTRAL[:4, 1:].mean(axis=0)
    assert problems(flat) == ["keypoints-flat"]


def test_a_face_that_is_far_too_wide_is_doubted():
    close = NEUTRAL.copy()
    close[5:, 1] += 45
    assert "keypoints-proportion" in problems(close)


@pytest.mark.parametrize("seed", range(4))
def test_a_scan_is_turned_back_to_the_head_frame(seed):
    rotation = turn(seed)
    found = head_rotation(points(NEUTRAL @ rotation.T * 0.1 + [5, 6, 7]))
    # The eyes stand a little behind the mouth: up to that tilt it is the inverse.
    tilt = found @ rotation @ np.linalg.inv(head_rotation(points()))
    np.testing.assert_allclose(tilt, np.eye(3), atol=1e-9)
    assert head_rotation(points())[2] @ [0, 0, 1] > 0.95


def test_points_of_ibug_are_understood():
    names = tuple(f"ibug_{index:02d}" for index in NOW7_IN_IBUG68)
    assert eye_distance(Keypoints(names=names, positions=NEUTRAL)) == pytest.approx(92)


def test_a_set_without_eyes_tells_no_distance_and_no_frame():
    some = Keypoints(names=NOW7[4:], positions=NEUTRAL[4:])
    assert eye_distance(some) is None
    assert head_rotation(some) is None
    assert keypoint_problems(some, head().vertices) == []


def test_one_eye_corner_a_side_is_enough_for_a_frame():
    kept = [0, 3, 5]
    some = Keypoints(names=tuple(NOW7[k] for k in kept), positions=NEUTRAL[kept])
    assert head_rotation(some) is not None
