from typing import get_args

import numpy as np
import pytest

from facescale.rendering.views import Camera, Framing, ViewName, framing_of, view_rotation
from tests.rendering.solids import ball, turn

AXES = {"left": [1.0, 0, 0], "up": [0, 1.0, 0], "out": [0, 0, 1.0]}


@pytest.mark.parametrize("name", get_args(ViewName))
def test_every_view_is_a_rotation(name):
    rotation = view_rotation(name)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1)


@pytest.mark.parametrize(
    ("name", "axis", "towards"),
    [
        ("front", "out", [0, 0, 1]),  # the face looks at the viewer
        ("front", "left", [1, 0, 0]),  # the subject's left is at the viewer's right
        ("side", "left", [0, 0, 1]),  # the left ear looks at the viewer
        ("side", "out", [-1, 0, 0]),  # and the nose to the viewer's left
        ("back", "out", [0, 0, -1]),
        ("back", "up", [0, 1, 0]),
    ],
)
def test_a_view_shows_the_head_as_its_name_says(name, axis, towards):
    np.testing.assert_allclose(view_rotation(name) @ AXES[axis], towards, atol=1e-12)


def test_from_below_the_chin_is_seen_and_from_above_the_crown():
    down, up = np.array([0, -1.0, 0]), np.array([0, 1.0, 0])
    assert (view_rotation("below") @ down)[2] > 0.5
    assert (view_rotation("above") @ up)[2] > 0.5


def test_a_point_on_a_pixel_s_ray_is_projected_to_that_pixel():
    camera = Camera(rotation=turn(1), framing=Framing(centre=(3.0, -2.0, 7.0), radius=5.0), size=200)
    pixels = np.random.default_rng(0).uniform(0, 200, (50, 2))
    points = camera.position + camera.rays(pixels) * np.linspace(10, 60, 50)[:, None]
    found, ahead = camera.project(points)
    np.testing.assert_allclose(found, pixels, atol=1e-9)
    assert (ahead > 0).all()


def test_the_framed_centre_is_in_the_middle_and_the_radius_at_the_border():
    camera = Camera(rotation=np.eye(3), framing=Framing(centre=(1.0, 2.0, 3.0), radius=10.0), size=64)
    pixels, _ = camera.project(np.array([[1.0, 2.0, 3.0], [11.0, 2.0, 3.0], [1.0, 12.0, 3.0]]))
    np.testing.assert_allclose(pixels, [[32, 32], [64, 32], [32, 0]], atol=1e-9)


def test_framing_ignores_a_few_stray_points():
    vertices = np.concatenate([ball(100.0).vertices, [[1e6, 0, 0]]])
    framing = framing_of(vertices, ["front"])
    np.testing.assert_allclose(framing.centre, 0, atol=3)
    assert framing.radius == pytest.approx(105, rel=0.05)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_framed_is_inside_every_picture(seed):
    corners = np.array([[x, y, z] for x in (49, 51) for y in (58, 62) for z in (67, 73)], np.float64)
    vertices = np.repeat(corners, 300, axis=0)
    views = [turn(seed), turn(seed + 10), "front"]
    framing = framing_of(vertices, views, margin=1.0)
    reached = 0.0
    for view in views:
        rotation = view_rotation(view) if isinstance(view, str) else view
        pixels, _ = Camera(rotation=rotation, framing=framing, size=100).project(vertices)
        reached = max(reached, float(np.abs(pixels - 50).max()))
    assert reached == pytest.approx(50, abs=1e-6)


def test_a_framing_without_extent_is_refused():
    with pytest.raises(ValueError, match="positive radius"):
        Framing(centre=(0.0, 0.0, 0.0), radius=0.0)
