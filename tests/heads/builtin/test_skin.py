import numpy as np
import pytest

from facescale.geometry.subdivision import catmull_clark
from facescale.heads.builtin import controls
from facescale.heads.builtin.sections import HALF, section_grid
from facescale.heads.builtin.skin import FIXED, skin_cage, skin_controls, skin_fill
from facescale.heads.builtin.topology import skin_topology
from tests.heads.builtin.surfaces import volume

FLIP = np.array([-1, 1, 1])


def test_control_points_are_exact_mirror_images_and_so_is_the_skin_but_for_rounding():
    mirror, placed = skin_topology().mirror, skin_controls()
    np.testing.assert_array_equal(placed.weights[mirror], placed.weights)
    typed = placed.weights > 0
    np.testing.assert_array_equal(placed.points[mirror][typed] * FLIP, placed.points[typed])
    np.testing.assert_allclose(skin_cage()[mirror] * FLIP, skin_cage(), atol=1e-9)


def test_there_are_at_least_250_controls():
    """Counted as typed: a section's heights and radii, points of the profile, the nose and feature curves."""
    sections = sum(len(heights) + len(radii) for heights, radii in controls.SECTIONS.values())
    nose = sum(map(len, controls.NOSE.values()))
    lips = sum(len(lip) for both in controls.LIPS.values() for lip in both)
    lids = sum(
        map(len, (controls.UPPER_MARGIN, controls.LOWER_MARGIN, controls.UPPER_CREASE, controls.LOWER_CREASE))
    )
    ears = sum(2 * len(controls.EAR_ANGLES) for _ in controls.EAR_RINGS)
    assert sections + len(controls.PROFILE) + nose + lips + lids + ears >= 250


def test_what_is_fixed_is_met_and_the_rest_is_nearer_the_heavier_it_is():
    placed = skin_controls()
    away = np.linalg.norm(skin_cage() - placed.points, axis=1)
    fixed = away[placed.weights == FIXED]
    assert fixed.mean() < 0.05
    assert np.quantile(fixed, 0.97) < 0.15
    means = [
        away[(placed.weights >= low) & (placed.weights < high)].mean()
        for low, high in ((0.01, 0.2), (0.2, 3), (3, 99))
    ]
    assert means == sorted(means, reverse=True)
    assert means[0] < 0.5


def test_the_fill_of_the_skin_leaves_the_minimum_nothing_to_gain():
    """A random change of the skin raises the energy by the same amount in either direction."""
    placed, topology = skin_controls(), skin_topology()
    neighbours = np.zeros((2, topology.num_vertices, 3))
    sides = np.unique(
        np.sort(np.stack([topology.quads, np.roll(topology.quads, -1, 1)], -1).reshape(-1, 2), axis=1), axis=0
    )

    def energy(shape):
        total, count = np.zeros_like(shape), np.zeros((len(shape), 1))
        for one, other in (sides.T, sides.T[::-1]):
            np.add.at(total, one, shape[other])
            np.add.at(count, one, 1)
        bend = total / count - shape
        bend[topology.grid[0]] = 0
        return np.square(bend).sum() + (placed.weights[:, None] * np.square(shape - placed.points)).sum()

    rest = skin_fill()(placed.points)
    change = np.random.default_rng(0).normal(size=neighbours[0].shape) * 0.1
    up, down, least = energy(rest + change), energy(rest - change), energy(rest)
    assert up > least
    assert up - down == pytest.approx(0, abs=1e-6 * (up - least))


def test_the_back_of_the_head_follows_the_sections():
    topology, sections = skin_topology(), section_grid()
    columns = slice(30, HALF)
    ids = topology.grid[4:48, columns]
    assert np.linalg.norm(skin_cage()[ids] - sections[4:48, columns], axis=-1).max() < 1.5


def test_the_skin_turns_its_outer_side_out():
    topology, cage = skin_topology(), skin_cage()
    lid = cage[topology.grid[0]].mean(axis=0)
    assert 3.5e6 < volume(cage - lid, topology.quads) < 5e6


def test_no_quad_of_the_subdivided_skin_is_folded():
    topology, cage = skin_topology(), skin_cage()
    step = catmull_clark(topology.quads, topology.num_vertices)
    a, b, c, d = np.moveaxis(step(cage)[step.quads], 1, 0)
    normals = np.stack(
        [np.cross(b - a, d - a), np.cross(c - b, a - b), np.cross(d - c, b - c), np.cross(a - d, c - d)]
    )
    length = np.linalg.norm(normals, axis=-1)
    assert length.min() > 1e-3
    units = normals / length[..., None]
    folded = (units * np.roll(units, 1, axis=0)).sum(axis=-1).min(axis=0) <= 0
    assert folded.sum() == 0
