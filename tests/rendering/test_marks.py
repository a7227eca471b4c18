import numpy as np

from facescale.rendering.marks import MARK, mark_points
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
