"""Scores of a head registered to a scan, from arrays alone. Knows no method, no head model and no files.

What is measured where:

- *Held-out points* of the scan, which never drove the fit, against the head's scannable surface
  ("scan_to_mesh"). Points that the method trimmed or gave little weight count like any other.
- *Vertices* of the head against the scan, each with the area that it stands for on the mean head
  ("mesh_to_scan"), where the scan saw them: `evaluation/observation.py` states that rule, in which distance
  plays no part. "observed" is the share of the region's area that was seen, so a figure over little of a head
  shows as such; "covered_2mm" is the share that was seen and lies within 2 mm of the scan.
- *Normals* of the scan at its held-out points against those of the head at the nearest sites, interpolated from
  its vertices' ("normal_angle"): what a fit that is near, but bumpy or flat, gets wrong.
- *Keypoints* of the scan against the head's, where the scan has the outer corners of the eyes: see
  `evaluation/keypoint_error.py`. By the same measure "scan_to_mesh_nme_percent" is the mean "scan_to_mesh".
- The region "face" is cut on the scan: points within 95 mm of the nose tip that the caller hands in, which must
  not come from the fit; use keypoints or the mean head in its first pose. The region "head" is cut by the
  rigidly aligned mean head: points within 30 mm of it whose nearest site is not on its open border outside
  the face, which leaves out shoulders. On the mesh, regions are the head model's own masks.
- Every figure is given for the fit and, prefixed "mean_head_", for the mean head over the same points.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch

from facescale.evaluation.keypoint_error import interocular_mm, keypoint_scores
from facescale.evaluation.normal_angle import angle_scores, normal_angles
from facescale.evaluation.observation import Observation, observe_by_cloud, observe_by_mesh
from facescale.evaluation.statistics import share, summarise
from facescale.geometry.normals import vertex_normals
from facescale.geometry.surface import SurfaceBvh
from facescale.geometry.topology import boundary_vertices
from facescale.structures.outcome import Scalar

FACE_RADIUS_MM = 95.0
HEAD_REACH_MM = 30.0
NEAR_SCAN_MM = 2.0
NEAR_MESH_MM = 1.0
MARGIN_MM = 50.0
REGIONS = ("face", "head")
MEAN_HEAD = "mean_head_"


@dataclass(frozen=True, kw_only=True)
class FittedHead:
    """A registered head in the scan's frame, in millimetres, beside the mean head that it must beat."""

    vertices: np.ndarray
    """(v, 3)."""
    mean_vertices: np.ndarray
    """(v, 3): the mean head, aligned rigidly."""
    faces: np.ndarray
    """(f, 3)."""
    regions: Mapping[str, np.ndarray]
    """(v,) bool masks: "face", "head" and "scannable"."""
    keypoints: Mapping[str, tuple[int, np.ndarray]] = field(default_factory=dict)
    """Name -> face and (3,) barycentrics; empty where none are compared."""

    def __post_init__(self) -> None:
        for name in (*REGIONS, "scannable"):
            if name not in self.regions or self.regions[name].dtype != bool:
                found = {known: str(mask.dtype) for known, mask in self.regions.items()}
                raise ValueError(f"expected bool masks of face, head and scannable, got {found}")
        if self.vertices.shape != self.mean_vertices.shape:
            raise ValueError(
                f"expected as many mean vertices as vertices, got {self.mean_vertices.shape} and "
                f"{self.vertices.shape}"
            )


@dataclass(frozen=True, kw_only=True)
class ScanEvidence:
    """What a registration is judged by, in millimetres in the scan's frame."""

    vertices: np.ndarray
    """(n, 3) of the scan."""
    faces: np.ndarray
    """(m, 3); (0, 3) for a point cloud."""
    held_out: np.ndarray
    """(k, 3) points of the scan that did not drive the fit."""
    nose: np.ndarray
    """(3,) nose tip, found without the fit."""
    held_out_normals: np.ndarray | None = None
    """(k, 3) unit normals of those points, zero where unknown; None where no angles are asked for."""
    keypoints: Mapping[str, np.ndarray] | None = None
    """Name -> (3,) of the scan's own or true keypoints; None where no error of them is asked for."""

    def __post_init__(self) -> None:
        if self.held_out_normals is not None and self.held_out_normals.shape != self.held_out.shape:
            raise ValueError(
                "expected a normal a held-out point, got "
                f"{self.held_out_normals.shape} for {self.held_out.shape}"
            )


@dataclass(frozen=True, kw_only=True)
class RegistrationScores:
    """Scores of one registration."""

    scalars: dict[str, Scalar]
    """Flat; a figure over nothing is None."""
    vertex_distance: np.ndarray
    """(v,) float32 mm from the fit to the scan; NaN off the skin and where the scan saw nothing."""


def score_registration(
    fit: FittedHead, scan: ScanEvidence, *, truth: np.ndarray | None = None
) -> RegistrationScores:
    """Score a registered head against its scan and, where it is known, the true shape.

    Args:
        fit: the head.
        scan: what it is judged by.
        truth: (v, 3) true vertices in the head's topology and the scan's frame. Compared as they stand, without
            any alignment.

    Raises:
        ValueError: `truth` has another shape than the head.
    """
    if truth is not None and truth.shape != fit.vertices.shape:
        raise ValueError(f"expected true vertices of shape {fit.vertices.shape}, got {truth.shape}")
    # Far coordinates would cost float32 its digits: the nose is the origin from here on.
    heads = np.stack([fit.vertices, fit.mean_vertices]).astype(np.float64) - scan.nose
    held_out = scan.held_out.astype(np.float64) - scan.nose
    to_heads, angles, on_head = _points_against(fit, heads, held_out, scan.held_out_normals)
    skin = np.flatnonzero(fit.regions["head"] | fit.regions["face"])
    observations = _observations(fit, heads, skin, scan)
    areas = _vertex_areas(heads[1], fit.faces)[skin]
    masks = {"face": np.linalg.norm(held_out, axis=1) <= FACE_RADIUS_MM, "head": on_head}
    scalars: dict[str, Scalar] = {f"{name}_points": int(mask.sum()) for name, mask in masks.items()}
    for which, prefix in enumerate(("", MEAN_HEAD)):
        for name in REGIONS:
            area = areas * fit.regions[name][skin]
            scores = _region_scores(to_heads[which][masks[name]], observations[which], area)
            if angles is not None:
                scores |= angle_scores(angles[which][masks[name]])
            if truth is not None:
                apart = np.linalg.norm((heads[which] + scan.nose - truth)[skin], axis=1)
                scores |= _named("vertex_error", summarise(apart, area))
            scalars |= {f"{prefix}{name}_{key}": value for key, value in scores.items()}
        if scan.keypoints is not None:
            scores = _keypoint_scores(fit, heads[which] + scan.nose, scan.keypoints)
            scores |= _surface_nme(scalars[f"{prefix}face_scan_to_mesh_mean_mm"], scan.keypoints)
            scalars |= {f"{prefix}face_{key}": value for key, value in scores.items()}
    coloured = np.full(len(fit.vertices), np.nan, dtype=np.float32)
    coloured[skin] = np.where(observations[0].seen, observations[0].distance, np.nan)
    return RegistrationScores(scalars=scalars, vertex_distance=coloured)


def _region_scores(to_head: np.ndarray, observed: Observation, area: np.ndarray) -> dict[str, Scalar]:
    """Scores of one region of one head; `area` is zero outside the region."""
    near = observed.distance <= NEAR_SCAN_MM
    return {
        **_named("scan_to_mesh", summarise(to_head)),
        **_named("mesh_to_scan", summarise(observed.distance, area * observed.seen)),
        "scan_within_1mm": share(to_head <= NEAR_MESH_MM),
        "observed": share(observed.seen, area),
        "covered_2mm": share(observed.seen & near, area),
    }


def _named(kind: str, summary: Mapping[str, float | None]) -> dict[str, Scalar]:
    return {f"{kind}_{name}_mm": value for name, value in summary.items()}


def _keypoint_scores(
    fit: FittedHead, vertices: np.ndarray, keypoints: Mapping[str, np.ndarray]
) -> dict[str, Scalar]:
    on_head = {name: bary @ vertices[fit.faces[face]] for name, (face, bary) in fit.keypoints.items()}
    return keypoint_scores(on_head, keypoints)


def _surface_nme(distance: Scalar, keypoints: Mapping[str, np.ndarray]) -> dict[str, Scalar]:
    size = interocular_mm(keypoints)
    if size is None or not isinstance(distance, float):
        return {"scan_to_mesh_nme_percent": None}
    return {"scan_to_mesh_nme_percent": 100.0 * distance / size}


def _points_against(
    fit: FittedHead, heads: np.ndarray, points: np.ndarray, normals: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
    """Hold points against both heads' scannable surfaces.

    Returns:
        Distances [2 k]; angles [2 k] in radians between the points' normals and the heads', NaN where a normal
        is unknown, None without normals; which points are of the region "head" [k].
    """
    vertices = torch.from_numpy(heads).float()
    queries = torch.from_numpy(points).float()[None]
    scannable = _faces_within(fit, "scannable")
    found = [SurfaceBvh(head[None], scannable).closest(queries) for head in vertices]
    on_mean = found[1]
    # The lids' and lips' own borders are no end of the head.
    border = boundary_vertices(scannable, heads.shape[1]) & ~torch.from_numpy(fit.regions["face"])
    at = scannable[on_mean.sites.face[0].clamp_min(0)]
    inner = (on_mean.sites.barycentric[0] * ~border[at]).sum(-1) > 0
    near = inner & (on_mean.distance[0] <= HEAD_REACH_MM)
    distances = torch.cat([each.distance for each in found]).numpy()
    if normals is None:
        return distances, None, near.numpy()
    pairs = zip(vertices, found, strict=True)
    angles = [normal_angles(head, scannable, hit.sites, normals) for head, hit in pairs]
    return distances, np.stack(angles), near.numpy()


def _faces_within(fit: FittedHead, region: str) -> torch.Tensor:
    inside = fit.regions[region][fit.faces].all(axis=1)
    return torch.from_numpy(fit.faces[inside]).long()


def _observations(
    fit: FittedHead, heads: np.ndarray, skin: np.ndarray, scan: ScanEvidence
) -> list[Observation]:
    """The skin of both heads against the part of the scan around them."""
    vertices = scan.vertices.astype(np.float64) - scan.nose
    radius = np.linalg.norm(heads[:, skin], axis=2).max() + MARGIN_MM
    if len(scan.faces) == 0:
        return observe_by_cloud(heads[:, skin], vertices[np.linalg.norm(vertices, axis=1) <= radius])
    normals = vertex_normals(torch.from_numpy(heads).float(), _faces_within(fit, "scannable"), weighting="area")
    return observe_by_mesh(heads[:, skin], normals.numpy()[:, skin], vertices, scan.faces, within=radius)


def _vertex_areas(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """A third of the area of each vertex's faces: how much of the surface it stands for."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 6.0
    return np.bincount(faces.ravel(), weights=np.repeat(area, 3), minlength=len(vertices))
