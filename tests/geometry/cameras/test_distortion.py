import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.geometry.cameras.distortion import (
    WIDEST,
    distort,
    distortion_jacobians,
    one_to_one_radius,
    undistort,
)

coefficients = st.tuples(
    st.floats(-0.6, 0.6),
    st.floats(-0.5, 0.5),
    st.floats(-0.02, 0.02),
    st.floats(-0.02, 0.02),
    st.floats(-0.3, 0.3),
)


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


def disc(count, radius, seed=0):
    generator = torch.Generator().manual_seed(seed)
    way = 2 * math.pi * torch.rand(count, generator=generator, dtype=torch.float64)
    size = radius * torch.rand(count, generator=generator, dtype=torch.float64).sqrt()
    return torch.stack([size * way.cos(), size * way.sin()], dim=-1)


def test_the_formula_is_that_of_opencv():
    """Typed from OpenCV's documentation of calib3d, term by term."""
    k1, k2, p1, p2, k3 = -0.31, 0.12, 0.004, -0.002, -0.03
    x, y = 0.4, -0.25
    r2 = x**2 + y**2
    radial = 1 + k1 * r2 + k2 * r2**2 + k3 * r2**3
    expected = [
        x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x**2),
        y * radial + p1 * (r2 + 2 * y**2) + 2 * p2 * x * y,
    ]
    found = distort(tensor([[x, y]]), tensor([k1, k2, p1, p2, k3]))
    assert found[0].tolist() == pytest.approx(expected, abs=1e-15)


@settings(deadline=None, max_examples=40)
@given(coefficients)
def test_closed_form_derivatives_are_those_of_autograd(values):
    k, points = tensor(values), disc(6, 1.0)
    by_point, by_coefficient = distortion_jacobians(points, k)
    expected = torch.func.vmap(torch.func.jacrev(distort, argnums=(0, 1)), in_dims=(0, None))(
        points[:, None], k
    )
    assert torch.allclose(by_point, expected[0][:, 0, :, 0], atol=1e-13)
    assert torch.allclose(by_coefficient, expected[1][:, 0], atol=1e-13)


@settings(deadline=None, max_examples=200)
@given(coefficients)
def test_points_come_back_from_the_whole_disc(values):
    k = tensor(values)
    radius = one_to_one_radius(k).item()
    points = disc(200, min(radius, 2.0) * 0.99, seed=1)
    found, usable = undistort(distort(points, k), k)
    assert usable.all()
    assert torch.allclose(found, points, atol=1e-6)


@settings(deadline=None, max_examples=100)
@given(coefficients, st.integers(0, 1000))
def test_what_is_called_usable_is_right_wherever_the_point_lies(values, seed):
    """Any target at all: either flagged, or a point of the disc that reproduces it."""
    k, targets = tensor(values), disc(200, 6.0, seed)
    found, usable = undistort(targets, k)
    assert torch.equal(usable, found.isfinite().all(-1))
    assert torch.allclose(distort(found[usable], k), targets[usable], atol=1e-8)
    assert (found[usable].norm(dim=-1) < one_to_one_radius(k)).all()


@settings(deadline=None, max_examples=100)
@given(coefficients)
def test_on_the_disc_the_jacobian_is_positive_definite(values):
    k = tensor(values)
    points = disc(500, min(one_to_one_radius(k).item(), WIDEST), seed=2)
    assert (torch.linalg.eigvalsh(distortion_jacobians(points, k)[0]) > 0).all()


def test_the_radius_is_where_a_purely_radial_distortion_turns_back():
    assert one_to_one_radius(tensor([-0.3, 0, 0, 0, 0])).item() == pytest.approx((1 / 0.9) ** 0.5, abs=1e-12)
    assert one_to_one_radius(tensor([0.0, 0, 0, 0, -0.1])).item() == pytest.approx(
        (1 / 0.7) ** (1 / 6), abs=1e-12
    )
    assert one_to_one_radius(tensor([0.2, 0, 0, 0, 0])).item() == WIDEST
    assert one_to_one_radius(torch.zeros(2, 5)).tolist() == [math.inf] * 2


def test_a_point_beyond_the_fold_is_flagged_although_the_formula_has_an_answer():
    k = tensor([-0.3, 0, 0, 0, 0])
    largest = distort(tensor([[one_to_one_radius(k).item(), 0.0]]), k)[0, 0].item()
    _, usable = undistort(tensor([[largest - 1e-6, 0.0], [largest + 1e-6, 0.0]]), k)
    assert usable.tolist() == [True, False]


def test_first_and_second_derivatives_of_the_inverse_are_right():
    k = tensor([[-0.2, 0.05, 0.003, -0.002, 0.01], [0.1, 0.0, 0.0, 0.001, 0.0]]).requires_grad_()
    points = disc(6, 0.6).reshape(2, 3, 2).requires_grad_()
    torch.autograd.gradcheck(lambda p, c: undistort(p, c)[0], (points, k))
    torch.autograd.gradgradcheck(lambda p, c: undistort(p, c)[0], (points, k))


def test_flagged_points_leave_the_gradient_of_the_others_alone():
    k = tensor([-0.3, 0, 0, 0, 0]).requires_grad_()
    points = tensor([[0.3, 0.1], [5.0, 5.0]]).requires_grad_()
    found, usable = undistort(points, k)
    torch.where(usable[:, None], found, 0.0).sum().backward()
    assert k.grad.isfinite().all()
    assert points.grad.isfinite().all()
    assert points.grad[1].tolist() == [0, 0]


def test_functions_map_over_cameras():
    k = tensor([[-0.2, 0.05, 0.003, -0.002, 0.01], [0.1, 0.0, 0.0, 0.001, 0.0]])
    points = disc(6, 0.6).reshape(2, 3, 2)
    assert torch.allclose(torch.func.vmap(lambda p, c: undistort(p, c)[0])(points, k), undistort(points, k)[0])


def test_float32_points_come_back_to_float32_accuracy():
    k = torch.tensor([-0.28, 0.07, 0.001, -0.0005, 0.0])
    points = disc(100, 0.6).float()
    found, usable = undistort(distort(points, k), k)
    assert usable.all()
    assert found.dtype == torch.float32
    assert torch.allclose(found, points, atol=1e-6)
