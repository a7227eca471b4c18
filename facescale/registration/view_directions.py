"""From where a scan is looked at when nothing is known of it: directions, rolls and views around a pose.

Rotations are from the scan's axes to the view frame (x right, y up, z to the viewer). Renders nothing.
"""

import numpy as np

ROLLS = 4
"""Quarter turns: a face is found some 45 degrees either side of upright."""
_AROUND = ((20, 0), (-20, 0), (0, 15), (0, -15), (15, 12), (-15, 12), (15, -12), (-15, -12))
"""Degrees that the viewer of a confirming view stands to the subject's left and above."""


def directions(count: int) -> np.ndarray:
    """(count, 3) unit vectors spread evenly, in an order whose every beginning is spread as well.

    They are a Fibonacci lattice; each next one is that which is farthest from all before it.
    """
    k = np.arange(count) + 0.5
    z = 1 - 2 * k / count
    angle = np.pi * (1 + np.sqrt(5)) * k
    flat = np.sqrt(1 - z * z)
    lattice = np.stack([flat * np.cos(angle), flat * np.sin(angle), z], axis=1)
    chosen = [0]
    nearest = lattice @ lattice[0]
    for _ in range(count - 1):
        nearest[chosen[-1]] = np.inf
        chosen.append(int(nearest.argmin()))
        nearest = np.maximum(nearest, lattice @ lattice[chosen[-1]])
    return lattice[chosen]


def view_from(direction: np.ndarray) -> np.ndarray:
    """(3, 3) view of a viewer who stands in a direction (3,); how it is rolled is arbitrary but fixed."""
    helper = np.eye(3)[np.abs(direction).argmin()]
    x = np.cross(helper, direction)
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(direction, x), direction])


def rolled(view: np.ndarray, quarters: int) -> np.ndarray:
    """(3, 3) the view that shows what `np.rot90(picture, quarters)` shows."""
    cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarters % ROLLS]
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]) @ view


def views_around(rotation: np.ndarray) -> np.ndarray:
    """(8, 3, 3) views of a head as seen upright from a little to its sides, from above and from below.

    Args:
        rotation: (3, 3) head frame to the scan's axes.
    """
    views = []
    for yaw, pitch in np.radians(_AROUND):
        turn = [[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]]
        tilt = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
        views.append(np.array(tilt) @ turn @ rotation.T)
    return np.stack(views)
