"""A few thousand points of a scan with smoothed normals and a search tree. Knows nothing of heads."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from facescale.registration.scan_surface import Drawn

NEIGHBOURS = 12
TINY = 1e-9
CAP_MM = 30.0
"""Distances are cut here: a point of the face over a hole is no worse than one far away."""


@dataclass(frozen=True, kw_only=True)
class PointPool:
    """Points in mm in the scan's axes, relative to the scan's origin."""

    positions: np.ndarray
    """(n, 3) float64."""
    normals: np.ndarray
    """(n, 3) unit, smoothed over the neighbourhood."""
    signed: bool
    """Whether the normals point outwards; those of a bare cloud have no sign."""
    spacing: float
    """mm between neighbours."""
    tree: KDTree

    @classmethod
    def of(cls, drawn: Drawn, millimetres: float, *, count: int) -> "PointPool":
        """Take the first points and smooth their normals, or find them where there are none.

        Args:
            drawn: points in native units.
            millimetres: in one native unit.
            count: points at the most.
        """
        positions = drawn.positions[:count] * millimetres
        tree = KDTree(positions)
        signed = bool(drawn.normals.any())
        normals = smoothed(positions, drawn.normals[:count] if signed else None, tree, NEIGHBOURS)
        spacing = np.sqrt(drawn.area * len(drawn.positions) / max(len(positions), 1))
        return cls(
            positions=positions,
            normals=normals,
            signed=signed,
            spacing=float(spacing) * millimetres,
            tree=tree,
        )

    def distances(self, points: np.ndarray, normals: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """How far oriented points are from the surface that the pool was drawn from.

        The nearest pool point stands for a disc of the pool's spacing around it, so that the figure does not
        depend on how densely the pool was drawn. Points that face away from it count as far.

        Args:
            points: (..., 3) mm.
            normals: (..., 3) theirs.

        Returns:
            Distances (...,) cut at CAP_MM, the vectors (..., 3) to the nearest pool points, and those points'
            normals (..., 3), turned to the queries' side where the pool has no sign.
        """
        away, index = self.tree.query(points, distance_upper_bound=CAP_MM)
        found = np.isfinite(away)
        index = np.where(found, index, 0)
        offset = np.where(found[..., None], self.positions[index] - points, 0.0)
        across = self.normals[index]
        agree = np.einsum("...i,...i->...", across, normals)
        if not self.signed:
            across = across * np.where(agree < 0, -1.0, 1.0)[..., None]
            agree = np.abs(agree)
        height = np.einsum("...i,...i->...", across, offset)
        along = np.sqrt(np.maximum(np.einsum("...i,...i->...", offset, offset) - height**2, 0.0))
        distance = np.hypot(height, np.maximum(along - 1.5 * self.spacing, 0.0))
        distance = np.where(found & (agree > 0), np.minimum(distance, CAP_MM), CAP_MM)
        return distance, offset, across


def trimmed_mean(distances: np.ndarray, share: float) -> np.ndarray:
    """Mean of the smallest `share` of the last axis."""
    count = max(1, int(share * distances.shape[-1]))
    return np.partition(distances, count - 1, axis=-1)[..., :count].mean(axis=-1)


def smoothed(positions: np.ndarray, normals: np.ndarray | None, tree: KDTree, neighbours: int) -> np.ndarray:
    """Unit normals averaged over the nearest points, or those of the planes through them, of either sign.

    Args:
        positions: (n, 3).
        normals: (n, 3), or None where there are none.
        tree: over `positions`.
        neighbours: how many.
    """
    if len(positions) == 0:
        return np.zeros((0, 3))
    _, near = tree.query(positions, k=min(neighbours, len(positions)))
    near = near.reshape(len(positions), -1)
    if normals is not None:
        smooth = normals[near].mean(axis=1)
    else:
        patch = positions[near] - positions[near].mean(axis=1, keepdims=True)
        smooth = np.linalg.eigh(np.einsum("nki,nkj->nij", patch, patch))[1][:, :, 0]
    length = np.linalg.norm(smooth, axis=1, keepdims=True)
    return np.divide(smooth, length, out=np.zeros_like(smooth), where=length > TINY)
