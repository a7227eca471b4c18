import pytest
import torch
from torch.func import jvp, vmap

from facescale.rendering.rasterizers.antialias import (
    antialias_backward_op,
    antialias_crossings,
    antialias_forward_mode_op,
    antialias_op,
    blend,
)
from facescale.rendering.rasterizers.outline_op import outline_crossings
from facescale.rendering.rasterizers.surface_op import rasterize_surface
from facescale.rendering.rasterizers.topology import raster_topology
from tests.rendering.rasterizers.scenes import head_and_nose, project, turned

SHAPE = (40, 48)
POINTS, FACES = head_and_nose()
TOPOLOGY = raster_topology(FACES)
OPTIONS = {"near": 1.0, "perspective": True, "cull_back": False}


@pytest.fixture(scope="module")
def scene():
    """Image of random colours, vertices and crossings, in float64."""
    vertices = project(torch.stack([POINTS, turned(POINTS, 0.3)]))
    face, _, depth = rasterize_surface(vertices, TOPOLOGY.faces, SHAPE, **OPTIONS)
    crossings = outline_crossings(vertices, TOPOLOGY, face, depth, **OPTIONS)
    image = torch.rand(2, *SHAPE, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return image, vertices.double(), crossings


def test_blending_at_given_crossings_passes_gradcheck_and_gradgradcheck(scene):
    image, vertices, crossings = (x[:1] for x in scene)
    rows = slice(14, 18)
    cut = crossings[:, :, rows].clone()
    cut[:, 1, -1] = -1
    shifted = vertices - torch.tensor([0.0, 14, 0], dtype=torch.float64)
    inputs = [image[:, rows].clone().requires_grad_(), shifted.requires_grad_()]

    def run(i, v):
        return blend(i, v, cut, TOPOLOGY.edges)

    assert torch.autograd.gradcheck(run, inputs, fast_mode=True)
    assert torch.autograd.gradgradcheck(run, inputs, fast_mode=True)


def test_the_operators_derivatives_are_those_of_the_formula(scene):
    image, vertices, crossings = scene
    leaves = [image.clone().requires_grad_(), vertices.clone().requires_grad_()]
    twins = [x.detach().clone().requires_grad_() for x in leaves]
    weight = torch.randn(image.shape, generator=torch.Generator().manual_seed(1), dtype=image.dtype)
    (antialias_crossings(*leaves, crossings, TOPOLOGY.edges) * weight).sum().backward()
    (blend(*twins, crossings, TOPOLOGY.edges) * weight).sum().backward()
    for leaf, twin in zip(leaves, twins, strict=True):
        assert torch.allclose(leaf.grad, twin.grad, atol=1e-12)
        assert twin.grad.abs().max() > 0
    motions = (torch.randn_like(image), torch.randn_like(vertices))
    ours = jvp(lambda *x: antialias_crossings(*x, crossings, TOPOLOGY.edges), (image, vertices), motions)
    exact = jvp(lambda *x: blend(*x, crossings, TOPOLOGY.edges), (image, vertices), motions)
    assert all(torch.allclose(a, b, atol=1e-12) for a, b in zip(ours, exact, strict=True))


def test_vmap_is_a_loop_and_shapes_are_told_truly(scene):
    image, vertices, crossings = scene

    def loss(i, v, c):
        return antialias_crossings(i[None], v[None], c[None], TOPOLOGY.edges).square().sum()

    together = vmap(torch.func.grad(loss, argnums=1))(image, vertices, crossings)
    alone = [torch.func.grad(loss, argnums=1)(*x) for x in zip(image, vertices, crossings, strict=True)]
    assert torch.equal(together, torch.stack(alone))
    arguments = (image, vertices, crossings, TOPOLOGY.edges)
    checks = ("test_schema", "test_faketensor")
    torch.library.opcheck(antialias_op, arguments, test_utils=checks)
    torch.library.opcheck(antialias_backward_op, (*arguments, image), test_utils=checks)
    torch.library.opcheck(antialias_forward_mode_op, (*arguments, image, vertices), test_utils=checks)


def test_a_flat_picture_stays_as_it_is(scene):
    _, vertices, crossings = scene
    flat = torch.full((2, *SHAPE, 1), 0.3, dtype=torch.float64)
    assert torch.equal(antialias_crossings(flat, vertices, crossings, TOPOLOGY.edges), flat)


def test_the_outline_of_a_nose_is_blended_before_the_head_behind_it(scene):
    _, vertices, crossings = scene
    face, _, _ = rasterize_surface(vertices.float(), TOPOLOGY.faces, SHAPE, **OPTIONS)
    nose = (face >= len(FACES) // 2).double()[..., None]
    blended = antialias_crossings(nose, vertices, crossings, TOPOLOGY.edges)
    partly = (blended > 0.01) & (blended < 0.99)
    assert partly[0].sum() > 10
    assert (face[0][partly[0, ..., 0]] >= 0).all()
