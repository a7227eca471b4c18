"""Fits run as in a worker, which is one core: several test processes with two busy threads each only wait."""

import pytest
import torch


@pytest.fixture(scope="session", autouse=True)
def _one_core():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
