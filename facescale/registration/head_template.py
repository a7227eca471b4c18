"""What orientation needs of a head model, as plain arrays: points of the mean face, keypoints, the mean skin.

Knows nothing of scans.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from scipy.spatial import KDTree

from facescale.geometry.sites import Sites
from facescale.heads.regions import region_faces
from facescale.heads.template import AbstractTemplateHead
from facescale.structures.keypoints import NOW7

CELL_MM = 4.0
FIELD_MARGIN_MM = 60.0
FACE_POINTS = 600
SKIN_POINTS = 4000
MODES = 12


@dataclass(frozen=True, kw_only=True)
class DistanceField:
    """Distances to points on a grid: coarse, and free to look up."""

    low: np.ndarray
    """(3,) corner of the grid, mm."""
    distance: np.ndarray
    """(x, y, z) float32, mm, from cell middles."""
    nearest: np.ndarray
    """(x, y, z) int32, index of the nearest point."""

    @classmethod
    def around(cls, points: np.ndarray) -> "DistanceField":
        """Fill a grid around points."""
        low = points.min(axis=0) - FIELD_MARGIN_MM
        shape = np.ceil((points.max(axis=0) + FIELD_MARGIN_MM - low) / CELL_MM).astype(int)
        cells = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
        away, index = KDTree(points).query(low + (cells + 0.5) * CELL_MM)
        return cls(low=low, distance=away.astype(np.float32), nearest=np.asarray(index, dtype=np.int32))

    def look_up(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Distance in mm, to half a cell, and nearest point of each query; infinity outside the grid."""
        cell = np.floor((points - self.low) / CELL_MM).astype(np.int64)
        inside = np.asarray(((cell >= 0) & (cell < self.distance.shape)).all(axis=-1))
        x, y, z = np.moveaxis(np.where(inside[..., None], cell, 0), -1, 0)
        return np.where(inside, self.distance[x, y, z], np.inf), self.nearest[x, y, z]


@dataclass(frozen=True, kw_only=True)
class HeadTemplate:
    """The mean head in numpy, in mm in the head frame."""

    face: np.ndarray
    """(FACE_POINTS, 3) points drawn evenly from the face region, in random order."""
    face_normals: np.ndarray
    """(FACE_POINTS, 3)."""
    face_modes: np.ndarray
    """(FACE_POINTS, 3, MODES) movement in mm of those points by one prior standard deviation of the leading
    coefficients."""
    face_sites: tuple[np.ndarray, np.ndarray]
    """Face (FACE_POINTS,) and barycentrics (FACE_POINTS, 3) of those points."""
    skin: np.ndarray
    """(SKIN_POINTS, 3) points drawn evenly from all that a scanner sees."""
    skin_normals: np.ndarray
    """(SKIN_POINTS, 3)."""
    middle: np.ndarray
    """(3,) of the skin's points."""
    field: DistanceField
    """Distance to the skin, and the nearest skin point."""
    keypoints: Mapping[str, np.ndarray]
    """Name ("nose_base", "ibug_33") -> (3,) position."""
    keypoint_sites: Mapping[str, tuple[int, np.ndarray]]
    """Name -> face and barycentrics."""

    @classmethod
    def of(cls, head: AbstractTemplateHead) -> "HeadTemplate":
        """Draw the points, the same for the same head on any machine."""
        vertices = head.mean_vertices().cpu()
        faces = head.faces.cpu().long()
        scannable = region_faces(head, "scannable").cpu().long()
        front = head.regions["face"].cpu()[faces[scannable]].all(dim=1)
        skin, skin_normals, _ = _even_points(vertices, faces[scannable], SKIN_POINTS)
        face, face_normals, sites = _even_points(vertices, faces[scannable[front]], FACE_POINTS)
        on_face = Sites(face=scannable[front][sites.face].int(), barycentric=sites.barycentric)
        named = _keypoint_sites(head)
        return cls(
            face=face,
            face_normals=face_normals,
            face_sites=(on_face.face.numpy(), on_face.barycentric.numpy()),
            face_modes=_leading_modes(head, on_face),
            skin=skin,
            skin_normals=skin_normals,
            middle=skin.mean(axis=0),
            field=DistanceField.around(skin),
            keypoints={
                name: bary @ vertices[faces[index]].double().numpy() for name, (index, bary) in named.items()
            },
            keypoint_sites=named,
        )


def _even_points(
    vertices: torch.Tensor, faces: torch.Tensor, count: int
) -> tuple[np.ndarray, np.ndarray, Sites]:
    """Points at equal steps of area, with the normals of their faces, in a fixed random order."""
    rng = np.random.default_rng(0)
    corners = vertices[faces].double().numpy()
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(normal, axis=1)
    ends = np.cumsum(area)
    at = (np.arange(count) + 0.5) * (ends[-1] / count)
    index = rng.permutation(np.minimum(np.searchsorted(ends, at, side="right"), len(area) - 1))
    weights = rng.dirichlet((1.0, 1.0, 1.0), count)
    sites = Sites(face=torch.from_numpy(index), barycentric=torch.from_numpy(weights).float())
    return np.einsum("nk,nkd->nd", weights, corners[index]), normal[index] / area[index][:, None], sites


def _leading_modes(head: AbstractTemplateHead, sites: Sites) -> np.ndarray:
    """Derivatives at sites by the coefficients that move the face most at one prior standard deviation."""
    device = head.faces.device
    mean = {block.name: block.prior_mean[None].to(device) for block in head.blocks}
    std = torch.cat([block.prior_std for block in head.blocks]).to(device)
    axes = torch.eye(3, device=device)
    rows = [
        head.directional_jacobian(mean, sites.to(device), axis.expand(1, len(sites.face), 3))[0]
        for axis in axes
    ]
    modes = (torch.stack(rows, dim=1) * std).double().cpu().numpy()
    strength = np.einsum("nic,nic->c", modes, modes)
    return modes[:, :, np.argsort(-strength, kind="stable")[:MODES]]


def _keypoint_sites(head: AbstractTemplateHead) -> dict[str, tuple[int, np.ndarray]]:
    named: dict[str, tuple[int, np.ndarray]] = {}
    for group, names in (("now7", NOW7), ("ibug68", tuple(f"ibug_{k:02d}" for k in range(68)))):
        if group in head.landmarks:
            sites = head.landmarks[group].to("cpu")
            for name, face, bary in zip(names, sites.face, sites.barycentric, strict=True):
                named[name] = (int(face), bary.double().numpy())
    return named
