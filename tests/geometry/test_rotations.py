import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from facescale.geometry.rotations import (
    angle_between,
    axis_angle_from_rotation,
    cross_matrix,
    left_jacobian,
    rotation_from_6d,
    rotation_from_axis_angle,
    rotation_from_vector,
    sixd_from_rotation,
    vector_from_rotation,
)


def random(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


ANGLES = [0.0, 1e-12, 1e-6, 0.0099, 0.0101, 1.0, 3.0, math.pi - 1e-9, math.pi]


@pytest.mark.parametrize("angle", ANGLES)
def test_rotations_of_every_size_are_the_matrix_exponential(angle):
    axis = torch.nn.functional.normalize(random(0, 20, 3), dim=-1)
    rotation = rotation_from_vector(axis * angle)
    assert torch.allclose(rotation, torch.linalg.matrix_exp(cross_matrix(axis * angle)), atol=1e-14)
    assert torch.allclose(rotation @ rotation.mT, torch.eye(3).double(), atol=1e-14)


@pytest.mark.parametrize("angle", ANGLES)
def test_vectors_come_back(angle):
    axis = torch.nn.functional.normalize(random(1, 50, 3), dim=-1)
    back = vector_from_rotation(rotation_from_vector(axis * angle))
    if angle > math.pi - 1e-6:
        back = back * (back * axis).sum(-1, keepdim=True).sign()
    assert torch.allclose(back, axis * angle, atol=1e-8 if angle > 3 else 1e-14)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31))
def test_a_cross_matrix_is_the_cross_product(seed):
    a, b = random(seed, 4, 3), random(seed + 1, 4, 3)
    assert torch.allclose((cross_matrix(a) @ b[..., None])[..., 0], torch.linalg.cross(a, b))


@pytest.mark.parametrize("size", [0.0, 1e-8, 1e-3, 1.0])
def test_derivatives_are_right_through_zero(size):
    vector = (random(2, 3, 3) * size).requires_grad_()
    torch.autograd.gradcheck(rotation_from_vector, vector)
    torch.autograd.gradgradcheck(rotation_from_vector, vector)


def test_the_angle_between_rotations_ignores_where_both_stand():
    base = rotation_from_vector(random(3, 10, 3))
    turn = rotation_from_vector(torch.tensor([0.0, 0.3, 0]).double().expand(10, 3))
    assert torch.allclose(angle_between(base, base @ turn), torch.full((10,), 0.3).double())
    assert torch.allclose(angle_between(base, base), torch.zeros(10).double(), atol=1e-7)


@pytest.mark.parametrize("angle", ANGLES)
def test_rotation_vectors_agree_with_scipy(angle):
    vector = torch.nn.functional.normalize(random(4, 30, 3), dim=-1) * angle
    expected = Rotation.from_rotvec(vector.numpy())
    assert torch.allclose(rotation_from_vector(vector), torch.from_numpy(expected.as_matrix()), atol=1e-14)


@pytest.mark.parametrize("angle", [0.0, 1e-9, 1e-3, 0.009, 0.0101, 1.0, 3.0, 3.14])
def test_derivatives_of_vectors_are_right_up_to_half_a_turn(angle):
    axis = torch.nn.functional.normalize(random(5, 3, 3), dim=-1)
    rotation = rotation_from_vector(axis * angle).requires_grad_()
    torch.autograd.gradcheck(vector_from_rotation, rotation)
    torch.autograd.gradgradcheck(vector_from_rotation, rotation)


def test_vectors_move_with_their_rotations_at_exactly_half_a_turn():
    """There the sign is free: the derivative is that of the branch that was taken."""
    axis = torch.nn.functional.normalize(random(6, 10, 3), dim=-1)
    for way in axis:
        vector = way * math.pi
        back = vector_from_rotation(rotation_from_vector(vector))
        eye = torch.eye(3).double()
        expected = eye if (back * way).sum() > 0 else 2 * torch.outer(way, way) - eye
        found = torch.func.jacrev(lambda x: vector_from_rotation(rotation_from_vector(x)))(vector)
        assert torch.allclose(found, expected, atol=1e-7)


def test_axis_and_angle_come_back_and_are_defined_without_a_turn():
    axis = torch.nn.functional.normalize(random(7, 20, 3), dim=-1)
    angle = random(8, 20).abs().clamp(0.1, 3)
    back = axis_angle_from_rotation(rotation_from_axis_angle(axis * 7, angle))
    assert torch.allclose(back[0], axis)
    assert torch.allclose(back[1], angle)
    still = torch.eye(3).double().requires_grad_()
    axis, angle = axis_angle_from_rotation(still)
    assert axis.tolist() == [1, 0, 0]
    assert angle.item() == 0
    (axis.sum() + angle).backward()
    assert still.grad.isfinite().all()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31))
def test_six_numbers_are_two_columns(seed):
    rotation = rotation_from_vector(random(seed, 5, 3) * 2)
    numbers = sixd_from_rotation(rotation)
    assert torch.equal(numbers[:, :3], rotation[:, :, 0])
    assert torch.allclose(rotation_from_6d(numbers), rotation, atol=1e-14)
    stretched = numbers * torch.tensor([3.0, 3, 3, 0.2, 0.2, 0.2])
    stretched[:, 3:] += 0.7 * numbers[:, :3]
    assert torch.allclose(rotation_from_6d(stretched), rotation, atol=1e-13)


def test_any_six_numbers_are_a_rotation_with_right_derivatives():
    numbers = random(9, 4, 6).requires_grad_()
    rotation = rotation_from_6d(numbers)
    assert torch.allclose(rotation.mT @ rotation, torch.eye(3).double(), atol=1e-14)
    assert torch.allclose(torch.linalg.det(rotation), torch.ones(4).double())
    torch.autograd.gradcheck(rotation_from_6d, numbers)
    torch.autograd.gradgradcheck(rotation_from_6d, numbers)


@pytest.mark.parametrize("angle", [0.0, 1.0, math.pi])
def test_functions_map_and_push_forward(angle):
    vectors = torch.nn.functional.normalize(random(10, 6, 3), dim=-1) * angle
    assert torch.allclose(torch.func.vmap(rotation_from_vector)(vectors), rotation_from_vector(vectors))
    rotations = rotation_from_vector(vectors)
    assert torch.allclose(torch.func.vmap(vector_from_rotation)(rotations), vector_from_rotation(rotations))
    _, pushed = torch.func.jvp(
        lambda x: vector_from_rotation(rotation_from_vector(x)), (vectors,), (random(11, 6, 3),)
    )
    assert pushed.isfinite().all()


@pytest.mark.parametrize("length", [0.0, 1e-6, 0.005, 0.02, 1.0, 3.0, 6.0])
def test_the_left_jacobian_is_what_a_step_turns_by(length):
    way = torch.tensor([[0.3, -0.5, 0.8]], dtype=torch.float64)
    vector = length * torch.nn.functional.normalize(way, dim=1)
    slope = torch.func.jacrev(lambda v: rotation_from_vector(v[None])[0])(vector[0])
    turns = torch.einsum("abk,cb->ack", slope, rotation_from_vector(vector)[0])
    spun = torch.stack([turns[2, 1], turns[0, 2], turns[1, 0]])
    torch.testing.assert_close(left_jacobian(vector)[0], spun, rtol=1e-9, atol=1e-9)
    assert torch.autograd.gradcheck(left_jacobian, (vector.requires_grad_(),))
