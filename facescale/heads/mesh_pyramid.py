"""Coarser and coarser meshes of a template, and the matrices that lead back up, as CoMA makes them.

A vertex of a finer mesh takes its values from the nearest triangle of the coarser one: barycentrically where
its nearest point is inside, at the corner where it is one, and on an edge by the sum of the two ends' positions
that comes nearest to the vertex itself, with weights that need not sum to 1. Knows no network.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import coo_array, csr_array

from facescale.geometry.surface import SurfaceBvh
from facescale.heads.half_edge_collapse import simplified

ON_EDGE = 1e-6
"""A barycentric below is none: the nearest point is on an edge or a corner."""


@dataclass(frozen=True, kw_only=True)
class Pyramid:
    """Levels from fine to coarse."""

    ups: tuple[csr_array, ...]
    """From each level but the first to the one before it, (finer, coarser)."""
    edges: tuple[Int[np.ndarray, "_ 2"], ...]
    """Of each level: pairs of vertices, each once."""
    sizes: tuple[int, ...]
    """Vertices of each level."""


def pyramid(
    vertices: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"], factors: tuple[int, ...]
) -> Pyramid:
    """Simplify a mesh step by step.

    Args:
        vertices: of the template; its origin counts, see above.
        faces: of the template.
        factors: by which each level has fewer vertices, rounded up.

    Raises:
        ValueError: a mesh that does not collapse so far.
    """
    ups, edges, sizes = [], [edges_of(faces)], [len(vertices)]
    for factor in factors:
        kept, coarse = simplified(vertices, faces, math.ceil(len(vertices) / factor))
        ups.append(_up(vertices, vertices[kept], coarse))
        vertices, faces = vertices[kept], coarse
        edges.append(edges_of(faces))
        sizes.append(len(vertices))
    return Pyramid(ups=tuple(ups), edges=tuple(edges), sizes=tuple(sizes))


def edges_of(faces: Int[np.ndarray, "f 3"]) -> Int[np.ndarray, "e 2"]:
    """Pairs of vertices that share a face, each once."""
    sides = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    return np.unique(sides[sides[:, 0] != sides[:, 1]], axis=0)


def _up(fine: Float[np.ndarray, "v 3"], coarse: Float[np.ndarray, "w 3"], faces: np.ndarray) -> csr_array:
    middle = fine.mean(axis=0)
    tree = SurfaceBvh(torch.from_numpy(coarse - middle).float()[None], torch.from_numpy(faces.astype(np.int32)))
    sites = tree.closest(torch.from_numpy(fine - middle).float()[None]).sites
    corners = faces[sites.face[0].numpy()]
    shares = sites.barycentric[0].double().numpy()
    shares[shares < ON_EDGE] = 0.0
    shares /= shares.sum(axis=1, keepdims=True)
    ends = (shares > 0).sum(axis=1) == 2  # noqa: PLR2004 - an edge
    for row in np.flatnonzero(ends):
        used = shares[row] > 0
        sides = coarse[corners[row, used]].T
        shares[row, used] = np.linalg.lstsq(sides, fine[row], rcond=None)[0]
    rows = np.repeat(np.arange(len(fine)), 3)
    table = coo_array((shares.ravel(), (rows, corners.ravel())), shape=(len(fine), len(coarse)))
    found = csr_array(table)
    found.sum_duplicates()
    found.eliminate_zeros()
    return found
