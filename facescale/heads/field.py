"""The contract of head models that are a field and no mesh: ImFace, NPHM, MonoNPHM.

Methods that need a fixed topology take `heads.template` instead; scans are compared with `surface`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.heads.field_surface import FieldSurface, extract_surface
from facescale.heads.template import HeadCard, ParameterBlock


@dataclass(frozen=True, kw_only=True)
class FieldSample:
    """What a head is at points."""

    sdf: Float[Tensor, "b n"]
    """Signed distance in mm, negative within; first order, so its gradient may miss the unit length."""
    colour: Float[Tensor, "b n 3"] | None
    """Linear RGB in 0..1; None where the model has none."""
    canonical: Float[Tensor, "b n 3"] | None
    """Where the points lie in the model's neutral frame, which is the same for all people, mm: the model's
    correspondence; None where it has none."""


class AbstractFieldHead(ABC):
    """A head model that is a signed distance field, in millimetres and the head frame of `heads.template`.

    Pose is not a parameter of a head: points come in the head's own frame.
    """

    card: HeadCard
    blocks: tuple[ParameterBlock, ...]
    """Latents by name; those of a person have the scope "subject"."""

    @abstractmethod
    def query(self, params: Mapping[str, Float[Tensor, "b _"]], points: Float[Tensor, "b n 3"]) -> FieldSample:
        """The field at points, mm.

        A block that `params` lacks is at its prior mean.

        Differentiable in: params, points.
        """

    @abstractmethod
    def landmarks(self, params: Mapping[str, Float[Tensor, "b _"]]) -> Mapping[str, Float[Tensor, "b k 3"]]:
        """Places of named sets of landmarks in mm: "ibug68", and "now7" in the order of structures.NOW7.

        Differentiable in: params.
        """

    @abstractmethod
    def bounds(self) -> Float[Tensor, "2 3"]:
        """Lower and upper corner in mm of the box in which the field means anything."""

    @abstractmethod
    def to(self, device: torch.device | str) -> "AbstractFieldHead":
        """Copy to a device."""

    def surface(
        self, params: Mapping[str, Float[Tensor, "b _"]], *, spacing: float = 1.0
    ) -> list[FieldSurface]:
        """The zero level set of each head, by marching cubes.

        Args:
            params: latents by block.
            spacing: of the grid in mm.

        Differentiable in: nothing.
        """
        with torch.no_grad():
            return [
                extract_surface(
                    lambda points, lane=lane: self.query(
                        {name: value[lane : lane + 1] for name, value in params.items()}, points[None]
                    ).sdf[0],
                    self.bounds(),
                    spacing=spacing,
                )
                for lane in range(len(next(iter(params.values()))))
            ]
