from functools import cache

import numpy as np
import pytest

from facescale.heads.builtin.eyeballs import EyeballMeasures, eyeball, eyeballs, front_height
from tests.heads.builtin.surfaces import border_edges, crossings, overlapping_share, signed_areas, volume

MEASURES = EyeballMeasures()
CENTRE = (32.0, 1.0, -13.0)


@cache
def eye():
    return eyeball(MEASURES, CENTRE)


def quads_of(part, group):
    return part.quads[part.groups[group][part.quads].all(axis=1)]


def polar(part):
    local = part.vertices - np.asarray(CENTRE)
    return np.hypot(local[:, 0], local[:, 1]), local[:, 2]


def test_the_shell_is_closed_and_a_little_more_than_the_globe():
    quads = quads_of(eye(), "shell")
    assert len(border_edges(quads)) == 0
    globe = 4 / 3 * np.pi * MEASURES.radius**3
    assert 0.96 * globe < volume(eye().vertices, quads) < 1.03 * globe


def test_the_iris_disc_ends_at_the_limbus_and_faces_forward():
    part = eye()
    border = np.unique(border_edges(quads_of(part, "iris_disc")))
    distance, height = polar(part)
    assert len(border) == 32
    np.testing.assert_allclose(distance[border], MEASURES.limbus_radius)
    np.testing.assert_allclose(height[border], MEASURES.limbus_height - MEASURES.iris_depth)
    a, b, c, d = np.moveaxis(part.vertices[quads_of(part, "iris_disc")], 1, 0)
    assert np.cross(c - a, d - b)[:, 2].min() > 0


def test_shell_and_disc_cross_neither_themselves_nor_each_other():
    assert len(crossings(eye().vertices, eye().quads)) == 0


def test_the_cornea_protrudes_as_stated_and_runs_smoothly_into_the_sclera():
    apex = eye().vertices[:, 2].max() - CENTRE[2]
    assert apex - MEASURES.limbus_height == pytest.approx(MEASURES.protrusion, abs=0.01)
    distance = np.linspace(0, 11.5, 2000)
    height = front_height(distance, MEASURES)
    slope = np.diff(height) / np.diff(distance)
    assert (slope <= 0).all()
    inside = (distance[1:] > 4) & (distance[1:] < 8)
    assert np.abs(np.diff(slope))[inside[1:]].max() < 0.005


def test_the_limbus_has_the_radius_and_place_of_the_spheres_meeting():
    distance, height = polar(eye())
    sclera = eye().groups["sclera"]
    far = sclera & (distance > MEASURES.limbus_radius + 1)
    np.testing.assert_allclose(np.hypot(distance[far], height[far]), MEASURES.radius, rtol=1e-12)


def test_rings_of_cornea_and_iris_are_circles_about_the_gaze_axis_with_equal_meridians():
    part = eye()
    distance, height = polar(part)
    local = part.vertices - np.asarray(CENTRE)
    for group in ("cornea", "iris"):
        mask = part.groups[group] & (distance > 0.79 * MEASURES.pupil_radius)
        radii, counts = np.unique(distance[mask].round(6), return_counts=True)
        assert (counts % 32 == 0).all()
        for radius in radii:
            ring = mask & (np.abs(distance - radius) < 1e-5)
            assert np.ptp(height[ring]) < MEASURES.pupil_recess + 0.01
            angles = np.sort(np.unique(np.arctan2(local[ring, 1], local[ring, 0]).round(9)))
            np.testing.assert_allclose(np.diff(angles), 2 * np.pi / 32, atol=1e-6)


def test_texture_is_injective_and_concentric_where_the_iris_is_painted():
    part = eye()
    assert signed_areas(part.uv, part.quads_uv).min() > 0
    assert overlapping_share(part.uv, part.quads_uv) == 0
    distance, _ = polar(part)
    cornea = part.groups["cornea"][part.quads].all(axis=1)
    vertex, texel = part.quads[cornea].reshape(-1), part.quads_uv[cornea].reshape(-1)
    centre = part.uv[texel[distance[vertex] < 1e-9][0]]
    from_centre = np.linalg.norm(part.uv[texel] - centre, axis=1)
    ratio = from_centre[distance[vertex] > 1e-9] / distance[vertex][distance[vertex] > 1e-9]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-9)


def test_groups_split_the_shell_by_what_is_painted_on_it():
    groups = eye().groups
    shell = groups["shell"]
    np.testing.assert_array_equal(groups["sclera"].astype(int) + groups["cornea"], shell.astype(int))
    np.testing.assert_array_equal(
        groups["shell_iris"].astype(int) + groups["shell_pupil"], groups["cornea"].astype(int)
    )
    np.testing.assert_array_equal(groups["iris"].astype(int) + groups["pupil"], (~shell).astype(int))
    distance, _ = polar(eye())
    assert distance[groups["shell_pupil"]].max() == pytest.approx(MEASURES.pupil_radius)
    assert distance[groups["shell_iris"]].max() == pytest.approx(MEASURES.limbus_radius)


def test_both_eyes_mirror_each_other():
    both = eyeballs(MEASURES, CENTRE)
    np.testing.assert_array_equal(both.vertices[both.mirror] * [-1, 1, 1], both.vertices)
    np.testing.assert_array_equal(both.mirror[both.mirror], np.arange(len(both.mirror)))
    assert both.vertices[both.groups["left"], 0].min() > 0
    right = both.quads[both.groups["right"][both.quads].all(axis=1)]
    assert volume(both.vertices, right) > 0
    assert overlapping_share(both.uv, both.quads_uv) == 0


@pytest.mark.parametrize("wrong", [{"pupil_radius": 5.0}, {"limbus_radius": 12.0}, {"protrusion": 4.0}])
def test_impossible_eyes_are_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        EyeballMeasures(**wrong)


def test_eyes_that_meet_are_refused():
    with pytest.raises(ValueError, match=r"beyond x = 12\.1"):
        eyeballs(MEASURES, (10.0, 0.0, 0.0))
