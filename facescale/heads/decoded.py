"""The decoded family of template heads: a latent vector through a graph decoder.

Knows nothing of any model's files, of scans or solvers.
"""

import typing
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites, points_at
from facescale.heads.graph_decoder import GraphDecoder
from facescale.heads.template import AbstractTemplateHead, HeadCard, ParameterBlock, batch_of

LATENT = "latent"


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class DecodedHead(AbstractTemplateHead):
    """Vertices = zero + spread * decoder(latent), vertex by vertex and axis by axis."""

    card: HeadCard
    faces: Int[Tensor, "f 3"]
    uv: Float[Tensor, "t 2"] | None
    faces_uv: Int[Tensor, "f 3"] | None
    landmarks: Mapping[str, Sites]
    regions: Mapping[str, Bool[Tensor, "v"]]
    blocks: tuple[ParameterBlock, ...]
    """One: "latent"."""
    zero: Float[Tensor, "v 3"]
    """The mean of the training shapes, mm in the head frame."""
    spread: Float[Tensor, "v 3"]
    """Their standard deviation, mm."""
    decoder: GraphDecoder
    quads: Bool[Tensor, "f"] | None = None
    mirror: Int[Tensor, "v"] | None = None

    def __post_init__(self) -> None:
        size = self.decoder.weight.shape[1]
        if [(block.name, block.size) for block in self.blocks] != [(LATENT, size)]:
            raise ValueError(f"expected one block {LATENT!r} of {size} coefficients, got others")
        if not len(self.zero) == len(self.spread) == self.decoder.num_vertices:
            raise ValueError(
                f"expected mean and spread of the decoder's {self.decoder.num_vertices} vertices, "
                f"got {len(self.zero)} and {len(self.spread)}"
            )

    @property
    def num_vertices(self) -> int:
        """Vertices of the template."""
        return self.zero.shape[0]

    def evaluate(
        self, params: Mapping[str, Float[Tensor, "b _"]], sites: Sites | None = None
    ) -> Float[Tensor, "b n 3"]:
        """Positions of all vertices, or of `sites`, in mm in the head frame.

        Args:
            params: the latent vector.
            sites: batched [b, n], or [n] for the same sites on every shape. Face -1 gives the origin.

        Raises:
            ValueError: no block, an unknown block, or one of another size or batch.

        Differentiable in: params, sites.barycentric.
        """
        batch_of(params, self.blocks)
        shapes = self.zero + self.spread * self.decoder.decode(params[LATENT])
        return shapes if sites is None else points_at(shapes, self.faces, sites)

    def directional_jacobian(
        self,
        params: Mapping[str, Float[Tensor, "b _"]],
        sites: Sites,
        directions: Float[Tensor, "b n 3"],
    ) -> Float[Tensor, "b n k"]:
        """d(direction . position) / d(coefficients) at sites, columns ordered as `blocks`.

        Forward through the decoder, as many columns at once as there are coefficients, then at the sites alone.

        Raises:
            ValueError: no block, an unknown block, or one of another size or batch.

        Differentiable in: nothing; the solvers that ask for it ask for no more.
        """
        with torch.no_grad():
            batch = batch_of(params, self.blocks)
            face = sites.face.expand(batch, sites.face.shape[-1])
            corners = self.faces[face.clamp_min(0)].long()
            shares = sites.barycentric.expand(*face.shape, 3)
            pull = shares[..., None] * directions[:, :, None] * self.spread[corners]
            slopes = self.decoder.slopes(params[LATENT]).permute(0, 2, 3, 1)
            lanes = torch.arange(batch, device=face.device)[:, None]
            found = torch.zeros(*face.shape, slopes.shape[-1], dtype=pull.dtype, device=pull.device)
            for corner in range(3):
                found += torch.einsum("bnd,bndk->bnk", pull[:, :, corner], slopes[lanes, corners[:, :, corner]])
            return found

    def mean_vertices(self) -> Float[Tensor, "v 3"]:
        """The shape with every block at its prior mean."""
        return self.evaluate({LATENT: self.blocks[0].prior_mean[None]})[0]

    def to(self, device: torch.device | str) -> "DecodedHead":
        """Copy to a device."""
        plain = ("faces", "uv", "faces_uv", "quads", "mirror", "zero", "spread")
        moved = {name: getattr(self, name) for name in plain}
        return replace(
            self,
            **{name: None if value is None else value.to(device) for name, value in moved.items()},
            landmarks={name: sites.to(device) for name, sites in self.landmarks.items()},
            regions={name: mask.to(device) for name, mask in self.regions.items()},
            blocks=tuple(block.to(device) for block in self.blocks),
            decoder=self.decoder.to(device),
        )
