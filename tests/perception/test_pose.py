import numpy as np
import pytest

from facescale.perception.mean_face import mean_face
from facescale.perception.pose import face_height, fit_pose

FRONT = np.diag([1.0, -1, -1])


def about(axis, degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return {
        "x": np.array([[1, 0, 0], [0, c, -s], [0, s, c]]),
        "y": np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]),
        "z": np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]),
    }[axis]


def seen(rotation, scale=2.5, at=(300, 200)):
    return scale * mean_face().points @ rotation[:2].T + np.array(at)


@pytest.mark.parametrize("yaw", [-60, -20, 0, 35])
@pytest.mark.parametrize("pitch", [-25, 0, 15])
def test_a_turned_mean_face_tells_its_pose(yaw, pitch):
    # a turn about the head's own +y is to its left, one about its -x upwards
    pose = fit_pose(seen(FRONT @ about("y", yaw) @ about("x", -pitch)))
    assert np.degrees(pose.yaw) == pytest.approx(yaw, abs=1e-6)
    assert np.degrees(pose.pitch) == pytest.approx(pitch, abs=1e-6)
    assert pose.scale == pytest.approx(2.5)
    assert pose.misfit < 1e-9


@pytest.mark.parametrize("lean", [-120, -30, 0, 90, 180])
def test_a_leaning_head_keeps_its_yaw_in_the_camera_and_tells_its_lean(lean):
    pose = fit_pose(seen(about("z", lean) @ FRONT))
    assert np.cos(pose.roll - np.radians(lean)) == pytest.approx(1)
    assert np.linalg.det(pose.rotation) == pytest.approx(1)


def test_noise_shows_in_the_misfit_and_hardly_in_the_pose():
    points = seen(FRONT @ about("y", 20))
    noisy = points + np.random.default_rng(0).normal(0, 3, points.shape)
    pose = fit_pose(noisy)
    assert np.degrees(pose.yaw) == pytest.approx(20, abs=1)
    assert pose.misfit == pytest.approx(3 * np.sqrt(2) / face_height(noisy), rel=0.1)


def test_the_height_does_not_depend_on_lean_or_place():
    heights = [face_height(seen(about("z", lean) @ FRONT, at=(5, lean))) for lean in (0, 33, 90, 170)]
    assert heights == pytest.approx([heights[0]] * 4)
    assert heights[0] == pytest.approx(2.5 * np.ptp(mean_face().points[:, 1]), rel=0.01)
