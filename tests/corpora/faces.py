"""A head-like scan with keypoints where they belong, shared by the corpora tests. In mm, head frame."""

import numpy as np

from facescale.structures import NOW7, Keypoints, Mesh
from tests.rendering.solids import ball

NEUTRAL = np.array(
    [
        [-46.0, 35.0, 78.0],
        [-17.0, 33.0, 86.0],
        [17.0, 33.0, 86.0],
        [46.0, 35.0, 78.0],
        [0.0, -8.0, 104.0],
        [-25.0, -32.0, 89.0],
        [25.0, -32.0, 89.0],
    ]
)


def head() -> Mesh:
    """A ball of a head's size, dense enough to be a scan."""
    return ball(100.0, rows=40, columns=60)


def points(positions=NEUTRAL) -> Keypoints:
    return Keypoints(names=NOW7, positions=np.array(positions, np.float64))
