"""When opinions on a head's rotation are believed: where several views agree. Knows no detector."""

import numpy as np

from facescale.registration.rigid import angles_between

ALIKE = np.deg2rad(25.0)
"""Rotations closer than this agree."""
LEAST_VIEWS = 2
"""Different views that must agree before a pose is worth confirming."""
LEAST_CONFIRMING = 4
"""Of eight further views around a pose that must agree with it."""


def consensuses(rotations: np.ndarray, views: np.ndarray) -> list[np.ndarray]:
    """Groups of opinions that agree, most views first.

    A group is all that agree with one opinion and are in no group before it. A picture that is turned and asked
    again is the same view: what it repeats counts once.

    Args:
        rotations: (n, 3, 3) head frame to the scan's axes.
        views: (n,) which view each is from.

    Returns:
        Indices of each group, the opinion that the others agree with first.
    """
    if len(rotations) == 0:
        return []
    apart = np.stack([angles_between(rotation, rotations) for rotation in rotations])
    left = np.ones(len(rotations), dtype=bool)
    groups = []
    while True:
        agree = (apart < ALIKE) & left & left[:, None]
        counts = np.array([len(np.unique(views[row])) for row in agree])
        # of equally many views, those that agree better
        loose = np.where(agree, apart, 0).sum(axis=1) / np.maximum(agree.sum(axis=1), 1)
        best = int(np.lexsort((loose, -counts))[0])
        if counts[best] < LEAST_VIEWS:
            return groups
        others = np.flatnonzero(agree[best] & (np.arange(len(rotations)) != best))
        groups.append(np.concatenate([[best], others]))
        left[groups[-1]] = False


def mean_rotation(rotations: np.ndarray) -> np.ndarray:
    """(3, 3) the rotation nearest to the mean of rotations (n, 3, 3)."""
    u, _, vt = np.linalg.svd(rotations.mean(axis=0))
    return (u * [1, 1, np.linalg.det(u @ vt)]) @ vt


def confirming(rotation: np.ndarray, rotations: np.ndarray) -> np.ndarray:
    """Indices of the opinions of further views (n, 3, 3) that agree with a rotation (3, 3)."""
    return np.flatnonzero(angles_between(rotation, rotations) < ALIKE)
