import numpy as np

from facescale.heads.builtin.noise import smooth_noise

POINTS = np.random.default_rng(3).uniform(-100, 100, (4000, 3))


def test_noise_is_the_same_for_the_same_seed_only():
    assert np.array_equal(smooth_noise(POINTS, 5, (1, 2)), smooth_noise(POINTS, 5, (1, 2)))
    assert not np.allclose(smooth_noise(POINTS, 5, (1, 2)), smooth_noise(POINTS, 5, (1, 3)))


def test_noise_has_no_mean_and_stays_within_bounds():
    noise = smooth_noise(POINTS, 5, (1, 2))
    assert abs(noise.mean()) < 0.03
    assert 0.2 < noise.std() < 0.5
    assert np.abs(noise).max() <= 1


def test_noise_is_smooth_below_its_wavelength_and_not_beyond():
    noise = smooth_noise(POINTS, 5, (1, 2))
    near, far = (smooth_noise(POINTS + np.array([step, 0, 0]), 5, (1, 2)) for step in (0.05, 20))
    assert np.abs(near - noise).max() < 0.05
    assert abs(np.corrcoef(far, noise)[0, 1]) < 0.1
