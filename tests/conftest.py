"""What every test may need: one Ray and one S3 server a session, and a skip where there is no device."""

import pytest

from tests.heads.flame_stand_in import flame_folder
from tests.runtime.s3_server import environment_of, s3_process, s3_server

__all__ = ["flame_folder", "ray_cluster", "s3_process", "s3_server"]


@pytest.fixture(scope="session")
def ray_cluster(s3_process):
    """One real Ray for all tests of this process; its workers reach the test's S3 server.

    Runs in this process use it as it is, runs in processes of their own join it.
    """
    import ray

    from facescale.runtime.ray_engine import start_ray

    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment_of(s3_process).items():
            patch.setenv(name, value)
        with start_ray(cpus=8):
            patch.undo()
            address = ray.get_runtime_context().gcs_address
            with pytest.MonkeyPatch.context() as joined:
                joined.setenv("RAY_ADDRESS", address)
                yield address


def pytest_collection_modifyitems(items):
    """Skip tests marked `gpu` where torch sees no CUDA device."""
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if not marked:
        return
    import torch

    if not torch.cuda.is_available():
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="needs a CUDA device"))
