import dataclasses

import numpy as np
import pytest

from facescale.geometry.cameras.formats.views import View, gather, one_by_one
from facescale.structures.errors import CaptureRejected
from tests.geometry.cameras.formats import goldens

GOOD = View(
    name="a",
    rotation=np.eye(3),
    translation=np.array([1.0, 2, 3]),
    focal=(500.0, 500.0),
    principal=(320.0, 240.0),
    size=(640, 480),
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "a name of 1 to"),
        ({"name": "a" * 2000}, "a name of 1 to"),
        ({"focal": (500.0, 0.0)}, "positive focal"),
        ({"focal": (500.0, float("nan"))}, "finite"),
        ({"size": (0, 480)}, "1 to 65536 pixels"),
        ({"size": (640, 70_000)}, "1 to 65536 pixels"),
        ({"distortion": (0.0, 1e4, 0.0, 0.0, 0.0)}, "distortion below"),
        ({"rotation": 1.01 * np.eye(3)}, "orthonormal"),
        ({"rotation": np.diag([1.0, 1.0, -1.0])}, "mirrored frame"),
    ],
)
def test_what_no_camera_can_be_is_refused(change, message):
    with pytest.raises(CaptureRejected, match=message):
        gather([dataclasses.replace(GOOD, **change)], "test", millimetres=None)


def test_a_rotation_rounded_to_three_digits_becomes_the_nearest_one():
    exact = goldens.random_views().cameras.rotation[0].numpy()
    found = gather([dataclasses.replace(GOOD, rotation=exact.round(3))], "test", millimetres=None)
    rotation = found.cameras.rotation[0].numpy()
    assert np.abs(rotation @ rotation.T - np.eye(3)).max() < 1e-14
    assert np.abs(rotation - exact).max() < 1e-3


def test_a_known_unit_makes_millimetres():
    assert gather([GOOD], "test", millimetres=10.0).cameras.translation.tolist() == [[10, 20, 30]]
    assert not gather([GOOD], "test", millimetres=None).metric
    with pytest.raises(ValueError, match="positive number"):
        gather([GOOD], "test", millimetres=0.0)


def test_names_are_unique_and_there_is_at_least_one():
    with pytest.raises(CaptureRejected, match="'a' twice"):
        gather([GOOD, GOOD], "test", millimetres=None)
    with pytest.raises(CaptureRejected, match="none among 2"):
        gather([], "test", millimetres=None, without_pose=["x", "y"])


def test_a_writer_gets_what_was_gathered():
    views = gather([GOOD], "test", millimetres=10.0)
    back = one_by_one(views, 10.0)[0]
    assert back.translation.tolist() == [1, 2, 3]
    assert (back.focal, back.principal, back.size) == ([500, 500], [320, 240], (640, 480))
    with pytest.raises(ValueError, match="expected 1 cameras"):
        one_by_one(dataclasses.replace(views, cameras=goldens.random_views().cameras), None)
