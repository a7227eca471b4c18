import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from facescale.geometry.quaternions import (
    quaternion_from_rotation,
    rotation_from_quaternion,
    wxyz_from_xyzw,
    xyzw_from_wxyz,
)


def random(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**31), st.floats(0.01, 100))
def test_a_quaternion_of_any_length_turns_as_scipy_says(seed, length):
    quaternion = random(seed, 4, 4) * length
    expected = Rotation.from_quat(xyzw_from_wxyz(quaternion).numpy()).as_matrix()
    assert torch.allclose(rotation_from_quaternion(quaternion), torch.from_numpy(expected), atol=1e-14)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**31))
def test_quaternions_come_back_with_a_positive_scalar(seed):
    quaternion = torch.nn.functional.normalize(random(seed, 5, 4), dim=-1)
    back = quaternion_from_rotation(rotation_from_quaternion(quaternion))
    assert torch.allclose(back, quaternion * quaternion[:, :1].sign(), atol=1e-14)


@pytest.mark.parametrize("axis", [[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0], [1.0, -1, 1]])
def test_half_a_turn_has_no_scalar_and_keeps_its_axis(axis):
    axis = torch.nn.functional.normalize(torch.tensor(axis, dtype=torch.float64), dim=0)
    rotation = torch.from_numpy(Rotation.from_rotvec(axis.numpy() * math.pi).as_matrix())
    quaternion = quaternion_from_rotation(rotation)
    assert quaternion[0].abs() < 1e-15
    assert ((quaternion[1:] * axis).sum().abs() - 1).abs() < 1e-14


def test_the_two_orders_name_the_same_numbers():
    quaternion = torch.arange(8.0).reshape(2, 4)
    assert torch.equal(xyzw_from_wxyz(quaternion), quaternion[:, [1, 2, 3, 0]])
    assert torch.equal(wxyz_from_xyzw(xyzw_from_wxyz(quaternion)), quaternion)


def test_derivatives_are_right_both_ways():
    quaternion = random(2, 3, 4).requires_grad_()
    torch.autograd.gradcheck(rotation_from_quaternion, quaternion)
    torch.autograd.gradgradcheck(rotation_from_quaternion, quaternion)
    for angle in (0.0, 1.0, 3.0):
        turns = Rotation.from_rotvec(random(3, 3, 3).numpy() * angle).as_matrix()
        rotation = torch.from_numpy(turns).requires_grad_()
        torch.autograd.gradcheck(quaternion_from_rotation, rotation)
        torch.autograd.gradgradcheck(quaternion_from_rotation, rotation)
