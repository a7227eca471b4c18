import numpy as np
import pytest

from facescale.perception import mediapipe_points as ids
from facescale.perception.landmark_errors import biases, covariances, error_table, face_axes
from facescale.perception.mean_face import mean_face

POINTS = mean_face().points[:, :2] * [2.0, -2.0] + 300
HEIGHT = 300.0
INNER = np.setdiff1d(np.arange(468), ids.OVAL)


def size(found, points=slice(None)):
    return float(np.sqrt(np.trace(found[points], axis1=1, axis2=2).mean()))


def test_the_table_is_symmetric_and_positive():
    table = error_table()
    assert table.yaws == pytest.approx(-table.yaws[::-1])
    assert np.linalg.eigvalsh(table.moments).min() > 0
    flip = np.array([[1, -1], [-1, 1]])
    assert np.allclose(table.moments[::-1, mean_face().mirror] * flip, table.moments, atol=1e-9)


def test_biases_mirror_with_the_face_and_spare_outlines():
    table, mirror = error_table(), mean_face().mirror
    assert np.allclose(table.means[::-1, mirror] * [-1, 1], table.means, atol=1e-6)
    found = biases(POINTS, yaw=0.5, height=HEIGHT)
    assert not found[list(ids.OVAL)].any()
    assert 0.002 < np.sqrt(np.square(found[INNER]).sum(axis=1).mean()) / HEIGHT < 0.05
    flipped = (POINTS * [-1, 1] + [600, 0])[mirror]
    assert np.allclose(biases(flipped, yaw=-0.5, height=HEIGHT)[mirror] * [-1, 1], found, atol=1e-2)


def test_biases_turn_and_grow_with_the_face():
    angle = 0.7
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    upright = biases(POINTS, yaw=0.2, height=HEIGHT)
    assert np.allclose(biases(POINTS @ turn.T, yaw=0.2, height=HEIGHT), upright @ turn.T, atol=1e-3)
    assert np.allclose(biases(POINTS, yaw=0.2, height=2 * HEIGHT), 2 * upright, rtol=1e-5)


def test_errors_grow_with_the_turn_and_the_outline_s_are_the_largest():
    turns = [size(covariances(POINTS, yaw=np.radians(y), height=HEIGHT), INNER) for y in (0, 30, 60)]
    assert turns[0] < turns[1] < turns[2]
    assert 1.5 < turns[2] / turns[0] < 8
    for yaw in (0.0, 1.0):
        found = covariances(POINTS, yaw=yaw, height=HEIGHT)
        assert size(found, list(ids.OVAL)) > 1.7 * size(found, INNER)


def test_a_mirrored_face_has_mirrored_covariances():
    mirror = mean_face().mirror
    flipped = (POINTS * [-1, 1] + [600, 0])[mirror]
    found = covariances(flipped, yaw=-0.5, height=HEIGHT)[mirror]
    assert np.allclose(
        found * [[1, -1], [-1, 1]], covariances(POINTS, yaw=0.5, height=HEIGHT), rtol=1e-3, atol=1e-4
    )


def test_covariances_turn_and_grow_with_the_face():
    angle = 0.7
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    upright = covariances(POINTS, yaw=0.2, height=HEIGHT)
    leaning = covariances(POINTS @ turn.T, yaw=0.2, height=HEIGHT)
    assert np.allclose(leaning, turn @ upright @ turn.T, rtol=1e-4, atol=1e-5)
    assert np.allclose(covariances(POINTS, yaw=0.2, height=2 * HEIGHT), 4 * upright, rtol=1e-5)


def test_beyond_the_table_its_ends_hold_and_within_it_is_continuous():
    def at(yaw):
        return covariances(POINTS, yaw=yaw, height=HEIGHT)

    assert np.array_equal(at(1.6), at(float(error_table().yaws[-1])))
    for yaw in error_table().yaws[1:-1]:
        assert np.allclose(at(yaw - 1e-7), at(yaw + 1e-7), rtol=1e-4, atol=1e-4)


def test_the_axes_of_an_upright_face_are_the_image_s():
    assert np.allclose(face_axes(POINTS), np.eye(2), atol=0.02)
