"""The boned family of template heads: a resting skin, bones with nine parameters each, and fixed weights.

What ASM is, but for its sliding bones and adaptive weights. Knows nothing of any model's files, of scans or
solvers.
"""

import typing
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites, points_at
from facescale.heads.bone_blocks import pose_among
from facescale.heads.bone_chain import TAU, Chain, Pose, carried_by, chain, pose_columns, pulls
from facescale.heads.site_rows import few_corners
from facescale.heads.template import AbstractTemplateHead, HeadCard, ParameterBlock, batch_of


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class BonedHead(AbstractTemplateHead):
    """v' = sum over slots of w T v; the first bone is the root and stays, all others have nine parameters."""

    card: HeadCard
    faces: Int[Tensor, "f 3"]
    uv: Float[Tensor, "t 2"] | None
    faces_uv: Int[Tensor, "f 3"] | None
    landmarks: Mapping[str, Sites]
    regions: Mapping[str, Bool[Tensor, "v"]]
    blocks: tuple[ParameterBlock, ...]
    """Rotation vectors, translations and log scales of all bones but the first, as `tau_blocks` makes them."""
    zero: Float[Tensor, "v 3"]
    """The resting vertices, mm in the head frame."""
    parents: tuple[int, ...]
    """Of each bone; -1 for the first. Parents come before their children."""
    place: Float[Tensor, "j 3"]
    """Where the bones stand at rest, mm."""
    axes: Float[Tensor, "j 3 3"]
    """Their axes at rest as columns, along which they scale."""
    joints: Int[Tensor, "v m"]
    """The bones that carry each vertex; bone 0 in spare slots."""
    weights: Float[Tensor, "v m"]
    """Of those bones; they sum to 1."""
    quads: Bool[Tensor, "f"] | None = None
    mirror: Int[Tensor, "v"] | None = None

    def __post_init__(self) -> None:
        count, vertices, slots = len(self.parents), len(self.zero), self.joints.shape[1]
        expected = {
            "place": (count, 3),
            "axes": (count, 3, 3),
            "joints": (vertices, slots),
            "weights": (vertices, slots),
        }
        found = {name: tuple(getattr(self, name).shape) for name in expected}
        if found != expected:
            raise ValueError(f"expected the shapes {expected}, got {found}")
        if self.parents[0] != -1 or any(not 0 <= p < j for j, p in enumerate(self.parents) if j > 0):
            raise ValueError(f"expected each bone after its parent and -1 for the first, got {self.parents}")
        sizes = {block.name: block.size for block in self.blocks}
        wanted = dict.fromkeys(TAU, 3 * (count - 1))
        if sizes != wanted:
            raise ValueError(f"expected the blocks {wanted}, got {sizes}")

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
        moved = self._moved(params, slice(None))
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
            shares = sites.barycentric.expand(*face.shape, 3)
            pose, bones = self._posed(params)
            carried = carried_by(bones, *self._held(self.faces[face.clamp_min(0)].long(), shares), self.parents)
            pulled = pulls(bones, carried, self.place.expand(batch, -1, -1), directions, self._moving)
            found = pose_columns(params.keys(), pose, bones, pulled, self._moving, self.axes)
            return torch.cat([found[block.name] for block in self.blocks if block.name in params], dim=-1)

    def mean_vertices(self) -> Float[Tensor, "v 3"]:
        """The shape with every block at its prior mean."""
        return self.zero

    def to(self, device: torch.device | str) -> "BonedHead":
        """Copy to a device."""
        moved = {name: getattr(self, name) for name in _TENSORS}
        return replace(
            self,
            **{name: None if value is None else value.to(device) for name, value in moved.items()},
            landmarks={name: sites.to(device) for name, sites in self.landmarks.items()},
            regions={name: mask.to(device) for name, mask in self.regions.items()},
            blocks=tuple(block.to(device) for block in self.blocks),
        )

    def cropped(self, keep: Bool[Tensor, "v"]) -> "BonedHead":
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
            joints=self.joints[keep],
            weights=self.weights[keep],
        )

    @property
    def _moving(self) -> tuple[int, ...]:
        return tuple(range(1, len(self.parents)))

    def _posed(self, params: Mapping[str, Tensor]) -> tuple[Pose, Chain]:
        like = next(iter(params.values()))[:, 0]
        pose = pose_among(params, self._moving, len(self.parents), like)
        return pose, chain(pose, self.place.expand(len(like), -1, -1), self.parents, self.axes)

    def _moved(self, params: Mapping[str, Tensor], used: Tensor | slice) -> Float[Tensor, "b u 3"]:
        _, bones = self._posed(params)
        flat = torch.cat([bones.linear.flatten(2), bones.shift], dim=-1)
        blended = (flat[:, self.joints[used].long()] * self.weights[used][..., None]).sum(dim=2)
        linear, shift = blended[..., :9].unflatten(-1, (3, 3)), blended[..., 9:]
        return (linear @ self.zero[used][..., None])[..., 0] + shift

    def _held(
        self, corners: Int[Tensor, "b n 3"], shares: Float[Tensor, "b n 3"]
    ) -> tuple[Float[Tensor, "b n j"], Float[Tensor, "b n j 3"]]:
        """What each bone carries of sites: mass, and mass times where it is at rest."""
        slots = self.joints[corners].long().flatten(2)
        own = self.weights[corners] * shares[..., None]
        weighed = (own[..., None] * self.zero[corners][..., None, :]).flatten(2, 3)
        mass = own.new_zeros(*slots.shape[:2], len(self.parents))
        first = own.new_zeros(*mass.shape, 3)
        where = slots[..., None].expand(-1, -1, -1, 3)
        return mass.scatter_add(2, slots, own.flatten(2)), first.scatter_add(2, where, weighed)


_TENSORS = (
    "faces",
    "uv",
    "faces_uv",
    "quads",
    "mirror",
    "zero",
    "place",
    "axes",
    "joints",
    "weights",
)
