import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.geometry.rotations import (
    angle_between,
    cross_matrix,
    rotation_from_vector,
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
