import numpy as np
import pytest

from facescale.heads.builtin import controls
from facescale.heads.builtin.arkit import ARKIT_NAMES
from facescale.heads.builtin.expressions import expressions
from facescale.heads.builtin.eyelids import MARGIN_RING
from facescale.heads.builtin.muscle_moves import MUSCLE_MOVES
from facescale.heads.builtin.muscles import muscle_displacement, upper_lip_share
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.topology import skin_topology

LIPS = 6
CORNER, UPPER_MIDDLE, LOWER_MIDDLE = (LIPS, 22), (LIPS, 35), (LIPS, 9)
X, Y, Z = np.eye(3)


def place(name):
    """A vertex of the left half by what it is called."""
    topology = skin_topology()
    named = {
        "corner": topology.rings["mouth"][CORNER],
        "upper lip": topology.rings["mouth"][UPPER_MIDDLE],
        "lower lip": topology.rings["mouth"][LOWER_MIDDLE],
        "upper lip, left": topology.rings["mouth"][LIPS, 30],
        "lower lip, left": topology.rings["mouth"][LIPS, 14],
    }
    at = {
        "inner brow": (14, 19),
        "outer brow": (42, 18),
        "cheek": (38, -30),
        "hollow cheek": (44, -62),
        "ala": (16, -34),
    }
    if name in named:
        return named[name]
    cage, front = skin_cage(), np.flatnonzero(skin_cage()[:, 2] > -30)
    return front[np.hypot(*(cage[front, :2] - at[name]).T).argmin()]


@pytest.mark.parametrize(
    ("name", "where", "way", "least"),
    [
        ("mouthSmileLeft", "corner", Y, 3.5),
        ("mouthSmileLeft", "corner", X, 3.0),
        ("mouthSmileLeft", "corner", -Z, 2.0),
        ("mouthSmileLeft", "cheek", Y, 1.0),
        ("mouthFrownLeft", "corner", -Y, 3.5),
        ("mouthDimpleLeft", "corner", -Z, 1.5),
        ("mouthStretchLeft", "corner", X, 3.5),
        ("mouthStretchLeft", "corner", -Y, 0.5),
        ("mouthPucker", "corner", -X, 6.0),
        ("mouthPucker", "upper lip", Z, 3.0),
        ("mouthFunnel", "corner", -X, 4.0),
        ("mouthFunnel", "lower lip", -Y, 2.0),
        ("mouthFunnel", "upper lip", Y, 1.5),
        ("mouthLeft", "lower lip", X, 5.0),
        ("mouthRollUpper", "upper lip", -Z, 1.5),
        ("mouthRollLower", "lower lip", -Z, 1.5),
        ("mouthShrugLower", "lower lip", Y, 1.5),
        ("mouthShrugUpper", "upper lip", Y, 1.0),
        ("mouthUpperUpLeft", "upper lip, left", Y, 2.5),
        ("mouthLowerDownLeft", "lower lip, left", -Y, 2.5),
        ("browDownLeft", "inner brow", -Y, 2.5),
        ("browDownLeft", "inner brow", -X, 0.8),
        ("browInnerUp", "inner brow", Y, 3.5),
        ("browOuterUpLeft", "outer brow", Y, 3.5),
        ("cheekPuff", "hollow cheek", X, 3.0),
        ("cheekSquintLeft", "cheek", Y, 1.5),
        ("noseSneerLeft", "ala", Y, 1.5),
    ],
)
def test_each_muscle_pulls_in_its_own_direction(name, where, way, least):
    shape = expressions().skin[ARKIT_NAMES.index(name)]
    assert shape[place(where)] @ way >= least


def test_all_typed_moves_are_of_known_shapes():
    assert set(MUSCLE_MOVES) <= set(ARKIT_NAMES)


def test_muscles_never_press_lid_margins_into_the_eyeball():
    cage, topology = skin_cage(), skin_topology()
    margin = topology.rings["eye"][: MARGIN_RING + 1].ravel()
    outward = cage[margin] - controls.EYE_CENTRE
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    for name in MUSCLE_MOVES:
        assert (muscle_displacement(name)[margin] * outward).sum(axis=1).min() > -1e-9


def test_the_upper_lip_is_told_from_the_lower_one():
    share = upper_lip_share()
    assert share[place("upper lip")] == 1
    assert share[place("lower lip")] == 0
    np.testing.assert_allclose(share[skin_topology().mirror], share, atol=1e-12)


def test_a_name_without_muscles_moves_nothing():
    assert not muscle_displacement("jawOpen").any()


def test_the_lining_of_the_mouth_stays_on_the_jaws_whatever_lips_do():
    topology = skin_topology()
    behind = np.concatenate([topology.rings["mouth"][13:].ravel(), topology.caps["mouth"].ravel()])
    for name in MUSCLE_MOVES:
        assert not muscle_displacement(name)[behind].any()
    assert np.abs(muscle_displacement("mouthSmileLeft")[topology.rings["mouth"][8]]).max() > 3
