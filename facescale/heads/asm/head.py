"""ASM as a template head: a resting skin, 84 bones bound over its chart, and mixtures as skinning weights.

Knows nothing of where the skin comes from, of scans or of solvers.
"""

import typing
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites, points_at
from facescale.heads.asm import jacobian
from facescale.heads.asm.binding import locate, on_skin
from facescale.heads.asm.chart import SkinChart
from facescale.heads.asm.coefficients import offsets_of, pose_of, zeta_of
from facescale.heads.asm.mixture import Mixture, Offsets, Reach, amplitudes
from facescale.heads.asm.skeleton import BONES, PARENTS
from facescale.heads.bone_chain import Chain, chain
from facescale.heads.site_rows import few_corners
from facescale.heads.template import AbstractTemplateHead, HeadCard, ParameterBlock, batch_of


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class AsmHead(AbstractTemplateHead):
    """v' = sum over bones of w(u; pi, mu, Sigma) T(tau, zeta) v (Yang et al. 2023, eq. 5).

    Weights sum to 1, so the skin at tau = 0 is the resting one, whatever zeta, pi, mu and Sigma are.
    """

    card: HeadCard
    faces: Int[Tensor, "f 3"]
    uv: Float[Tensor, "t 2"] | None
    faces_uv: Int[Tensor, "f 3"] | None
    landmarks: Mapping[str, Sites]
    regions: Mapping[str, Bool[Tensor, "v"]]
    blocks: tuple[ParameterBlock, ...]
    """As `coefficients.asm_blocks` makes them."""
    zero: Float[Tensor, "v 3"]
    """The resting vertices, mm in the head frame."""
    chart: SkinChart
    """Its vertices are those of `bound`."""
    bound: Float[Tensor, "c 3"]
    """The resting skin over which bones slide, mm."""
    bone_uv: Float[Tensor, "84 2"]
    """zeta0, float64: the chart's coordinate of each bone's nearest vertex."""
    bone_place: Float[Tensor, "84 3"]
    """psi0, mm."""
    mixture: Mixture
    place: Float[Tensor, "v 2"]
    """Where on the chart each vertex takes its weights; of a vertex off it, the skin's that it hangs on."""
    reach: Reach
    """Bones that count at each vertex."""
    quads: Bool[Tensor, "f"] | None = None
    mirror: Int[Tensor, "v"] | None = None

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
        batch_of(params, self.blocks)
        few = None if sites is None else few_corners(self.faces, sites, self.num_vertices)
        if few is not None:
            used, faces, own = few
            return points_at(self._moved(params, used), faces, own)
        moved = self._moved(params, None)
        return moved if sites is None else points_at(moved, self.faces, sites)

    def directional_jacobian(
        self,
        params: Mapping[str, Float[Tensor, "b _"]],
        sites: Sites,
        directions: Float[Tensor, "b n 3"],
    ) -> Float[Tensor, "b n k"]:
        """d(direction . position) / d(coefficients) at sites, columns ordered as `blocks`.

        Closed form. Only blocks present in `params` get columns.

        Raises:
            ValueError: no block, an unknown block, or one of another size or batch.

        Differentiable in: nothing; the solvers that ask for it ask for no more.
        """
        with torch.no_grad():
            batch = batch_of(params, self.blocks)
            face = sites.face.expand(batch, sites.face.shape[-1])
            corners = self.faces[face.clamp_min(0)].long()
            shares = sites.barycentric.expand(*face.shape, 3)
            return jacobian.columns(self, params, corners, shares, directions)

    def mean_vertices(self) -> Float[Tensor, "v 3"]:
        """The shape with every block at its prior mean."""
        return self.zero

    def to(self, device: torch.device | str) -> "AsmHead":
        """Copy to a device."""
        plain = (
            "faces",
            "uv",
            "faces_uv",
            "quads",
            "mirror",
            "zero",
            "bound",
            "bone_uv",
            "bone_place",
            "place",
        )
        moved = {name: getattr(self, name) for name in plain}
        return replace(
            self,
            **{name: None if value is None else value.to(device) for name, value in moved.items()},
            landmarks={name: sites.to(device) for name, sites in self.landmarks.items()},
            regions={name: mask.to(device) for name, mask in self.regions.items()},
            blocks=tuple(block.to(device) for block in self.blocks),
            chart=self.chart.to(device),
            mixture=self.mixture.to(device),
            reach=self.reach.to(device),
        )

    def cropped(self, keep: Bool[Tensor, "v"]) -> "AsmHead":
        """The same model with some of the vertices and the faces among them; no UVs, quads, mirror, landmarks.

        Raises:
            ValueError: no face would be left.
        """
        faces = self.faces[keep[self.faces.long()].all(dim=1)].long()
        if len(faces) == 0:
            raise ValueError(f"expected to keep at least one face, got {int(keep.sum())} vertices with none")
        number = torch.full((len(keep),), -1, device=keep.device)
        number[keep] = torch.arange(int(keep.sum()), device=keep.device)
        return replace(
            self,
            faces=number[faces].int(),
            uv=None,
            faces_uv=None,
            quads=None,
            mirror=None,
            landmarks={},
            regions={name: mask[keep] for name, mask in self.regions.items()},
            zero=self.zero[keep],
            place=self.place[keep],
            reach=Reach(bones=self.reach.bones[keep], floor=self.reach.floor[keep], soft=self.reach.soft[keep]),
        )

    @property
    def components(self) -> int:
        """Gaussians a bone."""
        return self.mixture.share.shape[1]

    def pose(self, params: Mapping[str, Float[Tensor, "b _"]]) -> Chain:
        """What every bone does to what it carries.

        Differentiable in: params.
        """
        like = next(iter(params.values()))[:, 0]
        return chain(pose_of(params, like), self.bones_at(params), PARENTS)

    def bones_at(self, params: Mapping[str, Float[Tensor, "b _"]]) -> Float[Tensor, "b 84 3"]:
        """Psi of eq. 4: where the bones stand at rest.

        Differentiable in: params.
        """
        like = next(iter(params.values()))[:, 0]
        if "zeta" not in params:
            return self.bone_place.expand(len(like), -1, -1)
        found = locate(self.chart, self.bone_uv + zeta_of(params, like).double())
        return on_skin(self.chart, self.bound, found) - self._anchor + self.bone_place

    def weights(self, params: Mapping[str, Float[Tensor, "b _"]]) -> Float[Tensor, "b v 84"]:
        """Skinning weights of all vertices.

        Differentiable in: params.
        """
        return self._weights(params, None)

    @cached_property
    def _anchor(self) -> Float[Tensor, "84 3"]:
        """v_t."""
        return on_skin(self.chart, self.bound, locate(self.chart, self.bone_uv[None]))[0]

    @cached_property
    def _resting_weights(self) -> Float[Tensor, "1 v 84"]:
        return _dense(amplitudes(self.mixture, None, self.place, self.reach), self.reach)

    def _weights(self, params: Mapping[str, Tensor], used: Tensor | None) -> Float[Tensor, "b v 84"]:
        offsets = self.offsets(params)
        if offsets is None:
            resting = self._resting_weights
            return resting if used is None else resting[:, used]
        place, reach = self.part(used)
        return _dense(amplitudes(self.mixture, offsets, place, reach), reach)

    def offsets(self, params: Mapping[str, Float[Tensor, "b _"]]) -> Offsets | None:
        """Of the mixtures; None where they are the initial ones."""
        return offsets_of(params, next(iter(params.values()))[:, 0], self.components)

    def part(self, used: Int[Tensor, "u"] | None) -> tuple[Float[Tensor, "u 2"], Reach]:
        """Places and reach of some vertices."""
        if used is None:
            return self.place, self.reach
        reach = self.reach
        return self.place[used], Reach(bones=reach.bones[used], floor=reach.floor[used], soft=reach.soft[used])

    def _moved(self, params: Mapping[str, Tensor], used: Tensor | None) -> Float[Tensor, "b u 3"]:
        bones = self.pose(params)
        flat = torch.cat([bones.linear.flatten(2), bones.shift], dim=-1)
        blended = self._weights(params, used) @ flat
        resting = self.zero if used is None else self.zero[used]
        linear, shift = blended[..., :9].unflatten(-1, (3, 3)), blended[..., 9:]
        return (linear @ resting[..., None])[..., 0] + shift


def _dense(amplitude: Float[Tensor, "b n m"], reach: Reach) -> Float[Tensor, "b n 84"]:
    """Weights of all bones from amplitudes in slots."""
    shares = amplitude / amplitude.sum(dim=-1, keepdim=True)
    nothing = shares.new_zeros(*shares.shape[:2], BONES)
    return nothing.scatter_add(2, reach.bones.expand_as(shares), shares)
