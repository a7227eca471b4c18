import sys

import pytest
import torch

from facescale.rendering.rasterizers.fragments import ImageSize
from facescale.rendering.rasterizers.nvdiffrast_rasterizer import (
    NvdiffrastRasterizer,
    NvdiffrastRasterizerConfig,
    clip_space,
)
from tests.rendering.rasterizers.scenes import soup

SIZE = ImageSize(height=40, width=48)


@pytest.mark.parametrize("perspective", [True, False])
def test_clip_space_divides_to_the_pixels_and_sorts_by_depth(perspective):
    vertices, _ = soup(0)
    clip = clip_space(vertices, SIZE, near=1.0, perspective=perspective)
    ndc = clip[..., :3] / clip[..., 3:]
    pixels = (ndc[..., :2] + 1) / 2 * torch.tensor([48.0, 40])
    assert torch.allclose(pixels, vertices[..., :2], atol=1e-4)
    assert (ndc[..., 2].abs() <= 1).all()
    assert torch.equal(ndc[..., 2].argsort(1), vertices[..., 2].argsort(1))
    assert torch.equal(clip[..., 3], vertices[..., 2] if perspective else torch.ones(2, 36))


def test_without_the_package_the_error_names_the_fix(monkeypatch):
    monkeypatch.setitem(sys.modules, "nvdiffrast", None)
    monkeypatch.setitem(sys.modules, "nvdiffrast.torch", None)
    with pytest.raises(ImportError, match=r"pip install --no-build-isolation git\+https.*WarpRasterizer"):
        NvdiffrastRasterizer()
    with pytest.raises(ValueError, match="above 0 mm"):
        NvdiffrastRasterizerConfig(near=-1.0)
