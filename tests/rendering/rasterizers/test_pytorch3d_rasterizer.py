import sys

import pytest

from facescale.rendering.rasterizers.pytorch3d_rasterizer import Pytorch3dRasterizer, Pytorch3dRasterizerConfig


def test_without_the_package_the_error_names_the_fix(monkeypatch):
    for name in ("pytorch3d", "pytorch3d.renderer", "pytorch3d.renderer.mesh.rasterize_meshes"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r"pip install --no-build-isolation git\+https.*WarpRasterizer"):
        Pytorch3dRasterizer()
    with pytest.raises(ValueError, match="above 0 mm"):
        Pytorch3dRasterizerConfig(near=0.0)
