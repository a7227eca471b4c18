import numpy as np
import pytest

from facescale.heads.builtin import controls
from facescale.heads.builtin.jaw import jaw_displacement, jaw_motion, jaw_on_skin, jaw_share
from facescale.heads.builtin.mouth import CONTACT_RING, LOWER_PLACES, UPPER_PLACES
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.teeth import TeethMeasures, teeth
from facescale.heads.builtin.topology import skin_topology

JAW_SHAPES = ("jawOpen", "jawForward", "jawLeft", "jawRight")
CHIN_ROW = 12


def incisal_edges():
    """Lowest point of the upper and highest one of the lower left central incisor."""
    upper, lower = teeth(TeethMeasures(edge=controls.INCISAL_EDGE, overbite=controls.OVERBITE))
    above = upper.vertices[upper.groups["left_central_incisor"]]
    below = lower.vertices[lower.groups["left_central_incisor"]]
    return above[above[:, 1].argmin()], below[below[:, 1].argmax()]


def test_an_open_jaw_parts_the_incisors_by_28_to_32_mm():
    upper, lower = incisal_edges()
    opened = lower + jaw_displacement("jawOpen", lower[None])[0]
    assert 28 <= np.linalg.norm(opened - upper) <= 32
    assert opened[1] < upper[1] - 25


@pytest.mark.parametrize("name", JAW_SHAPES)
@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_the_jaw_moves_rigidly(name, weight):
    rotation, translation = jaw_motion(name, weight)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-14)
    np.testing.assert_allclose(np.linalg.det(rotation), 1)
    if weight == 0:
        np.testing.assert_allclose(rotation, np.eye(3))
        np.testing.assert_allclose(translation, 0, atol=1e-14)


@pytest.mark.parametrize("name", JAW_SHAPES)
def test_transform_and_blendshape_agree_at_1_and_to_first_order(name):
    lower = incisal_edges()[1][None]
    blendshape = jaw_displacement(name, lower)
    rotation, translation = jaw_motion(name)
    np.testing.assert_allclose(lower + blendshape, lower @ rotation.T + translation)
    # a chord instead of an arc: the angle between them at the start is half the jaw's angle, at most 10 degrees
    small = 1e-4
    rotation, translation = jaw_motion(name, small)
    start = (lower @ rotation.T + translation - lower) / small
    cosine = (start * blendshape).sum() / np.linalg.norm(start) / np.linalg.norm(blendshape)
    assert np.degrees(np.arccos(min(cosine, 1.0))) < 10
    np.testing.assert_allclose(np.linalg.norm(start), np.linalg.norm(blendshape), rtol=0.1)


@pytest.mark.parametrize("name", JAW_SHAPES)
def test_the_chin_goes_all_the_way_with_the_jaw(name):
    chin = skin_topology().grid[CHIN_ROW, :7]
    np.testing.assert_allclose(jaw_on_skin(name)[chin], jaw_displacement(name, skin_cage()[chin]), atol=0.05)


def test_the_lower_lip_follows_the_jaw_and_the_upper_one_stays():
    lips = skin_topology().rings["mouth"][CONTACT_RING]
    share = jaw_share()
    assert share[lips[LOWER_PLACES[0]]] > 0.98
    assert share[lips[UPPER_PLACES[0]]] < 0.02
    assert 0.4 < share[lips[UPPER_PLACES[-1]]] < 0.6


def test_shares_are_shares_and_alike_on_both_sides():
    share = jaw_share()
    assert share.min() >= 0
    assert share.max() <= 1
    np.testing.assert_allclose(share[skin_topology().mirror], share, atol=1e-12)


def test_the_jaw_leaves_the_skull_and_the_eyes():
    topology, share = skin_topology(), jaw_share()
    still = [topology.crown, topology.rings["eye"], topology.grid[31:][topology.grid[31:] >= 0]]
    assert max(share[vertices].max() for vertices in still) < 0.005


def test_other_expressions_leave_the_jaw_where_it_is():
    lower = incisal_edges()[1][None]
    assert not jaw_displacement("mouthSmileLeft", lower).any()
