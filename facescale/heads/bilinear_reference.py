"""The float64 twin of `heads.bilinear`: core written out, all expressions weighted. Slow; for tests."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.geometry.sites import Sites
from facescale.heads.bilinear import BilinearHead


def core_of(head: BilinearHead) -> Float[Tensor, "v 3 m k"]:
    """The core as a model's file has it: absolute shapes of all expressions, the neutral one first."""
    core = torch.einsum("vdr,mrk->vdmk", head.directions.double(), head.mixing.double())
    core[:, :, 0, 0] += head.zero.double()
    return torch.cat([core[:, :, :1], core[:, :, 1:] + core[:, :, :1]], dim=2)


def evaluate_reference(
    head: BilinearHead, params: Mapping[str, Float[Tensor, "b _"]], sites: Sites | None = None
) -> Float[Tensor, "b n 3"]:
    """Twin of `BilinearHead.evaluate`, in float64 throughout, the neutral weight tied to the others.

    Differentiable in: params, sites.barycentric.
    """
    identity, expression = (params.get(b.name, b.prior_mean[None]).double() for b in head.blocks)
    identity = torch.cat([torch.ones_like(identity[:, :1]), identity], dim=1)
    neutral = 1 - expression.sum(dim=1, keepdim=True)
    weights = torch.cat([neutral, expression], dim=1)
    batch = max(len(identity), len(weights))
    vertices = torch.einsum(
        "vdmk,bk,bm->bvd", core_of(head), identity.expand(batch, -1), weights.expand(batch, -1)
    )
    if sites is None:
        return vertices
    shapes = []
    for item in range(batch):
        face = sites.face.expand(batch, -1)[item]
        barycentric = sites.barycentric.expand(batch, -1, 3)[item].double()
        corners = vertices[item][head.faces[face.clamp_min(0)]]
        shapes.append((corners * barycentric[..., None]).sum(dim=1))
    return torch.stack(shapes)


def directional_jacobian_reference(
    head: BilinearHead,
    params: Mapping[str, Float[Tensor, "b _"]],
    sites: Sites,
    directions: Float[Tensor, "b n 3"],
) -> Float[Tensor, "b n k"]:
    """Twin of `BilinearHead.directional_jacobian`: the evaluation's twin, differentiated a lane at a time."""
    lanes = []
    for item in range(len(directions)):
        here = Sites(
            face=sites.face.expand(len(directions), -1)[item],
            barycentric=sites.barycentric.expand(len(directions), -1, 3)[item],
        )
        own = {name: value[item : item + 1].double() for name, value in params.items()}

        def along(values: Mapping[str, Tensor], here: Sites = here, item: int = item) -> Tensor:
            return (evaluate_reference(head, values, here)[0] * directions[item].double()).sum(dim=-1)

        found = torch.func.jacrev(along)(own)
        lanes.append(torch.cat([found[b.name][:, 0] for b in head.blocks if b.name in params], dim=-1))
    return torch.stack(lanes)
