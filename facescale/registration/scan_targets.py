"""Where the vertices of a head belong on a scan: the plane of the scan's points nearest to each. numpy only.

A scan is its drawn points with smoothed normals, mesh or cloud alike: the same search serves both, noise is
averaged over some points, and points that were held out take no part. Knows nothing of heads or of solvers.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.spatial import KDTree

from facescale.registration.head_frame import into_head
from facescale.registration.sample import ScanPoints

NEIGHBOURS = 6
"""Points that a plane is drawn through."""
FACING_RAMP = 0.15
"""Cosine over which points that turn out of sight fade."""
BORDER_SPACINGS = 2.0
"""A vertex whose plane's points lie further to its side than this, in spacings of the points, is beyond the
scan's border or over a hole."""
BORDER_RAMP = 1.0


@dataclass(frozen=True, kw_only=True)
class Planes:
    """The scan's plane at each vertex; all constants until the next search."""

    height: Float[np.ndarray, "n"]
    """mm from the vertex to the plane along its normal: positive where the scan lies outside the head."""
    normals: Float[np.ndarray, "n 3"]
    """Unit; zero where nothing was found."""
    trust: Float[np.ndarray, "n"]
    """0 to 1: how well the normals agree, whether the plane is at the vertex or beside it, and what the points
    themselves weigh. 0 where nothing was found."""


@dataclass(frozen=True, kw_only=True)
class ScanTargets:
    """The points of one scan, ready to be searched."""

    positions: Float[np.ndarray, "p 3"]
    """mm."""
    normals: Float[np.ndarray, "p 3"]
    """Unit, out of the surface; zero where unknown, which agree with nothing."""
    weights: Float[np.ndarray, "p"]
    spacing: float
    """mm between neighbours."""
    tree: KDTree

    @classmethod
    def of(
        cls, points: ScanPoints, rotation: np.ndarray, translation: np.ndarray, scale: float
    ) -> "ScanTargets":
        """Bring points into the head frame: a head point x lies at scale * rotation @ x + translation."""
        local = into_head(points.positions, rotation, translation, scale)
        return cls(
            positions=local,
            normals=points.normals.astype(np.float64) @ rotation,
            weights=points.weights.astype(np.float64),
            spacing=float(np.sqrt(points.area_mm2)) / scale,
            tree=KDTree(local),
        )

    def planes(
        self,
        vertices: Float[np.ndarray, "n 3"],
        normals: Float[np.ndarray, "n 3"],
        *,
        reach: float,
        facing: float,
    ) -> Planes:
        """Search.

        Args:
            vertices: in the head frame.
            normals: theirs, unit.
            reach: mm; points further away are not looked at.
            facing: least cosine between the normals of vertex and point.
        """
        away, index = self.tree.query(vertices, k=NEIGHBOURS, distance_upper_bound=reach)
        found = np.isfinite(away)
        index = np.where(found, index, 0)
        away = np.where(found, away, 0.0)
        near = self.normals[index]
        agree = np.einsum("nki,ni->nk", near, normals)
        closeness = np.exp((away[:, :1] ** 2 - away**2) / (2 * self.spacing**2))
        weight = found * closeness * np.clip((agree - facing) / FACING_RAMP, 0, 1) * self.weights[index]
        total = weight.sum(axis=1)
        share = weight / np.maximum(total, 1e-9)[:, None]
        normal = np.einsum("nk,nki->ni", share, near)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        offset = np.einsum("nk,nki->ni", share, self.positions[index]) - vertices
        height = np.einsum("ni,ni->n", offset, normal)
        aside = np.linalg.norm(offset - height[:, None] * normal, axis=1) / self.spacing
        at_hand = np.clip((BORDER_SPACINGS + BORDER_RAMP - aside) / BORDER_RAMP, 0, 1)
        return Planes(height=height, normals=normal, trust=np.clip(total, 0, 1) * at_hand)
