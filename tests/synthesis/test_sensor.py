from dataclasses import replace

import numpy as np
import pytest

from facescale.synthesis.cameras import DepthCamera, DepthImage
from facescale.synthesis.sensor import Sensor, draw_sensor, measure, misplace, outlines

WIDTH, HEIGHT = 200, 150
PERFECT = Sensor(noise=0.0, step=1e-6, grazing=0.1, misplaced=0.0, lost_pixels=0.0)
CAMERA = DepthCamera(
    rotation=np.eye(3), translation=np.array([0, 0, 600.0]), focal=300.0, width=WIDTH, height=HEIGHT
)


def wall(distance=600.0, cosine=1.0):
    count = WIDTH * HEIGHT
    return DepthImage(
        camera=CAMERA,
        depth=np.full(count, distance, np.float32),
        face=np.zeros(count, np.int64),
        cosine=np.full(count, cosine, np.float32),
    )


def shot(image, sensor, *, seed=0, rough=1.0):
    count = len(image.depth)
    return measure(
        image,
        sensor,
        np.random.default_rng(seed),
        rough=np.full(count, rough, np.float32),
        lost=np.zeros(count, dtype=bool),
    )


def test_a_perfect_sensor_changes_nothing():
    image = wall()
    seen = shot(image, PERFECT)
    np.testing.assert_allclose(seen.depth, image.depth, atol=1e-4)
    np.testing.assert_array_equal(seen.camera.rotation, image.camera.rotation)


@pytest.mark.parametrize(("distance", "factor"), [(600.0, 1.0), (900.0, 2.25), (300.0, 0.25)])
def test_noise_grows_with_the_square_of_the_distance(distance, factor):
    noisy = shot(wall(distance), replace(PERFECT, noise=0.4))
    assert (noisy.depth - distance).std() == pytest.approx(0.4 * factor, rel=0.05)
    assert (noisy.depth - distance).mean() == pytest.approx(0, abs=0.05 * factor)


def test_rough_parts_are_noisier():
    plain, rough = (shot(wall(), replace(PERFECT, noise=0.4), rough=r).depth.std() for r in (1.0, 3.0))
    assert rough == pytest.approx(3 * plain, rel=0.01)


def test_depth_comes_in_steps():
    depth = shot(wall(), replace(PERFECT, noise=0.4, step=0.25)).depth.astype(np.float64)
    np.testing.assert_allclose(depth / 0.25, np.round(depth / 0.25), atol=1e-3)
    assert len(np.unique(depth)) > 5


@pytest.mark.parametrize(("cosine", "share"), [(0.09, 0.0), (0.15, 0.5), (0.21, 1.0)])
def test_grazing_surfaces_drop_out_more_and_more(cosine, share):
    seen = shot(wall(cosine=cosine), PERFECT).seen
    assert seen.mean() == pytest.approx(share, abs=0.02)


def test_what_the_scene_swallows_stays_lost():
    lost = np.arange(WIDTH * HEIGHT) % 3 == 0
    rough = np.ones(len(lost), np.float32)
    seen = measure(wall(), PERFECT, np.random.default_rng(0), rough=rough, lost=lost).seen
    np.testing.assert_array_equal(seen, ~lost)


def test_outlines_are_both_sides_of_a_jump_and_of_nothing():
    depth = np.full((5, 9), 600.0)
    depth[:, 3:] = 620.0
    depth[:, 6:] = np.inf
    expected = np.zeros((5, 9), dtype=bool)
    expected[:, [2, 3, 5, 6]] = True
    expected[:, 6:] = True  # nothing beside nothing is no surface either
    np.testing.assert_array_equal(outlines(depth), expected)


def test_a_misplaced_camera_is_off_by_about_the_error():
    rng = np.random.default_rng(0)
    points = rng.normal(0, 50, (100, 3))
    moved = []
    for _ in range(300):
        other = misplace(CAMERA, 0.3, rng)
        np.testing.assert_allclose(other.rotation @ other.rotation.T, np.eye(3), atol=1e-12)
        before = points @ CAMERA.rotation.T + CAMERA.translation
        after = points @ other.rotation.T + other.translation
        moved.append(np.linalg.norm(after - before, axis=1))
    assert 0.3 < np.sqrt(np.mean(np.square(moved))) < 0.7


def test_sensors_range_from_scanner_to_phone():
    sensors = [draw_sensor(np.random.default_rng(seed)) for seed in range(200)]
    noises = [sensor.noise for sensor in sensors]
    assert 0.08 <= min(noises) < 0.12
    assert 0.5 < max(noises) <= 0.64
