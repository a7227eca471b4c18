"""The float64 twin of `heads.boned`: 4 x 4 matrices bone by bone, in each bone's own axes. Slow; for tests."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.heads.bone_chain import TAU
from facescale.heads.boned import BonedHead


def evaluate_reference(head: BonedHead, params: Mapping[str, Float[Tensor, "1 _"]]) -> Float[Tensor, "v 3"]:
    """Vertices of one shape.

    Differentiable in: params.
    """
    own = {name: params[name][0].double() if name in params else None for name in TAU}
    count = len(head.parents)
    tau = {
        name: torch.zeros(count, 3, dtype=torch.float64)
        if value is None
        else torch.cat([torch.zeros(1, 3, dtype=torch.float64), value.reshape(-1, 3)])
        for name, value in own.items()
    }
    transforms: list[Tensor] = []
    for bone, parent in enumerate(head.parents):
        axes, place = head.axes[bone].double(), head.place[bone].double()
        bind = _matrix(axes, place)
        turn = torch.linalg.matrix_exp(_cross(tau["tau_rotation"][bone]))
        # within the bone's own axes: turned and shifted as the head frame has it, scaled as the bone has it
        local = axes.T @ turn @ axes @ torch.diag(tau["tau_scale"][bone].exp())
        moved = bind @ _matrix(local, axes.T @ tau["tau_translation"][bone]) @ torch.linalg.inv(bind)
        transforms.append(moved if parent < 0 else transforms[parent] @ moved)
    resting = torch.cat([head.zero.double(), torch.ones_like(head.zero[:, :1]).double()], dim=1)
    rows = []
    for vertex, (joints, weights) in enumerate(zip(head.joints.tolist(), head.weights.double(), strict=True)):
        alone = torch.stack([transforms[joint] @ resting[vertex] for joint in joints])
        rows.append((weights @ alone)[:3])
    return torch.stack(rows)


def _matrix(linear: Float[Tensor, "3 3"], shift: Float[Tensor, "3"]) -> Float[Tensor, "4 4"]:
    last = torch.tensor([[0.0, 0.0, 0.0, 1.0]], dtype=torch.float64)
    return torch.cat([torch.cat([linear, shift[:, None]], dim=1), last])


def _cross(vector: Float[Tensor, "3"]) -> Float[Tensor, "3 3"]:
    x, y, z = vector
    nothing = torch.zeros_like(x)
    return torch.stack([nothing, -z, y, z, nothing, -x, -y, x, nothing]).reshape(3, 3)
