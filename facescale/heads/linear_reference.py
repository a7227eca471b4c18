"""The float64 twin of `heads.linear`: the same two functions, written to be read. Slow; for tests."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.geometry.sites import Sites
from facescale.heads.linear import LinearHead


def evaluate_reference(
    head: LinearHead, params: Mapping[str, Float[Tensor, "b _"]], sites: Sites | None = None
) -> Float[Tensor, "b n 3"]:
    """Twin of `LinearHead.evaluate`, in float64 throughout.

    Differentiable in: params, sites.barycentric.
    """
    vertices = head.zero.double()[None]
    start = 0
    for block in head.blocks:
        basis = head.basis[..., start : start + block.size].double()
        start += block.size
        coefficients = params.get(block.name, block.prior_mean[None]).double()
        vertices = vertices + torch.einsum("vdk,bk->bvd", basis, coefficients)
    if sites is None:
        return vertices
    batch = vertices.shape[0]
    shapes = []
    for item in range(batch):
        face = sites.face.expand(batch, -1)[item]
        barycentric = sites.barycentric.expand(batch, -1, 3)[item].double()
        corners = vertices[item][head.faces[face.clamp_min(0)]]
        shapes.append((corners * barycentric[..., None]).sum(dim=1))
    return torch.stack(shapes)


def directional_jacobian_reference(
    head: LinearHead,
    params: Mapping[str, Float[Tensor, "b _"]],
    sites: Sites,
    directions: Float[Tensor, "b n 3"],
) -> Float[Tensor, "b n k"]:
    """Twin of `LinearHead.directional_jacobian`, in float64, dense.

    Differentiable in: sites.barycentric, directions.
    """
    batch, points = directions.shape[:2]
    face = sites.face.expand(batch, -1)
    barycentric = sites.barycentric.expand(batch, points, 3).double()
    columns, start = [], 0
    for block in head.blocks:
        basis = head.basis[..., start : start + block.size].double()
        start += block.size
        if block.name in params:
            corners = basis[head.faces[face.clamp_min(0)]]
            columns.append(torch.einsum("bncdk,bnc,bnd->bnk", corners, barycentric, directions.double()))
    return torch.cat(columns, dim=-1)
