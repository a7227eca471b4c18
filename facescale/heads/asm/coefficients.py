"""The parameter blocks of an ASM head: their sizes, units, priors and bounds, and how columns become offsets.

Eq. 12 of Yang et al. 2023 gives tau the weight 1 and all offsets of binding and weights 0.1, each in a unit
that the paper leaves open. Here the unit of tau is what moves the skin by a few millimetres, that of the
offsets what shifts a bone or a weight by about two; a prior deviation is a unit over the root of its weight.
"""

from collections.abc import Mapping

from jaxtyping import Float
from torch import Tensor

from facescale.heads.asm.mixture import Offsets
from facescale.heads.asm.skeleton import BONES, MOVING, NAMES, PARENTED
from facescale.heads.bone_blocks import TAU_SPECS, BlockSpec, pose_among, spec_block, spread
from facescale.heads.bone_chain import TAU, Pose
from facescale.heads.template import ParameterBlock

WEIGHED: tuple[int, ...] = tuple(bone for bone in MOVING if bone not in PARENTED)
"""Bones with a mixture of their own. Those that have children move the skin through them alone: their own
weight would double their children's, and the head has what all others leave."""
LATE_WEIGHT = 0.1
"""lambda 2 to 5 of eq. 12."""


SPECS: Mapping[str, BlockSpec] = {
    **TAU_SPECS,
    "zeta": BlockSpec(parts=("u", "v"), unit=0.004, bound=0.04, unit_scale=0.004, weight=LATE_WEIGHT),
    "pi": BlockSpec(parts=("log",), unit=0.2, bound=2.0, unit_scale=0.3, weight=LATE_WEIGHT),
    "mu": BlockSpec(parts=("u", "v"), unit=0.004, bound=0.04, unit_scale=0.004, weight=LATE_WEIGHT),
    "sigma": BlockSpec(parts=("a", "c", "b"), unit=0.1, bound=0.7, unit_scale=0.2, weight=LATE_WEIGHT),
}
"""Sides of the chart, natural logarithms, sides of the chart, entries of C."""
OF_COMPONENTS = ("pi", "mu", "sigma")


def asm_blocks(components: int) -> tuple[ParameterBlock, ...]:
    """All blocks, in the order of the columns.

    Args:
        components: Gaussians a bone.
    """
    return tuple(_block(name, spec, components) for name, spec in SPECS.items())


def _block(name: str, spec: BlockSpec, components: int) -> ParameterBlock:
    if name in OF_COMPONENTS:
        owners = [f"{NAMES[bone]}.{k}" for bone in WEIGHED for k in range(components)]
    else:
        owners = [NAMES[bone] for bone in MOVING]
    return spec_block(name, spec, owners, late=name not in TAU)


def pose_of(params: Mapping[str, Float[Tensor, "b _"]], like: Float[Tensor, "b"]) -> Pose:
    """Tau of all bones; root and head, and blocks that `params` lacks, at rest.

    Differentiable in: params.
    """
    return pose_among(params, MOVING, BONES, like)


def zeta_of(params: Mapping[str, Float[Tensor, "b _"]], like: Float[Tensor, "b"]) -> Float[Tensor, "b 84 2"]:
    """Offsets of the bones on the chart.

    Differentiable in: params.
    """
    return spread(params.get("zeta"), MOVING, BONES, like, width=2)


def offsets_of(
    params: Mapping[str, Float[Tensor, "b _"]], like: Float[Tensor, "b"], components: int
) -> Offsets | None:
    """Offsets of the mixtures; None where `params` has none.

    Differentiable in: params.
    """
    if not any(name in params for name in OF_COMPONENTS):
        return None
    pi, mu, sigma = (
        spread(params.get(name), WEIGHED, BONES, like, width=width * components).unflatten(
            -1, (components, width)
        )
        for name, width in zip(OF_COMPONENTS, (1, 2, 3), strict=True)
    )
    return Offsets(pi=pi[..., 0], mu=mu, sigma=sigma)
