"""Kernels are tested on every device that there is: CPU always, CUDA under the `gpu` marker."""

import pytest
import torch


@pytest.fixture(scope="session", params=["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def device(request):
    return torch.device(request.param)
