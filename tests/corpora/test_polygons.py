import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facescale.corpora.polygons import fan, strip


@given(st.lists(st.integers(0, 9), max_size=12))
def test_fans_follow_the_order_of_their_polygons(sizes):
    corners = np.arange(sum(sizes))
    expected, at = [], 0
    for size in sizes:
        expected += [[at, at + k, at + k + 1] for k in range(1, size - 1)]
        at += size
    assert fan(corners, np.array(sizes, np.int64)).tolist() == expected


def test_a_fan_of_a_convex_polygon_has_its_area():
    angle = np.linspace(0, 2 * np.pi, 9, endpoint=False)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    a, b, c = (points[fan(np.arange(9), np.array([9]))[:, k]] for k in range(3))
    area = (np.cross(np.c_[b - a, np.zeros(7)], np.c_[c - a, np.zeros(7)])[:, 2] / 2).sum()
    np.testing.assert_allclose(area, 9 / 2 * np.sin(2 * np.pi / 9))


def test_strips_restart_at_a_negative_index_with_their_own_winding():
    assert strip(np.array([0, 1, 2, 3])).tolist() == [[0, 1, 2], [1, 3, 2]]
    assert strip(np.array([7, -1, 0, 1, 2, 3])).tolist() == [[0, 1, 2], [1, 3, 2]]


def test_repeated_corners_join_strips_without_a_triangle():
    assert strip(np.array([0, 1, 2, 2, 3, 3, 4, 5])).tolist() == [[0, 1, 2], [3, 5, 4]]


def test_a_strip_of_two_corners_has_no_triangle():
    assert strip(np.array([0, 1])).shape == (0, 3)
