"""Rigid motions in numpy, many at a time: fits, small steps, differences. Knows nothing of scans."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Motions:
    """m rigid motions x -> rotation x + translation, from the head frame into the scan's axes, mm."""

    rotation: np.ndarray
    """(m, 3, 3)."""
    translation: np.ndarray
    """(m, 3)."""

    def apply(self, points: np.ndarray) -> np.ndarray:
        """(m, n, 3) from (n, 3)."""
        return points @ self.rotation.swapaxes(1, 2) + self.translation[:, None]

    def turn(self, directions: np.ndarray) -> np.ndarray:
        """(m, n, 3) from (n, 3)."""
        return directions @ self.rotation.swapaxes(1, 2)

    def take(self, index: np.ndarray) -> "Motions":
        """Some of them."""
        return Motions(rotation=self.rotation[index], translation=self.translation[index])


def kabsch(
    source: np.ndarray, target: np.ndarray, *, scaled: bool = False
) -> tuple[np.ndarray, np.ndarray, float]:
    """The motion that brings paired points together with least squared error.

    Args:
        source: (n, 3).
        target: (n, 3).
        scaled: whether a scale is free as well.

    Returns:
        rotation, translation, scale with target ~ scale * rotation @ source + translation.
    """
    from_mean, to_mean = source.mean(axis=0), target.mean(axis=0)
    a, b = source - from_mean, target - to_mean
    u, stretch, vt = np.linalg.svd(b.T @ a)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = (u * sign) @ vt
    scale = float((stretch * sign).sum() / max((a * a).sum(), 1e-300)) if scaled else 1.0
    return rotation, to_mean - scale * rotation @ from_mean, scale


def exponential(vectors: np.ndarray) -> np.ndarray:
    """(m, 3, 3) rotations of rotation vectors (m, 3), by Rodrigues' formula."""
    angle = np.linalg.norm(vectors, axis=-1)[:, None, None]
    x, y, z = np.moveaxis(vectors, -1, 0)
    o = np.zeros_like(x)
    cross = np.stack([o, -z, y, z, o, -x, -y, x, o], axis=-1).reshape(-1, 3, 3)
    # sinc takes pi out of its argument and is exact at zero
    return (
        np.eye(3) + np.sinc(angle / np.pi) * cross + 0.5 * np.sinc(angle / (2 * np.pi)) ** 2 * (cross @ cross)
    )


def angles_between(rotation: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(m,) angles in radians between one rotation (3, 3) and others (m, 3, 3)."""
    trace = np.einsum("ij,mij->m", rotation, others)
    return np.arccos(np.clip((trace - 1) / 2, -1, 1))
