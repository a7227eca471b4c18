"""The float64 twin of `heads.skinned`: homogeneous matrices and automatic differentiation. Slow; for tests."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.geometry.sites import Sites
from facescale.heads.skinned import SkinnedHead


def evaluate_reference(
    head: SkinnedHead, params: Mapping[str, Float[Tensor, "b _"]], sites: Sites | None = None
) -> Float[Tensor, "b n 3"]:
    """Twin of `SkinnedHead.evaluate`, in float64 throughout, one shape at a time.

    Differentiable in: params, sites.barycentric; the params not at zero rotation.
    """
    batch = next(iter(params.values())).shape[0]
    shapes = []
    for item in range(batch):
        own = {b.name: params[b.name][item] if b.name in params else b.prior_mean for b in head.blocks}
        vertices = _posed(head, {name: value.double() for name, value in own.items()})
        if sites is not None:
            face = sites.face.expand(batch, -1)[item]
            barycentric = sites.barycentric.expand(batch, -1, 3)[item].double()
            vertices = (vertices[head.faces[face.clamp_min(0)]] * barycentric[..., None]).sum(dim=1)
        shapes.append(vertices)
    return torch.stack(shapes)


def directional_jacobian_reference(
    head: SkinnedHead,
    params: Mapping[str, Float[Tensor, "b _"]],
    sites: Sites,
    directions: Float[Tensor, "b n 3"],
) -> Float[Tensor, "b n k"]:
    """Twin of `SkinnedHead.directional_jacobian`, in float64: what automatic differentiation finds."""
    batch, points = directions.shape[:2]
    rows = []
    for item in range(batch):
        own = Sites(
            face=sites.face.expand(batch, points)[item],
            barycentric=sites.barycentric.expand(batch, points, 3)[item],
        )
        names = [block.name for block in head.blocks if block.name in params]

        def along(*values: Tensor, own: Sites = own, names: list[str] = names, item: int = item) -> Tensor:
            given = {name: value[None] for name, value in zip(names, values, strict=True)}
            return (evaluate_reference(head, given, own)[0] * directions[item].double()).sum(dim=-1)

        found = torch.autograd.functional.jacobian(along, tuple(params[n][item].double() for n in names))
        rows.append(torch.cat(list(found), dim=-1))
    return torch.stack(rows)


def _posed(head: SkinnedHead, own: Mapping[str, Float[Tensor, "_"]]) -> Float[Tensor, "v 3"]:
    coefficients = torch.cat([own[b.name] for b in head.blocks if b.name not in head.turned])
    joints = head.joint_zero.double() + head.joint_basis.double() @ coefficients
    turns = [torch.eye(3, dtype=torch.float64) for _ in head.parents]
    for name, held in head.turned.items():
        for joint, vector in zip(held, own[name].split(3), strict=True):
            turns[joint] = torch.linalg.matrix_exp(_cross(vector))
    eye = torch.eye(3, dtype=torch.float64)
    features = torch.cat([(turn - eye).reshape(-1) for turn in turns[1:]])
    rest = head.zero.double() + head.basis.double() @ coefficients + head.correctives.double() @ features
    chain: list[Tensor] = []
    for joint, parent in enumerate(head.parents):
        offset = joints[joint] - (joints[parent] if parent >= 0 else 0.0)
        step = torch.cat([torch.cat([turns[joint], offset[:, None]], dim=1), _LAST])
        chain.append(step if parent < 0 else chain[parent] @ step)
    bones = [
        place @ torch.cat([torch.cat([eye, -joint[:, None]], dim=1), _LAST])
        for place, joint in zip(chain, joints, strict=True)
    ]
    blended = torch.einsum("vj,jde->vde", head.weights.double(), torch.stack(bones))
    homogeneous = torch.cat([rest, torch.ones_like(rest[:, :1])], dim=1)
    return (blended @ homogeneous[..., None])[:, :3, 0]


_LAST = torch.tensor([[0.0, 0.0, 0.0, 1.0]], dtype=torch.float64)


def _cross(vector: Float[Tensor, "3"]) -> Float[Tensor, "3 3"]:
    x, y, z = vector
    nothing = torch.zeros_like(x)
    return torch.stack([nothing, -z, y, z, nothing, -x, -y, x, nothing]).reshape(3, 3)
