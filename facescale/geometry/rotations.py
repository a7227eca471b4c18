"""Rotations as matrices, rotation vectors (axis times angle, radians) and six numbers. Knows nothing of poses.

`quaternions` and `euler_angles` own the other forms.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.geometry.quaternions import quaternion_from_rotation

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


def left_jacobian(vector: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 3 3"]:
    """What a step of a rotation vector turns by: R(vector + step) = R(J step) R(vector) to first order.

    Differentiable in: vector, through zero too.
    """
    squared = vector.square().sum(-1)
    small = squared < SMALL_SQUARED
    safe = torch.where(small, 1.0, squared)
    angle = safe.sqrt()
    versine = torch.where(
        small, 0.5 - squared / 24 + squared.square() / 720 - squared**3 / 40320, (1 - angle.cos()) / safe
    )
    rest = torch.where(
        small,
        1 / 6 - squared / 120 + squared.square() / 5040 - squared**3 / 362880,
        (angle - angle.sin()) / (safe * angle),
    )
    skew = cross_matrix(vector)
    eye = torch.eye(3, dtype=vector.dtype, device=vector.device)
    return eye + versine[..., None, None] * skew + rest[..., None, None] * (skew @ skew)


def vector_from_rotation(rotation: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b 3"]:
    """The rotation vector of length at most pi; at exactly pi either sign.

    Goes through the quaternion whose largest component is taken from the diagonal, so it is accurate at every
    angle.

    Differentiable in: rotation, at zero and at pi too; across pi the sign jumps.
    """
    quaternion = quaternion_from_rotation(rotation)
    w, xyz = quaternion[..., 0], quaternion[..., 1:]
    squared = xyz.square().sum(-1)
    small = squared < SMALL_SQUARED
    sine = torch.where(small, 1.0, squared).sqrt()
    ratio = squared / torch.where(small, w, 1.0).square()
    series = 2 * (1 - ratio / 3 + ratio.square() / 5 - ratio**3 / 7) / torch.where(small, w, 1.0)
    factor = torch.where(small, series, 2 * torch.atan2(sine, w) / sine)
    return factor[..., None] * xyz


def rotation_from_axis_angle(
    axis: Float[Tensor, "*b 3"], angle: Float[Tensor, "*b"]
) -> Float[Tensor, "*b 3 3"]:
    """Counter-clockwise turn about an axis of any length but zero, radians.

    Differentiable in: axis, angle.
    """
    return rotation_from_vector(axis / axis.norm(dim=-1, keepdim=True) * angle[..., None])


def axis_angle_from_rotation(
    rotation: Float[Tensor, "*b 3 3"],
) -> tuple[Float[Tensor, "*b 3"], Float[Tensor, "*b"]]:
    """Unit axis and angle within [0, pi]; without a turn the axis is +x, at exactly pi either sign.

    Differentiable in: rotation, except where the angle is zero: there the axis is not defined and the gradient
    is zero.
    """
    vector = vector_from_rotation(rotation)
    squared = vector.square().sum(-1)
    turned = squared > 0
    angle = torch.where(turned, squared, 1.0).sqrt()
    x = torch.zeros_like(vector)
    x[..., 0] = 1.0
    axis = torch.where(turned[..., None], vector / angle[..., None], x)
    return axis, torch.where(turned, angle, 0.0)


def rotation_from_6d(numbers: Float[Tensor, "*b 6"]) -> Float[Tensor, "*b 3 3"]:
    """First two columns, made orthonormal (Zhou et al. 2019): continuous everywhere that it is defined.

    Two columns that are zero or parallel have no rotation: the result is not finite.

    Args:
        numbers: first column, then second; of any length.

    Differentiable in: numbers.
    """
    first, second = numbers[..., :3], numbers[..., 3:]
    x = first / first.norm(dim=-1, keepdim=True)
    y = second - (x * second).sum(-1, keepdim=True) * x
    y = y / y.norm(dim=-1, keepdim=True)
    return torch.stack([x, y, torch.linalg.cross(x, y)], dim=-1)


def sixd_from_rotation(rotation: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b 6"]:
    """First column, then second.

    Differentiable in: rotation.
    """
    return rotation[..., :2].mT.flatten(-2)


@torch.no_grad()
def angle_between(first: Float[Tensor, "*b 3 3"], second: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b"]:
    """Angle in radians of the turn from one rotation to the other. Carries no gradient."""
    return vector_from_rotation(first.mT @ second).norm(dim=-1)
