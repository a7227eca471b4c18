"""Unit quaternions in the order (w, x, y, z) and their rotation matrices. Knows nothing of poses.

q and -q are the same rotation. SciPy, ROS and glTF write (x, y, z, w): convert at the boundary.
"""

import torch
from jaxtyping import Float
from torch import Tensor


def wxyz_from_xyzw(quaternion: Float[Tensor, "*b 4"]) -> Float[Tensor, "*b 4"]:
    """Reorder from scalar-last to scalar-first.

    Differentiable in: quaternion.
    """
    return quaternion.roll(1, -1)


def xyzw_from_wxyz(quaternion: Float[Tensor, "*b 4"]) -> Float[Tensor, "*b 4"]:
    """Reorder from scalar-first to scalar-last.

    Differentiable in: quaternion.
    """
    return quaternion.roll(-1, -1)


def rotation_from_quaternion(quaternion: Float[Tensor, "*b 4"]) -> Float[Tensor, "*b 3 3"]:
    """The rotation of a quaternion (w, x, y, z) of any length but zero; zero gives NaN.

    Differentiable in: quaternion; the derivative along its length is zero.
    """
    w, x, y, z = quaternion.unbind(-1)
    scale = 2 / quaternion.square().sum(-1)
    rows = (
        1 - scale * (y * y + z * z),
        scale * (x * y - w * z),
        scale * (x * z + w * y),
        scale * (x * y + w * z),
        1 - scale * (x * x + z * z),
        scale * (y * z - w * x),
        scale * (x * z - w * y),
        scale * (y * z + w * x),
        1 - scale * (x * x + y * y),
    )
    return torch.stack(rows, dim=-1).unflatten(-1, (3, 3))


def quaternion_from_rotation(rotation: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b 4"]:
    """The unit quaternion (w, x, y, z) with w >= 0, from whichever of its components is largest.

    Accurate at every angle (Shepperd 1978). Where w is zero, at half a turn, either sign may come.

    Differentiable in: rotation, at every angle; across half a turn the sign jumps.
    """
    r = rotation
    d = torch.diagonal(r, dim1=-2, dim2=-1)
    trace = d.sum(-1, keepdim=True)
    # Row k is 4 q_k q, so the row of the largest component is divided by the least rounding.
    differences = torch.stack(
        [r[..., 2, 1] - r[..., 1, 2], r[..., 0, 2] - r[..., 2, 0], r[..., 1, 0] - r[..., 0, 1]], dim=-1
    )
    outer = r + r.mT
    outer = outer - torch.diag_embed(torch.diagonal(outer, dim1=-2, dim2=-1))
    outer = outer + torch.diag_embed(1 + 2 * d - trace)
    top = torch.cat([1 + trace, differences], dim=-1)[..., None, :]
    rows = torch.cat([top, torch.cat([differences[..., None], outer], dim=-1)], dim=-2)
    largest = torch.diagonal(rows, dim1=-2, dim2=-1).argmax(-1)
    row = torch.take_along_dim(rows, largest[..., None, None], dim=-2)[..., 0, :]
    row = row / row.norm(dim=-1, keepdim=True)
    return torch.where(row[..., :1] < 0, -row, row)
