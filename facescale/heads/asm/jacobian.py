"""Closed-form derivatives of an ASM head at sites along directions. Knows nothing of matches or solvers."""

from __future__ import annotations

import typing
from collections.abc import Mapping

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.heads.asm.binding import locate, skin_slope
from facescale.heads.asm.coefficients import OF_COMPONENTS, WEIGHED, pose_of, zeta_of
from facescale.heads.asm.mixture import BY_COMPONENT, Offsets, amplitude_slopes
from facescale.heads.asm.skeleton import BONES, MOVING, PARENTS
from facescale.heads.bone_chain import TAU, Chain, carried_by, pose_columns, pulls

if typing.TYPE_CHECKING:
    from facescale.heads.asm.head import AsmHead


def columns(
    head: AsmHead,
    params: Mapping[str, Float[Tensor, "b _"]],
    corners: Int[Tensor, "b n 3"],
    shares: Float[Tensor, "b n 3"],
    directions: Float[Tensor, "b n 3"],
) -> Float[Tensor, "b n k"]:
    """Derivatives by the blocks of `params`, in the order of the head's blocks.

    Args:
        head: the model.
        params: where.
        corners: vertices of each site's face.
        shares: of the site, barycentric.
        directions: along which positions are looked at.
    """
    bones = head.pose(params)
    used, flat = torch.unique(corners, return_inverse=True)
    weights = head._weights(params, used)  # noqa: SLF001 - the other half of the head
    own = _corner_weights(weights, flat) * shares[..., None]
    mass, first = own.sum(dim=2), torch.einsum("bncj,bncd->bnjd", own, head.zero[corners])
    found: dict[str, Tensor] = {}
    if any(name in params for name in (*TAU, "zeta")):
        found |= _of_bones(head, params, bones, carried_by(bones, mass, first, PARENTS), directions)
    if any(name in params for name in OF_COMPONENTS):
        found |= _of_weights(head, params, bones, (used, flat), shares, directions)
    return torch.cat([found[block.name] for block in head.blocks if block.name in params], dim=-1)


def _corner_weights(weights: Float[Tensor, "_ u 84"], flat: Int[Tensor, "b n 3"]) -> Float[Tensor, "b n 3 84"]:
    lanes = len(flat)
    every = weights.expand(lanes, -1, -1)
    return every[torch.arange(lanes, device=flat.device)[:, None, None], flat]


def _of_bones(
    head: AsmHead,
    params: Mapping[str, Tensor],
    bones: Chain,
    carried: tuple[Float[Tensor, "b n 84"], Float[Tensor, "b n 84 3"]],
    directions: Float[Tensor, "b n 3"],
) -> dict[str, Tensor]:
    """By tau, and by zeta: a bone that is bound elsewhere turns and scales about another place."""
    like = next(iter(params.values()))[:, 0]
    pulled = pulls(bones, carried, head.bones_at(params), directions, MOVING)
    found = dict(pose_columns(params.keys(), pose_of(params, like), bones, pulled, MOVING))
    if "zeta" in params:
        place = locate(head.chart, head.bone_uv + zeta_of(params, like).double())
        moving = torch.tensor(MOVING, device=directions.device)
        slope = skin_slope(head.chart, head.bound, place)[:, moving]
        eye = torch.eye(3, dtype=slope.dtype, device=slope.device)
        follows = (eye - bones.own[:, moving]) @ slope
        found["zeta"] = (
            pulled.mass[..., None] * torch.einsum("bnjd,bjde->bnje", pulled.back, follows)
        ).flatten(2)
    return found


def _of_weights(
    head: AsmHead,
    params: Mapping[str, Tensor],
    bones: Chain,
    used: tuple[Int[Tensor, "u"], Int[Tensor, "b n 3"]],
    shares: Float[Tensor, "b n 3"],
    directions: Float[Tensor, "b n 3"],
) -> dict[str, Tensor]:
    """By the mixtures: more of a bone pulls a vertex from where it is to where that bone would put it."""
    vertices, flat = used
    place, reach = head.part(vertices)
    offsets = head.offsets(params)
    assert isinstance(offsets, Offsets)
    amplitude, slopes = amplitude_slopes(head.mixture, offsets, place, reach)
    total = amplitude.sum(dim=-1, keepdim=True)
    lanes, points = flat.shape[:2]
    rows = torch.arange(lanes, device=flat.device)[:, None, None]
    slots = reach.bones[flat]
    # along its direction, where each bone would put a corner
    along = torch.cat(
        [
            torch.einsum("bjde,bnd->bnje", bones.linear, directions),
            torch.einsum("bjd,bnd->bnj", bones.shift, directions)[..., None],
        ],
        dim=-1,
    )
    resting = torch.nn.functional.pad(head.zero[vertices[flat]], (0, 1), value=1.0)
    every = torch.einsum("bnje,bnce->bncj", along, resting)
    put = every.gather(3, slots)
    weight = (amplitude / total)[rows, flat]
    pull = (put - (weight * put).sum(dim=-1, keepdim=True)) * (shares[..., None] / total[rows, flat])
    by_slot = slopes.flatten(3)[rows, flat] * pull[..., None]
    column = torch.full((BONES,), len(WEIGHED), device=flat.device)
    column[list(WEIGHED)] = torch.arange(len(WEIGHED), device=flat.device)
    width = by_slot.shape[-1]
    # one more row takes what is of bones without a mixture: nothing
    by_bone = by_slot.new_zeros(lanes, points, len(WEIGHED) + 1, width)
    target = column[slots].flatten(2)[..., None].expand(-1, -1, -1, width)
    by_bone.scatter_add_(2, target, by_slot.flatten(2, 3))
    parts = by_bone[:, :, :-1].unflatten(-1, (head.components, BY_COMPONENT))
    spans = {"pi": (0, 1), "mu": (1, 3), "sigma": (3, 6)}
    return {name: parts[..., start:stop].flatten(2) for name, (start, stop) in spans.items() if name in params}
