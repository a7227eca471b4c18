"""Where a displaced skin has turned over or crosses itself and did not before, and how that is undone.

Lips and lids lie against each other without an edge between them: a field that is smooth along the skin may
push one through the other. One that is smooth in space cannot: where neighbours in space move alike, the shape
keeps its inside and outside. Knows nothing of scans or of solvers.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.spatial import KDTree

from facescale.geometry.smoothstep import smoothstep
from facescale.geometry.surface import SurfaceBvh

RADII_MM = (2.0, 3.0, 4.5, 7.0, 10.0)
"""Around folds, one round each: what lies nearer moves by the mean of its surroundings, and twice as far out
the displacement is its own again."""


@dataclass(frozen=True, kw_only=True)
class Folds:
    """Faces of a skin that no skin has."""

    flipped: Int[np.ndarray, "f"]
    """Faces whose normals have turned by more than a right angle."""
    crossings: Int[np.ndarray, "c 2"]
    """Pairs of faces that cross, the lower number first."""

    def since(self, before: "Folds") -> "Folds":
        """Those that were not there before."""
        known = {tuple(pair) for pair in before.crossings.tolist()}
        new = [tuple(pair) not in known for pair in self.crossings.tolist()]
        return Folds(flipped=self.flipped, crossings=self.crossings[np.array(new, dtype=bool)])

    @property
    def count(self) -> int:
        """Flipped faces and pairs together."""
        return len(self.flipped) + len(self.crossings)

    @property
    def faces(self) -> Int[np.ndarray, "k"]:
        """All faces that take part."""
        return np.unique(np.concatenate([self.flipped, self.crossings.ravel()]))


@dataclass(frozen=True, kw_only=True)
class Flat:
    """A displacement after its folds were undone."""

    displaced: Float[np.ndarray, "n 3"]
    folds_before: int
    """Of the displacement as it came, that the shape at rest did not have."""
    folds: int
    """The same, of `displaced`."""


def folds_of(
    rest: Float[np.ndarray, "n 3"], displaced: Float[np.ndarray, "n 3"], faces: Int[np.ndarray, "f 3"]
) -> Folds:
    """Find the folds of a displaced skin.

    Args:
        rest: vertices where none was turned over, mm.
        displaced: by how much they have moved.
        faces: the skin's triangles.
    """
    vertices = rest + displaced
    turned = np.einsum("fi,fi->f", _face_vectors(vertices, faces), _face_vectors(rest, faces)) < 0
    middle = vertices.mean(axis=0)
    skin = SurfaceBvh(torch.from_numpy(vertices - middle).float()[None], torch.from_numpy(faces).int())
    return Folds(flipped=np.flatnonzero(turned), crossings=skin.crossings().faces.cpu().numpy())


def laid_flat(
    rest: Float[np.ndarray, "n 3"], displaced: Float[np.ndarray, "n 3"], faces: Int[np.ndarray, "f 3"]
) -> Flat:
    """Undo the folds that a displacement has made; those of the shape at rest are its own.

    Args:
        rest: vertices before, mm.
        displaced: by how much they move.
        faces: the skin's triangles.

    Returns:
        The displacement with the fewest folds that was found: changed around folds and nowhere else.
    """
    known = folds_of(rest, np.zeros_like(rest), faces)
    new = folds_of(rest, displaced, faces).since(known)
    first = best = new.count
    found, folded = displaced, np.zeros(0, dtype=np.int64)
    for radius in RADII_MM:
        if best == 0:
            break
        folded = np.union1d(folded, faces[new.faces].ravel())
        flat = _mixed(rest, displaced, folded, radius)
        new = folds_of(rest, flat, faces).since(known)
        if new.count < best:
            best, found = new.count, flat
    return Flat(displaced=found, folds_before=first, folds=best)


def _mixed(rest: np.ndarray, displaced: np.ndarray, folded: np.ndarray, radius: float) -> np.ndarray:
    """The displacement, and near the folded vertices its Gaussian mean over neighbours in space."""
    away, _ = KDTree(rest[folded]).query(rest, distance_upper_bound=2 * radius)
    near = np.flatnonzero(np.isfinite(away))
    tree = KDTree(rest)
    pairs = KDTree(rest[near]).sparse_distance_matrix(tree, 2 * radius, output_type="coo_matrix").tocsr()
    pairs.data = np.exp(-2 * np.square(pairs.data / radius))
    mean = (pairs @ displaced) / np.asarray(pairs.sum(axis=1)).reshape(-1, 1)
    share = smoothstep(away[near], 2 * radius, radius)[:, None]
    flat = displaced.copy()
    flat[near] += share * (mean - displaced[near])
    return flat


def _face_vectors(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    return np.cross(b - a, c - a)
