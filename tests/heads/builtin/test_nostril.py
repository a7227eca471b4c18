import numpy as np
import pytest

from facescale.heads.builtin import controls
from facescale.heads.builtin.nostril import nostril_rings
from facescale.heads.builtin.skin import skin_controls
from facescale.heads.builtin.topology import skin_topology

CENTRE = np.array(controls.NOSTRIL_CENTRE)
LONG = np.array(controls.NOSTRIL_APEX) - CENTRE


def rings(turned=0):
    border = skin_controls().points[skin_topology().rings["nostril"][0]]
    return {ring: points for ring, points, _ in nostril_rings(np.roll(border, turned, axis=0))}


@pytest.mark.parametrize("ring", sorted(controls.NOSTRIL_RINGS))
def test_each_ring_is_an_ellipse_in_a_plane_parallel_to_the_noses_base(ring):
    size, rise = controls.NOSTRIL_RINGS[ring]
    points = rings()[ring]
    away = points[:, [0, 2]] - CENTRE
    ahead = LONG / np.linalg.norm(LONG)
    along, across = (
        away @ ahead / np.linalg.norm(LONG),
        away @ [-ahead[1], ahead[0]] / controls.NOSTRIL_HALF_WIDTH,
    )
    np.testing.assert_allclose(np.hypot(along, across), size, atol=1e-12)
    a, b, c = np.array(controls.NOSTRIL_PLANE)
    normal = np.cross(b - a, c - a)
    np.testing.assert_allclose((points - [0, rise, 0] - a) @ normal, 0, atol=1e-9)


def test_places_go_once_around_the_way_the_border_does():
    for points in rings().values():
        away = points[:, [0, 2]] - CENTRE
        turn = np.unwrap(np.arctan2(away[:, 1], away[:, 0]))
        steps = np.diff([*turn, turn[0] + np.sign(turn[-1] - turn[0]) * 2 * np.pi])
        assert (np.sign(steps) == np.sign(steps[0])).all()
        assert 0.2 < np.abs(steps).min() < np.abs(steps).max() < 1.2


def test_starting_elsewhere_on_the_border_only_renumbers_the_places():
    for ring, points in rings().items():
        np.testing.assert_allclose(rings(turned=3)[ring], np.roll(points, 3, axis=0), atol=1e-9)


def test_rings_rise_into_the_nose():
    heights = [points[:, 1].mean() for _, points in sorted(rings().items())]
    assert (np.diff(heights) > 0).all()
