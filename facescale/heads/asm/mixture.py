"""Skinning weights as mixtures of Gaussians over the chart of the skin, one mixture a bone.

A bone's amplitude at a place u is a(u) = sum over components of pi exp(-|z|^2 / 2), L z = u - mu, with
Sigma = L L'; weights are amplitudes over their sum. The head bone's amplitude is a constant: it has what the
others leave. Offsets from the initial mixture are coefficients: pi = pi' exp(p), mu = mu' + m, and L = L' C
with C = [[exp a, 0], [c, exp b]], so that Sigma stays positive definite whatever they are. Knows no bone.
"""

import typing
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

BY_COMPONENT = 6
"""Offsets of a component: p, m (two), a, c, b."""
NEGLIGIBLE = 1e-3
"""A bone whose share of a vertex stays below is left out there, even when its components have spread by
`SPREAD`. What is left out at the initial mixture is stated by benchmarks/asm_weights.py."""
SPREAD = 1.3


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class Mixture:
    """The initial mixtures pi', mu', L' of j bones."""

    share: Float[Tensor, "j k"]
    """pi'; zero for bones that carry no skin of their own."""
    middle: Float[Tensor, "j k 2"]
    """mu', on the chart."""
    factor: Float[Tensor, "j k 2 2"]
    """L', lower triangular."""
    floor: float
    """The constant amplitude of the head bone."""

    def to(self, device: torch.device | str) -> "Mixture":
        """Copy to a device."""
        return replace(
            self, share=self.share.to(device), middle=self.middle.to(device), factor=self.factor.to(device)
        )


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class Offsets:
    """Coefficients of the mixture, zero for the initial one."""

    pi: Float[Tensor, "b j k"]
    """Log of the amplitude's factor."""
    mu: Float[Tensor, "b j k 2"]
    """On the chart."""
    sigma: Float[Tensor, "b j k 3"]
    """a, c, b of C."""


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class Reach:
    """Which bones are counted at which places: m slots a place, spare ones on bone 0 with no amplitude."""

    bones: Int[Tensor, "n m"]
    floor: Float[Tensor, "n m"]
    """Constant amplitude of each slot."""
    soft: Float[Tensor, "n"]
    """1 where the mixtures count, 0 where a place hangs from one bone alone."""

    def to(self, device: torch.device | str) -> "Reach":
        """Copy to a device."""
        return Reach(bones=self.bones.to(device), floor=self.floor.to(device), soft=self.soft.to(device))


def whitened(
    mixture: Mixture, offsets: Offsets | None, uv: Float[Tensor, "n 2"], bones: Int[Tensor, "n m"]
) -> tuple[Float[Tensor, "b n m k 2"], Float[Tensor, "b n m k"]]:
    """Z of every place in the components of its bones, and pi exp(-|z|^2 / 2).

    Differentiable in: offsets, uv.
    """
    inverse = torch.linalg.inv(mixture.factor)[bones]
    away = uv[:, None, None] - mixture.middle[bones]
    share = mixture.share[bones]
    if offsets is None:
        away, share = away[None], share[None]
    else:
        away = away - offsets.mu[:, bones]
        share = share * offsets.pi[:, bones].exp()
    first = inverse[..., 0, 0] * away[..., 0]
    second = inverse[..., 1, 0] * away[..., 0] + inverse[..., 1, 1] * away[..., 1]
    if offsets is not None:
        a, c, b = offsets.sigma[:, bones].unbind(-1)
        first = first * (-a).exp()
        second = (second - c * first) * (-b).exp()
    z = torch.stack([first, second], dim=-1)
    return z, share * (-0.5 * z.square().sum(dim=-1)).exp()


def amplitudes(
    mixture: Mixture, offsets: Offsets | None, uv: Float[Tensor, "n 2"], reach: Reach
) -> Float[Tensor, "b n m"]:
    """Amplitudes of the bones in the slots of each place, constants included.

    Differentiable in: offsets, uv.
    """
    _, parts = whitened(mixture, offsets, uv, reach.bones)
    return parts.sum(dim=-1) * reach.soft[:, None] + reach.floor


def amplitude_slopes(
    mixture: Mixture, offsets: Offsets, uv: Float[Tensor, "n 2"], reach: Reach
) -> tuple[Float[Tensor, "b n m"], Float[Tensor, "b n m k 6"]]:
    """Amplitudes and their derivatives by the offsets of the slots' components, ordered p, m, a, c, b."""
    z, parts = whitened(mixture, offsets, uv, reach.bones)
    parts = parts * reach.soft[:, None, None]
    a, c, b = offsets.sigma[:, reach.bones].unbind(-1)
    first, second = z.unbind(-1)
    back = second * (-b).exp()
    turned = (first - c * back) * (-a).exp()
    inverse = torch.linalg.inv(mixture.factor)[reach.bones]
    across = inverse[..., 0, 0] * turned + inverse[..., 1, 0] * back
    slopes = torch.stack(
        [
            torch.ones_like(first),
            across,
            inverse[..., 1, 1] * back,
            first * (first - c * back),
            first * back,
            second.square(),
        ],
        dim=-1,
    )
    return parts.sum(dim=-1) + reach.floor, slopes * parts[..., None]


def within_reach(
    mixture: Mixture, uv: Float[Tensor, "n 2"], head: int, *, negligible: float = NEGLIGIBLE
) -> Reach:
    """Find the bones that count at places, the head bone in the first slot.

    Args:
        mixture: the initial one.
        uv: places on the chart.
        head: the bone whose amplitude is the floor.
        negligible: share of a place below which a bone is left out.
    """
    wide = replace(mixture, factor=mixture.factor * SPREAD)
    every = torch.arange(len(mixture.share), device=uv.device)
    _, parts = whitened(wide, None, uv, every.expand(len(uv), -1))
    total = parts[0].sum(dim=-1)
    counts = total > negligible * (total.sum(dim=1, keepdim=True) + mixture.floor)
    most = int(counts.sum(dim=1).max())
    order = (total * counts).argsort(dim=1, descending=True)[:, :most]
    kept = counts.gather(1, order)
    bones = torch.cat([torch.full_like(order[:, :1], head), torch.where(kept, order, 0)], dim=1)
    floor = torch.zeros_like(bones, dtype=uv.dtype)
    floor[:, 0] = mixture.floor
    return Reach(bones=bones, floor=floor, soft=torch.ones_like(uv[:, 0]))
