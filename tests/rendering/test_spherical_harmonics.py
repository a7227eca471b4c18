import math

import pytest
import torch

from facescale.rendering.spherical_harmonics import irradiance, lambertian, sh_basis


def sphere(count=40_000):
    """Evenly spread directions (a Fibonacci lattice), in float64."""
    i = torch.arange(count, dtype=torch.float64) + 0.5
    polar, turn = torch.acos(1 - 2 * i / count), math.pi * (1 + 5**0.5) * i
    return torch.stack([polar.sin() * turn.cos(), polar.sin() * turn.sin(), polar.cos()], dim=-1)


def test_the_nine_functions_are_orthonormal_over_the_sphere():
    basis = sh_basis(sphere())
    gram = basis.T @ basis * (4 * math.pi / len(basis))
    assert torch.allclose(gram, torch.eye(9, dtype=torch.float64), atol=1e-4)


def test_received_light_is_the_clamped_cosine_integral_of_the_environment():
    directions = sphere()
    radiance = torch.randn(1, 9, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    sky = sh_basis(directions) @ radiance[0]
    normals = sphere(50)
    cosines = (normals @ directions.T).clamp_min(0)
    received = cosines @ sky * (4 * math.pi / len(directions)) / math.pi
    shaded = lambertian(torch.ones(1, 50, 3).double(), normals[None], irradiance(radiance))
    assert torch.allclose(shaded[0], received, atol=1e-3)


def test_a_white_surface_in_a_white_room_is_white():
    room = torch.zeros(1, 9, 1)
    room[0, 0] = math.sqrt(4 * math.pi)
    shaded = lambertian(torch.ones(1, 4, 5, 1), sphere(20).float().reshape(1, 4, 5, 3), irradiance(room))
    assert torch.allclose(shaded, torch.ones(1, 4, 5, 1))


def test_shading_passes_gradcheck():
    generator = torch.Generator().manual_seed(1)
    shapes = ((2, 4, 3), (2, 4, 3), (2, 9, 3))
    inputs = [torch.randn(s, generator=generator, dtype=torch.float64).requires_grad_() for s in shapes]
    assert torch.autograd.gradcheck(lambertian, inputs)
    assert torch.autograd.gradgradcheck(lambertian, inputs)


def test_bands_are_in_the_order_that_the_module_states():
    axes = sh_basis(torch.eye(3))
    assert (axes[:, 1:4] != 0).tolist() == [[False, False, True], [True, False, False], [False, True, False]]
    assert axes[2, 6] == pytest.approx(2 * 0.31539156)
    assert axes[0, 8] == pytest.approx(0.54627421)
