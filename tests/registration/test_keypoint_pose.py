import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from facescale.registration.keypoint_pose import keypoint_pose, mirrored
from facescale.registration.rigid import angles_between
from facescale.structures.keypoints import NOW7

MEAN = dict(
    zip(
        NOW7,
        np.array(
            [
                [-44.0, 0, 0],
                [-17, -1, 8],
                [17, -1, 8],
                [44, 0, 0],
                [0, -45, 28],
                [-26, -72, 14],
                [26, -72, 14],
            ]
        ),
        strict=True,
    )
)
TURN = Rotation.from_rotvec([0.4, -1.1, 0.7]).as_matrix()


def placed(*, noise: float = 0.0, factor: float = 1.0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(4)
    return {
        name: factor * (TURN @ point + [10, 20, 30] + noise * rng.normal(size=3))
        for name, point in MEAN.items()
    }


def test_clean_keypoints_give_the_pose():
    pose = keypoint_pose(MEAN, placed(), scaled=False)
    np.testing.assert_allclose(pose.rotation, TURN, atol=1e-9)
    assert pose.rms < 1e-9
    assert pose.dropped == ()


def test_the_scale_is_native_units_in_a_millimetre():
    assert keypoint_pose(MEAN, placed(factor=0.001), scaled=True).scale == pytest.approx(0.001)


@pytest.mark.parametrize("bad", NOW7)
def test_one_wrong_keypoint_is_found_and_left_out(bad):
    named = placed(noise=2.0)
    named[bad] = named[bad] + [45.0, 30.0, -20.0]
    pose = keypoint_pose(MEAN, named, scaled=False)
    assert pose.dropped == (bad,)
    assert np.rad2deg(angles_between(TURN, pose.rotation[None]))[0] < 8


def test_names_in_a_wrong_order_agree_on_no_pose():
    rng = np.random.default_rng(0)
    shuffled = dict(zip(NOW7, np.array(list(placed().values()))[rng.permutation(7)], strict=True))
    pose = keypoint_pose(MEAN, shuffled, scaled=False)
    assert pose is None or pose.dropped


def test_exchanged_sides_fit_better_once_exchanged_back():
    wrong = mirrored(placed())
    straight, exchanged = (
        keypoint_pose(MEAN, wrong, scaled=True),
        keypoint_pose(MEAN, mirrored(wrong), scaled=True),
    )
    assert exchanged.rms < 1e-9
    assert straight is None or straight.rms > 3 or straight.dropped


def test_two_points_are_no_pose():
    named = placed()
    assert keypoint_pose(MEAN, {name: named[name] for name in NOW7[:2]}, scaled=False) is None


def test_three_points_are():
    named = placed()
    pose = keypoint_pose(MEAN, {name: named[name] for name in NOW7[2:5]}, scaled=False)
    np.testing.assert_allclose(pose.rotation, TURN, atol=1e-9)
