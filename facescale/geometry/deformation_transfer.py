"""Deformation transfer between shapes of one topology (Sumner & Popovic 2004), factored once a topology.

A triangle's linear map from the source at rest to the source deformed is asked of the same triangle of the
target. Over a triangle the squared difference of two linear maps is a cotangent-weighted sum over its three
sides (Pinkall & Polthier 1993), so that the problem is: differences of displacements along sides are wanted, in
the least-squares sense. The paper weighs with the target's own cotangents, which makes a matrix a target. Here
the source's are used for all targets: the wanted differences, which carry the transfer, are the same, only
residuals that no displacement can meet are shared out otherwise, and one factorisation serves every target and
deformation.

Knows nothing of heads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.sparse import coo_array, csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from facescale.geometry.sparse_factor import SparseFactor

SIDES = ((1, 2), (2, 0), (0, 1))
"""Corners at the ends of the side opposite each corner."""
SIDES_AT = [list(pair) for pair in SIDES]
LEAST_COTANGENT = 0.02
"""Obtuse corners weigh at least so much: a weight below zero has no least squares."""
STILL = 1e-7
"""Triangles whose sides change by less, in mm, keep their shape."""
FLAT = 1e-9
"""Volume of a triangle's sides and normal, over its longest one cubed, below which it has no area."""


@dataclass(frozen=True, kw_only=True)
class FaceMaps:
    """What one deformation does to the triangles that it changes."""

    faces: Int[np.ndarray, "m"]
    change: Float[np.ndarray, "m 3 3"]
    """The linear map of each, less the identity."""


def face_maps(
    rest: Float[np.ndarray, "v 3"], moved: Float[np.ndarray, "k v 3"], faces: Int[np.ndarray, "f 3"]
) -> list[FaceMaps]:
    """The map of every triangle: its sides as they are, its normal to its normal times the root of the area.

    A triangle without area gets the smallest map that does this to its sides.

    Args:
        rest: the shape at rest.
        moved: displacements by each deformation.
        faces: the topology.
    """
    before = _frames(rest, faces)
    flat = np.abs(np.linalg.det(before)) <= FLAT * np.abs(before).max(axis=(1, 2)) ** 3
    inverse = np.empty_like(before)
    inverse[~flat] = np.linalg.inv(before[~flat])
    inverse[flat] = np.linalg.pinv(before[flat], rcond=1e-6)
    found = []
    for displaced in moved:
        corners = displaced[faces]
        # a triangle that is only shifted keeps its shape
        bent = np.flatnonzero((np.abs(corners[:, 1:] - corners[:, :1]) > STILL).any(axis=(1, 2)))
        change = (_frames(rest + displaced, faces[bent]) - before[bent]) @ inverse[bent]
        found.append(FaceMaps(faces=bent, change=change))
    return found


def cotangent_weights(
    vertices: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]
) -> Float[np.ndarray, "f 3"]:
    """Half the cotangent at each corner, for the side opposite to it; bounded below."""
    corners = vertices[faces]
    arms = [(corners[:, a] - corners[:, k], corners[:, b] - corners[:, k]) for k, (a, b) in enumerate(SIDES)]
    cosine = np.stack([np.einsum("fd,fd->f", one, other) for one, other in arms], axis=1)
    sine = np.stack([np.linalg.norm(np.cross(one, other), axis=1) for one, other in arms], axis=1)
    return 0.5 * np.clip(cosine / np.maximum(sine, 1e-9), LEAST_COTANGENT, 1 / LEAST_COTANGENT)


@dataclass(frozen=True, kw_only=True)
class Ties:
    """Further pairs of vertices whose difference is wanted: what touches, such as lids and lips."""

    ends: Int[np.ndarray, "t 2"]
    weight: Float[np.ndarray, "t"]

    @classmethod
    def none(cls) -> "Ties":
        """No pair."""
        return cls(ends=np.zeros((0, 2), int), weight=np.zeros(0))


@final
class TransferSolver:
    """Displacements from wanted differences along the sides of triangles and along ties.

    Args:
        rest: the shape whose cotangents weigh.
        faces: the topology.
        held: vertices whose displacements are given. A piece of the mesh that has none takes the mean of those
            that are given to it all over.
        ties: further pairs.
    """

    def __init__(
        self,
        rest: Float[np.ndarray, "v 3"],
        faces: Int[np.ndarray, "f 3"],
        held: Bool[np.ndarray, "v"],
        ties: Ties | None = None,
    ) -> None:

        self.faces = faces
        self.ties = ties or Ties.none()
        self.weights = cotangent_weights(rest, faces)
        count = len(rest)
        laplacian = _laplacian(self.ends, np.concatenate([self.weights.ravel(), self.ties.weight]), count)
        _, self.piece = connected_components(laplacian, directed=False)
        used = np.zeros(count, bool)
        used[self.ends.ravel()] = True
        held = held | ~used
        anchored = np.zeros(self.piece.max() + 1, bool)
        anchored[self.piece[held]] = True
        # a loose piece is solved with its first vertex at rest and shifted afterwards
        first = np.unique(self.piece, return_index=True)[1]
        self.loose = np.flatnonzero(~anchored)
        fixed = held.copy()
        fixed[first[self.loose]] = True
        self.held, self.free = np.flatnonzero(held), np.flatnonzero(~fixed)
        rows = csr_array(laplacian)[self.free]
        self._reach = rows[:, self.held]
        self._factor = SparseFactor(csc_array(rows[:, self.free]))
        self._count = count

    @property
    def ends(self) -> Int[np.ndarray, "e 2"]:
        """Both vertices of every side, face by face, then of every tie."""
        sides = self.faces[:, SIDES_AT].reshape(-1, 2)
        return np.concatenate([sides, self.ties.ends])

    def pull(
        self,
        maps: FaceMaps,
        target: Float[np.ndarray, "v 3"],
        tied: Float[np.ndarray, "t 3"] | None = None,
    ) -> Float[np.ndarray, "v 3"]:
        """The right-hand side of one deformation of a target.

        Args:
            maps: what it does to triangles.
            target: at rest.
            tied: differences of displacements wanted along the ties; None wants none.
        """
        corners = target[self.faces[maps.faces]]
        wanted = np.stack([corners[:, a] - corners[:, b] for a, b in SIDES], axis=1)
        wanted = np.einsum("mde,mse->msd", maps.change, wanted)
        return self.pull_of_sides(maps.faces, wanted, tied)

    def pull_of_sides(
        self,
        faces: Int[np.ndarray, "m"],
        wanted: Float[np.ndarray, "m 3 3"],
        tied: Float[np.ndarray, "t 3"] | None = None,
    ) -> Float[np.ndarray, "v 3"]:
        """The right-hand side where differences along [face, side] are wanted themselves; zero elsewhere."""
        weighted = wanted * self.weights[faces][..., None]
        ends = self.faces[faces][:, SIDES_AT].reshape(-1, 2)
        rows = weighted.reshape(-1, 3)
        if tied is not None:
            ends = np.concatenate([ends, self.ties.ends])
            rows = np.concatenate([rows, tied * self.ties.weight[:, None]])
        pulled = np.empty((self._count, 3))
        for axis in range(3):
            pulled[:, axis] = np.bincount(ends[:, 0], rows[:, axis], minlength=self._count)
            pulled[:, axis] -= np.bincount(ends[:, 1], rows[:, axis], minlength=self._count)
        return pulled

    def solve(
        self, pulls: Sequence[Float[np.ndarray, "v 3"]], given: Float[np.ndarray, "k v 3"]
    ) -> Float[np.ndarray, "k v 3"]:
        """Displacements of all deformations at once.

        Args:
            pulls: right-hand sides.
            given: displacements of the held vertices, and all over loose pieces; others are not looked at.
        """
        wide = (-1, 3 * len(pulls))
        right = np.stack(pulls, axis=1)[self.free].reshape(wide)
        right = right - self._reach @ given[:, self.held].transpose(1, 0, 2).reshape(wide)
        out = np.zeros((self._count, len(pulls), 3))
        out[self.free] = self._factor.solve(right).reshape(len(self.free), -1, 3)
        out[self.held] = given[:, self.held].transpose(1, 0, 2)
        for piece in self.loose:
            there = self.piece == piece
            out[there] += given[:, there].mean(axis=1) - out[there].mean(axis=0)
        return out.transpose(1, 0, 2)


def _frames(vertices: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]) -> Float[np.ndarray, "f 3 3"]:
    """Two sides and the normal as columns."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    normal /= np.sqrt(np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12))
    return np.stack([b - a, c - a, normal], axis=-1)


def _laplacian(ends: Int[np.ndarray, "e 2"], weight: Float[np.ndarray, "e"], count: int) -> csc_array:
    one, other = ends.T
    rows = np.concatenate([one, other, one, other])
    columns = np.concatenate([one, other, other, one])
    return csc_array(
        coo_array((np.concatenate([weight, weight, -weight, -weight]), (rows, columns)), shape=(count, count))
    )
