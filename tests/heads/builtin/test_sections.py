from itertools import pairwise

import numpy as np
import pytest

from facescale.heads.builtin import controls
from facescale.heads.builtin.sections import HALF, section_grid, station_angles
from facescale.heads.builtin.topology import ROWS

GRID = section_grid()
RADIUS = np.hypot(GRID[..., 0], GRID[..., 2] - controls.AXIS_Z)
ANGLE = np.arctan2(np.abs(GRID[..., 0]), GRID[..., 2] - controls.AXIS_Z)


@pytest.mark.parametrize("row", sorted(controls.SECTIONS))
def test_typed_rows_pass_through_their_typed_heights_and_radii(row):
    heights, radii = controls.SECTIONS[row]
    np.testing.assert_allclose(GRID[row, list(controls.HEIGHT_STATIONS), 1], heights, atol=1e-9)
    np.testing.assert_allclose(RADIUS[row, list(controls.STATIONS)], radii, atol=1e-9)


def test_typed_angles_are_met_at_their_rows_and_never_overshot_between():
    angles = np.degrees(station_angles())
    for row, typed in controls.ANGLE_KNOTS:
        np.testing.assert_allclose(angles[row], typed, atol=1e-9)
    rows = [row for row, _ in controls.ANGLE_KNOTS]
    for low, high in pairwise(rows):
        between, ends = angles[low : high + 1], np.sort(angles[[low, high]], axis=0)
        assert ((between >= ends[0] - 1e-9) & (between <= ends[1] + 1e-9)).all()


def test_columns_never_cross_and_end_on_the_midlines():
    assert GRID.shape == (ROWS, HALF, 3)
    assert np.diff(ANGLE, axis=1).min() > np.radians(0.5)
    np.testing.assert_allclose(GRID[:, [0, -1], 0], 0, atol=1e-9)


def test_rows_never_cross_above_the_chin():
    assert np.diff(GRID[12:, :, 1], axis=0).min() > 1


def piece(row, columns):
    """The cubic through four columns between two stations: radius as a function of the angle."""
    return np.polynomial.Polynomial.fit(ANGLE[row, columns], RADIUS[row, columns], 3)


@pytest.mark.parametrize("row", sorted(controls.SECTIONS))
def test_radii_have_two_continuous_derivatives_and_none_across_the_midlines(row):
    first, last = piece(row, slice(0, 4)), piece(row, slice(33, 37))
    np.testing.assert_allclose([first.deriv()(0), last.deriv()(np.pi)], 0, atol=1e-6)
    for station in (3, 6, 9, 12, 15):
        before, after = piece(row, slice(station - 3, station + 1)), piece(row, slice(station, station + 4))
        at = ANGLE[row, station]
        for order in (1, 2):
            assert before.deriv(order)(at) == pytest.approx(after.deriv(order)(at), abs=1e-4)
