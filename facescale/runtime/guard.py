"""The one place that catches everything, and what an exception means by the phase that it was raised in.

Knows nothing of threads, processes or storage layout.
"""

import errno
import re
import time
import traceback
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from facescale.runtime.storage import StorageUnavailable, unavailable
from facescale.structures.errors import CaptureRejected
from facescale.structures.outcome import Status

Value = TypeVar("Value")

_PAUSES_S = (0.5, 2.0)
LOAD_TRIES = len(_PAUSES_S) + 1
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
SCRATCH_FULL = "scratch-full"
"""Slug of a node that has no space left on its own disk, while OUT is elsewhere."""
_TRACEBACK_LENGTH = 2000
_MESSAGE_LENGTH = 4000

# Names, not classes: the libraries that raise them may not be installed, and need not be imported to be caught.
_NETWORK = frozenset({
    "BotoCoreError", "ClientError", "ClientPayloadError", "FSTimeoutError", "HTTPError", "HTTPException",
    "RequestException", "TransportError",
})  # fmt: skip
_OUT_OF_MEMORY = frozenset({"OutOfMemoryError", "MemoryError"})
_BUGS = (ImportError, NameError, AssertionError, NotImplementedError, MemoryError, SystemExit)
_LOST_DEVICE = re.compile(
    r"CUDA error(?!.*out of memory)|cudaError(?!MemoryAllocation)|illegal memory access|device-side assert"
    r"|AcceleratorError|no CUDA GPUs are available|no NVIDIA driver|CUDA driver (?:initialization|version)"
    r"|CU(?:DNN|BLAS|SOLVER|FFT|SPARSE)_STATUS_(?:NOT_INITIALIZED|INTERNAL_ERROR|EXECUTION_FAILED|MAPPING_ERROR)",
    re.IGNORECASE,
)


@typing.final
class Caught:
    """An exception as text and type; the frames, and the tensors that they hold, are let go."""

    def __init__(self, error: BaseException) -> None:
        trace = "".join(traceback.format_exception(error))
        traceback.clear_frames(error.__traceback__)
        self.error = error.with_traceback(None)
        self.error.__context__ = self.error.__cause__ = None
        self.trace = trace[-_TRACEBACK_LENGTH:]
        self.words = f"{type(error).__name__}: {error}"[:_MESSAGE_LENGTH]

    def is_a(self, names: frozenset[str]) -> bool:
        """Tell whether the exception's class or one of its bases has one of these names."""
        return any(base.__name__ in names for base in type(self.error).__mro__)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """An item's end that is not done."""

    status: Status
    reason: str
    message: str = ""
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Infrastructure:
    """Trouble that would hit the next item too: the run stops."""

    kind: str
    message: str


@dataclass(frozen=True)
class LostDevice:
    """The GPU's context is gone: nothing in this process can be trusted any more."""

    message: str


@dataclass(frozen=True)
class OutOfMemory:
    """The batch was too large."""


def attempt(call: Callable[[], Value]) -> Value | Caught:
    """Call, and return what came out of it, value or exception.

    SystemExit counts too: research code exits where it should raise.
    """
    try:
        return call()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the one place
        return Caught(error)


def load(call: Callable[[], Value], *, pause: Callable[[float], None] = time.sleep) -> Value | Verdict:
    """Load an item: storage gets three tries, data gets one.

    Args:
        call: loads it.
        pause: sleeps for so many seconds between tries.
    """
    for pause_s in (*_PAUSES_S, None):
        result = attempt(call)
        if not isinstance(result, Caught):
            return result
        verdict = judge_load(result)
        final = verdict.status is Status.REJECTED or isinstance(result.error, _BUGS)
        if final or pause_s is None:
            return verdict
        pause(pause_s)
    raise AssertionError("unreachable: the last try returns")


def judge_load(caught: Caught) -> Verdict:
    """Judge what `load` raised: rejected is for good, failed may be tried again."""
    error = caught.error
    if isinstance(error, CaptureRejected):
        return _rejected(error)
    if isinstance(error, FileNotFoundError):
        return Verdict(
            status=Status.FAILED,
            reason="missing-input",
            message=caught.words,
            hint="the input vanished after the corpus was indexed, or this worker cannot see its path",
        )
    if isinstance(error, _BUGS):
        return Verdict(
            status=Status.FAILED, reason=f"load-{_slug(error)}", message=f"{caught.words}\n{caught.trace}"
        )
    if _is_storage(caught):
        return Verdict(
            status=Status.FAILED,
            reason="input-unavailable",
            message=f"{caught.words}, {LOAD_TRIES} times",
            hint="check the input's storage and this worker's permissions, then run again",
        )
    return Verdict(
        status=Status.REJECTED,
        reason="unreadable",
        message=f"{caught.words}\n{caught.trace}",
        hint="the file is damaged or of another format than its name says",
    )


def judge_fit(caught: Caught) -> Verdict | OutOfMemory | LostDevice:
    """Judge what `fit` raised; a verdict holds for the item only where it was alone in its batch."""
    if isinstance(caught.error, CaptureRejected):
        return _rejected(caught.error)
    if caught.is_a(_OUT_OF_MEMORY) or "out of memory" in caught.words.lower():
        return OutOfMemory()
    if _LOST_DEVICE.search(caught.words):
        return LostDevice(caught.words)
    return Verdict(
        status=Status.FAILED,
        reason=f"fit-{_slug(caught.error)}",
        message=f"{caught.words}\n{caught.trace}",
    )


def out_of_memory() -> Verdict:
    """Return the verdict on an item that is too large alone."""
    return Verdict(
        status=Status.FAILED,
        reason="out-of-memory",
        message="out of memory with this item alone",
        hint="use a device with more memory, or make the item smaller",
    )


def judge_save(caught: Caught, *, aside: bool = False) -> Infrastructure:
    """Judge what saving raised: never the item's fault, and the end of the run, or of a worker's part in it.

    Args:
        caught: what was raised.
        aside: artefacts are written to a disk of this node first, so that the system's word on a full disk
            tells nothing of OUT.
    """
    error = caught.error
    if aside and isinstance(error, OSError) and error.errno in _FULL:
        where = error.filename or "its scratch folder"
        return Infrastructure(
            kind=SCRATCH_FULL,
            message=f"cannot save: no space left on this node's own disk ({where}); free some space there",
        )
    if isinstance(error, StorageUnavailable):
        return Infrastructure(kind=error.kind, message=error.message)
    if isinstance(error, OSError):
        judged = unavailable(error, f"cannot save: {error.filename or 'a result'}")
        if judged is not None:
            return Infrastructure(kind=judged.kind, message=judged.message)
    return Infrastructure(kind="save-failed", message=f"{caught.words}\n{caught.trace}")


def result_of_fit(result: Any) -> Any:
    """Turn a CaptureRejected that stands in place of a result into its verdict."""
    return _rejected(result) if isinstance(result, CaptureRejected) else result


def _rejected(error: CaptureRejected) -> Verdict:
    return Verdict(status=Status.REJECTED, reason=error.reason, message=error.detail, hint=error.hint)


def _is_storage(caught: Caught) -> bool:
    error = caught.error
    # Parsers of images and HDF5 raise a bare OSError for bad bytes; the system always says which error it is.
    if type(error).__name__ == "UnidentifiedImageError" or (type(error) is OSError and error.errno is None):
        return False
    return isinstance(error, OSError | StorageUnavailable) or caught.is_a(_NETWORK)


def _slug(error: BaseException) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", type(error).__name__).lower()
