"""The linear family of template heads: a mean plus blocks of displacement bases.

Knows nothing of any model's files, of poses, scans or solvers.
"""

import typing
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites, points_at
from facescale.heads.site_rows import weighted_rows
from facescale.heads.template import AbstractTemplateHead, HeadCard, ParameterBlock, batch_of

GATHER_BELOW = 1 / 8
"""Sites whose corners number less than this share of the vertices are evaluated by gathering their rows;
for more, one pass over the whole basis is cheaper (measured on one core: 1.6 ms for 26,719 x 157)."""


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class LinearHead(AbstractTemplateHead):
    """Vertices = mean + basis . coefficients.

    The basis is held twice, 50 MB each for ICT-FaceKit: vertex-major, so that a site's derivative gathers
    contiguous rows, and (made at first use) coefficient-major, which evaluates all vertices 3.6 times faster.
    """

    card: HeadCard
    faces: Int[Tensor, "f 3"]
    uv: Float[Tensor, "t 2"] | None
    faces_uv: Int[Tensor, "f 3"] | None
    landmarks: Mapping[str, Sites]
    regions: Mapping[str, Bool[Tensor, "v"]]
    blocks: tuple[ParameterBlock, ...]
    zero: Float[Tensor, "v 3"]
    """Vertices with all coefficients zero, mm in the head frame."""
    basis: Float[Tensor, "v 3 k"]
    """Displacement in mm a unit of each coefficient, columns ordered as `blocks`."""
    quads: Bool[Tensor, "f"] | None = None
    mirror: Int[Tensor, "v"] | None = None

    def __post_init__(self) -> None:
        columns = sum(block.size for block in self.blocks)
        if self.basis.shape != (*self.zero.shape, columns):
            msg = f"expected a basis of shape {(*self.zero.shape, columns)}, got {tuple(self.basis.shape)}"
            raise ValueError(msg)
        if not self.basis.is_contiguous():
            msg = "expected a contiguous basis: a site gathers its rows"
            raise ValueError(msg)

    @property
    def num_vertices(self) -> int:
        """Vertices of the template."""
        return self.zero.shape[0]

    def evaluate(
        self, params: Mapping[str, Float[Tensor, "b _"]], sites: Sites | None = None
    ) -> Float[Tensor, "b n 3"]:
        """Positions of all vertices, or of `sites`, in mm in the head frame.

        Args:
            params: coefficients by block name; a missing block is at its prior mean.
            sites: batched [b, n], or [n] for the same sites on every shape. Face -1 gives the origin.

        Raises:
            ValueError: no block, an unknown block, or one of another size or batch.

        Differentiable in: params, sites.barycentric.
        """
        batch = batch_of(params, self.blocks)
        if sites is None or 3 * sites.face.numel() >= GATHER_BELOW * self.num_vertices:
            flat = self._resting(params).reshape(1, -1).expand(batch, -1)
            for name, (start, stop) in self._columns.items():
                if name in params:
                    flat = torch.addmm(flat, params[name], self._by_coefficient[start:stop])
            vertices = flat.reshape(batch, -1, 3)
            return vertices if sites is None else points_at(vertices, self.faces, sites)
        corners = self.faces[sites.face.clamp_min(0)]
        resting, rows = self._resting(params)[corners], self.basis[corners]
        weights = sites.barycentric[..., None]
        points = (resting * weights).sum(dim=-2)
        blended = (rows * weights[..., None]).sum(dim=-3)
        for name, (start, stop) in self._columns.items():
            if name in params:
                points = points + torch.einsum(
                    "...ndk,bk->bnd" if sites.face.ndim == 1 else "bndk,bk->bnd",
                    blended[..., start:stop],
                    params[name],
                )
        return points

    def directional_jacobian(
        self,
        params: Mapping[str, Float[Tensor, "b _"]],
        sites: Sites,
        directions: Float[Tensor, "b n 3"],
    ) -> Float[Tensor, "b n k"]:
        """d(direction . position) / d(coefficients) at sites, columns ordered as `blocks`.

        One weighted gather of nine basis rows a site. Only blocks present in `params` get columns; their
        values do not matter, since the head is linear.

        Raises:
            ValueError: no block, an unknown block, or one of another size or batch.

        Differentiable in: sites.barycentric, directions; first order only.
        """
        batch = batch_of(params, self.blocks)
        points = sites.face.shape[-1]
        face = sites.face.expand(batch, points)
        corners = self.faces[face.clamp_min(0)]
        weights = sites.barycentric.expand(batch, points, 3)[..., None] * directions[..., None, :]
        jacobian = weighted_rows(self.basis, corners, weights)
        wanted = [slice(*span) for name, span in self._columns.items() if name in params]
        if len(wanted) == len(self.blocks):
            return jacobian
        return torch.cat([jacobian[..., columns] for columns in wanted], dim=-1)

    def mean_vertices(self) -> Float[Tensor, "v 3"]:
        """The shape with every block at its prior mean."""
        return self._resting({})

    def to(self, device: torch.device | str) -> "LinearHead":
        """Copy to a device."""
        return replace(
            self,
            faces=self.faces.to(device),
            uv=None if self.uv is None else self.uv.to(device),
            faces_uv=None if self.faces_uv is None else self.faces_uv.to(device),
            quads=None if self.quads is None else self.quads.to(device),
            mirror=None if self.mirror is None else self.mirror.to(device),
            landmarks={name: sites.to(device) for name, sites in self.landmarks.items()},
            regions={name: mask.to(device) for name, mask in self.regions.items()},
            blocks=tuple(block.to(device) for block in self.blocks),
            zero=self.zero.to(device),
            basis=self.basis.to(device),
        )

    @cached_property
    def _by_coefficient(self) -> Float[Tensor, "k w"]:
        return self.basis.reshape(3 * self.num_vertices, -1).T.contiguous()

    @cached_property
    def _columns(self) -> dict[str, tuple[int, int]]:
        spans, start = {}, 0
        for block in self.blocks:
            spans[block.name] = (start, start + block.size)
            start += block.size
        return spans

    @cached_property
    def _offsets(self) -> dict[str, Float[Tensor, "v 3"]]:
        # only blocks whose prior mean moves anything: for most models there is none
        return {
            block.name: self.basis[..., slice(*self._columns[block.name])] @ block.prior_mean
            for block in self.blocks
            if bool(block.prior_mean.any())
        }

    def _resting(self, params: Mapping[str, Tensor]) -> Float[Tensor, "v 3"]:
        """`zero` with the blocks that `params` lacks at their prior means."""
        vertices = self.zero
        for name, offset in self._offsets.items():
            if name not in params:
                vertices = vertices + offset
        return vertices
