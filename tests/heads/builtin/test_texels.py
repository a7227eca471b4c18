import numpy as np
import pytest

from facescale.heads.builtin.texels import texel_map

UV = np.array([[0.1, 0.2], [0.5, 0.25], [0.8, 0.2], [0.1, 0.9], [0.45, 0.8], [0.9, 0.9]])
QUADS = np.array([[0, 1, 4, 3], [1, 2, 5, 4]])


def test_each_texel_shows_the_point_at_its_own_centre():
    size = 64
    texels = texel_map(UV, QUADS, QUADS, size)
    row, column = np.nonzero(texels.covered)
    centres = np.stack([(column + 0.5) / size, 1 - (row + 0.5) / size], axis=1)
    np.testing.assert_allclose(texels.values(UV), centres, atol=1e-12)
    np.testing.assert_allclose(texels.weights.sum(axis=1), 1, atol=1e-12)
    assert texels.weights.min() > -1e-6


def test_the_covered_texels_are_as_many_as_the_chart_is_large():
    size = 400
    a, b, c, d = np.moveaxis(UV[QUADS], 1, 0)
    diagonals = c - a, d - b
    area = 0.5 * (diagonals[0][:, 0] * diagonals[1][:, 1] - diagonals[0][:, 1] * diagonals[1][:, 0]).sum()
    assert texel_map(UV, QUADS, QUADS, size).covered.mean() == pytest.approx(area, abs=4 / size)


def test_texels_outside_take_the_nearest_colour():
    texels = texel_map(UV, QUADS, QUADS, 32)
    image = texels.image(texels.values(UV))
    # the corner of the image is nearest to the corner of the chart
    np.testing.assert_allclose(image[0, 0], [0.1, 0.9], atol=2 / 32)
    np.testing.assert_allclose(image[-1, -1], [0.8, 0.2], atol=2 / 32)


def test_vertices_may_have_other_numbers_than_coordinates():
    texels = texel_map(UV, QUADS, QUADS + 10, 16)
    assert texels.corners.min() == 10
    assert texels.corners.max() == 15
