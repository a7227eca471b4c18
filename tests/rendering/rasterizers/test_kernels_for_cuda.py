import pytest

from facescale.geometry import kernels
from facescale.rendering.rasterizers import (
    interpolate_kernel,
    outline_kernel,
    raster_gradient_kernel,
    raster_kernel,
)

MAKERS = [
    raster_kernel.cover_kernel,
    raster_kernel.resolve_kernel,
    raster_gradient_kernel.backward_kernel,
    outline_kernel.walk_kernel,
    outline_kernel.see_kernel,
    interpolate_kernel.forward_kernel,
    interpolate_kernel.backward_kernel,
]


@pytest.mark.slow
@pytest.mark.parametrize("make", MAKERS)
def test_kernels_compile_for_cuda_on_a_machine_without_it(make, tmp_path):
    wp = kernels.warp()
    wp.compile_aot_module(make().module, arch=90, module_dir=tmp_path, use_ptx=True)
    assert list(tmp_path.glob("*.ptx"))
