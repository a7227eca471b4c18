"""A linear head at the few places that landmarks need: means and displacement bases.

Knows nothing of images or solvers.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites, vertex_sites
from facescale.heads.linear import LinearHead
from facescale.heads.template import AbstractTemplateHead, ParameterBlock
from facescale.reconstruction.landmark_fit.contour import Tracks, tracks
from facescale.reconstruction.landmark_fit.embedding import LandmarkEmbedding

EXPRESSION, IDENTITY = "expression", "identity"


@dataclass(frozen=True, kw_only=True)
class SitePoints:
    """Some points of a head: mean + basis . (expression, identity); float64, mm in the head frame."""

    zero: Float[Tensor, "*k 3"]
    basis: Float[Tensor, "*k 3 c"]
    """Columns of the expression first."""


@dataclass(frozen=True, kw_only=True)
class SiteModel:
    """What a fit needs of a head."""

    expression: ParameterBlock
    identity: ParameterBlock
    fixed: SitePoints
    fixed_index: Int[Tensor, "k"]
    """Which landmarks of the embedding are fixed."""
    sliding: SitePoints | None
    """[t j] candidates, see `contour.Tracks`; None without sliding landmarks."""
    sliding_index: Int[Tensor, "t"]
    tracks: Tracks | None


def site_model(head: AbstractTemplateHead, embedding: LandmarkEmbedding) -> SiteModel:
    """Gather a head's means and bases.

    Raises:
        ValueError: a head that is not linear, or lacks a block named identity or expression; or no fixed
            landmark.
    """
    blocks = {block.name: block for block in head.blocks}
    if not isinstance(head, LinearHead) or not {EXPRESSION, IDENTITY} <= blocks.keys():
        found = f"a {type(head).__name__} with {sorted(blocks)}"
        raise ValueError(f"expected a linear head with the blocks identity and expression, got {found}")
    slides = torch.from_numpy(embedding.sliding)
    fixed_index, sliding_index = (~slides).nonzero()[:, 0], slides.nonzero()[:, 0]
    if len(fixed_index) == 0:
        raise ValueError("expected fixed landmarks in the embedding, got none")
    fixed = _points(head, _some(embedding.sites, fixed_index))
    sliding = found_tracks = None
    if len(sliding_index):
        middle = fixed.zero.mean(dim=0)
        found_tracks = tracks(head, _some(embedding.sites, sliding_index), middle)
        each = [_points(head, vertex_sites(head.faces, row)) for row in found_tracks.vertices]
        sliding = SitePoints(
            zero=torch.stack([part.zero for part in each]), basis=torch.stack([part.basis for part in each])
        )
    return SiteModel(
        expression=blocks[EXPRESSION],
        identity=blocks[IDENTITY],
        fixed=fixed,
        fixed_index=fixed_index,
        sliding=sliding,
        sliding_index=sliding_index,
        tracks=found_tracks,
    )


def _some(sites: Sites, index: Tensor) -> Sites:
    return Sites(face=sites.face[index], barycentric=sites.barycentric[index])


def _points(head: LinearHead, sites: Sites) -> SitePoints:
    """Through the heads' contract: values at zero, and derivatives along the three axes."""
    kind = head.zero.dtype
    params = {
        block.name: torch.zeros(1, block.size, dtype=kind)
        for block in head.blocks
        if block.name in {EXPRESSION, IDENTITY}
    }
    count = sites.face.shape[0]
    sites = Sites(face=sites.face, barycentric=sites.barycentric.to(kind))
    axes = torch.eye(3, dtype=kind)
    rows = [head.directional_jacobian(params, sites, axis.expand(1, count, 3))[0] for axis in axes]
    basis = torch.stack(rows, dim=1).double()
    sizes = [block.size for block in head.blocks if block.name in params]
    parts = dict(zip(params, basis.split(sizes, dim=-1), strict=True))
    return SitePoints(
        zero=head.evaluate(params, sites)[0].double(),
        basis=torch.cat([parts[EXPRESSION], parts[IDENTITY]], dim=-1),
    )
