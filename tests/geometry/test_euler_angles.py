import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from facescale.geometry.euler_angles import (
    ORDERS,
    euler_from_rotation,
    rotation_about_axis,
    rotation_from_euler,
)


def random(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_there_are_twelve_orders_of_each_kind():
    assert len(set(ORDERS)) == 24
    assert sum(order.isupper() for order in ORDERS) == 12


@pytest.mark.parametrize("order", ORDERS)
def test_turns_compose_as_scipy_says(order):
    angles = random(0, 50, 3) * 3
    expected = Rotation.from_euler(order, angles.numpy()).as_matrix()
    assert torch.allclose(rotation_from_euler(angles, order), torch.from_numpy(expected), atol=1e-14)


@pytest.mark.parametrize("order", ORDERS)
def test_angles_are_those_of_scipy(order):
    rotations = Rotation.random(200, rng=np.random.default_rng(1))
    found = euler_from_rotation(torch.from_numpy(rotations.as_matrix()), order)
    assert torch.allclose(found, torch.from_numpy(rotations.as_euler(order)), atol=1e-10)


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(ORDERS), st.integers(0, 2**31))
def test_rotations_come_back(order, seed):
    rotation = rotation_from_euler(random(seed, 4, 3) * 4, order)
    assert torch.allclose(rotation_from_euler(euler_from_rotation(rotation, order), order), rotation, atol=1e-9)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("end", [0, 1])
def test_at_gimbal_lock_the_rotation_still_comes_back_and_no_gradient_is_nan(order, end):
    proper = len(set(order.lower())) == 2
    middle = (0.0, math.pi)[end] if proper else (-math.pi / 2, math.pi / 2)[end]
    angles = torch.tensor([0.3, middle, -1.1], dtype=torch.float64)
    rotation = rotation_from_euler(angles, order).requires_grad_()
    found = euler_from_rotation(rotation, order)
    assert torch.allclose(rotation_from_euler(found, order), rotation, atol=2e-7)
    assert found.abs().min() == 0
    found.sum().backward()
    assert rotation.grad.isfinite().all()


@pytest.mark.parametrize("order", ORDERS)
def test_derivatives_are_right(order):
    angles = torch.tensor([[0.2, 0.7, -0.4], [-1.0, 1.2, 2.0]], dtype=torch.float64, requires_grad=True)
    torch.autograd.gradcheck(lambda x: rotation_from_euler(x, order), angles)
    rotation = rotation_from_euler(angles.detach(), order).requires_grad_()
    torch.autograd.gradcheck(lambda x: euler_from_rotation(x, order), rotation)
    torch.autograd.gradgradcheck(lambda x: euler_from_rotation(x, order), rotation)


@pytest.mark.parametrize("order", ["xyz", "ZYX", "YXZ"])
def test_derivatives_of_three_different_axes_are_right_without_a_turn(order):
    torch.autograd.gradcheck(
        lambda x: rotation_from_euler(x, order), torch.zeros(2, 3).double().requires_grad_()
    )
    eye = torch.eye(3).double().requires_grad_()
    torch.autograd.gradcheck(lambda x: euler_from_rotation(x, order), eye)


def test_a_turn_about_an_axis_is_counter_clockwise():
    turn = rotation_about_axis(torch.tensor(math.pi / 2, dtype=torch.float64), "z")
    assert torch.allclose(turn @ torch.tensor([1.0, 0, 0]).double(), torch.tensor([0, 1.0, 0]).double())


def test_functions_map_and_push_forward():
    angles = random(5, 6, 3) * 0.5
    mapped = torch.func.vmap(lambda x: euler_from_rotation(rotation_from_euler(x, "ZYX"), "ZYX"))(angles)
    assert torch.allclose(mapped, angles)
    _, pushed = torch.func.jvp(
        lambda x: euler_from_rotation(rotation_from_euler(x, "ZYX"), "ZYX"),
        (angles,),
        (torch.ones_like(angles),),
    )
    assert torch.allclose(pushed, torch.ones_like(angles))


@pytest.mark.parametrize("order", ["", "xy", "xxy", "xYz", "abc", "xyzx"])
def test_other_orders_are_refused(order):
    with pytest.raises(ValueError, match="expected an order of axes"):
        rotation_from_euler(torch.zeros(3), order)
    with pytest.raises(ValueError, match="expected an order of axes"):
        euler_from_rotation(torch.eye(3), order)
