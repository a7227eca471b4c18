"""Start of NVIDIA Warp, its compile cache and launches on the caller's stream. Knows nothing of geometry.

Nothing here runs at import: the first query of a process loads Warp.
"""

import contextlib
import fcntl
import functools
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

CACHE_VARIABLE = "FACESCALE_CACHE"


def cache_folder() -> Path:
    """Where compiled kernels are kept: `$FACESCALE_CACHE/kernels`, else in the user's cache folder."""
    root = os.environ.get(CACHE_VARIABLE)
    if root:
        return Path(root).expanduser() / "kernels"
    import platformdirs

    return Path(platformdirs.user_cache_dir("facescale")) / "kernels"


@functools.cache
def warp() -> ModuleType:
    """Load Warp once a process, quiet, with its compiled kernels in `cache_folder`."""
    import warp as wp

    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    if wp.config.kernel_cache_dir is None:  # a caller that started Warp before us keeps its cache
        wp.config.kernel_cache_dir = str(folder)
    wp.config.enable_backward = False
    wp.config.log_level = wp.LOG_WARNING
    with contextlib.nullcontext() if torch.cuda.is_available() else _without_driver_warning():
        wp.init()
    return wp


@contextlib.contextmanager
def _without_driver_warning() -> Iterator[None]:
    """Keep a line that Warp prints from C, below its log level, from every worker without a GPU."""
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            caught.seek(0)
            lines = caught.read().splitlines(keepends=True)
            os.write(2, b"".join(line for line in lines if b"NVIDIA CUDA driver" not in line))


@contextlib.contextmanager
def _compile_lock() -> Iterator[None]:
    """Hold the machine's compile lock, so that a hundred workers that start together compile once."""
    path = cache_folder() / "compile.lock"
    try:
        file = path.open("w")
    except OSError:
        # A read-only cache was shipped compiled: nobody can compile into it at the same time.
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@functools.cache
def _load(kernel: Any, device: str) -> None:
    with _compile_lock():
        warp().load_module(kernel.module, device=device)


def launch(kernel: Any, *, dim: int | tuple[int, ...], inputs: Sequence[Any], device: torch.device) -> None:
    """Run a Warp kernel on a torch device, in order with torch's work there.

    Args:
        kernel: what `warp().kernel` made.
        dim: threads.
        inputs: in the kernel's order, outputs last.
        device: where all arrays live.
    """
    _load(kernel, str(device))
    with on_stream(device):
        warp().launch(kernel, dim=dim, inputs=list(inputs), device=str(device))


@contextlib.contextmanager
def on_stream(device: torch.device) -> Iterator[None]:
    """Make Warp use torch's current stream; nothing to do on the CPU."""
    if device.type != "cuda":
        yield
        return
    wp = warp()
    with wp.ScopedStream(wp.stream_from_torch(torch.cuda.current_stream(device))):
        yield
