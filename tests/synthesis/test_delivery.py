from collections import Counter

import numpy as np
import pytest

from facescale.structures.units import MILLIMETRES_PER, UNITS
from facescale.synthesis.delivery import draw_delivery

DRAWS = 3000


@pytest.fixture(scope="module")
def deliveries():
    rng = np.random.default_rng(0)
    return [draw_delivery(rng, keypoint_share=0.8, keypoint_noise=1.5) for _ in range(DRAWS)]


def test_rotations_are_proper_and_go_everywhere(deliveries):
    for delivery in deliveries[:100]:
        np.testing.assert_allclose(delivery.rotation @ delivery.rotation.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(delivery.rotation) == pytest.approx(1)
    mean = np.mean([delivery.rotation for delivery in deliveries], axis=0)
    assert np.abs(mean).max() < 0.05


def test_all_units_and_keypoint_files_occur(deliveries):
    assert set(Counter(delivery.unit for delivery in deliveries)) == set(UNITS)
    assert set(Counter(delivery.keypoint_format for delivery in deliveries)) == {"pp", "txt", "npy"}


def test_keypoints_come_with_the_stated_share_and_error(deliveries):
    assert np.mean([delivery.keypoints for delivery in deliveries]) == pytest.approx(0.8, abs=0.03)
    slips = np.concatenate([delivery.slips for delivery in deliveries])
    assert np.sqrt(np.square(slips).sum(axis=1).mean()) == pytest.approx(1.5, rel=0.02)


def test_placing_keeps_distances_and_units_divide_them(deliveries):
    points = np.random.default_rng(1).normal(0, 100, (50, 3))
    for delivery in deliveries[:20]:
        placed = delivery.place(points)
        np.testing.assert_allclose(
            np.linalg.norm(placed[1:] - placed[:-1], axis=1), np.linalg.norm(np.diff(points, axis=0), axis=1)
        )
        np.testing.assert_allclose(delivery.in_unit(points) * MILLIMETRES_PER[delivery.unit], placed)
        np.testing.assert_allclose((placed - delivery.translation) @ delivery.rotation, points, atol=1e-9)
