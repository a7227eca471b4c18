"""Angles between a scan's normals and a surface's at the nearest sites. Knows no method, head model or file."""

import numpy as np
from jaxtyping import Float, Int
from torch import Tensor

from facescale.evaluation.statistics import summarise
from facescale.geometry.normals import vertex_normals
from facescale.geometry.sites import Sites, points_at
from facescale.structures.outcome import Scalar


def normal_angles(
    vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], sites: Sites, normals: np.ndarray
) -> np.ndarray:
    """Angle of each normal to the surface's own at its site, interpolated from area-weighted vertex normals.

    Args:
        vertices: of the surface.
        faces: of it; borders are where it ends.
        sites: one a normal, [n] or [1, n].
        normals: (n, 3) of the scan, out of it; zero where unknown.

    Returns:
        (n,) radians in [0, pi]; NaN where a normal is unknown.
    """
    if len(normals) == 0:
        return np.zeros(0)
    smooth = vertex_normals(vertices[None], faces, weighting="area")
    own = points_at(smooth, faces, sites)[0].double().numpy()
    given = normals.astype(np.float64)
    known = (np.linalg.norm(own, axis=1) > 0) & (np.linalg.norm(given, axis=1) > 0)
    # the arc tangent, because the arc cosine loses half of its digits at small angles
    angle = np.arctan2(np.linalg.norm(np.cross(own, given), axis=1), np.einsum("ni,ni->n", own, given))
    return np.where(known, angle, np.nan)


def angle_scores(angles: np.ndarray) -> dict[str, Scalar]:
    """Mean, median and 90th percentile in degrees of the angles that are known; None of none."""
    summary = summarise(np.degrees(angles[np.isfinite(angles)]))
    return {f"normal_angle_{name}_deg": summary[name] for name in ("mean", "median", "p90")}
