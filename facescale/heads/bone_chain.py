"""Nine parameters a bone, and the tree of bones (Yang et al. 2023, eqs 6 to 9), for any skeleton.

Rotation vectors and translations are along the axes of the head frame, which only renames parameters: the
paper keeps the bones' rest rotation and scale constant. With that, eq. 6 becomes T = T_parent L, where L
scales, turns and shifts about the bone's own place; it scales along the bone's own axes at rest. Knows no skin.
"""

import typing
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.geometry.rotations import left_jacobian, rotation_from_vector

TAU = ("tau_rotation", "tau_translation", "tau_scale")
"""Blocks of coefficients of the pose, three a bone each."""


@cache
def levels(parents: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Bones by their distance from the root, the root's level first.

    Args:
        parents: of each bone, -1 for the first; parents come before their children.
    """
    depth = [0] * len(parents)
    for bone in range(1, len(parents)):
        depth[bone] = depth[parents[bone]] + 1
    bones = range(len(parents))
    return tuple(tuple(b for b in bones if depth[b] == level) for level in range(max(depth) + 1))


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class Pose:
    """tau of all bones."""

    rotation: Float[Tensor, "b j 3"]
    """Rotation vectors, radians."""
    translation: Float[Tensor, "b j 3"]
    """mm."""
    scale: Float[Tensor, "b j 3"]
    """Natural logarithms, along the bone's axes before it turns."""


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class Chain:
    """What each bone does to what it carries: x -> linear x + shift, in the head frame."""

    linear: Float[Tensor, "b j 3 3"]
    shift: Float[Tensor, "b j 3"]
    above: Float[Tensor, "b j 3 3"]
    """`linear` of each bone's parent; the identity for the root."""
    turn: Float[Tensor, "b j 3 3"]
    """Each bone's own rotation."""
    own: Float[Tensor, "b j 3 3"]
    """Each bone's own rotation and scale."""
    own_shift: Float[Tensor, "b j 3"]
    """Of its own transform L."""


def chain(
    pose: Pose,
    place: Float[Tensor, "b j 3"],
    parents: tuple[int, ...],
    axes: Float[Tensor, "j 3 3"] | None = None,
) -> Chain:
    """Pose the bones.

    Args:
        pose: tau.
        place: psi, where the bones stand at rest.
        parents: of each bone, -1 for the first; parents come before their children.
        axes: of each bone at rest, as columns; None where they are those of the head frame.

    Differentiable in: pose, place.
    """
    turn = rotation_from_vector(pose.rotation)
    grown = pose.scale.exp()[..., None, :]
    own = turn * grown if axes is None else turn @ (axes * grown) @ axes.mT
    own_shift = place + pose.translation - (own @ place[..., None])[..., 0]
    over_of = torch.tensor(parents, device=place.device)
    eye = torch.eye(3, dtype=place.dtype, device=place.device).expand_as(own)
    linear, shift, above = own, own_shift, eye
    for level in levels(parents)[1:]:
        bones = torch.tensor(level, device=place.device)
        over, carried = linear[:, over_of[bones]], shift[:, over_of[bones]]
        above = above.index_copy(1, bones, over)
        linear = linear.index_copy(1, bones, over @ own[:, bones])
        moved = (over @ own_shift[:, bones, :, None])[..., 0] + carried
        shift = shift.index_copy(1, bones, moved)
    return Chain(linear=linear, shift=shift, above=above, turn=turn, own=own, own_shift=own_shift)


def carried_by(
    chained: Chain,
    mass: Float[Tensor, "b n j"],
    first: Float[Tensor, "b n j 3"],
    parents: tuple[int, ...],
) -> tuple[Float[Tensor, "b n j"], Float[Tensor, "b n j 3"]]:
    """What hangs from each bone and its descendants, as the bone's own transform takes it in.

    Args:
        chained: the pose.
        mass: of what each bone carries itself.
        first: the same, times where it is at rest.
        parents: of each bone.
    """
    over_of = torch.tensor(parents, device=mass.device)
    for level in reversed(levels(parents)[1:]):
        bones = torch.tensor(level, device=mass.device)
        handed = torch.einsum("bjde,bnje->bnjd", chained.own[:, bones], first[:, :, bones])
        handed = handed + mass[:, :, bones, None] * chained.own_shift[:, None, bones]
        first = first.index_add(2, over_of[bones], handed)
        mass = mass.index_add(2, over_of[bones], mass[:, :, bones])
    return mass, first


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class Pulls:
    """What the movement of m bones does to n sites along a direction each."""

    mass: Float[Tensor, "b n m"]
    """Share of a site that hangs from each bone."""
    back: Float[Tensor, "b n m 3"]
    """The direction, turned back to where the bone's own transform acts."""
    arm: Float[Tensor, "b n m 3"]
    """From the bone to what it carries, as it takes it in, times the mass."""


def pulls(
    chained: Chain,
    carried: tuple[Float[Tensor, "b n j"], Float[Tensor, "b n j 3"]],
    place: Float[Tensor, "b j 3"],
    directions: Float[Tensor, "b n 3"],
    moving: tuple[int, ...],
) -> Pulls:
    """Each bone moves all that hangs from it, and its parents take the movement on.

    Args:
        chained: the pose.
        carried: from `carried_by`.
        place: where the bones stand at rest.
        directions: along which sites are looked at.
        moving: the m bones that are posed.
    """
    bones = torch.tensor(moving, device=directions.device)
    mass, first = carried[0][:, :, bones], carried[1][:, :, bones]
    back = torch.einsum("bjde,bnd->bnje", chained.above[:, bones], directions)
    return Pulls(mass=mass, back=back, arm=first - mass[..., None] * place[:, None, bones])


def pose_columns(
    names: Collection[str],
    pose: Pose,
    chained: Chain,
    pulled: Pulls,
    moving: tuple[int, ...],
    axes: Float[Tensor, "j 3 3"] | None = None,
) -> Mapping[str, Float[Tensor, "b n _"]]:
    """Derivatives by the blocks of tau that are among `names`, three columns a moving bone.

    Args:
        names: of blocks.
        pose: tau.
        chained: of the pose.
        pulled: from `pulls`, for the same bones.
        moving: the bones that are posed.
        axes: as `chain` took them.
    """
    bones = torch.tensor(moving, device=pulled.arm.device)
    own = chained.own[:, bones]
    found: dict[str, Tensor] = {}
    if "tau_rotation" in names:
        turned = torch.einsum("bjde,bnje->bnjd", own, pulled.arm)
        lever = torch.linalg.cross(turned, pulled.back, dim=-1)
        spin = left_jacobian(pose.rotation[:, bones])
        found["tau_rotation"] = torch.einsum("bnjd,bjde->bnje", lever, spin).flatten(2)
    if "tau_translation" in names:
        found["tau_translation"] = (pulled.mass[..., None] * pulled.back).flatten(2)
    if "tau_scale" in names:
        arm = pulled.arm
        if axes is not None:
            own = own @ axes[bones]
            arm = torch.einsum("jde,bnjd->bnje", axes[bones], arm)
        grown = torch.einsum("bjde,bnjd->bnje", own, pulled.back)
        found["tau_scale"] = (grown * arm).flatten(2)
    return found
