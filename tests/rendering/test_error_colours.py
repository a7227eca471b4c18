import numpy as np

from facescale.rendering.error_colours import (
    ERROR_RANGE_MM,
    NOT_MEASURED,
    colour_table,
    error_colours,
    oklab_to_linear,
)
from facescale.rendering.shading import to_linear


def oklab(srgb):
    """Back from sRGB by inverting the published matrices."""
    to_rgb = oklab_to_linear_matrix()
    cones = np.cbrt(to_linear(srgb).astype(np.float64) @ np.linalg.inv(to_rgb).T)
    to_cones = np.array(
        [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.291485548]]
    )
    return cones @ np.linalg.inv(to_cones).T


def oklab_to_linear_matrix():
    return np.array(
        [[4.0767416621, -3.3077115913, 0.2309699292], [-1.2684380046, 2.6097574011, -0.3413193965],
         [-0.0041960863, -0.7034186147, 1.707614701]]
    )  # fmt: skip


def test_white_and_grey_of_oklab_are_neutral():
    found = oklab_to_linear(np.array([[1.0, 0, 0], [0.5, 0, 0]]))
    np.testing.assert_allclose(found, [[1, 1, 1], [0.125, 0.125, 0.125]], atol=1e-6)


def test_lightness_falls_all_the_way():
    assert (np.diff(oklab(colour_table()[::4])[:, 0]) < 0).all()


def test_equal_distances_are_equal_steps_to_the_eye():
    steps = np.linalg.norm(np.diff(oklab(colour_table()[::15]), axis=0), axis=1)
    assert steps.max() / steps.min() < 1.25


def test_a_viewer_without_red_cones_or_green_cones_tells_the_ends_and_the_order():
    # Linear-light simulation of dichromacy (Vienot, Brettel and Mollon 1999).
    for matrix in (
        [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
        [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
    ):
        seen = to_linear(colour_table()[::16]) @ np.array(matrix).T
        lightness = np.cbrt(seen.mean(axis=1))
        assert (np.diff(lightness) < 0.005).all()
        assert lightness[0] - lightness[-1] > 0.4


def test_the_range_is_fixed_and_clamped():
    found = error_colours(np.array([0, ERROR_RANGE_MM / 2, ERROR_RANGE_MM, 50.0]))
    table = colour_table()
    np.testing.assert_array_equal(found, table[[0, 128, 255, 255]])


def test_what_was_not_measured_is_grey():
    np.testing.assert_array_equal(error_colours(np.array([np.nan, np.inf])), [NOT_MEASURED] * 2)


def test_changing_a_table_does_not_change_the_next():
    colour_table()[:] = 0
    assert colour_table().any()
