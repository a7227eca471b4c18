import numpy as np
import pytest

from facescale.perception import mediapipe_points as ids
from facescale.perception.mean_face import mean_face
from facescale.structures import NOW7

LOOPS = (
    "OVAL",
    "LEFT_EYE",
    "RIGHT_EYE",
    "LIPS",
    "INNER_MOUTH",
    "LEFT_BROW",
    "RIGHT_BROW",
    "LEFT_IRIS",
    "RIGHT_IRIS",
)
MIRROR_OF_68 = (
    [16 - k for k in range(17)] + [26 - k for k in range(10)] + [27, 28, 29, 30] + [35 - k for k in range(5)]
    + [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
    + [54 - k for k in range(7)] + [59 - k for k in range(5)]
    + [64 - k for k in range(5)] + [67 - k for k in range(3)]
)  # fmt: skip


def crossings(loop):
    """Pairs of a closed loop's edges that cross."""
    start, end = loop, np.roll(loop, -1, axis=0)

    def side(a, b, c):
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    count = 0
    for i in range(len(loop)):
        for j in range(i + 2, len(loop) - (i == 0)):
            a, b, c, d = start[i], end[i], start[j], end[j]
            count += side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
    return count


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_names_each_point_once_and_is_a_simple_polygon(name):
    loop = getattr(ids, name)
    assert len(set(loop)) == len(loop)
    assert crossings(mean_face().points[list(loop), :2]) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LEFT_EYE", "RIGHT_EYE"), ("LEFT_BROW", "RIGHT_BROW"), ("LEFT_IRIS", "RIGHT_IRIS"), ("OVAL", "OVAL"),
        ("LIPS", "LIPS"), ("INNER_MOUTH", "INNER_MOUTH"), ("UPPER_INNER_LIP", "UPPER_INNER_LIP"),
        ("LOWER_INNER_LIP", "LOWER_INNER_LIP"),
    ],
)  # fmt: skip
def test_sets_are_each_other_s_mirror_images(one, other):
    assert {int(mean_face().mirror[k]) for k in getattr(ids, one)} == set(getattr(ids, other))


def test_the_mirror_map_is_an_involution_of_a_symmetric_face():
    face = mean_face()
    assert (face.mirror[face.mirror] == np.arange(478)).all()
    assert face.mirror[[33, 61, 468, 1, 152]].tolist() == [263, 291, 473, 1, 152]
    assert np.abs(face.points[face.mirror] * [-1, 1, 1] - face.points).max() < 0.5


def test_the_outline_runs_around_and_mirrors_itself_in_order():
    assert [int(mean_face().mirror[k]) for k in ids.OVAL] == [ids.OVAL[-k] for k in range(len(ids.OVAL))]


def test_left_is_the_subject_s_left():
    x = mean_face().points[:, 0]
    for left in (ids.LEFT_EYE, ids.LEFT_BROW, ids.LEFT_IRIS, (ids.LEFT_IRIS_CENTRE,)):
        assert x[list(left)].min() > 5


def test_the_68_are_distinct_and_their_own_mirror_image():
    assert len(ids.IBUG68) == len(set(ids.IBUG68)) == 68
    assert [int(mean_face().mirror[k]) for k in ids.IBUG68] == [ids.IBUG68[k] for k in MIRROR_OF_68]
    assert set(ids.IBUG68[:17]) <= set(ids.OVAL)
    assert not set(ids.IBUG68[17:]) & set(ids.OVAL)


def test_the_seven_stand_where_their_names_say():
    at = dict(zip(NOW7, mean_face().points[list(ids.NOW7)], strict=True))
    x = [
        at[name][0]
        for name in ("right_eye_outer", "right_eye_inner", "nose_base", "left_eye_inner", "left_eye_outer")
    ]
    assert x == sorted(x)
    assert at["mouth_right"][0] < at["nose_base"][0] < at["mouth_left"][0]
    assert at["mouth_left"][1] < at["nose_base"][1] < at["left_eye_inner"][1]
    assert abs(at["nose_base"][0]) < 0.5
