"""Fixtures of the runtime's tests."""

import pytest

from tests.runtime.s3_server import environment_of, s3_process, s3_server

__all__ = ["ray_cluster", "s3_process", "s3_server"]


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
