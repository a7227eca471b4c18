import numpy as np

from facescale.rendering.marks import MARK, dot_pixels, mark_points
from facescale.rendering.views import Framing

FRAMING = Framing(centre=(0.0, 0.0, 0.0), radius=10.0)


def test_a_mark_stands_where_its_point_is_projected():
    empty = np.zeros((100, 100, 4), np.uint8)
    found = mark_points(empty, np.array([[5.0, 5.0, 0.0]]), view="front", framing=FRAMING)
    np.testing.assert_array_equal(found[24, 74], [*MARK, 255])
    rows, columns = np.nonzero(found[..., 3])
    assert abs(rows.mean() - 24.5) < 0.1
    assert abs(columns.mean() - 74.5) < 0.1
    assert not empty.any()


def test_a_point_outside_the_picture_leaves_it_alone():
    picture = np.full((40, 40, 4), 128, np.uint8)
    found = mark_points(picture, np.array([[500.0, 0.0, 0.0]]), view="front", framing=FRAMING)
    np.testing.assert_array_equal(found, picture)


def test_dots_cover_the_pixels_that_they_lie_on_and_nothing_beside_the_picture():
    picture = np.full((6, 9, 4), 255, np.uint8)
    dots = np.array([[2.5, 3.5], [7.0, 1.5], [-5.0, 2.0], [40.0, 40.0]])
    drawn = dot_pixels(picture, dots, colour=(0, 0, 0), opacity=1.0)
    assert tuple(drawn[3, 2]) == (0, 0, 0, 255)
    np.testing.assert_array_equal(drawn[1, 6], drawn[1, 7])
    assert 0 < drawn[1, 6, 0] < 255
    untouched = np.ones((6, 9), bool)
    untouched[[3, 1, 1], [2, 6, 7]] = False
    assert (drawn[untouched] == 255).all()
    clear = np.zeros((6, 9, 4), np.uint8)
    assert tuple(dot_pixels(clear, dots, colour=(10, 20, 30), opacity=1.0)[3, 2]) == (10, 20, 30, 255)
