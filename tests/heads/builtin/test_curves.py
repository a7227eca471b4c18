import numpy as np
import pytest

from facescale.heads.builtin.curves import chord_lengths, even_points


def test_lengths_add_up_along_a_polyline():
    np.testing.assert_allclose(chord_lengths(np.array([[0.0, 0], [3, 4], [3, 16]])), [0, 5, 17])


def test_points_on_a_line_are_spaced_evenly_whatever_was_typed():
    way = np.array([1.0, -2, 2])
    points = even_points(np.array([0, 0.1, 0.15, 0.7, 1])[:, None] * way + 5, 7)
    np.testing.assert_allclose(points, np.linspace(0, 1, 7)[:, None] * way + 5, atol=1e-12)


@pytest.mark.parametrize("typed", [6, 12])
def test_points_on_a_circle_are_equally_far_apart_and_on_it(typed):
    angle = np.linspace(0, np.pi, typed) + 0.1 * np.sin(2 * np.linspace(0, np.pi, typed))
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    points = even_points(circle, 9)
    np.testing.assert_allclose(points[[0, -1]], circle[[0, -1]], atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, atol=0.2 / typed**2)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    np.testing.assert_allclose(steps, 2 * np.sin(np.pi / 16), rtol=0.01)


def test_curves_move_with_their_points_and_do_not_depend_on_the_direction():
    typed = np.random.default_rng(0).normal(size=(5, 3)) + 4 * np.arange(5)[:, None]
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    np.testing.assert_allclose(
        even_points(2 * typed @ turn + 7, 11), 2 * even_points(typed, 11) @ turn + 7, atol=1e-9
    )
    np.testing.assert_allclose(even_points(typed[::-1], 11), even_points(typed, 11)[::-1], atol=1e-4)
