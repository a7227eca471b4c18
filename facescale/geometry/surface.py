"""A tree over the faces of a batch of shapes, and the queries it answers. Knows nothing of scans or heads."""

import itertools
import math
from collections.abc import Sequence
from typing import Any, final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry import kernels
from facescale.geometry.closest_point import ClosestPoints
from facescale.geometry.closest_point_kernel import closest_point_kernel
from facescale.geometry.leaf_kernel import empty_leaves, fill_leaves
from facescale.geometry.ray_kernel import first_hit_kernel
from facescale.geometry.rays import RayHits
from facescale.geometry.self_intersection import FOLD_ANGLE, Crossings
from facescale.geometry.self_intersection_kernel import crossings_kernel
from facescale.geometry.sites import Sites
from facescale.geometry.subtree_kernel import subtree_roots

Meshes = Sequence[tuple[Float[Tensor, "_ 3"], Int[Tensor, "_ 3"]]]
"""Vertices and faces of shapes of different topologies, on one device."""

LEAF_FACES = {"cpu": 8, "cuda": 4}
"""The CPU tests the faces of a leaf side by side; measured by benchmarks/closest_point.py."""
FIRST_CAPACITY = 4096
"""Crossings that a first search has room for; a second one has room for all."""


@final
class SurfaceBvh:
    """One bounding-volume tree over b shapes, each in a subtree of its own, on the CPU or a CUDA device.

    Queries are batched [b n]: row i asks shape i. A query with NaN in it finds nothing, so ragged batches are
    padded with NaN. Results carry no gradients; `site_distance` makes a differentiable distance of them.
    Coordinates are rounded to float32: choose an origin near the shapes.

    Args:
        vertices: shapes that share a topology.
        faces: the shared topology.

    Raises:
        ValueError: no shape, no face, a vertex index out of range, or a coordinate that is not finite.
    """

    def __init__(self, vertices: Float[Tensor, "b v 3"], faces: Int[Tensor, "f 3"]) -> None:
        batch, count = vertices.shape[:2]
        steps = torch.arange(batch, device=faces.device, dtype=torch.int32)[:, None, None] * count
        self._build(
            vertices.reshape(-1, 3),
            (faces.to(torch.int32) + steps).reshape(-1, 3),
            counts=[count] * batch,
            face_counts=[len(faces)] * batch,
        )

    @classmethod
    def of_meshes(cls, meshes: Meshes) -> "SurfaceBvh":
        """Build over shapes of different topologies, such as scans; such a tree is not refitted."""
        self = cls.__new__(cls)
        counts = [len(vertices) for vertices, _ in meshes]
        starts = itertools.accumulate(counts, initial=0)
        faces = [faces.to(torch.int32) + start for (_, faces), start in zip(meshes, starts, strict=False)]
        self._build(
            torch.cat([vertices for vertices, _ in meshes]),
            torch.cat(faces),
            counts=counts,
            face_counts=[len(f) for f in faces],
        )
        return self

    def _build(self, vertices: Tensor, faces: Tensor, *, counts: list[int], face_counts: list[int]) -> None:
        _check(vertices, faces, counts, face_counts)
        wp = kernels.warp()
        self.device = vertices.device
        self.batch = len(counts)
        self._counts = counts
        self._points = vertices.detach().to(torch.float32).contiguous().clone()
        self._faces = faces.to(self.device).contiguous()
        starts = list(itertools.accumulate(face_counts, initial=0))
        self._first_faces = torch.tensor(starts, dtype=torch.int32, device=self.device)
        groups = None
        if self.batch > 1:
            shapes = torch.arange(self.batch, dtype=torch.int32, device=self.device)
            groups = shapes.repeat_interleave(torch.tensor(face_counts, device=self.device))
        self._groups = groups
        with kernels.on_stream(self.device):
            self._mesh = wp.Mesh(
                points=wp.from_torch(self._points, dtype=wp.vec3),
                indices=wp.from_torch(self._faces.view(-1), dtype=wp.int32),
                groups=None if groups is None else wp.from_torch(groups, dtype=wp.int32),
                bvh_leaf_size=LEAF_FACES[self.device.type],
                # Builds in a third of the default's time for trees as good; it knows no groups.
                bvh_constructor="cubql" if groups is None and self.device.type == "cpu" else None,
            )
        on_cpu = self.device.type == "cpu"
        self._leaves = empty_leaves(len(faces) if on_cpu else 0, device=self.device)
        self._fill_leaves()
        self._roots = subtree_roots(self._mesh, self.batch, device=self.device)

    def refit(self, vertices: Float[Tensor, "b v 3"]) -> None:
        """Move the vertices and adjust the tree's boxes; a small part of the cost of building it.

        Raises:
            ValueError: another number of shapes or vertices than the tree was built for.
        """
        if [vertices.shape[1]] * vertices.shape[0] != self._counts:
            raise ValueError(
                f"expected {self.batch} shapes of {self._counts[0]} vertices, got {tuple(vertices.shape)}"
            )
        self._points.copy_(vertices.detach().reshape(-1, 3))
        with kernels.on_stream(self.device):
            self._mesh.refit()
        self._fill_leaves()

    def _fill_leaves(self) -> None:
        if self.device.type == "cpu":
            fill_leaves(self._mesh, self._leaves)

    def closest(
        self,
        points: Float[Tensor, "b n 3"],
        max_distance: float = math.inf,
        *,
        hint: Int[Tensor, "b n"] | None = None,
    ) -> ClosestPoints:
        """Nearest point of each query's own shape; exact whatever the hint, degenerate faces included.

        Exact means: the distance is within 4e-7 of the largest coordinate or distance of the float64 twin's.

        Args:
            points: queries, in the frame and unit of the vertices.
            max_distance: sites farther than this have face -1.
            hint: faces that are likely near, e.g. those of the last query before the vertices moved a
                little; anything that is no face of the shape means that there is none. They only save time.

        Raises:
            ValueError: a batch of another size than the tree's.
        """
        self._check_batch(points)
        shape = points.shape[:2]
        found = self._results(shape, vectors=2)
        face, (weights, nearest), distance = found
        self._launch(
            closest_point_kernel(),
            [
                self._array(self._leaves.view(-1)),
                self._leaves.shape[1],
                self._array(self._roots),
                self._array(self._first_faces),
                *self._vectors(points),
                self._array(None if hint is None else hint.to(torch.int64)),
                max_distance,
                shape[1],
                *map(self._array, (face, weights, nearest, distance)),
            ],
            dim=shape[0] * shape[1],
        )
        return ClosestPoints(sites=Sites(face=face, barycentric=weights), points=nearest, distance=distance)

    def first_hit(
        self,
        origins: Float[Tensor, "b n 3"],
        directions: Float[Tensor, "b n 3"],
        max_length: float = math.inf,
    ) -> RayHits:
        """First face of its own shape that each ray meets, from either side.

        Args:
            origins: where rays start, in the frame and unit of the vertices.
            directions: of any length but zero.
            max_length: hits at this distance or beyond are misses.

        Raises:
            ValueError: a batch of another size than the tree's.
        """
        self._check_batch(origins)
        shape = origins.shape[:2]
        face, (weights,), length = self._results(shape, vectors=1)
        front = torch.empty(shape, dtype=torch.bool, device=self.device)
        self._launch(
            first_hit_kernel(),
            [
                self._array(self._leaves.view(-1)),
                self._leaves.shape[1],
                self._array(self._roots),
                self._array(self._first_faces),
                *self._vectors(origins, directions),
                min(max_length, 3.0e38),
                shape[1],
                *map(self._array, (face, weights, length, front)),
            ],
            dim=shape[0] * shape[1],
        )
        return RayHits(sites=Sites(face=face, barycentric=weights), length=length, front=front)

    def crossings(self, tolerance: float = 1e-3, *, fold_angle: float = FOLD_ANGLE) -> Crossings:
        """Pairs of faces that cross each other within one shape.

        Neighbours meet without crossing: what a pair has in common at its common corners does not count.
        Coplanar faces that overlap cross, and so do faces that share an edge and are folded together.

        Args:
            tolerance: pairs that a shorter motion parts are in contact and do not cross; in the unit of the
                vertices, mm.
            fold_angle: radians between two faces with a common edge below which one lies on the other.

        Raises:
            ValueError: a tolerance or an angle that is negative or not finite.
        """
        if not (0 <= tolerance < math.inf and 0 <= fold_angle <= math.pi):
            raise ValueError(
                f"expected a tolerance >= 0 and an angle in 0..pi, got {tolerance} and {fold_angle}"
            )
        found = torch.zeros(1, dtype=torch.int32, device=self.device)
        capacity = FIRST_CAPACITY
        while True:
            found.zero_()
            pairs = torch.zeros(capacity, 2, dtype=torch.int32, device=self.device)
            depth = torch.zeros(capacity, device=self.device)
            arguments = [self._array(self._roots), self._array(self._groups), tolerance, fold_angle, capacity]
            outputs = [self._array(found), self._array(pairs.view(-1)), self._array(depth)]
            self._launch(crossings_kernel(), [*arguments, *outputs], dim=len(self._faces))
            count = int(found)
            if count <= capacity:
                break
            capacity = count
        pairs = pairs[:count].long()
        order = (pairs[:, 0] * len(self._faces) + pairs[:, 1]).argsort()
        pairs = pairs[order]
        shape = torch.searchsorted(self._first_faces, pairs[:, 0].to(torch.int32), right=True) - 1
        first = self._first_faces.long()[shape]
        return Crossings(shape=shape, faces=pairs - first[:, None], depth=depth[:count][order])

    def _check_batch(self, points: Tensor) -> None:
        if points.shape[0] != self.batch:
            raise ValueError(f"expected queries for {self.batch} shapes, got {points.shape[0]}")

    def _results(self, shape: torch.Size, *, vectors: int) -> tuple[Tensor, list[Tensor], Tensor]:
        face = torch.empty(shape, dtype=torch.int64, device=self.device)
        rows = [torch.empty((*shape, 3), device=self.device) for _ in range(vectors)]
        return face, rows, torch.empty(shape, device=self.device)

    def _vectors(self, *tensors: Tensor) -> list[Any]:
        return [self._array(t.detach().to(self.device, torch.float32).contiguous()) for t in tensors]

    def _array(self, tensor: Tensor | None) -> Any:
        """A tensor as Warp sees it, without a copy; rows of three become vectors."""
        wp = kernels.warp()
        if tensor is None:
            return None
        if tensor.dim() > 2:  # noqa: PLR2004 - [b n 3]
            return wp.from_torch(tensor.view(-1, 3), dtype=wp.vec3)
        return wp.from_torch(tensor.contiguous().view(-1))

    def _launch(self, kernel: Any, arguments: list[Any], *, dim: int) -> None:
        if dim == 0:
            return
        kernels.launch(kernel, dim=dim, inputs=[self._mesh.id, *arguments], device=self.device)


def warm_up(device: torch.device | str) -> None:
    """Compile or load the kernels of point and ray queries now, not at the first one: for set-up, images."""
    surface = SurfaceBvh(torch.eye(3, device=device)[None], torch.tensor([[0, 1, 2]], device=device))
    point = torch.zeros(1, 1, 3, device=device)
    surface.closest(point)
    surface.first_hit(point, point + 1.0)


def _check(vertices: Tensor, faces: Tensor, counts: list[int], face_counts: list[int]) -> None:
    """Refuse what would make the tree read outside its arrays or search for ever."""
    if not counts or min(face_counts) == 0:
        raise ValueError(f"expected at least one face in every shape, got face counts {face_counts}")
    if len(faces) >= 2**31 // 3:
        raise ValueError(f"expected fewer than {2**31 // 3} faces in all, got {len(faces)}")
    ends = torch.tensor(counts).cumsum(0).tolist()
    for part, count, end in zip(faces.split(face_counts), counts, ends, strict=True):
        low, high = int(part.min()) - (end - count), int(part.max()) - (end - count)
        if low < 0 or high >= count:
            raise ValueError(f"expected vertex indices within 0..{count - 1}, got {low}..{high}")
    if not bool(vertices.isfinite().all()):
        raise ValueError("expected finite vertices, got NaN or infinity")
