import os
import subprocess
import sys

import jaxtyping
import pytest
import torch

from facescale.geometry import kernels
from facescale.geometry.closest_point_kernel import closest_point_kernel
from facescale.geometry.ray_kernel import first_hit_kernel
from facescale.geometry.surface import SurfaceBvh
from facescale.geometry.winding_kernel import winding_kernel

QUERY = """
import torch
from facescale.geometry.surface import SurfaceBvh
surface = SurfaceBvh(torch.eye(3)[None], torch.tensor([[0, 1, 2]]))
print(surface.closest(torch.zeros(1, 1, 3)).distance.item())
"""


def python(code, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_importing_geometry_loads_no_warp():
    process = python("import sys, facescale.geometry.surface; print('warp' in sys.modules)")
    assert process.communicate(timeout=60)[0].strip() == b"False"


@pytest.mark.slow
def test_workers_that_start_together_share_one_compilation_and_say_nothing(tmp_path):
    workers = [python(QUERY, FACESCALE_CACHE=str(tmp_path)) for _ in range(2)]
    for worker in workers:
        out, err = worker.communicate(timeout=250)
        assert float(out) == pytest.approx(3**-0.5)
        assert err == b""
    compiled = [p for p in (tmp_path / "kernels").rglob("*.o") if "closest" in p.name]
    assert len(compiled) == 1


@pytest.mark.slow
@pytest.mark.parametrize("make", [closest_point_kernel, first_hit_kernel, winding_kernel])
def test_kernels_compile_for_cuda_on_a_machine_without_it(make, tmp_path):
    wp = kernels.warp()
    wp.compile_aot_module(make().module, arch=90, module_dir=tmp_path, use_ptx=True)
    assert list(tmp_path.glob("*.ptx"))


def test_the_cache_stays_in_the_folder_that_the_environment_names(monkeypatch, tmp_path):
    monkeypatch.setenv("FACESCALE_CACHE", str(tmp_path))
    assert kernels.cache_folder() == tmp_path / "kernels"
    monkeypatch.delenv("FACESCALE_CACHE")
    assert kernels.cache_folder().parts[-2:] == ("facescale", "kernels")


def test_a_wrong_shape_raises():
    with pytest.raises(jaxtyping.TypeCheckError):
        SurfaceBvh(torch.zeros(4, 3), torch.tensor([[0, 1, 2]]))
