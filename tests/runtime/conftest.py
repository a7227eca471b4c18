"""Fixtures of the runtime's tests."""

from tests.runtime.s3_server import s3_process, s3_server

__all__ = ["s3_process", "s3_server"]
