import numpy as np
from scipy.spatial.transform import Rotation

from facescale.registration.consensus import confirming, consensuses, mean_rotation
from facescale.registration.rigid import angles_between

POSE = Rotation.from_rotvec([0.3, -1.2, 0.7])


def off(degrees: float, axis: int = 0, pose: Rotation = POSE) -> np.ndarray:
    return (Rotation.from_rotvec(np.deg2rad(degrees) * np.eye(3)[axis]) * pose).as_matrix()


def test_two_views_that_agree_outvote_any_number_that_do_not():
    opinions = np.stack([off(90), off(180), off(3), off(120, 1), off(-4)])
    (group,) = consensuses(opinions, np.arange(5))
    assert set(group) == {2, 4}


def test_one_view_alone_is_no_consensus_however_often_it_is_asked():
    opinions = np.stack([off(0), off(2), off(5)])
    assert consensuses(opinions, np.array([7, 7, 7])) == []
    (group,) = consensuses(opinions, np.array([7, 7, 8]))
    assert set(group) == {0, 1, 2}


def test_nothing_seen_is_no_consensus():
    assert consensuses(np.zeros((0, 3, 3)), np.zeros(0, dtype=int)) == []


def test_the_pose_that_more_views_see_comes_first_and_no_opinion_is_in_two_groups():
    upside_down = [off(178), off(172), off(175)]
    opinions = np.stack([upside_down[0], off(1), off(8), upside_down[1], off(-6), off(4), upside_down[2]])
    first, second = consensuses(opinions, np.arange(7))
    assert set(first) == {1, 2, 4, 5}
    assert set(second) == {0, 3, 6}


def test_opinions_more_than_25_degrees_apart_do_not_agree():
    assert consensuses(np.stack([off(0), off(25.5)]), np.arange(2)) == []
    assert len(consensuses(np.stack([off(0), off(24.5)]), np.arange(2))) == 1


def test_the_order_of_opinions_changes_no_group():
    rng = np.random.default_rng(0)
    opinions = np.stack([off(a, k) for k in range(3) for a in (-11.0, 4.0, 9.0, 100.0)])
    views = np.arange(len(opinions))
    groups = [set(group) for group in consensuses(opinions, views)]
    order = rng.permutation(len(opinions))
    again = [set(order[group]) for group in consensuses(opinions[order], views[order])]
    assert groups == again


def test_the_mean_lies_in_the_middle_and_is_a_rotation():
    mean = mean_rotation(np.stack([off(10), off(-10), off(10, 1), off(-10, 1)]))
    np.testing.assert_allclose(mean @ mean.T, np.eye(3), atol=1e-12)
    assert angles_between(POSE.as_matrix(), mean[None])[0] < 1e-6


def test_further_views_confirm_a_pose_where_they_are_within_25_degrees_of_it():
    further = np.stack([off(0), off(24), off(26), off(180)])
    np.testing.assert_array_equal(confirming(POSE.as_matrix(), further), [0, 1])
    assert len(confirming(POSE.as_matrix(), np.zeros((0, 3, 3)))) == 0
