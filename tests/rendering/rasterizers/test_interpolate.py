import pytest
import torch
from torch.func import jvp, vmap

from facescale.rendering.rasterizers.interpolate import (
    interpolate,
    interpolate_backward_op,
    interpolate_op,
    interpolate_reference,
)
from facescale.rendering.rasterizers.surface_op import rasterize_surface
from tests.rendering.rasterizers.scenes import ball, project, turned

SHAPE = (40, 48)


def scene(channels=5):
    points, faces = ball(1)
    vertices = project(torch.stack([points, turned(points, 0.4)]))
    face, weights, _ = rasterize_surface(
        vertices, faces.int(), SHAPE, near=1.0, perspective=True, cull_back=False
    )
    values = torch.randn(2, len(points), channels, generator=torch.Generator().manual_seed(0))
    return values, faces.int(), face, weights


def test_forward_and_gradients_are_the_twins(device):
    values, faces, face, weights = scene()
    weight = torch.randn(*face.shape, values.shape[-1], generator=torch.Generator().manual_seed(1))
    leaves = [x.clone().to(device).requires_grad_() for x in (values, weights)]
    twins = [x.double().requires_grad_() for x in (values, weights)]
    ours = interpolate(leaves[0], faces.to(device), face.to(device), leaves[1])
    exact = interpolate_reference(twins[0], faces, face, twins[1])
    assert torch.allclose(ours.cpu().double(), exact, atol=1e-6)
    (ours * weight.to(device)).sum().backward()
    (exact * weight).sum().backward()
    for leaf, twin in zip(leaves, twins, strict=True):
        assert torch.allclose(leaf.grad.cpu().double(), twin.grad, atol=1e-5)
        assert twin.grad.abs().max() > 1


def test_the_twin_passes_gradcheck():
    values, faces, face, weights = scene(2)
    small = (face[:, 18:22, 20:24], weights[:, 18:22, 20:24].double().requires_grad_())
    inputs = (values.double().requires_grad_(), small[1])
    run = lambda v, w: interpolate_reference(v, faces, small[0], w)  # noqa: E731
    assert torch.autograd.gradcheck(run, inputs)
    assert torch.autograd.gradgradcheck(run, inputs)


def test_forward_mode_and_vmap_are_those_of_the_twin():
    values, faces, face, weights = scene()
    motions = (torch.randn_like(values), torch.randn_like(weights))
    ours = jvp(lambda v, w: interpolate(v, faces, face, w), (values, weights), motions)[1]
    exact = jvp(lambda v, w: interpolate_reference(v, faces, face, w), (values, weights), motions)[1]
    assert torch.allclose(ours, exact, atol=1e-5)
    only_values = jvp(lambda v: interpolate(v, faces, face, weights), (values,), motions[:1])[1]
    assert torch.equal(only_values, interpolate(motions[0], faces, face, weights))
    several = torch.stack([values, 2 * values, -values])
    together = vmap(lambda v: interpolate(v, faces, face, weights))(several)
    assert torch.equal(together, torch.stack([interpolate(v, faces, face, weights) for v in several]))


def test_shapes_are_told_truly_and_another_batch_is_refused():
    values, faces, face, weights = scene()
    checks = ("test_schema", "test_faketensor")
    torch.library.opcheck(interpolate_op, (values, faces, face, weights), test_utils=checks)
    grad = torch.ones(*face.shape, 5)
    torch.library.opcheck(interpolate_backward_op, (values, faces, face, weights, grad), test_utils=checks)
    with pytest.raises(ValueError, match="for 2 images, got 1"):
        interpolate(values[:1], faces, face, weights)
