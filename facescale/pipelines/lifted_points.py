"""A detector's 2D points on pictures of a known shape, lifted onto its surface by rays. Makes no pictures."""

import typing
from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from facescale.geometry.cameras import PinholeCamera
from facescale.geometry.normals import vertex_normals
from facescale.geometry.sites import Sites
from facescale.geometry.surface import SurfaceBvh
from facescale.heads.linear import LinearHead
from facescale.perception import mediapipe_points as ids
from facescale.pipelines.head_portraits import Portrait

Detect = Callable[[UInt8[np.ndarray, "h w 3"]], Float[np.ndarray, "k 2"] | None]
"""Points of the one face in a picture, or None."""

OUTLINE_YAW = np.radians(6)
"""Outlines slide: only pictures as frontal as this say where they lie."""
BEHIND = 3.0
"""mm by which a hit may lie behind what is seen first and still be what the detector meant: of lids and eyes
the one covers the other's edge."""
GRAZING = 0.35
"""Cosine between ray and normal below which a picture says nothing of a point, but for outlines."""
SNAP = 6.0
"""Pixels within which a ray that passes the skin is given its nearest visible vertex."""
FEWEST = 3
"""Pictures that a middle is made of."""
SETTLED = 1e-3
"""mm of a step at which a middle is found."""


@typing.final
class LiftedPoints:
    """A detector's points on one shape: one 3D point a picture and index, NaN where it says nothing.

    Args:
        head: the shape's topology and regions.
        vertices: the shape, mm in the head frame.
        pictures: of it.
        detect: the detector.

    Raises:
        ValueError: the detector found no face in most pictures.
    """

    def __init__(
        self, head: LinearHead, vertices: Float[Tensor, "v 3"], pictures: list[Portrait], detect: Detect
    ) -> None:
        self._head, self._vertices = head, vertices
        self._iris = np.arange(ids.COUNT) >= ids.IRIS_START
        skin = head.regions["head"]
        self._parts = [_faces_of(head, skin), _faces_of(head, _eyeballs(head))]
        self._trees = [SurfaceBvh(vertices[None], head.faces[part]) for part in self._parts]
        self._normals = vertex_normals(vertices[None], head.faces, weighting="area")[0]
        self._all = SurfaceBvh(vertices[None], head.faces[_faces_of(head, head.regions["opaque"])])
        self._samples: list[np.ndarray] = []
        self._outline = np.isin(np.arange(ids.COUNT), ids.OVAL)
        for picture in pictures:
            points = detect(picture.image)
            if points is None:
                continue
            lifted = self._lifted(points, picture.camera)
            axis = picture.camera.rotation[2]
            if abs(float(torch.atan2(axis[0], -axis[2]))) > OUTLINE_YAW:
                lifted[self._outline] = np.nan
            self._samples.append(lifted)
        self.found = len(self._samples)
        if self.found < len(pictures) / 2:
            raise ValueError(f"expected faces in most of {len(pictures)} pictures, found {self.found}")

    def middle(self) -> Float[np.ndarray, "k 3"]:
        """The geometric median of each point; NaN for those that fewer than three pictures show."""
        samples = self._stack()
        rare = np.isfinite(samples[..., 0]).sum(axis=0) < FEWEST
        samples[:, rare] = 0
        middle = np.nanmedian(samples, axis=0)
        for _ in range(50):
            weights = 1 / np.maximum(np.linalg.norm(samples - middle, axis=2), 0.05)
            weights[np.isnan(weights)] = 0
            moved = np.einsum("pk,pkd->kd", weights, np.nan_to_num(samples)) / weights.sum(axis=0)[:, None]
            step, middle = np.abs(moved - middle).max(), moved
            if step < SETTLED:
                break
        middle[rare] = np.nan
        return middle

    def spread(self) -> Float[np.ndarray, "k"]:
        """Root mean square distance from the middle; NaN where there is none."""
        away = np.square(self._stack() - self.middle()).sum(axis=2)
        return (
            np.sqrt(np.nansum(away, axis=0) / np.isfinite(away).sum(axis=0).clip(1)) + 0 * self.middle()[:, 0]
        )

    def settled(self, points: Float[np.ndarray, "k 3"]) -> Sites:
        """The nearest sites of the parts that the points belong to; face -1 where a point is NaN."""
        face, weights = np.zeros(len(points), np.int32), np.zeros((len(points), 3), np.float32)
        for tree, part, mine in zip(self._trees, self._parts, (~self._iris, self._iris), strict=True):
            found = tree.closest(torch.from_numpy(points[mine]).float()[None]).sites
            nearest = found.face[0].long()
            face[mine] = torch.where(nearest < 0, -1, part[nearest.clamp_min(0)]).numpy()
            weights[mine] = found.barycentric[0].numpy()
        return Sites(face=torch.from_numpy(face), barycentric=torch.from_numpy(weights))

    def _stack(self) -> Float[np.ndarray, "p k 3"]:
        return np.stack(self._samples)

    def _lifted(self, points: Float[np.ndarray, "k 2"], camera: PinholeCamera) -> Float[np.ndarray, "k 3"]:
        rays = camera.rays(torch.from_numpy(points).float())
        origins, directions = rays.origins.reshape(1, -1, 3), rays.directions.reshape(1, -1, 3)
        origins = origins.expand(1, directions.shape[1], 3).contiguous()
        first = self._all.first_hit(origins, directions.contiguous()).length[0].numpy()
        lifted = np.full((len(points), 3), np.nan, np.float32)
        for tree, mine in zip(self._trees, (~self._iris, self._iris), strict=True):
            hits = tree.first_hit(origins, directions.contiguous())
            length = hits.length[0].numpy()
            good = mine & np.isfinite(length) & hits.front[0].numpy() & (length < first + BEHIND)
            lifted[good] = (origins[0] + directions[0] * hits.length[0][:, None]).numpy()[good]
        missing = np.isnan(lifted[:, 0]) & ~self._iris
        judged = ~(missing | self._outline | self._iris)
        lifted[judged & self._grazed(lifted, directions[0].numpy())] = np.nan
        lifted[missing] = self._snapped(points[missing], camera)
        return lifted

    def _grazed(
        self, points: Float[np.ndarray, "k 3"], rays: Float[np.ndarray, "k 3"]
    ) -> Bool[np.ndarray, "k"]:
        """Whether rays meet the smooth skin at too flat an angle to say where."""
        found = self._trees[0].closest(torch.from_numpy(points)[None]).sites
        corners = self._head.faces[self._parts[0]].long()[found.face[0].long().clamp_min(0)]
        normal = (self._normals[corners] * found.barycentric[0][..., None]).sum(dim=1).numpy()
        return -np.einsum("kd,kd->k", normal, rays) < GRAZING

    def _snapped(self, points: Float[np.ndarray, "n 2"], camera: PinholeCamera) -> Float[np.ndarray, "n 3"]:
        """The visible skin vertices that appear nearest to points; NaN where none is near."""
        if len(points) == 0:
            return points.reshape(0, 3)
        skin = self._vertices[self._head.regions["head"]]
        away = torch.cdist(torch.from_numpy(points).float(), camera.project(skin).pixels.float())
        near = (away < SNAP).any(dim=0).nonzero()[:, 0]
        away[:, near[~self._visible(skin[near], camera)]] = torch.inf
        nearest = away.min(dim=1)
        return torch.where((nearest.values < SNAP)[:, None], skin[nearest.indices], torch.nan).numpy()

    def _visible(self, points: Float[Tensor, "n 3"], camera: PinholeCamera) -> Bool[Tensor, "n"]:
        towards = points - camera.centre
        origins = camera.centre.expand_as(points).contiguous()
        length = self._all.first_hit(origins[None], towards[None].contiguous()).length[0]
        return length > towards.norm(dim=1) - 0.5


def _faces_of(head: LinearHead, mask: Bool[Tensor, "v"]) -> Int[Tensor, "m"]:
    return mask[head.faces.long()].all(dim=1).nonzero()[:, 0]


def _eyeballs(head: LinearHead) -> Bool[Tensor, "v"]:
    """The whole shells of which the scannable parts within the lids are a piece."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    corners = head.faces.numpy()
    links = (np.ones(corners.size), (corners.ravel(), np.roll(corners, 1, axis=1).ravel()))
    _, part = connected_components(
        coo_matrix(links, shape=(head.num_vertices, head.num_vertices)), directed=False
    )
    seen = (head.regions["scannable"] & ~head.regions["head"]).numpy()
    return torch.from_numpy(np.isin(part, np.unique(part[seen])))
