import pytest
import torch

from facescale.heads.library import load_head
from tests.reconstruction.landmark_fit.subjects import embedding_of


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def head():
    return load_head("builtin")


@pytest.fixture(scope="session")
def embedding(head):
    return embedding_of(head)
