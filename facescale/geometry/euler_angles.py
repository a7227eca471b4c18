"""Euler and Tait-Bryan angles with named orders. Knows nothing of heads, cameras or which order a file uses.

An order is three axes: upper case turns about the moving axes (intrinsic, "ZYX"), lower case about the fixed
ones (extrinsic, "xyz"); angles are in the order of the letters, radians. The names are those of SciPy.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from facescale.geometry.quaternions import quaternion_from_rotation

_AXES = "xyz"
ORDERS = tuple(
    order
    for lower in (
        first + second + third
        for first in _AXES
        for second in _AXES.replace(first, "")
        for third in _AXES.replace(second, "")
    )
    for order in (lower, lower.upper())
)
"""All 12 orders of axes, extrinsic (lower case) and intrinsic (upper case)."""
LOCKED = 1e-7
"""Distance in radians from gimbal lock within which the last turn is taken as zero."""


def rotation_about_axis(angle: Float[Tensor, "*b"], axis: str) -> Float[Tensor, "*b 3 3"]:
    """Counter-clockwise turn about one of the coordinate axes x, y, z, radians.

    Differentiable in: angle.
    """
    k = _axes(axis, count=1)[0]
    cosine, sine = angle.cos(), angle.sin()
    nothing, one = torch.zeros_like(angle), torch.ones_like(angle)
    first, second = (k + 1) % 3, (k + 2) % 3
    entries = {(k, k): one, (first, first): cosine, (second, second): cosine}
    entries |= {(second, first): sine, (first, second): -sine}
    flat = [entries.get((i, j), nothing) for i in range(3) for j in range(3)]
    return torch.stack(flat, dim=-1).unflatten(-1, (3, 3))


def rotation_from_euler(angles: Float[Tensor, "*b 3"], order: str) -> Float[Tensor, "*b 3 3"]:
    """Compose three turns.

    Args:
        angles: radians, in the order of the letters.
        order: one of `ORDERS`.

    Raises:
        ValueError: another order.

    Differentiable in: angles.
    """
    _checked(order)
    first, second, third = (
        rotation_about_axis(angle, axis) for angle, axis in zip(angles.unbind(-1), order.lower(), strict=True)
    )
    return first @ second @ third if order.isupper() else third @ second @ first


def euler_from_rotation(rotation: Float[Tensor, "*b 3 3"], order: str) -> Float[Tensor, "*b 3"]:
    """Angles of a rotation (Bernardes and Viollet 2022), each within [-pi, pi].

    The middle angle lies within [-pi/2, pi/2] for three different axes, else within [0, pi]. At gimbal lock,
    where it is at an end of its range, only a sum or difference of the others is determined: the last
    letter's angle of an intrinsic order, the first one's of an extrinsic order, takes what the other leaves
    at zero; gradients there are finite but stand for that choice only.

    Args:
        rotation: matrices.
        order: one of `ORDERS`.

    Raises:
        ValueError: another order.

    Differentiable in: rotation.
    """
    _checked(order)
    extrinsic = order.islower()
    i, j, k = _axes(order if extrinsic else order[::-1], count=3)
    proper = i == k
    if proper:
        k = 3 - i - j
    sign = (i - j) * (j - k) * (k - i) / 2
    w, *xyz = quaternion_from_rotation(rotation).unbind(-1)
    first, second, third = xyz[i], xyz[j], xyz[k] * sign
    a, b, c, d = w, first, second, third
    if not proper:
        a, b, c, d = w - second, first + third, second + w, third - first
    upper, lower = _length(c, d), _length(a, b)
    middle = 2 * torch.atan2(upper, lower)
    half_sum, half_difference = _angle(b, a), _angle(d, c)
    at_start, at_end = middle.abs() < LOCKED, (middle - math.pi).abs() < LOCKED
    kept = torch.where(at_start, 2 * half_sum, -2 * half_difference)
    locked = at_start | at_end
    one = torch.where(locked, kept, half_sum - half_difference)
    other = torch.where(locked, 0.0, half_sum + half_difference)
    if not proper:
        other, middle = sign * other, middle - math.pi / 2
    # Backwards an intrinsic order is an extrinsic one: its angles come out last first.
    turns = (one, middle, other) if extrinsic else (other, middle, one)
    angles = torch.stack(turns, dim=-1)
    return angles - 2 * math.pi * torch.round(angles / (2 * math.pi)).detach()


def _length(x: Tensor, y: Tensor) -> Tensor:
    """Hypotenuse whose gradient at zero is zero instead of NaN."""
    squared = x * x + y * y
    positive = squared > 0
    return torch.where(positive, torch.where(positive, squared, 1.0).sqrt(), 0.0)


def _angle(y: Tensor, x: Tensor) -> Tensor:
    """Four-quadrant arctangent that is zero with zero gradient where both arguments are zero."""
    defined = (x != 0) | (y != 0)
    return torch.where(defined, torch.atan2(y, torch.where(defined, x, 1.0)), 0.0)


def _checked(order: str) -> None:
    if order not in ORDERS:
        raise ValueError(f"expected an order of axes such as 'xyz' or 'ZYX', got {order!r}")


def _axes(letters: str, *, count: int) -> list[int]:
    found = [_AXES.find(letter) for letter in letters.lower()]
    if len(found) != count or min(found) < 0:
        raise ValueError(f"expected {count} of the axes x, y, z, got {letters!r}")
    return found
