"""The skinned family of template heads: linear shape, correctives that follow the pose, and bones that turn.

Knows nothing of any model's files, of scans or solvers.
"""

import typing
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from facescale.geometry.rotations import cross_matrix, left_jacobian, rotation_from_vector
from facescale.geometry.sites import Sites, points_at
from facescale.heads.linear import LinearHead
from facescale.heads.site_rows import weighted_rows
from facescale.heads.template import AbstractTemplateHead, HeadCard, ParameterBlock, batch_of

BY_AXIS = 3
"""Coefficients a joint: a rotation vector in radians, axes of the head frame, relative to its parent."""


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class SkinnedHead(AbstractTemplateHead):
    """Vertices = skinning(shape + correctives(rotations), joints(shape), rotations).

    The first joint is the root; it never turns, since a head's pose is not its own. Shape and joints are linear
    in the coefficients of the blocks that turn nothing.
    """

    card: HeadCard
    faces: Int[Tensor, "f 3"]
    uv: Float[Tensor, "t 2"] | None
    faces_uv: Int[Tensor, "f 3"] | None
    landmarks: Mapping[str, Sites]
    regions: Mapping[str, Bool[Tensor, "v"]]
    blocks: tuple[ParameterBlock, ...]
    """Those of the shape first, then those of rotation vectors, three coefficients a joint."""
    turned: Mapping[str, tuple[int, ...]]
    """Joints of each of the latter."""
    zero: Float[Tensor, "v 3"]
    """Vertices with all coefficients zero, mm in the head frame."""
    basis: Float[Tensor, "v 3 k"]
    """Displacement in mm a unit of each coefficient of the shape, before any joint turns."""
    parents: tuple[int, ...]
    """Of each joint; -1 for the first. Parents come before their children."""
    joint_zero: Float[Tensor, "j 3"]
    """Joints with all coefficients zero, mm in the head frame."""
    joint_basis: Float[Tensor, "j 3 k"]
    """Their displacement in mm a unit of each coefficient of the shape."""
    correctives: Float[Tensor, "v 3 c"]
    """mm a unit of each entry of R - 1 of all joints but the first, row by row."""
    weights: Float[Tensor, "v j"]
    """Of each joint on each vertex; they sum to 1."""
    quads: Bool[Tensor, "f"] | None = None
    mirror: Int[Tensor, "v"] | None = None

    def __post_init__(self) -> None:
        joints, columns, vertices = len(self.parents), self.basis.shape[-1], len(self.zero)
        expected = {
            "joint_zero": (joints, 3),
            "joint_basis": (joints, 3, columns),
            "correctives": (vertices, 3, 9 * (joints - 1)),
            "weights": (vertices, joints),
        }
        found = {name: tuple(getattr(self, name).shape) for name in expected}
        if found != expected:
            raise ValueError(f"expected the shapes {expected}, got {found}")
        if self.parents[0] != -1 or any(not 0 <= p < j for j, p in enumerate(self.parents) if j > 0):
            raise ValueError(f"expected each joint after its parent and -1 for the first, got {self.parents}")
        sizes = {block.name: block.size for block in self.blocks[-len(self.turned) :] if self.turned}
        if sizes != {name: BY_AXIS * len(joints) for name, joints in self.turned.items()}:
            raise ValueError(f"expected three coefficients a joint of {dict(self.turned)}, got {sizes}")
        once = [joint for joints in self.turned.values() for joint in joints]
        if len(set(once)) != len(once) or any(not 0 < joint < joints for joint in once):
            raise ValueError(f"expected joints 1..{joints - 1} in one block each, got {dict(self.turned)}")

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
        bones = self._bones(params, batch)
        shaped = self._linear(params, batch) + self._corrected(bones)
        linear = torch.einsum("vj,bjde->bvde", self.weights, bones.rotation)
        moved = (linear @ shaped[..., None])[..., 0] + self.weights @ bones.shift
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
            bones = self._bones(params, batch)
            face = sites.face.expand(batch, sites.face.shape[-1])
            corners = self.faces[face.clamp_min(0)]
            barycentric = sites.barycentric.expand(*face.shape, 3)
            weights = self.weights[corners] * barycentric[..., None]
            linear = torch.einsum("bncj,bjde->bncde", weights, bones.rotation)
            # each corner's share of the direction, turned back to where nothing has moved
            back = torch.einsum("bncde,bnd->bnce", linear, directions)
            columns = self._shape_columns(params, bones, corners, weights, back, directions)
            if any(block.name in params for block in self._turning):
                columns += self._turning_columns(params, bones, corners, weights, back, directions)
            return torch.cat(columns, dim=-1)

    def mean_vertices(self) -> Float[Tensor, "v 3"]:
        """The shape with every block at its prior mean."""
        first = self.blocks[0]
        return self.evaluate({first.name: first.prior_mean[None]})[0]

    def to(self, device: torch.device | str) -> "SkinnedHead":
        """Copy to a device."""
        moved = {
            name: None if value is None else value.to(device)
            for name, value in vars(self).items()
            if name in _TENSORS
        }
        return replace(
            self,
            **moved,
            landmarks={name: sites.to(device) for name, sites in self.landmarks.items()},
            regions={name: mask.to(device) for name, mask in self.regions.items()},
            blocks=tuple(block.to(device) for block in self.blocks),
        )

    @cached_property
    def _turning(self) -> tuple[ParameterBlock, ...]:
        return tuple(block for block in self.blocks if block.name in self.turned)

    @cached_property
    def _shape(self) -> LinearHead:
        """The head with no joint turned."""
        return LinearHead(
            card=self.card,
            faces=self.faces,
            uv=self.uv,
            faces_uv=self.faces_uv,
            landmarks=self.landmarks,
            regions=self.regions,
            blocks=tuple(block for block in self.blocks if block.name not in self.turned),
            zero=self.zero,
            basis=self.basis,
        )

    @cached_property
    def _descendants(self) -> Float[Tensor, "j j"]:
        """1 where the column's joint is the row's or hangs from it."""
        count = len(self.parents)
        table = torch.eye(count, dtype=self.weights.dtype)
        for joint in range(1, count):
            table[:, joint] += table[:, self.parents[joint]]
        return table.to(self.weights.device)

    def _shape_only(self, params: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {block.name: params[block.name] for block in self._shape.blocks if block.name in params}

    def _linear(self, params: Mapping[str, Tensor], batch: int) -> Float[Tensor, "b v 3"]:
        """The shape before anything turns."""
        own = self._shape_only(params)
        return self._shape.evaluate(own) if own else self._shape.mean_vertices().expand(batch, -1, -1)

    def _corrected(self, bones: "Bones") -> Float[Tensor, "b v 3"]:
        flat = bones.features @ self.correctives.reshape(3 * self.num_vertices, -1).T
        return flat.reshape(len(flat), -1, 3)

    def _bones(self, params: Mapping[str, Tensor], batch: int) -> "Bones":
        vectors = [torch.zeros(batch, 3, dtype=self.weights.dtype, device=self.weights.device)] * len(
            self.parents
        )
        for block in self._turning:
            values = params.get(block.name, block.prior_mean[None].expand(batch, -1))
            for joint, vector in zip(self.turned[block.name], values.split(BY_AXIS, dim=1), strict=True):
                vectors[joint] = vector
        joints = self.joint_zero.expand(batch, -1, -1)
        start = 0
        for block in self._shape.blocks:
            values = params.get(block.name, block.prior_mean[None])
            joints = joints + torch.einsum(
                "jdk,bk->bjd", self.joint_basis[..., start : start + block.size], values
            )
            start += block.size
        return Bones.of(torch.stack(vectors, dim=1), joints, self.parents)

    def _shape_columns(
        self,
        params: Mapping[str, Tensor],
        bones: "Bones",
        corners: Tensor,
        weights: Float[Tensor, "b n 3 j"],
        back: Float[Tensor, "b n 3 3"],
        directions: Tensor,
    ) -> list[Tensor]:
        """Through the vertices, and through the joints that they turn about."""
        if not self._shape_only(params):
            return []
        through = weighted_rows(self.basis, corners, back)
        carried = bones.shift_by(self.joint_basis, self.parents)
        pulls = weights.sum(dim=2)[..., None] * directions[..., None, :]
        through = through + pulls.flatten(2) @ carried.flatten(1, 2)
        sizes = [block.size for block in self._shape.blocks]
        parts = zip(self._shape.blocks, through.split(sizes, dim=-1), strict=True)
        return [columns for block, columns in parts if block.name in params]

    def _turning_columns(
        self,
        params: Mapping[str, Tensor],
        bones: "Bones",
        corners: Tensor,
        weights: Float[Tensor, "b n 3 j"],
        back: Float[Tensor, "b n 3 3"],
        directions: Tensor,
    ) -> list[Tensor]:
        """A joint turns all that hangs from it about itself, and its correctives with it."""
        shaped = self._linear(params, len(back)) + self._corrected(bones)
        rows = torch.arange(len(back), device=back.device)[:, None, None]
        corner = shaped[rows, corners]
        moved = torch.einsum("bjde,bnce->bncjd", bones.rotation, corner) + bones.shift[:, None, None]
        # of every joint's subtree: weight, and weighted place of what it carries
        carried = torch.einsum("bncj,bncjd->bnjd", weights, moved)
        places = torch.einsum("kj,bnjd->bnkd", self._descendants, carried)
        masses = torch.einsum("kj,bnj->bnk", self._descendants, weights.sum(dim=2))
        arms = places - masses[..., None] * bones.place[:, None]
        turns = torch.linalg.cross(arms, directions[:, :, None].expand_as(arms), dim=-1)
        by_joint = torch.einsum("bnjd,bjde->bnje", turns, bones.spin)
        features = weighted_rows(self.correctives, corners, back)
        by_joint[:, :, 1:] += torch.einsum(
            "bnjf,bjfe->bnje", features.unflatten(-1, (-1, 9)), bones.feature_slope
        )
        wanted = [block for block in self._turning if block.name in params]
        return [by_joint[:, :, list(self.turned[block.name])].flatten(2) for block in wanted]


_TENSORS = frozenset(
    (
        "faces",
        "uv",
        "faces_uv",
        "quads",
        "mirror",
        "zero",
        "basis",
        "joint_zero",
        "joint_basis",
        "correctives",
        "weights",
    )
)


@typing.final
@dataclass(frozen=True, kw_only=True, eq=False)
class Bones:
    """Where joints stand and how they turn: x -> rotation x + shift for what each carries."""

    rotation: Float[Tensor, "b j 3 3"]
    shift: Float[Tensor, "b j 3"]
    place: Float[Tensor, "b j 3"]
    """The joints themselves, turned by those above them."""
    local: Float[Tensor, "b j 3 3"]
    """Each joint's own turn."""
    spin: Float[Tensor, "b j 3 3"]
    """Axes about which a subtree turns with each of its joint's three coefficients, as columns."""

    @classmethod
    def of(
        cls, vectors: Float[Tensor, "b j 3"], joints: Float[Tensor, "b j 3"], parents: tuple[int, ...]
    ) -> "Bones":
        """Chain the joints' own turns."""
        local = rotation_from_vector(vectors)
        rotation, shift, above = (
            [local[:, 0]],
            [joints[:, 0] - (local[:, 0] @ joints[:, 0, :, None])[..., 0]],
            [],
        )
        above.append(torch.eye(3, dtype=joints.dtype, device=joints.device).expand_as(local[:, 0]))
        for joint in range(1, len(parents)):
            over = rotation[parents[joint]]
            rotation.append(over @ local[:, joint])
            turned = (over - rotation[-1]) @ joints[:, joint, :, None]
            shift.append(shift[parents[joint]] + turned[..., 0])
            above.append(over)
        rotations, shifts = torch.stack(rotation, dim=1), torch.stack(shift, dim=1)
        return cls(
            rotation=rotations,
            shift=shifts,
            place=(rotations @ joints[..., None])[..., 0] + shifts,
            local=local,
            spin=torch.stack(above, dim=1) @ left_jacobian(vectors),
        )

    @property
    def features(self) -> Float[Tensor, "b c"]:
        """R - 1 of all joints but the first, row by row."""
        eye = torch.eye(3, dtype=self.local.dtype, device=self.local.device)
        return (self.local[:, 1:] - eye).flatten(1)

    @property
    def feature_slope(self) -> Float[Tensor, "b i 9 3"]:
        """Derivative of each joint's nine features by its three coefficients, the first joint left out."""
        above = self.rotation[:, 1:] @ self.local[:, 1:].mT
        own = above.mT @ self.spin[:, 1:]
        slopes = cross_matrix(own.mT) @ self.local[:, 1:, None]
        return slopes.flatten(-2).mT

    def shift_by(
        self, joint_basis: Float[Tensor, "j 3 k"], parents: tuple[int, ...]
    ) -> Float[Tensor, "b j 3 k"]:
        """Derivative of `shift` by the coefficients that move the joints."""
        eye = torch.eye(3, dtype=self.local.dtype, device=self.local.device)
        parts = [(eye - self.rotation[:, 0]) @ joint_basis[0]]
        for joint in range(1, len(parents)):
            over = self.rotation[:, parents[joint]] - self.rotation[:, joint]
            parts.append(parts[parents[joint]] + over @ joint_basis[joint])
        return torch.stack(parts, dim=1)
