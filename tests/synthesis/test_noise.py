import numpy as np
import pytest

from facescale.synthesis.noise import WaveField

POINTS = np.random.default_rng(0).uniform(-500, 500, (20_000, 3)).astype(np.float32)


@pytest.mark.parametrize("components", [1, 3])
def test_each_component_has_unit_variance(components):
    values = WaveField(np.random.default_rng(1), (15, 80), components=components)(POINTS)
    assert values.shape == (20_000, components)
    np.testing.assert_allclose(values.std(axis=0), 1, rtol=0.05)
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=0.05)


def test_nothing_varies_faster_than_the_shortest_wave():
    field = WaveField(np.random.default_rng(2), (15, 80), waves=1)
    step = np.float32([15 / 1000, 0, 0])
    slope = np.abs(field(POINTS + step) - field(POINTS)) / step[0]
    assert slope.max() <= np.sqrt(2) * 2 * np.pi / 15 * 1.01


def test_the_same_generator_gives_the_same_field():
    one, two = (WaveField(np.random.default_rng(3), (15, 80))(POINTS) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, WaveField(np.random.default_rng(4), (15, 80))(POINTS))
