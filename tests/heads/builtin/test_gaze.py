import numpy as np
import pytest

from facescale.heads.builtin import controls
from facescale.heads.builtin.gaze import gaze_displacement

LEFT = np.array(controls.EYE_CENTRE)
RIGHT = LEFT * [-1, 1, 1]
AHEAD = np.array([0, 0, controls.EYE_RADIUS])


def looking(name):
    """Where both eyes look, left and right, as unit vectors."""
    centres = np.stack([LEFT, RIGHT])
    away = centres + AHEAD + gaze_displacement(name, centres + AHEAD) - centres
    return away / np.linalg.norm(away, axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("eyeLookUpLeft", (0, 1)),
        ("eyeLookDownLeft", (0, -1)),
        ("eyeLookInLeft", (-1, 0)),
        ("eyeLookOutLeft", (1, 0)),
    ],
)
def test_the_left_eye_turns_by_20_to_30_degrees_in_the_named_direction(name, way):
    left, right = looking(name)
    assert 20 < np.degrees(np.arccos(left[2])) < 30
    np.testing.assert_allclose(left[:2] / np.linalg.norm(left[:2]), way, atol=1e-12)
    np.testing.assert_array_equal(right, [0, 0, 1])


@pytest.mark.parametrize("way", ["Up", "Down", "In", "Out"])
def test_the_right_eye_mirrors_the_left_one(way):
    left, right = looking(f"eyeLook{way}Left")[0], looking(f"eyeLook{way}Right")[1]
    np.testing.assert_array_equal(right, left * [-1, 1, 1])


def test_turning_keeps_every_distance_from_the_centre():
    points = LEFT + np.random.default_rng(0).normal(size=(50, 3)) * 6
    for name in ("eyeLookUpLeft", "eyeLookInLeft"):
        moved = points + gaze_displacement(name, points)
        np.testing.assert_allclose(np.linalg.norm(moved - LEFT, axis=1), np.linalg.norm(points - LEFT, axis=1))


def test_other_expressions_leave_the_eyeballs():
    points = np.stack([LEFT, RIGHT]) + AHEAD
    for name in ("eyeBlinkLeft", "jawOpen"):
        assert not gaze_displacement(name, points).any()
