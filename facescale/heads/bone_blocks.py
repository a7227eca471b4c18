"""The parameter blocks of posed bones: sizes, units, priors and bounds, and how columns become poses.

Eq. 12 of Yang et al. 2023 gives tau the weight 1 in a unit that the paper leaves open. Here it is what moves
the skin by a few millimetres. Knows no skeleton.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.heads.bone_chain import TAU, Pose
from facescale.heads.template import ParameterBlock

AXES = ("x", "y", "z")


@dataclass(frozen=True, kw_only=True)
class BlockSpec:
    """One block as it is made."""

    parts: tuple[str, ...]
    """Names of the coefficients of one bone or component."""
    unit: float
    bound: float
    unit_scale: float
    """A step that moves the skin by about a millimetre."""
    weight: float = 1.0
    """Of its square in eq. 12; a prior deviation is a unit over its root."""


TAU_SPECS: Mapping[str, BlockSpec] = {
    "tau_rotation": BlockSpec(parts=AXES, unit=0.15, bound=1.0, unit_scale=0.1),
    "tau_translation": BlockSpec(parts=AXES, unit=4.0, bound=25.0, unit_scale=1.0),
    "tau_scale": BlockSpec(parts=AXES, unit=0.15, bound=0.7, unit_scale=0.1),
}
"""Radians, mm, natural logarithms."""


def spec_block(name: str, spec: BlockSpec, owners: Sequence[str], *, late: bool = False) -> ParameterBlock:
    """A block with a prior about rest.

    Args:
        name: of the block.
        spec: of one owner's coefficients.
        owners: names of bones or components.
        late: see `ParameterBlock`.
    """
    names = tuple(f"{owner}.{part}" for owner in owners for part in spec.parts)
    full = torch.full((len(names),), spec.bound)
    return ParameterBlock(
        name=name,
        size=len(names),
        scope="subject",
        unit_scale=spec.unit_scale,
        prior_mean=torch.zeros(len(names)),
        prior_std=torch.full((len(names),), spec.unit * spec.weight**-0.5),
        lower=-full,
        upper=full,
        names=names,
        late=late,
    )


def tau_blocks(owners: Sequence[str]) -> tuple[ParameterBlock, ...]:
    """The three blocks of posed bones."""
    return tuple(spec_block(name, spec, owners) for name, spec in TAU_SPECS.items())


def pose_among(
    params: Mapping[str, Float[Tensor, "b _"]], moving: tuple[int, ...], count: int, like: Float[Tensor, "b"]
) -> Pose:
    """Tau of all bones; those that never move, and blocks that `params` lacks, at rest.

    Args:
        params: coefficients by block name.
        moving: bones that have coefficients, in their order.
        count: of all bones.
        like: of the batch, for its dtype and device.

    Differentiable in: params.
    """
    parts = [spread(params.get(name), moving, count, like) for name in TAU]
    return Pose(rotation=parts[0], translation=parts[1], scale=parts[2])


def spread(
    values: Float[Tensor, "b _"] | None,
    bones: tuple[int, ...],
    count: int,
    like: Float[Tensor, "b"],
    width: int = 3,
) -> Float[Tensor, "b j w"]:
    """Coefficients of some bones among all, the others zero.

    Differentiable in: values.
    """
    nothing = like.new_zeros(len(like), count, width)
    if values is None:
        return nothing
    return nothing.index_copy(1, torch.tensor(bones, device=like.device), values.unflatten(1, (-1, width)))
