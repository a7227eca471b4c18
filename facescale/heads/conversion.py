"""From meshes of one head model to meshes of another: a map that was found once and is linear from then on.

Where the two skins overlap, a vertex of the target is a fixed point of a triangle of the source. The rest (a
neck that the source lacks, teeth, eyeballs) is the target model's own, fitted to the overlap in closed form and
bent by what that fit leaves nearby. Knows nothing of how the map was found.
"""

import hashlib
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import final

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.sparse import coo_array, csr_array

from facescale.geometry.alignment import Similarity, align
from facescale.heads.bounded_files import read_bounded, read_npz
from facescale.heads.linear import LinearHead
from facescale.heads.skinned import SkinnedHead
from facescale.heads.template import AbstractTemplateHead

FITTED = 3000
"""Vertices of the overlap that the model is fitted to: as good as all, and a matrix that fits the cache."""
RIDGE_MM = 1.0
"""Standard deviation of what the model cannot follow, against its priors."""
NEIGHBOURS, FADE_MM = 8, 40.0
"""What the fit leaves on the overlap goes on as so many neighbours' mean, and fades over this distance."""
FORMAT = "facescale-conversion 1"


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class HeadConversion:
    """The map between two head models."""

    source: str
    """Digest of the source's mean and triangles, of which the map is."""
    target: str
    source_vertices: int
    overlap: Int[np.ndarray, "n"]
    """Vertices of the target that lie on the source's skin, ascending."""
    corners: Int[np.ndarray, "n 3"]
    """The source's vertices that each lies between."""
    barycentric: Float[np.ndarray, "n 3"]
    zero: Float[np.ndarray, "w 3"]
    """The target model at rest."""
    basis: Float[np.ndarray, "w 3 k"]
    """Of the target's shape, a unit of each coefficient."""
    std: Float[np.ndarray, "k"]
    """Of its priors."""
    lowest: Float[np.ndarray, "k"]
    """Bounds of its coefficients: an activation below zero is no expression."""
    highest: Float[np.ndarray, "k"]
    neighbour: Int[np.ndarray, "m a"]
    """Of each vertex off the overlap, places in `overlap`."""
    neighbour_weight: Float[np.ndarray, "m a"]

    @property
    def filled(self) -> Int[np.ndarray, "m"]:
        """Vertices of the target off the overlap, ascending."""
        return np.setdiff1d(np.arange(len(self.zero)), self.overlap)

    def __call__(
        self, vertices: Float[np.ndarray, "v 3"]
    ) -> tuple[Float[np.ndarray, "w 3"], Float[np.ndarray, "k"]]:
        """Convert one mesh.

        Args:
            vertices: of the source's topology, mm, in any pose.

        Returns:
            The target's vertices in the same pose, and the coefficients of the fit that filled them.

        Raises:
            ValueError: another number of vertices than the source has.
        """
        if len(vertices) != self.source_vertices:
            raise ValueError(f"expected {self.source_vertices} vertices of the source, got {len(vertices)}")
        on = self._sites @ vertices.astype(np.float64)
        _, model = self._fitted(on, self.zero)
        # the first pose is the mean's, the second that of the shape it led to
        motion = self._pose(on, model)
        coefficients, model = self._fitted(on, model)
        upright = motion.inverse()(torch.from_numpy(on)[None])[0].numpy()
        residual = upright - model[self.overlap]
        filled = self.filled
        bent = np.einsum("ma,mad->md", self.neighbour_weight, residual[self.neighbour])
        out = np.empty_like(self.zero)
        out[self.overlap] = on
        out[filled] = motion(torch.from_numpy(model[filled] + bent)[None])[0].numpy()
        return out, coefficients

    def _pose(self, on: Float[np.ndarray, "n 3"], model: Float[np.ndarray, "w 3"]) -> Similarity:
        """How the overlap lies: from the model's frame."""
        chosen = self._fit[0]
        pairs = (model[self.overlap[chosen]], on[chosen])
        return align(*(torch.from_numpy(points)[None] for points in pairs))

    def _fitted(
        self, on: Float[np.ndarray, "n 3"], model: Float[np.ndarray, "w 3"]
    ) -> tuple[Float[np.ndarray, "k"], Float[np.ndarray, "w 3"]]:
        """The model's coefficients and shape for an overlap that lies as a shape of the model does."""
        chosen, solve, flat = self._fit
        upright = self._pose(on, model).inverse()(torch.from_numpy(on[chosen])[None])[0].numpy()
        left = (upright - self.zero[self.overlap[chosen]]).reshape(-1)
        coefficients = np.clip(solve @ left, self.lowest, self.highest)
        return coefficients, self.zero + (flat @ coefficients.astype(np.float32)).reshape(-1, 3)

    def coefficient_map(self, source: LinearHead) -> tuple[Float[np.ndarray, "k j"], Float[np.ndarray, "k"]]:
        """The closed form for shapes of a linear source: coefficients = A @ the source's + b, bounds aside."""
        chosen, solve, _ = self._fit
        basis = source.basis.double().numpy()
        moved = (self._sites[chosen] @ basis.reshape(len(basis), -1)).reshape(3 * len(chosen), -1)
        rest = self._sites[chosen] @ source.zero.double().numpy() - self.zero[self.overlap[chosen]]
        return solve @ moved, solve @ rest.reshape(-1)

    @cached_property
    def _sites(self) -> csr_array:
        """Vertices of the overlap = this @ vertices of the source."""
        rows = np.repeat(np.arange(len(self.overlap)), 3)
        entries = (self.barycentric.ravel(), (rows, self.corners.ravel()))
        return csr_array(coo_array(entries, shape=(len(self.overlap), self.source_vertices)))

    @cached_property
    def _fit(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Places in the overlap that are fitted, the matrix that fits them, and the basis as one matrix."""
        chosen = np.linspace(0, len(self.overlap) - 1, min(FITTED, len(self.overlap))).astype(int)
        rows = self.basis[self.overlap[chosen]].reshape(3 * len(chosen), -1).astype(np.float64)
        normal = rows.T @ rows + RIDGE_MM**2 * np.diag(self.std**-2.0)
        flat = np.ascontiguousarray(self.basis.reshape(3 * len(self.zero), -1), np.float32)
        return chosen, np.linalg.solve(normal, rows.T), flat


def head_digest(head: AbstractTemplateHead) -> str:
    """sha256 of what a map depends on: the mean to a micrometre, and the triangles."""
    mean = np.rint(head.mean_vertices().double().numpy() * 1e3).astype("<i8")
    return hashlib.sha256(mean.tobytes() + head.faces.numpy().astype("<i4").tobytes()).hexdigest()


def linear_part(head: LinearHead | SkinnedHead) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A head's basis with no joint turned, and the deviations and bounds of its coefficients."""
    turned = getattr(head, "turned", {})
    blocks = [block for block in head.blocks if block.name not in turned]
    std, low, high = (
        torch.cat([getattr(block, name) for block in blocks]).double()
        for name in ("prior_std", "lower", "upper")
    )
    return head.basis.numpy(), std.numpy(), low.numpy(), high.numpy()


def neighbours(
    mean: Float[np.ndarray, "w 3"], overlap: Int[np.ndarray, "n"], filled: Int[np.ndarray, "m"]
) -> tuple[Int[np.ndarray, "m a"], Float[np.ndarray, "m a"]]:
    """Of each vertex off the overlap the nearest of it, and weights that fade with the distance."""
    from scipy.spatial import KDTree

    distance, near = KDTree(mean[overlap]).query(mean[filled], k=NEIGHBOURS)
    weight = 1.0 / np.maximum(distance, 1e-3)
    weight /= weight.sum(axis=1, keepdims=True)
    return np.asarray(near), weight * np.exp(-distance[:, :1] / FADE_MM)


def overlap_mask(conversion: HeadConversion) -> Bool[np.ndarray, "w"]:
    """True where the target's vertices are the source's surface."""
    mask = np.zeros(len(conversion.zero), bool)
    mask[conversion.overlap] = True
    return mask


def write_conversion(conversion: HeadConversion, path: Path) -> None:
    """Keep a map; it holds the target's shapes and is as free as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {field.name: getattr(conversion, field.name) for field in fields(conversion)}
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, format=np.array(FORMAT), **arrays)
    temporary.replace(path)


def read_conversion(path: Path, source: str, target: str) -> HeadConversion | None:
    """Read a map back; None where the file is not one between these two heads.

    Args:
        path: of the file.
        source: digest of the source.
        target: digest of the target.
    """
    if not path.is_file():
        return None
    arrays = read_npz(read_bounded(path), path)
    names = {field.name for field in fields(HeadConversion)}
    if str(arrays.pop("format", "")) != FORMAT or arrays.keys() != names:
        return None
    if (str(arrays["source"]), str(arrays["target"])) != (source, target):
        return None
    for name in ("source", "target", "source_vertices"):
        count = arrays.pop(name)
    return HeadConversion(source=source, target=target, source_vertices=int(count), **arrays)
