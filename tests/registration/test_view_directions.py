import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from facescale.registration.rigid import angles_between
from facescale.registration.view_directions import directions, rolled, view_from, views_around


def widest_gap(chosen: np.ndarray) -> float:
    """Degrees from the loneliest of many ways to the nearest direction."""
    ways = np.random.default_rng(0).normal(size=(4000, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    return float(np.rad2deg(np.arccos((ways @ chosen.T).max(axis=1).min())))


def test_directions_cover_the_sphere_and_so_does_every_round_of_them():
    every = directions(48)
    np.testing.assert_allclose(np.linalg.norm(every, axis=1), 1)
    assert len(np.unique(every.round(9), axis=0)) == 48
    assert widest_gap(every) < 22
    assert widest_gap(every[:16]) < 48
    assert widest_gap(every[:8]) < 68


def test_the_viewer_stands_where_the_direction_points():
    for direction in directions(32):
        view = view_from(direction)
        np.testing.assert_allclose(view @ view.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(view) == pytest.approx(1)
        np.testing.assert_allclose(view @ direction, [0, 0, 1], atol=1e-12)


@pytest.mark.parametrize("quarters", range(4))
def test_a_rolled_view_shows_what_the_turned_picture_shows(quarters):
    side = 9
    point = np.array([3.0, 2.0, 1.0])  # right of the middle and above it
    view = view_from(np.array([0.0, 0.0, 1.0]))

    def picture(x: float, y: float) -> np.ndarray:
        shown = np.zeros((side, side), dtype=int)
        shown[side // 2 - round(y), side // 2 + round(x)] = 1
        return shown

    straight = view @ point
    turned = rolled(view, quarters) @ point
    np.testing.assert_array_equal(np.rot90(picture(*straight[:2]), quarters), picture(*turned[:2]))


def test_further_views_see_the_head_upright_and_from_eight_sides_less_than_a_consensus_away():
    pose = Rotation.random(random_state=1).as_matrix()
    around = views_around(pose)
    assert around.shape == (8, 3, 3)
    off = np.rad2deg(angles_between(pose.T, around))
    assert (off > 10).all()
    assert (off < 25).all()
    up = around @ pose @ [0.0, 1.0, 0.0]
    assert (up[:, 1] > 0.9).all()
    # as many from the left as from the right: the subject's left is seen from where it turns to the viewer
    left = around @ pose @ [1.0, 0.0, 0.0]
    assert (left[:, 2] > 0.1).sum() == (left[:, 2] < -0.1).sum() == 3
