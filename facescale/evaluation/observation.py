"""Distances from points of a head to a scan, and which of the points the scan saw at all.

Knows nothing of heads but points and normals. A head is always larger than a scan: what the scanner never saw,
such as the back of the head or the inside of a hole, must not count as an error, and a bad fit must not be able
to hide its error by calling it unseen. So distance plays no part in the decision.
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.spatial import KDTree

from facescale.geometry.normals import face_normals, plane_normals
from facescale.geometry.surface import SurfaceBvh
from facescale.geometry.topology import border_sides, joined_faces

ON_EDGE = 1e-4
"""A barycentric below this lies on the edge opposite its corner."""
NEIGHBOURS = 6
"""Of a point cloud's point: the farthest of them is how far to the side of a vertex it may lie."""


@dataclass(frozen=True, kw_only=True)
class Observation:
    """What a scan says of points of one head."""

    distance: np.ndarray
    """(n,) to the scan; infinity where there is none."""
    seen: np.ndarray
    """(n,) bool: whether the scan shows this part of the head."""


def observe_by_mesh(
    points: np.ndarray,
    normals: np.ndarray,
    scan_vertices: np.ndarray,
    scan_faces: np.ndarray,
    *,
    within: float = np.inf,
) -> list[Observation]:
    """Measure points of heads against a triangulated scan.

    A point is seen unless its nearest scan point lies on the scan's open border (the scan ends there or has a
    hole) or on a side of the scan that faces away from the head's (the front of an ear is no measurement of its
    back). A scan whose faces wind inwards is read as turned round.

    Args:
        points: (b, n, 3), those of b heads.
        normals: (b, n, 3) of the heads at the points, outward.
        scan_vertices: (k, 3) in the same frame, near the origin.
        scan_faces: (m, 3).
        within: only the part of the scan this near to the origin is looked at.
    """
    squared = np.einsum("ki,ki->k", scan_vertices, scan_vertices)
    near, usable = squared <= within**2, np.isfinite(squared)
    a, b, c = scan_faces.T
    kept = scan_faces[(near[a] | near[b] | near[c]) & usable[a] & usable[b] & usable[c]]
    if len(kept) == 0:
        return _nothing(points)
    queries = torch.from_numpy(points).float().reshape(1, -1, 3)
    scan = torch.from_numpy(np.where(usable[:, None], scan_vertices, 0.0)).float()
    triangles = torch.from_numpy(kept).long()
    found = SurfaceBvh(scan[None], triangles).closest(queries)
    face = found.sites.face.reshape(points.shape[:2])
    weights = found.sites.barycentric.reshape(*face.shape, 3)
    border = _on_border(joined_faces(scan, triangles), face, weights, torch.from_numpy(near))
    towards = face_normals(scan[None], triangles[face].reshape(-1, 3)).reshape(points.shape)
    agree = (towards * torch.from_numpy(normals)).sum(-1)
    agree = agree * torch.where((agree > 0).sum(1) >= (agree < 0).sum(1), 1.0, -1.0)[:, None]
    seen = (~border & (agree > 0)).numpy()
    distance = found.distance.reshape(face.shape).numpy()
    return [Observation(distance=d, seen=s) for d, s in zip(distance, seen, strict=True)]


def _on_border(
    faces: torch.Tensor, face: torch.Tensor, weights: torch.Tensor, near: torch.Tensor
) -> torch.Tensor:
    """Whether sites lie on an edge or corner that the mesh ends at; where only `near` ends, it goes on."""
    around = near[faces]
    sides = border_sides(faces) & around.roll(-1, 1) & around.roll(1, 1)
    ends = torch.zeros_like(near)
    ends[faces.roll(-1, 1)[sides]] = True
    ends[faces.roll(1, 1)[sides]] = True
    on_edge = (weights < ON_EDGE) & sides[face]
    on_corner = (weights > 1 - ON_EDGE) & ends[faces[face]]
    return (on_edge | on_corner).any(-1)


def observe_by_cloud(points: np.ndarray, scan: np.ndarray) -> list[Observation]:
    """Measure points of heads against a point cloud, by the local plane of each one's nearest point.

    The distance is to that plane: to the point itself it would contain the gaps between the points. A point is
    seen unless its nearest point lies to the side: farther along the plane than that one's sixth neighbour,
    which happens where the cloud ends. A cloud has no sides that could face away.

    Args:
        points: (b, n, 3), those of b heads.
        scan: (k, 3) in the same frame.
    """
    scan = scan[np.isfinite(scan).all(axis=1)]
    if len(scan) <= NEIGHBOURS:
        return _nothing(points)
    distance, index = (np.asarray(x) for x in KDTree(scan).query(points))
    asked, back = np.unique(index, return_inverse=True)
    normals, nearby = plane_normals(scan, at=asked)
    reach = np.linalg.norm(scan[nearby[:, NEIGHBOURS]] - scan[asked], axis=1)
    reach = np.maximum(reach, np.median(reach))
    back = back.reshape(index.shape)
    along = np.abs(np.einsum("bni,bni->bn", points - scan[index], normals[back]))
    aside = np.sqrt(np.maximum(np.square(distance) - np.square(along), 0.0))
    seen = aside <= reach[back]
    return [Observation(distance=d, seen=s) for d, s in zip(along, seen, strict=True)]


def _nothing(points: np.ndarray) -> list[Observation]:
    shape = points.shape[1]
    return [Observation(distance=np.full(shape, np.inf), seen=np.zeros(shape, dtype=bool)) for _ in points]
