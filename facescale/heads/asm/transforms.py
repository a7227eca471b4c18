"""Nine parameters a bone, and the chain of bones (Yang et al. 2023, eqs 6 to 9).

All bones at rest are parallel to the axes of the head frame and unscaled: the paper keeps their rest rotation
and scale constant and aligns them with one axis, so another choice would only rename their parameters. With
that, eq. 6 becomes T = T_parent L, where L scales, turns and shifts about the bone's own place. Knows no skin.
"""

import typing
from dataclasses import dataclass
from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.geometry.rotations import left_jacobian, rotation_from_vector
from facescale.heads.asm.skeleton import BONES, PARENTS


@cache
def levels() -> tuple[tuple[int, ...], ...]:
    """Bones by their distance from the root, the root's level first."""
    depth = [0] * BONES
    for bone in range(1, BONES):
        depth[bone] = depth[PARENTS[bone]] + 1
    return tuple(tuple(b for b in range(BONES) if depth[b] == level) for level in range(max(depth) + 1))


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class Pose:
    """tau of all bones."""

    rotation: Float[Tensor, "b 84 3"]
    """Rotation vectors, radians."""
    translation: Float[Tensor, "b 84 3"]
    """mm."""
    scale: Float[Tensor, "b 84 3"]
    """Natural logarithms, along the bone's axes before it turns."""


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class Chain:
    """What each bone does to what it carries: x -> linear x + shift, in the head frame."""

    linear: Float[Tensor, "b 84 3 3"]
    shift: Float[Tensor, "b 84 3"]
    above: Float[Tensor, "b 84 3 3"]
    """`linear` of each bone's parent; the identity for the root."""
    turn: Float[Tensor, "b 84 3 3"]
    """Each bone's own rotation."""
    own: Float[Tensor, "b 84 3 3"]
    """Each bone's own rotation and scale."""
    own_shift: Float[Tensor, "b 84 3"]
    """Of its own transform L."""


def chain(pose: Pose, place: Float[Tensor, "b 84 3"]) -> Chain:
    """Pose the bones.

    Args:
        pose: tau.
        place: psi, where the bones stand at rest.

    Differentiable in: pose, place.
    """
    turn = rotation_from_vector(pose.rotation)
    own = turn * pose.scale.exp()[..., None, :]
    own_shift = place + pose.translation - (own @ place[..., None])[..., 0]
    parents = torch.tensor(PARENTS, device=place.device)
    eye = torch.eye(3, dtype=place.dtype, device=place.device).expand_as(own)
    linear, shift, above = own, own_shift, eye
    for level in levels()[1:]:
        bones = torch.tensor(level, device=place.device)
        over, carried = linear[:, parents[bones]], shift[:, parents[bones]]
        above = above.index_copy(1, bones, over)
        linear = linear.index_copy(1, bones, over @ own[:, bones])
        moved = (over @ own_shift[:, bones, :, None])[..., 0] + carried
        shift = shift.index_copy(1, bones, moved)
    return Chain(linear=linear, shift=shift, above=above, turn=turn, own=own, own_shift=own_shift)


def carried_by(
    chained: Chain, mass: Float[Tensor, "b n 84"], first: Float[Tensor, "b n 84 3"]
) -> tuple[Float[Tensor, "b n 84"], Float[Tensor, "b n 84 3"]]:
    """What hangs from each bone and its descendants, as the bone's own transform takes it in.

    Args:
        chained: the pose.
        mass: of what each bone carries itself.
        first: the same, times where it is at rest.
    """
    parents = torch.tensor(PARENTS, device=mass.device)
    for level in reversed(levels()[1:]):
        bones = torch.tensor(level, device=mass.device)
        handed = torch.einsum("bjde,bnje->bnjd", chained.own[:, bones], first[:, :, bones])
        handed = handed + mass[:, :, bones, None] * chained.own_shift[:, None, bones]
        first = first.index_add(2, parents[bones], handed)
        mass = mass.index_add(2, parents[bones], mass[:, :, bones])
    return mass, first


def turn_axes(pose: Pose) -> Float[Tensor, "b 84 3 3"]:
    """What a step of each rotation vector turns by, as columns."""
    return left_jacobian(pose.rotation)
