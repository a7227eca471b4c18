import numpy as np
import pytest

from facescale.geometry.subdivision import catmull_clark
from facescale.heads.builtin import controls
from facescale.heads.builtin.arkit import ARKIT_NAMES, MIRRORED
from facescale.heads.builtin.assembly import EYE_CORNERS, PARTS, assemble
from facescale.heads.builtin.gaze import TURNS
from facescale.heads.builtin.identity import identity
from facescale.heads.builtin.jaw import GLIDES, OPENING, jaw_motion
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.topology import skin_topology
from tests.heads.builtin.surfaces import border_edges, volume

FLIP = np.array([-1, 1, 1])
RIGID_SHAPES = sorted(GLIDES)


@pytest.fixture(scope="module")
def head():
    return assemble()


def origin(head):
    """Where the head frame's origin lies in the frame that controls are typed in."""
    topology = skin_topology()
    return (
        catmull_clark(topology.quads, topology.num_vertices)(skin_cage()) - head.vertices[head.masks["skin"]]
    )[0]


def shape(head, name):
    return head.expression[ARKIT_NAMES.index(name)]


def test_all_arrays_are_of_one_mesh(head):
    count = len(head.vertices)
    assert head.identity.shape == (len(identity().names), count, 3)
    assert head.expression.shape == (52, count, 3)
    assert all(mask.shape == (count,) for mask in head.masks.values())
    np.testing.assert_array_equal(np.unique(head.quads), np.arange(count))
    assert head.quads_uv.min() == 0
    assert head.quads_uv.max() == len(head.uv) - 1
    assert head.quads.shape == head.quads_uv.shape
    assert all(np.isfinite(array).all() for array in (head.vertices, head.identity, head.expression, head.uv))


def test_skin_and_parts_are_disjoint_and_cover_the_head_and_no_quad_joins_two(head):
    pieces = ("skin", *PARTS)
    count = np.sum([head.masks[name] for name in pieces], axis=0)
    np.testing.assert_array_equal(count, 1)
    label = np.argmax([head.masks[name] for name in pieces], axis=0)
    assert (np.ptp(label[head.quads], axis=1) == 0).all()


def test_the_only_border_of_the_skin_is_the_neck(head):
    skin = head.quads[head.masks["skin"][head.quads].all(axis=1)]
    border = border_edges(skin)
    assert len(border) == 2 * 72
    assert head.vertices[border.ravel(), 1].max() < -150


def test_shells_of_the_eyeballs_are_closed_and_turned_out(head):
    shell = head.masks["eyeballs.shell"]
    quads = head.quads[shell[head.quads].all(axis=1)]
    assert len(border_edges(quads)) == 0
    ball = 4 / 3 * np.pi * controls.EYE_RADIUS**3
    assert volume(head.vertices, quads) == pytest.approx(2 * ball, rel=0.05)


def test_textures_lie_in_the_tile_of_their_part(head):
    for tile, name in enumerate(("skin", *PARTS)):
        uv = head.uv[np.unique(head.quads_uv[head.masks[name][head.quads].all(axis=1)])]
        assert uv[:, 0].min() >= tile
        assert uv[:, 0].max() <= tile + 1
        assert uv[:, 1].min() >= 0
        assert uv[:, 1].max() <= 1


def test_the_origin_is_the_midpoint_of_the_four_eye_corners(head):
    np.testing.assert_allclose(head.vertices[head.landmarks[list(EYE_CORNERS)]].mean(axis=0), 0, atol=1e-9)
    assert np.abs(origin(head)).max() < 0.5, "controls are typed about that point too"


def test_the_mirror_map_reflects_positions_quads_and_masks(head):
    mirror = head.mirror
    np.testing.assert_array_equal(mirror[mirror], np.arange(len(mirror)))
    np.testing.assert_allclose(head.vertices[mirror] * FLIP, head.vertices, atol=1e-9)
    turned = np.sort(mirror[head.quads], axis=1)
    assert set(map(tuple, turned.tolist())) == set(map(tuple, np.sort(head.quads, axis=1).tolist()))
    for name in ("outer", "lips", "eyeballs.iris_disc", "upper_teeth.teeth"):
        np.testing.assert_array_equal(head.masks[name][mirror], head.masks[name])
    np.testing.assert_array_equal(head.masks["eyeballs.left"][mirror], head.masks["eyeballs.right"])


@pytest.mark.parametrize("name", [name for name in ARKIT_NAMES if "Right" in name and name[:3] != "jaw"])
def test_right_expressions_mirror_left_ones_in_all_parts(head, name):
    np.testing.assert_allclose(shape(head, name)[head.mirror] * FLIP, shape(head, MIRRORED[name]), atol=1e-9)


@pytest.mark.parametrize("name", RIGID_SHAPES)
def test_lower_teeth_ride_on_the_jaw_exactly(head, name):
    lower = head.masks["lower_teeth"]
    rotation, translation = jaw_motion(name)
    typed = head.vertices[lower] + origin(head)
    moved = typed @ rotation.T + translation - typed
    np.testing.assert_allclose(shape(head, name)[lower], moved, atol=1e-9)
    turned = np.degrees(np.arccos((np.trace(rotation) - 1) / 2))
    assert turned == pytest.approx(np.degrees(OPENING) if name == "jawOpen" else 0, abs=1e-5)


def test_upper_teeth_stay_in_every_expression_and_lower_ones_in_all_but_the_jaws(head):
    assert not head.expression[:, head.masks["upper_teeth"]].any()
    moving = {name for name in ARKIT_NAMES if np.abs(shape(head, name)[head.masks["lower_teeth"]]).max() > 1e-9}
    assert moving == set(RIGID_SHAPES)


@pytest.mark.parametrize("side", ["Left", "Right"])
@pytest.mark.parametrize("way", sorted(TURNS))
def test_pupils_turn_by_the_stated_angle_in_the_named_direction(head, way, side):
    ball = head.masks["eyeballs." + side.lower()]
    pupil = ball & head.masks["eyeballs.pupil"]
    sign = 1 if side == "Left" else -1
    centre = controls.EYE_CENTRE * np.array([sign, 1, 1]) - origin(head)
    rest = head.vertices[pupil].mean(axis=0) - centre
    looking = rest + shape(head, way + side)[pupil].mean(axis=0)
    np.testing.assert_allclose(rest / np.linalg.norm(rest), [0, 0, 1], atol=1e-9)
    yaw, pitch = (
        np.degrees(np.arctan2(looking[0], looking[2])),
        np.degrees(np.arcsin(looking[1] / np.linalg.norm(looking))),
    )
    towards_nose = -sign * yaw
    named = {"eyeLookIn": towards_nose, "eyeLookOut": -towards_nose, "eyeLookUp": pitch, "eyeLookDown": -pitch}
    assert named[way] == pytest.approx(np.abs(TURNS[way]).max(), abs=1e-6)
    assert np.abs(np.array([yaw, pitch])[np.array(TURNS[way]) == 0]).max() < 1e-6


@pytest.mark.parametrize("name", identity().names)
def test_eyeballs_keep_their_shape_and_teeth_move_affinely_under_every_axis(head, name):
    moved = head.identity[identity().names.index(name)]
    for side in ("left", "right"):
        assert np.ptp(moved[head.masks[f"eyeballs.{side}"]], axis=0).max() == 0
    mouth = head.masks["upper_teeth"] | head.masks["lower_teeth"] | head.masks["tongue"]
    rows = np.column_stack([head.vertices[mouth], np.ones(mouth.sum())])
    rest = moved[mouth] - rows @ np.linalg.lstsq(rows, moved[mouth], rcond=None)[0]
    assert np.abs(rest).max() < 1e-8


@pytest.mark.slow
def test_building_it_twice_gives_the_same_bits(head):
    again = assemble()
    for name in ("vertices", "quads", "uv", "quads_uv", "mirror", "identity", "expression", "landmarks"):
        np.testing.assert_array_equal(getattr(again, name), getattr(head, name))
