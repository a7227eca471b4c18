import numpy as np
import pytest

from facescale.heads.builtin.arkit import ARKIT_NAMES, MIRRORED, ON_OPEN_JAW
from facescale.heads.builtin.expressions import expressions
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.teeth import TeethMeasures
from facescale.heads.builtin.tongue import TongueMeasures, resting_tongue
from facescale.heads.builtin.topology import skin_topology
from tests.heads.builtin.posed import crossing_pairs, posed

FLIP = np.array([-1, 1, 1])
BEHIND_THE_EARS = -115.0


def shape(name):
    return expressions().skin[ARKIT_NAMES.index(name)]


def test_there_is_one_finite_displacement_a_name_in_arkits_order():
    made = expressions()
    assert made.names == ARKIT_NAMES
    assert made.skin.shape == (52, *skin_cage().shape)
    assert made.skin.dtype == np.float64
    assert np.isfinite(made.skin).all()


@pytest.mark.parametrize("name", [name for name in ARKIT_NAMES if "Right" in name])
def test_right_shapes_are_exact_mirror_images_of_left_ones(name):
    np.testing.assert_array_equal(shape(name)[skin_topology().mirror], shape(MIRRORED[name]) * FLIP)


@pytest.mark.parametrize("name", [name for name in ARKIT_NAMES if name not in MIRRORED])
def test_two_sided_shapes_are_alike_on_both_sides(name):
    np.testing.assert_allclose(shape(name)[skin_topology().mirror], shape(name) * FLIP, atol=1e-9)


@pytest.mark.parametrize("name", ARKIT_NAMES)
def test_every_shape_moves_what_a_face_moves_and_leaves_neck_border_and_back_of_the_head(name):
    moved = np.linalg.norm(shape(name), axis=1)
    least = 0 if name == "tongueOut" else 0.3 if name.startswith(("eyeLookIn", "eyeLookOut")) else 1.0
    assert least <= moved.max() < 45
    topology = skin_topology()
    assert moved[topology.grid[0]].max() < 0.002
    assert moved[topology.crown].max() < 0.01
    assert moved[skin_cage()[:, 2] < BEHIND_THE_EARS].max() < 0.5


@pytest.mark.parametrize("name", [n for n in ARKIT_NAMES if "Left" in n and n not in ("jawLeft", "mouthLeft")])
def test_shapes_of_the_left_side_stay_there(name):
    moved = np.linalg.norm(shape(name), axis=1)
    x = skin_cage()[:, 0]
    assert moved[x < -12].max() < 0.25 * moved[x > 0].max()


@pytest.mark.slow
@pytest.mark.parametrize("weight", [0.5, 1.0])
@pytest.mark.parametrize("name", ARKIT_NAMES)
def test_no_expression_crosses_skin_eyeballs_teeth_or_tongue(name, weight):
    pairs, _ = crossing_pairs(posed({name: weight} | ({"jawOpen": weight} if name in ON_OPEN_JAW else {})))
    assert len(pairs) == 0


def test_the_tongue_comes_out_past_the_lips_on_an_open_jaw_and_its_root_stays():
    tongue = resting_tongue(TongueMeasures(), TeethMeasures())
    made = expressions()
    out, opened = made.tongue("tongueOut", tongue), made.tongue("jawOpen", tongue)
    lower_lip = (
        skin_cage()[skin_topology().rings["mouth"][6]] + shape("jawOpen")[skin_topology().rings["mouth"][6]]
    )
    assert (tongue.vertices + out + opened)[:, 2].max() > lower_lip[lower_lip[:, 1].argmin(), 2] + 8
    root = tongue.vertices[:, 2].argmin()
    np.testing.assert_allclose(out[root], 0, atol=0.5)


def test_mouth_close_brings_the_lips_together_over_an_open_jaw():
    lips = skin_topology().rings["mouth"][8]
    middle = lips[[35, 9]]  # upper and lower, on the midline
    opened = skin_cage() + shape("jawOpen")
    closed = opened + shape("mouthClose")
    assert np.ptp(opened[middle, 1]) > 20
    assert np.ptp(closed[middle, 1]) < np.ptp(skin_cage()[middle, 1]) + 1.0
    # over an open jaw the closed lips lie lower than at rest
    assert closed[middle, 1].mean() < skin_cage()[middle, 1].mean() - 8
