"""Rotations as matrices and as rotation vectors (axis times angle, radians). Knows nothing of poses."""

import torch
from jaxtyping import Float
from torch import Tensor

# Below this squared angle the series is exact to rounding in float64 and its derivatives stay finite.
SMALL_SQUARED = 1e-4


def cross_matrix(vector: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 3 3"]:
    """The matrix whose product with x is vector x x.

    Differentiable in: vector.
    """
    x, y, z = vector.unbind(-1)
    nothing = torch.zeros_like(x)
    rows = (nothing, -z, y, z, nothing, -x, -y, x, nothing)
    return torch.stack(rows, dim=-1).unflatten(-1, (3, 3))


def rotation_from_vector(vector: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 3 3"]:
    """Rodrigues' formula, smooth through the zero vector in value and derivatives.

    Differentiable in: vector.
    """
    squared = vector.square().sum(-1)
    small = squared < SMALL_SQUARED
    safe = torch.where(small, 1.0, squared)
    angle = safe.sqrt()
    sine = torch.where(small, 1 - squared / 6 + squared.square() / 120 - squared**3 / 5040, angle.sin() / angle)
    versine = torch.where(
        small, 0.5 - squared / 24 + squared.square() / 720 - squared**3 / 40320, (1 - angle.cos()) / safe
    )
    skew = cross_matrix(vector)
    eye = torch.eye(3, dtype=vector.dtype, device=vector.device)
    return eye + sine[..., None, None] * skew + versine[..., None, None] * (skew @ skew)


def vector_from_rotation(rotation: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b 3"]:
    """The rotation vector of length at most pi; at exactly pi either sign.

    Goes through the quaternion whose largest component is taken from the diagonal, so it is accurate at every
    angle. Carries no gradient.
    """
    with torch.no_grad():
        quaternion = _quaternion(rotation)
    w, xyz = quaternion[..., 0], quaternion[..., 1:]
    sine = xyz.norm(dim=-1)
    angle = 2 * torch.atan2(sine, w)
    factor = torch.where(sine > 0, angle / sine.where(sine > 0, 1.0), 2.0)
    return factor[..., None] * xyz


def angle_between(first: Float[Tensor, "*b 3 3"], second: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b"]:
    """Angle in radians of the turn from one rotation to the other. Carries no gradient."""
    return vector_from_rotation(first.mT @ second).norm(dim=-1)


def _quaternion(rotation: Tensor) -> Tensor:
    """Unit quaternion (w, x, y, z) with w >= 0, from whichever of its components is largest."""
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
