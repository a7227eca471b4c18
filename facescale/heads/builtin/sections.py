"""The head without its features: horizontal sections about a vertical axis, interpolated with C2 splines."""

import numpy as np
from jaxtyping import Float
from scipy.interpolate import CubicSpline, PchipInterpolator

from facescale.heads.builtin import controls
from facescale.heads.builtin.topology import COLUMNS, ROWS

HALF = COLUMNS // 2 + 1
"""Columns of the left half, both midlines included."""


def section_grid() -> Float[np.ndarray, "51 37 3"]:
    """Points of the left half's grid [row, column], in mm in the head frame."""
    rows, every = np.array(sorted(controls.SECTIONS)), np.arange(ROWS)
    at_stations = station_angles()
    # monotone, so that columns never cross
    angle = np.stack([PchipInterpolator(controls.STATIONS, row)(np.arange(HALF)) for row in at_stations])
    height, radius = [], []
    for row in rows:
        heights, radii = controls.SECTIONS[int(row)]
        # sections are symmetric: level at both midlines
        height.append(CubicSpline(controls.HEIGHT_STATIONS, heights, bc_type="clamped")(np.arange(HALF)))
        radius.append(CubicSpline(at_stations[row], radii, bc_type="clamped")(angle[row]))
    heights = CubicSpline(rows, np.stack(height), bc_type="natural")(every)
    radii = CubicSpline(rows, np.stack(radius), bc_type="natural")(every)
    return np.stack([radii * np.sin(angle), heights, controls.AXIS_Z + radii * np.cos(angle)], axis=-1)


def station_angles() -> Float[np.ndarray, "51 12"]:
    """Radians around the axis of the stations on every row, 0 at the front."""
    rows = [row for row, _ in controls.ANGLE_KNOTS]
    angles = np.radians([angles for _, angles in controls.ANGLE_KNOTS])
    return PchipInterpolator(rows, angles)(np.arange(ROWS))
