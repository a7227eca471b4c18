"""Parameter blocks that most linear heads share: identity in standard deviations, expression activations."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from facescale.heads.template import ParameterBlock, Scope

IDENTITY_BOUND = 4.0
"""Standard deviations. Beyond lie 6e-5 of a normal distribution: a coefficient there is a failing fit."""
EXPRESSION_STD = 0.3
"""Scans are asked to be neutral and rarely are quite: most activations are small, few reach one."""


def identity_block(
    basis: Float[Tensor, "v 3 n"],
    skin: Bool[Tensor, "v"],
    names: tuple[str, ...] = (),
    correlation: Float[Tensor, "n n"] | None = None,
) -> ParameterBlock:
    """Identity coefficients in standard deviations.

    Args:
        basis: mm a standard deviation.
        skin: vertices that count for the unit scale.
        names: one a coefficient, where they have names.
        correlation: among people, where it is known.
    """
    return _deviations("identity", "subject", basis, skin, names, correlation)


def expression_components(basis: Float[Tensor, "v 3 m"], skin: Bool[Tensor, "v"]) -> ParameterBlock:
    """Expression coefficients in standard deviations, of models that have components and no activations.

    Args:
        basis: mm a standard deviation.
        skin: vertices that count for the unit scale.
    """
    return _deviations("expression", "frame", basis, skin)


def turning_block(
    name: str,
    std: tuple[float, float, float],
    lower: tuple[float, float, float],
    upper: tuple[float, float, float],
    *,
    joints: int,
    arm: float,
) -> ParameterBlock:
    """Rotation vectors of joints in radians, zero at rest.

    Args:
        name: of the block.
        std: about each axis.
        lower: bounds.
        upper: bounds.
        joints: that turn alike, three coefficients each.
        arm: root mean square distance in mm that a turn by one radian moves the surface.
    """
    return ParameterBlock(
        name=name,
        size=3 * joints,
        scope="frame",
        unit_scale=1.0 / arm,
        prior_mean=torch.zeros(3 * joints),
        prior_std=torch.tensor(std).repeat(joints),
        lower=torch.tensor(lower).repeat(joints),
        upper=torch.tensor(upper).repeat(joints),
    )


def _deviations(
    name: str,
    scope: Scope,
    basis: Float[Tensor, "v 3 n"],
    skin: Bool[Tensor, "v"],
    names: tuple[str, ...] = (),
    correlation: Float[Tensor, "n n"] | None = None,
) -> ParameterBlock:
    size = basis.shape[-1]
    return ParameterBlock(
        name=name,
        size=size,
        scope=scope,
        unit_scale=_unit_scale(basis, skin),
        prior_mean=torch.zeros(size),
        prior_std=torch.ones(size),
        lower=torch.full((size,), -IDENTITY_BOUND),
        upper=torch.full((size,), IDENTITY_BOUND),
        names=names,
        prior_correlation=correlation,
    )


def expression_block(
    basis: Float[Tensor, "v 3 m"], skin: Bool[Tensor, "v"], names: tuple[str, ...]
) -> ParameterBlock:
    """Activations of expressions, 0 to 1.

    Args:
        basis: mm at full activation.
        skin: vertices that count for the unit scale.
        names: one a coefficient.
    """
    size = basis.shape[-1]
    return ParameterBlock(
        name="expression",
        size=size,
        scope="frame",
        unit_scale=_unit_scale(basis, skin),
        prior_mean=torch.zeros(size),
        prior_std=torch.full((size,), EXPRESSION_STD),
        lower=torch.zeros(size),
        upper=torch.ones(size),
        names=names,
    )


def _unit_scale(basis: Float[Tensor, "v 3 k"], skin: Bool[Tensor, "v"]) -> float:
    """The step that moves the skin by 1 mm RMS along the coefficient that moves it most."""
    if basis.shape[-1] == 0:
        return 1.0
    return 1.0 / float(basis[skin].square().sum(dim=1).mean(dim=0).sqrt().max())
