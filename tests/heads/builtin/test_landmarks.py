import numpy as np

from facescale.heads.builtin.eyelids import MARGIN_RING
from facescale.heads.builtin.landmarks import ibug68
from facescale.heads.builtin.masks import outer_skin
from facescale.heads.builtin.skin import skin_cage
from facescale.heads.builtin.topology import skin_topology

VERTICES = np.array(ibug68(skin_topology()))
AT = skin_cage()[VERTICES]
OTHER_SIDE = np.array(
    [
        *range(16, -1, -1),
        *range(26, 16, -1),
        *range(27, 31),
        *range(35, 30, -1),
        *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
        *range(54, 47, -1),
        *range(59, 54, -1),
        *range(64, 59, -1),
        *range(67, 64, -1),
    ]
)
"""Landmark -> the one on the other side, in the order of ibug."""


def test_there_are_68_different_vertices_of_the_outer_skin():
    assert len(VERTICES) == len(set(VERTICES.tolist())) == 68
    assert outer_skin(skin_topology())[VERTICES].all()


def test_the_landmarks_of_the_other_side_are_the_mirrored_vertices():
    np.testing.assert_array_equal(VERTICES[OTHER_SIDE], skin_topology().mirror[VERTICES])


def test_the_first_of_each_group_are_the_subjects_right():
    assert (AT[[0, 17, 31, 36, 48, 60], 0] < 0).all()
    assert (np.diff(AT[:17, 0]) > 0).all()
    assert (np.diff(AT[17:27, 0]) > 0).all()


def test_heights_run_down_the_face_as_the_names_say():
    brow, eye, tip, base, lip, chin = (
        AT[i, 1].mean() for i in (range(17, 27), range(36, 48), [30], [33], range(48, 68), [8])
    )
    assert brow > eye > tip > base > lip > chin
    assert (np.diff(AT[27:31, 1]) < 0).all()
    assert AT[:, 2].argmax() == 30
    assert (np.diff(AT[:9, 1]) < 0).all()


def test_eye_corners_are_the_ends_of_the_lid_margins():
    for name, inner, outer, sign in (("eye", 42, 45, 1), ("eye.right", 39, 36, -1)):
        margin = skin_topology().rings[name][MARGIN_RING]
        x = sign * skin_cage()[margin, 0]
        assert margin[x.argmin()] == VERTICES[inner]
        assert margin[x.argmax()] == VERTICES[outer]
        assert set(VERTICES[range(36, 42) if sign < 0 else range(42, 48)]) <= set(margin.tolist())


def test_lid_landmarks_stand_at_about_a_third_and_two_thirds_of_the_eyes_width():
    share = (AT[42:48, 0] - AT[42, 0]) / (AT[45, 0] - AT[42, 0])
    np.testing.assert_allclose(share, [0, 1 / 3, 2 / 3, 1, 2 / 3, 1 / 3], atol=0.045)
    assert (AT[[43, 44], 1] > AT[[47, 46], 1] + 5).all()


def test_lips_go_round_the_mouth_with_the_upper_lip_first():
    for ring in (range(48, 60), range(60, 68)):
        away = AT[ring][:, :2] - AT[ring][:, :2].mean(axis=0)
        turn = np.unwrap(np.arctan2(away[:, 1], away[:, 0]))
        assert (np.diff(turn) < 0).all()
        assert -2 * np.pi < turn[-1] - turn[0]
    for outer, inner in ((51, 62), (57, 66), (48, 60), (54, 64)):
        assert np.linalg.norm(AT[outer, :2]) > 0
        assert abs(AT[outer, 0]) >= abs(AT[inner, 0]) - 1e-9
    assert AT[51, 1] > AT[62, 1] > AT[66, 1] > AT[57, 1]
