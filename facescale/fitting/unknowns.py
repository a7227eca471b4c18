"""The unknowns of one fit: a similarity that moves points into the head frame, and a head's coefficients.

Knows nothing of energies, solvers or scans.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from facescale.geometry.rotations import rotation_from_vector
from facescale.heads.template import AbstractTemplateHead, ParameterBlock

RIGID = 6
"""Unknowns of a pose: three of rotation, three of translation."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Which unknowns there are and in which order: pose columns first, then blocks in the head's order."""

    scale: bool
    """Whether one column of log scale follows the six of the pose."""
    blocks: tuple[ParameterBlock, ...]
    """The blocks that are fitted; all others rest at their prior means."""

    @classmethod
    def of(cls, head: AbstractTemplateHead, *, scale: bool, leave_out: Sequence[str] = ()) -> "Layout":
        """All blocks of a head but those that `leave_out` names."""
        return cls(scale=scale, blocks=tuple(b for b in head.blocks if b.name not in leave_out))

    def early(self) -> "Layout":
        """Without the blocks that move nothing while all others are at rest."""
        return Layout(scale=self.scale, blocks=tuple(b for b in self.blocks if not b.late))

    @cached_property
    def early_columns(self) -> Bool[Tensor, "k"]:
        """Which coefficients are of the blocks of `early`."""
        marks = [torch.full((block.size,), not block.late) for block in self.blocks]
        return torch.cat(marks) if marks else torch.zeros(0, dtype=torch.bool)

    @property
    def pose_size(self) -> int:
        """Columns of the pose, scale included."""
        return RIGID + int(self.scale)

    @property
    def coefficients(self) -> int:
        """Columns of all blocks together."""
        return sum(block.size for block in self.blocks)

    @cached_property
    def prior_mean(self) -> Float[Tensor, "k"]:
        """Of all coefficients, in float64; so the other three."""
        return self._joined([block.prior_mean for block in self.blocks])

    @cached_property
    def prior_std(self) -> Float[Tensor, "k"]:
        """Standard deviations of the prior."""
        return self._joined([block.prior_std for block in self.blocks])

    @cached_property
    def lower(self) -> Float[Tensor, "k"]:
        """Lower bounds."""
        return self._joined([block.lower for block in self.blocks])

    @cached_property
    def upper(self) -> Float[Tensor, "k"]:
        """Upper bounds."""
        return self._joined([block.upper for block in self.blocks])

    def _joined(self, parts: list[Tensor]) -> Tensor:
        return torch.cat(parts).double() if parts else torch.zeros(0, dtype=torch.float64)

    def split(self, coefficients: Float[Tensor, "b k"]) -> dict[str, Float[Tensor, "b j"]]:
        """Coefficients by block name, in float32, as heads take them."""
        sizes = [block.size for block in self.blocks]
        parts = coefficients.float().split(sizes, dim=1)
        return {block.name: part for block, part in zip(self.blocks, parts, strict=True)}


@dataclass(frozen=True, kw_only=True)
class Unknowns:
    """Values of the unknowns of b lanes, in float64. A point p lies at exp(log_scale) R p + shift."""

    rotation: Float[Tensor, "b 3 3"]
    shift: Float[Tensor, "b 3"]
    """Millimetres."""
    log_scale: Float[Tensor, "b"]
    coefficients: Float[Tensor, "b k"]

    @classmethod
    def at_rest(cls, layout: Layout, *, lanes: int, device: torch.device | str) -> "Unknowns":
        """The identity pose and the mean head."""
        wide = {"dtype": torch.float64, "device": device}
        return cls(
            rotation=torch.eye(3, **wide).expand(lanes, 3, 3),
            shift=torch.zeros(lanes, 3, **wide),
            log_scale=torch.zeros(lanes, **wide),
            coefficients=layout.prior_mean.to(device).expand(lanes, -1),
        )

    def move(self, points: Float[Tensor, "b n 3"]) -> Float[Tensor, "b n 3"]:
        """Points in the head frame, in float32."""
        linear = self.rotation * self.log_scale.exp()[:, None, None]
        return torch.baddbmm(self.shift.float()[:, None], points, linear.float().mT)

    def turn(self, directions: Float[Tensor, "b n 3"]) -> Float[Tensor, "b n 3"]:
        """Directions in the head frame, in float32."""
        return directions @ self.rotation.float().mT

    def stepped(self, step: Float[Tensor, "b u"], layout: Layout) -> "Unknowns":
        """Move by one step of all unknowns; the pose's part acts in the head frame, after the pose.

        Args:
            step: rotation vector, translation, then log scale if `layout` has it, then coefficients.
            layout: the order of the columns.
        """
        turn = rotation_from_vector(step[:, :3])
        grow = step[:, RIGID] if layout.scale else torch.zeros_like(self.log_scale)
        return type(self)(
            rotation=turn @ self.rotation,
            shift=grow.exp()[:, None] * (turn @ self.shift[..., None])[..., 0] + step[:, 3:RIGID],
            log_scale=self.log_scale + grow,
            coefficients=self.coefficients + step[:, layout.pose_size :],
        )

    def where(self, keep: Bool[Tensor, "b"], other: "Unknowns") -> "Unknowns":
        """These values in the lanes of `keep`, `other` in the rest."""
        return type(self)(
            rotation=torch.where(keep[:, None, None], self.rotation, other.rotation),
            shift=torch.where(keep[:, None], self.shift, other.shift),
            log_scale=torch.where(keep, self.log_scale, other.log_scale),
            coefficients=torch.where(keep[:, None], self.coefficients, other.coefficients),
        )


def pose_columns(
    points: Float[Tensor, "b n 3"], directions: Float[Tensor, "b n 3"], layout: Layout
) -> Float[Tensor, "b n p"]:
    """d(direction . point) / d(pose step) for points already in the head frame.

    Args:
        points: in the head frame, mm.
        directions: any length; a weight can ride on them.
        layout: says whether there is a column of scale.
    """
    columns = [torch.linalg.cross(points, directions, dim=-1), directions]
    if layout.scale:
        columns.append((points * directions).sum(dim=-1, keepdim=True))
    return torch.cat(columns, dim=-1)


def unit_scales(blocks: Sequence[ParameterBlock]) -> Mapping[str, float]:
    """The step of each block's coefficients that moves the surface by about a millimetre."""
    return {block.name: block.unit_scale for block in blocks}
