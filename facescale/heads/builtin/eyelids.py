"""Rings of the left eye: folds, creases, lid margins, and the socket around the eyeball."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float
from scipy.interpolate import CubicSpline

from facescale.heads.builtin import controls
from facescale.heads.builtin.curves import chord_lengths, even_points

FOLD_RING, CREASE_RING, MARGIN_RING, INNER_RING, BEHIND_RING = 2, 4, 6, 7, 8
"""The margin is the lid's outer edge; the inner one lies on the eyeball."""
INNER_CORNER_PLACE = 29
"""Place of the inner corner on every ring; upper lids run down from it, lower lids up."""
HALF_RING = 16
FOLD, CREASE, FIXED = 0.3, 1.5, 20.0
LID_THICKNESS = 1.9
INNER_GAP, CORNER_GAP, BEHIND_GAP = 0.8, 0.7, 1.4
"""mm between the eyeball and the inner edge, more of it at the corners, and the ring behind the lid."""
ON_BALL = 10.8
"""mm from the gaze axis within which the margin lies on the ball; the corners are typed."""


def eyelid_rings() -> Iterator[tuple[int, Float[np.ndarray, "32 3"], float]]:
    """Ring number, points and weight of each typed ring."""
    margin = lid_ring(on_eyeball(controls.UPPER_MARGIN), on_eyeball(controls.LOWER_MARGIN))
    yield MARGIN_RING, margin, FIXED
    yield CREASE_RING, lid_ring(controls.UPPER_CREASE, controls.LOWER_CREASE), CREASE
    yield FOLD_RING, lid_ring(controls.UPPER_FOLD, controls.LOWER_FOLD), FOLD
    away = margin - controls.EYE_CENTRE
    angle = np.arctan2(np.hypot(away[:, 0], away[:, 1]), away[:, 2])
    around = np.arctan2(away[:, 1], away[:, 0])
    inner = np.minimum(angle - 0.03, 1.35)
    # the corners are sharp, and subdivision rounds them off towards the ball
    gap = INNER_GAP + CORNER_GAP * np.clip((angle - 0.8) / 0.6, 0, 1)
    yield INNER_RING, _on_sphere(inner, around, controls.EYE_RADIUS + gap), FIXED
    first = np.radians(next(iter(controls.EYE_SOCKET.values()))[0])
    # half way, so that no edge cuts the ball
    yield BEHIND_RING, _on_sphere((inner + first) / 2, around, controls.EYE_RADIUS + BEHIND_GAP), FIXED
    for ring, (degrees, gap) in controls.EYE_SOCKET.items():
        angles = np.full(len(margin), np.radians(degrees))
        yield ring, _on_sphere(angles, around, controls.EYE_RADIUS + gap), FIXED


def lid_ring(
    upper: Sequence[Sequence[float]] | np.ndarray, lower: Sequence[Sequence[float]] | np.ndarray
) -> Float[np.ndarray, "32 3"]:
    """A ring from the curves of both lids, each running from the inner to the outer corner."""
    step = np.arange(HALF_RING + 1)
    ring = np.empty((2 * HALF_RING, 3))
    ring[INNER_CORNER_PLACE - step] = even_points(upper, HALF_RING + 1)
    ring[(INNER_CORNER_PLACE + step) % len(ring)] = even_points(lower, HALF_RING + 1)
    return ring


def on_eyeball(frontal: Sequence[tuple[float, float]]) -> Float[np.ndarray, "n 3"]:
    """Give depth to a margin typed in the frontal view: on the eyeball, running out to the typed corners."""
    x, y = np.array(frontal).T
    from_axis = (x - controls.EYE_CENTRE[0]) ** 2 + (y - controls.EYE_CENTRE[1]) ** 2
    radius = controls.EYE_RADIUS + LID_THICKNESS
    depth = controls.EYE_CENTRE[2] + np.sqrt(np.maximum(radius**2 - from_axis, 0))
    depth[0], depth[-1] = controls.INNER_CORNER_DEPTH, controls.OUTER_CORNER_DEPTH
    known = from_axis < ON_BALL**2
    known[[0, -1]] = True
    along = chord_lengths(np.array(frontal))
    return np.column_stack([x, y, CubicSpline(along[known], depth[known])(along)])


def _on_sphere(
    angle: Float[np.ndarray, "n"], around: Float[np.ndarray, "n"], radius: float | Float[np.ndarray, "n"]
) -> Float[np.ndarray, "n 3"]:
    """Points at angles from and around the gaze axis."""
    way = [np.sin(angle) * np.cos(around), np.sin(angle) * np.sin(around), np.cos(angle)]
    return np.array(controls.EYE_CENTRE) + np.asarray(radius)[..., None] * np.stack(way, axis=-1)
