import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from facescale.heads.builtin import controls
from facescale.heads.builtin.ear import EVEN_FROM, ear_axes, ear_rings
from facescale.heads.builtin.sections import section_grid
from facescale.heads.builtin.topology import BLOCKS

RINGS = {ring: points for ring, points, _ in ear_rings(section_grid())}


def polar(points):
    """Angle with 0 towards the face and 90 degrees up, distance from the canal, height over the ear's plane."""
    up, back, out = ear_axes()
    away = points - np.array(controls.EAR_CENTRE)
    return np.arctan2(away @ up, -(away @ back)), np.hypot(away @ up, away @ back), away @ out


def test_axes_are_a_right_angled_frame_that_leads_out_of_the_head():
    up, back, out = ear_axes()
    np.testing.assert_allclose(np.stack([up, back, out]) @ np.stack([up, back, out]).T, np.eye(3), atol=1e-12)
    assert up[1] > 0.9
    assert back[2] < -0.5
    assert out[0] > 0.5


@pytest.mark.parametrize("ring", sorted(controls.EAR_RINGS))
def test_every_point_has_the_distance_and_height_that_are_typed_for_its_direction(ring):
    angle, reach, lift = polar(RINGS[ring])
    knots = np.radians([*controls.EAR_ANGLES, 360])
    for typed, measured in zip(controls.EAR_RINGS[ring], (reach, lift), strict=True):
        spline = CubicSpline(knots, [*typed, typed[0]], bc_type="periodic")
        np.testing.assert_allclose(measured, spline(np.mod(angle, 2 * np.pi)), atol=1e-9)


def test_places_go_once_around_and_evenly_so_near_the_canal():
    for ring, points in RINGS.items():
        turn = np.unwrap(polar(points)[0])
        steps = np.diff(turn)
        assert (np.sign(steps) == np.sign(steps[0])).all()
        assert abs(turn[-1] - turn[0]) < 2 * np.pi
        if ring >= EVEN_FROM:
            np.testing.assert_allclose(steps, steps[0], atol=1e-9)
    assert max(RINGS) == BLOCKS["ear"].rings


def test_rings_close_in_on_the_canal_and_lead_down_into_it():
    inner = [polar(RINGS[ring]) for ring in range(6, BLOCKS["ear"].rings + 1)]
    assert (np.diff([reach for _, reach, _ in inner], axis=0) < 0).all()
    assert inner[-1][2].max() < -9
