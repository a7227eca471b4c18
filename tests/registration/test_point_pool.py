import numpy as np
import pytest

from facescale.registration.point_pool import CAP_MM, PointPool, trimmed_mean
from facescale.registration.scan_surface import Drawn


def plane(count: int = 4000, *, normals: bool = True) -> PointPool:
    rng = np.random.default_rng(0)
    positions = np.concatenate([rng.uniform(-100, 100, (count, 2)), np.zeros((count, 1))], axis=1)
    up = np.tile([0.0, 0, 1], (count, 1)) if normals else np.zeros((count, 3))
    drawn = Drawn(positions=positions, normals=up, area=200**2 / count, held_out=np.zeros(count, dtype=bool))
    return PointPool.of(drawn, 1.0, count=count)


def probes(height: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    points = np.concatenate([rng.uniform(-80, 80, (500, 2)), np.full((500, 1), height)], axis=1)
    return points, np.tile([0.0, 0, 1], (500, 1))


@pytest.mark.parametrize("count", [1000, 8000])
def test_distances_are_to_the_surface_and_not_to_its_samples(count):
    distance, _, _ = plane(count).distances(*probes(4.0))
    assert np.median(distance) == pytest.approx(4.0, abs=0.01)
    assert distance.max() < 4.5


def test_points_that_face_away_are_far_unless_normals_have_no_sign():
    points, normals = probes(4.0)
    assert (plane().distances(points, -normals)[0] == CAP_MM).all()
    assert np.median(plane(normals=False).distances(points, -normals)[0]) == pytest.approx(4.0, abs=0.05)


def test_distances_are_cut():
    points, normals = probes(500.0)
    assert (plane().distances(points, normals)[0] == CAP_MM).all()


def test_the_trimmed_mean_leaves_out_the_largest():
    values = np.array([[1.0, 2, 3, 4, 1000]])
    assert trimmed_mean(values, 0.8)[0] == 2.5
