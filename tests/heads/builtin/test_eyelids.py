import numpy as np

from facescale.heads.builtin import controls
from facescale.heads.builtin.eyelids import (
    CREASE_RING,
    HALF_RING,
    INNER_CORNER_PLACE,
    INNER_GAP,
    INNER_RING,
    LID_THICKNESS,
    MARGIN_RING,
    ON_BALL,
    eyelid_rings,
    lid_ring,
    on_eyeball,
)
from facescale.heads.builtin.topology import BLOCKS

RINGS = {ring: points for ring, points, _ in eyelid_rings()}
UPPER = INNER_CORNER_PLACE - np.arange(HALF_RING + 1)
LOWER = (INNER_CORNER_PLACE + np.arange(HALF_RING + 1)) % (2 * HALF_RING)
CENTRE = np.array(controls.EYE_CENTRE)


def from_centre(points):
    return np.linalg.norm(points - CENTRE, axis=-1)


def test_rings_have_a_point_for_every_place_of_the_block():
    assert all(points.shape == (2 * sum(BLOCKS["eye"].shape), 3) for points in RINGS.values())
    assert max(RINGS) == BLOCKS["eye"].rings


def test_a_ring_runs_from_corner_to_corner_over_the_upper_and_back_under_the_lower_lid():
    ring = lid_ring([(0, 0, 5), (1, 1, 6), (2, 0, 5)], [(0, 0, 5), (1, -1, 6), (2, 0, 5)])
    np.testing.assert_allclose(ring[UPPER[[0, -1]]], [(0, 0, 5), (2, 0, 5)], atol=1e-9)
    np.testing.assert_allclose(ring[UPPER], ring[LOWER] * [1, -1, 1], atol=1e-9)
    assert (np.diff(ring[UPPER, 0]) > 0).all()


def test_margins_lie_a_lids_thickness_off_the_eyeball_but_for_the_corners():
    for frontal in (controls.UPPER_MARGIN, controls.LOWER_MARGIN):
        margin = on_eyeball(frontal)
        np.testing.assert_array_equal(margin[:, :2], frontal)
        near = np.hypot(*(margin[:, :2] - CENTRE[:2]).T) < ON_BALL
        near[[0, -1]] = False
        assert near.sum() >= 4
        np.testing.assert_allclose(from_centre(margin[near]), controls.EYE_RADIUS + LID_THICKNESS, atol=1e-9)
        assert margin[0, 2] == controls.INNER_CORNER_DEPTH
        assert margin[-1, 2] == controls.OUTER_CORNER_DEPTH


def test_every_ring_from_the_margin_inwards_clears_the_eyeball():
    assert INNER_GAP > 0.5
    for ring in range(INNER_RING, BLOCKS["eye"].rings + 1):
        gap = from_centre(RINGS[ring]) - controls.EYE_RADIUS
        assert gap.min() >= INNER_GAP - 1e-9
        assert gap.max() < 4
    assert (from_centre(RINGS[MARGIN_RING]) > controls.EYE_RADIUS + 1).all()


def test_socket_rings_go_round_the_eyeball_from_front_to_back_in_order():
    angles = []
    for ring in range(INNER_RING, BLOCKS["eye"].rings + 1):
        away = RINGS[ring] - CENTRE
        angles.append(np.arccos(away[:, 2] / from_centre(RINGS[ring])))
    assert (np.diff(angles, axis=0) > 0.05).all()


def test_lids_open_between_two_corners_and_creases_lie_beyond_the_margins():
    margin, crease = RINGS[MARGIN_RING], RINGS[CREASE_RING]
    inside = slice(1, -1)
    assert (margin[UPPER, 1] - margin[LOWER, 1])[inside].min() > 0.3
    assert 8 < (margin[UPPER, 1] - margin[LOWER, 1]).max() < 13
    middle = HALF_RING // 2
    assert crease[UPPER[middle], 1] > margin[UPPER[middle], 1] + 1
    assert crease[LOWER[middle], 1] < margin[LOWER[middle], 1] - 1
    assert margin[:, 0].argmin() == INNER_CORNER_PLACE
    assert margin[:, 0].argmax() == LOWER[-1]
