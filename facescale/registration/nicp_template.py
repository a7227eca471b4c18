"""What non-rigid ICP needs of a topology, the same for all subjects: matrices, factors, who follows whom.

Knows nothing of scans.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from jaxtyping import Bool, Float, Int
from scipy.spatial import KDTree

from facescale.geometry.laplacian import stiffness_and_areas
from facescale.geometry.sparse_factor import SparseFactor
from facescale.geometry.topology import pieces
from facescale.heads.template import AbstractTemplateHead

FOLLOW_MM = 5.0
"""Pieces follow the skin that is nearest to them, weighed by a Gaussian of this width."""
SEEN_SHARE = 0.5
"""Of a vertex's data in the matrix that is factorised: between that along its normal, 1, and across it, 0."""
LEAST_AREA_SHARE = 0.05
"""Of the median vertex's area: what slivers weigh."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One stiffness: its matrix, and the factor of the matrix that stands for all subjects'."""

    stiffness: sp.csr_array
    """(n, n) of the solved vertices."""
    factor: SparseFactor


@dataclass(frozen=True, kw_only=True)
class NicpTemplate:
    """A head's skin on its mean shape. Vertices of pieces that have no outer skin are not solved for."""

    solved: Int[np.ndarray, "n"]
    """Vertices that are solved for, by number in the head: all of the pieces with outer skin."""
    faces: Int[np.ndarray, "f 3"]
    """Triangles among them, by place in `solved`."""
    areas: Float[np.ndarray, "n"]
    """mm^2 that each stands for where a scanner may see it; 0 elsewhere: lips' insides, sockets."""
    front: Bool[np.ndarray, "n"]
    """Within the face proper."""
    keypoints: sp.csr_array
    """(k, n) barycentric rows of the head's keypoints."""
    keypoint_names: tuple[str, ...]
    follow: sp.csr_array
    """(v, n): displacement of every vertex of the head from those that are solved for. Eyeballs, teeth and
    lashes move as a whole, by the mean of the skin around them."""
    levels: tuple[Level, ...]

    @classmethod
    def of(
        cls,
        head: AbstractTemplateHead,
        keypoint_sites: Mapping[str, tuple[int, np.ndarray]],
        *,
        stiffness_mm: Sequence[float],
        hold_mm: float,
        keypoint_mm2: float,
    ) -> "NicpTemplate":
        """Form and factorise the matrices.

        Args:
            head: the whole head.
            keypoint_sites: name -> face and barycentrics; those off the skin are left out.
            stiffness_mm: of each level.
            hold_mm: over which a displacement decays where nothing is seen.
            keypoint_mm2: surface that weighs as much as one keypoint.
        """
        mean = head.mean_vertices().double().cpu().numpy()
        whole = head.faces.cpu().numpy().astype(np.int64)
        seen = (head.regions["head"] | head.regions["face"]).cpu().numpy()
        piece = pieces(torch.from_numpy(whole), len(mean)).numpy()
        with_skin = np.unique(piece[seen[whole].any(axis=1)])
        own = np.isin(piece, with_skin)
        solved = np.unique(whole[own])
        place = np.full(len(mean), -1)
        place[solved] = np.arange(len(solved))
        faces = place[whole[own]]
        laplacian, areas = stiffness_and_areas(mean[solved], faces)
        areas = np.maximum(areas, LEAST_AREA_SHARE * np.median(areas))
        names, keypoints = _keypoints(keypoint_sites, whole, place)
        data = areas * seen[solved]
        levels = []
        for length in stiffness_mm:
            bending = length**2 * (laplacian + sp.diags_array(areas / hold_mm**2))
            nominal = bending + sp.diags_array(SEEN_SHARE * data) + keypoint_mm2 * keypoints.T @ keypoints
            levels.append(Level(stiffness=sp.csr_array(bending), factor=SparseFactor(nominal)))
        return cls(
            solved=solved,
            faces=faces,
            areas=data,
            front=head.regions["face"].cpu().numpy()[solved],
            keypoints=keypoints,
            keypoint_names=names,
            follow=_follow(mean, whole, piece, with_skin, place),
            levels=tuple(levels),
        )


def _keypoints(
    sites: Mapping[str, tuple[int, np.ndarray]], faces: np.ndarray, place: np.ndarray
) -> tuple[tuple[str, ...], sp.csr_array]:
    kept = {name: site for name, site in sites.items() if (place[faces[site[0]]] >= 0).all()}
    corners = np.array([place[faces[face]] for face, _ in kept.values()]).reshape(-1, 3)
    weights = np.array([weights for _, weights in kept.values()]).reshape(-1, 3)
    rows = np.repeat(np.arange(len(kept)), 3)
    shape = (len(kept), int(place.max()) + 1)
    return tuple(kept), sp.coo_array((weights.ravel(), (rows, corners.ravel())), shape=shape).tocsr()


def _follow(
    mean: np.ndarray, faces: np.ndarray, piece: np.ndarray, with_skin: np.ndarray, place: np.ndarray
) -> sp.csr_array:
    """Rows of the identity for solved vertices; for each other piece one row of weights, repeated."""
    solved = np.flatnonzero(place >= 0)
    tree = KDTree(mean[solved])
    rows, columns, weights = [solved], [place[solved]], [np.ones(len(solved))]
    for number in np.setdiff1d(np.unique(piece), with_skin):
        own = np.unique(faces[piece == number])
        away, nearest = tree.query(mean[own])
        # relative to the nearest, so that a piece deep inside has its weights too
        weight = np.exp(-(away**2 - away.min() ** 2) / (2 * FOLLOW_MM**2))
        leaders, which = np.unique(nearest, return_inverse=True)
        shares = np.bincount(which, weight) / weight.sum()
        rows.append(np.repeat(own, len(leaders)))
        columns.append(np.tile(leaders, len(own)))
        weights.append(np.tile(shares, len(own)))
    table = (np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns)))
    return sp.coo_array(table, shape=(len(mean), len(solved))).tocsr()
