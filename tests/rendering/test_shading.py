import numpy as np

from facescale.rendering.shading import lit, to_linear, to_srgb


def test_every_byte_survives_linear_light():
    value = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    np.testing.assert_array_equal(to_srgb(to_linear(value)), value)


def test_light_comes_from_the_upper_left_and_is_soft():
    normals = np.array([[-0.5, 0.6, 0.62], [0, 0, 1], [0.6, -0.75, 0.28]], np.float32)
    light, _ = lit(normals, inside=np.zeros(3, np.float32))
    level = light.mean(axis=1)
    assert level[0] > level[1] > level[2] > 0.05


def test_an_inner_side_is_darker_and_has_no_gloss():
    normals = np.array([[0, 0, 1], [0, 0, 1]], np.float32)
    light, gloss = lit(normals, inside=np.array([0, 1], np.float32))
    assert (light[1] < 0.5 * light[0]).all()
    assert gloss[1] == 0 < gloss[0]


def test_light_of_a_white_surface_stays_below_the_clipping_point_but_for_gloss():
    rng = np.random.default_rng(0)
    normals = rng.normal(size=(5000, 3)).astype(np.float32)
    normals[:, 2] = np.abs(normals[:, 2])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    light, _ = lit(normals, inside=np.zeros(5000, np.float32))
    assert 0 < light.min() < light.max() < 1.2
