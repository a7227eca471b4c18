import pytest
import torch

from facescale.rendering.texture import (
    mip_level,
    sample_image,
    sample_mipmapped,
    sample_texture,
    sample_texture_reference,
)


def inputs(seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    texture = torch.rand(2, 7, 9, 3, generator=generator, dtype=dtype)
    uv = torch.rand(2, 5, 6, 2, generator=generator, dtype=dtype) * 1.2 - 0.1
    return texture, uv


def test_reading_and_its_gradients_are_the_twins():
    leaves = [x.float().requires_grad_() for x in inputs()]
    twins = [x.detach().double().requires_grad_() for x in leaves]
    ours, exact = sample_texture(*leaves), sample_texture_reference(*twins)
    assert torch.allclose(ours.double(), exact, atol=1e-5)
    weight = torch.randn(ours.shape, generator=torch.Generator().manual_seed(1))
    (ours * weight).sum().backward()
    (exact * weight).sum().backward()
    for leaf, twin in zip(leaves, twins, strict=True):
        assert torch.allclose(leaf.grad.double(), twin.grad, atol=1e-4)


def test_the_twin_passes_gradcheck():
    leaves = [x.requires_grad_() for x in inputs(2)]
    assert torch.autograd.gradcheck(sample_texture_reference, leaves)
    assert torch.autograd.gradgradcheck(sample_texture_reference, leaves)


def test_texel_centres_read_their_texel_and_the_first_row_is_at_the_top():
    texture, _ = inputs()
    row, column = torch.meshgrid(torch.arange(7), torch.arange(9), indexing="ij")
    uv = torch.stack([(column + 0.5) / 9, 1 - (row + 0.5) / 7], dim=-1).double()[None].repeat(2, 1, 1, 1)
    assert torch.allclose(sample_texture(texture, uv), texture, atol=1e-5)
    pixels = torch.stack([column + 0.5, row + 0.5], dim=-1).double().reshape(1, -1, 2).repeat(2, 1, 1)
    assert torch.allclose(sample_image(texture, pixels), texture.flatten(1, 2), atol=1e-5)


def test_beyond_the_border_the_border_goes_on():
    texture, _ = inputs()
    corner = sample_texture(texture, torch.tensor([-3.0, 5.0]).double().expand(2, 1, 1, 2))
    assert torch.allclose(corner[:, 0, 0], texture[:, 0, 0])


def test_a_pyramid_reads_the_texture_at_level_0_and_its_mean_at_the_top():
    texture = torch.rand(1, 16, 16, 2, generator=torch.Generator().manual_seed(3))
    _, uv = inputs(4, torch.float32)
    uv = uv[:1]
    flat = torch.zeros(uv.shape[:3])
    assert torch.equal(sample_mipmapped(texture, uv, flat), sample_texture(texture, uv))
    top = sample_mipmapped(texture, uv, flat + 99)
    assert torch.allclose(top, texture.mean((1, 2)).expand_as(top), atol=1e-6)
    between = sample_mipmapped(texture, uv, flat + 0.25)
    half = sample_mipmapped(texture, uv, flat + 1)
    assert torch.allclose(between, 0.75 * sample_texture(texture, uv) + 0.25 * half, atol=1e-6)


@pytest.mark.parametrize(("scale", "level"), [(1.0, 0.0), (2.0, 1.0), (8.0, 3.0), (0.25, 0.0)])
def test_the_level_is_the_logarithm_of_texels_per_pixel(scale, level):
    pixels = torch.tensor([[0.0, 0], [10, 1], [2, 7]])
    assert mip_level(pixels * scale, pixels).item() == pytest.approx(level, abs=1e-5)
    assert mip_level(pixels, torch.zeros(3, 2)) == 0
