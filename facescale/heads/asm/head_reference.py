"""The float64 twin of `asm.head`: 4 x 4 matrices bone by bone, as the equations have them. Slow."""

from __future__ import annotations

import typing
from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.heads.asm.binding_reference import on_skin_reference
from facescale.heads.asm.mixture import Offsets
from facescale.heads.asm.mixture_reference import weights_reference
from facescale.heads.asm.skeleton import BONES, HEAD, MOVING, PARENTED, PARENTS

if typing.TYPE_CHECKING:
    from facescale.heads.asm.head import AsmHead


def evaluate_reference(head: AsmHead, params: Mapping[str, Float[Tensor, "1 _"]]) -> Float[Tensor, "v 3"]:
    """Vertices of one shape; every vertex must have the mixtures' weights.

    Differentiable in: params.
    """
    own = {block.name: params.get(block.name, block.prior_mean[None]).double()[0] for block in head.blocks}
    transforms = _transforms(head, own)
    weighed = [bone for bone in MOVING if bone not in PARENTED]
    shape = (len(weighed), head.components)
    offsets = Offsets(
        pi=_among(own["pi"].reshape(*shape), weighed)[None],
        mu=_among(own["mu"].reshape(*shape, 2), weighed)[None],
        sigma=_among(own["sigma"].reshape(*shape, 3), weighed)[None],
    )
    weights = weights_reference(head.mixture, offsets, head.place.double(), HEAD)[0]
    resting = torch.cat([head.zero.double(), torch.ones_like(head.zero[:, :1]).double()], dim=1)
    blended = torch.einsum("vj,jde->vde", weights, transforms)
    return (blended @ resting[..., None])[:, :3, 0]


def _transforms(head: AsmHead, own: Mapping[str, Tensor]) -> Float[Tensor, "84 4 4"]:
    """T of eq. 6 by algorithm 1."""
    zeta = _among(own["zeta"].reshape(-1, 2), MOVING)
    skin = on_skin_reference(head.chart, head.bound, head.bone_uv + zeta)
    nearest = on_skin_reference(head.chart, head.bound, head.bone_uv)
    psi = skin - nearest + head.bone_place.double()
    bind = [_matrix(torch.eye(3, dtype=torch.float64), place) for place in psi]
    tau = [
        _among(own[name].reshape(-1, 3), MOVING) for name in ("tau_rotation", "tau_translation", "tau_scale")
    ]
    world: list[Tensor] = []
    for bone in range(BONES):
        turn = torch.linalg.matrix_exp(_cross(tau[0][bone]))
        local = _matrix(turn @ torch.diag(tau[2][bone].exp()), tau[1][bone])
        parent = PARENTS[bone]
        if parent < 0:
            world.append(bind[bone] @ local)
            continue
        to_parent = torch.linalg.inv(bind[parent]) @ bind[bone]
        world.append(world[parent] @ to_parent @ local)
    return torch.stack([place @ torch.linalg.inv(rest) for place, rest in zip(world, bind, strict=True)])


def _among(values: Tensor, bones: tuple[int, ...] | list[int]) -> Tensor:
    nothing = values.new_zeros(BONES, *values.shape[1:])
    return nothing.index_copy(0, torch.tensor(bones), values)


def _matrix(linear: Float[Tensor, "3 3"], shift: Float[Tensor, "3"]) -> Float[Tensor, "4 4"]:
    last = torch.tensor([[0.0, 0.0, 0.0, 1.0]], dtype=torch.float64)
    return torch.cat([torch.cat([linear, shift[:, None]], dim=1), last])


def _cross(vector: Float[Tensor, "3"]) -> Float[Tensor, "3 3"]:
    x, y, z = vector
    nothing = torch.zeros_like(x)
    return torch.stack([nothing, -z, y, z, nothing, -x, -y, x, nothing]).reshape(3, 3)
