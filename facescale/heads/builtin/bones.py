"""Cranium and mandible proxies: the skin moved inward by typed soft-tissue depths. Knows nothing of topologies.

They serve models that learn the anatomy under the skin and need sparse, believable bone (Chandran and Zoss,
"Anatomically Constrained Implicit Face Models", 2024); they are no skulls.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class TissueDepth:
    """Of the soft tissue over bone at a landmark, mm."""

    mean: float
    std: float


TISSUE_DEPTHS: Mapping[str, TissueDepth] = {
    "vertex": TissueDepth(5.0, 1.5),
    "opisthocranion": TissueDepth(6.5, 1.5),
    "euryon": TissueDepth(6.0, 2.0),
    "glabella": TissueDepth(5.5, 1.0),
    "nasion": TissueDepth(6.5, 1.5),
    "mid_supraorbital": TissueDepth(6.0, 1.5),
    "rhinion": TissueDepth(3.0, 1.0),
    "mid_infraorbital": TissueDepth(7.0, 3.0),
    "zygion": TissueDepth(6.5, 2.0),
    "subnasale": TissueDepth(13.0, 3.0),
    "labrale_superius": TissueDepth(11.5, 3.0),
    "labrale_inferius": TissueDepth(13.0, 2.5),
    "supra_second_molar": TissueDepth(26.0, 5.0),
    "infra_second_molar": TissueDepth(19.5, 5.0),
    "mid_ramus": TissueDepth(17.5, 4.0),
    "gonion": TissueDepth(10.0, 4.0),
    "mid_mandibular_border": TissueDepth(10.5, 3.0),
    "mentolabial_sulcus": TissueDepth(11.0, 2.0),
    "pogonion": TissueDepth(11.0, 2.5),
    "menton": TissueDepth(7.0, 2.0),
}
"""Adults of both sexes, to about a millimetre, after the pooled tables of Stephan and Simpson, J Forensic Sci
53(6), 2008; `euryon` is our own estimate of scalp and thin temporal muscle. Good for proxies;
whoever measures with them looks the numbers up."""
TRUSTED_DEPTH, TRUSTED_STD = 11.5, 3.0
_STIFFNESS = 1e-3
"""Weight of smoothness against the landmarks' depths."""
_NORMAL_ROUNDS = 6


@dataclass(frozen=True, kw_only=True)
class BoneSurface:
    """A sheet of bone under a part of the skin; open, wound like the skin."""

    vertices: Float[np.ndarray, "n 3"]
    """mm in the head frame."""
    quads: Int[np.ndarray, "q 4"]
    skin: Int[np.ndarray, "n"]
    """The skin vertex that each lies under."""
    depth: Float[np.ndarray, "n"]
    """Of the soft tissue, mm."""
    trusted: Bool[np.ndarray, "n"]
    """Where the depth is small and little different between people."""


def bone_surfaces(
    vertices: Float[np.ndarray, "v 3"],
    quads: Int[np.ndarray, "q 4"],
    *,
    landmarks: Mapping[str, Sequence[int]],
    regions: Mapping[str, Bool[np.ndarray, "v"]],
    depths: Mapping[str, TissueDepth] = TISSUE_DEPTHS,
) -> dict[str, BoneSurface]:
    """Move parts of the skin inward to where bone is.

    Depths at landmarks are spread over the skin by the smoothest field through their logarithms.

    Args:
        vertices: of the skin, mm in the head frame.
        quads: of the skin, counter-clockwise from outside.
        landmarks: skin vertices by name, those of both sides where there are two.
        regions: for each bone (`cranium`, `mandible`) the skin under which it lies.
        depths: by landmark.

    Returns:
        For each region its sheet: all skin quads that lie wholly within, moved.

    Raises:
        ValueError: landmarks without depth, or a region without quads.
    """
    unknown = sorted(landmarks.keys() - depths.keys())
    if unknown or not landmarks:
        raise ValueError(f"expected landmarks among {sorted(depths)}, got {unknown or 'none'}")
    at = np.array([index for name in landmarks for index in landmarks[name]])
    known = [(depths[name].mean, depths[name].std) for name in landmarks for _ in landmarks[name]]
    spread = np.exp(_smoothest_through(vertices, quads, at, np.log(np.array(known))))
    depth, std = spread.T
    bone = vertices - depth[:, None] * _steady_normals(vertices, quads)
    trusted = (depth <= TRUSTED_DEPTH) & (std <= TRUSTED_STD)
    surfaces = {}
    for name, region in regions.items():
        kept = quads[region[quads].all(axis=1)]
        if not len(kept):
            raise ValueError(
                f"expected the region {name!r} to hold quads, got {int(region.sum())} vertices and none"
            )
        skin, flat = np.unique(kept, return_inverse=True)
        surfaces[name] = BoneSurface(
            vertices=bone[skin],
            quads=flat.reshape(kept.shape),
            skin=skin,
            depth=depth[skin],
            trusted=trusted[skin],
        )
    return surfaces


def _edges(quads: Int[np.ndarray, "q 4"]) -> Int[np.ndarray, "e 2"]:
    sides = np.stack([quads, np.roll(quads, -1, axis=1)], axis=-1).reshape(-1, 2)
    return np.unique(np.sort(sides, axis=1), axis=0)


def _smoothest_through(
    vertices: Float[np.ndarray, "v 3"],
    quads: Int[np.ndarray, "q 4"],
    at: Int[np.ndarray, "n"],
    values: Float[np.ndarray, "n c"],
) -> Float[np.ndarray, "v c"]:
    """Least squares of the graph's bi-Laplacian, edges weighted by inverse length, and of misses."""
    from scipy.sparse import diags
    from scipy.sparse.linalg import splu

    edges, count = _edges(quads), len(vertices)
    weight = 1 / np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    beside = csr_matrix(
        (np.tile(weight, 2), (edges.T.reshape(-1), edges[:, ::-1].T.reshape(-1))), shape=(count, count)
    )
    total = np.asarray(beside.sum(axis=1)).reshape(-1)
    # A vertex that no quad uses has nobody beside it: it stays at zero and in nobody's way.
    laplacian = diags((total > 0).astype(float)) - diags(1 / np.maximum(total, 1e-12)) @ beside
    misses = np.bincount(at, minlength=count).astype(float)
    alone = (total == 0) & (misses == 0)
    system = _STIFFNESS * laplacian.T @ laplacian + diags(misses + alone)
    right = np.stack([np.bincount(at, column, minlength=count) for column in values.T], axis=1)
    # Far from all landmarks the smoothest field goes on and on; depths do not.
    return np.clip(splu(system.tocsc()).solve(right), values.min(axis=0), values.max(axis=0))


def _steady_normals(
    vertices: Float[np.ndarray, "v 3"], quads: Int[np.ndarray, "q 4"]
) -> Float[np.ndarray, "v 3"]:
    """Unit normals, averaged with their neighbours' so that points do not cross on their way inward."""
    a, b, c, d = np.moveaxis(vertices[quads], 1, 0)
    face = np.cross(c - a, d - b)
    normal = np.zeros_like(vertices)
    for corner in quads.T:
        np.add.at(normal, corner, face)
    edges, count = _edges(quads), len(vertices)
    pairs = np.concatenate([edges, edges[:, ::-1]])
    beside = csr_matrix((np.ones(len(pairs)), tuple(pairs.T)), shape=(count, count))
    for _ in range(_NORMAL_ROUNDS):
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
        normal = normal + beside @ normal
    return normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
