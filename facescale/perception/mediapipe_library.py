"""Opening MediaPipe's face landmarker: without its usage reports, without its chatter. Knows nothing of images.

Version 1.2.3 counts what it does and posts that to a server of its maker, at the latest when it is closed; no
option forbids it (see `silence_reports`). It writes warnings of its own to the standard error when it starts.
"""

import contextlib
import ctypes
import mmap
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8

BareLandmarker = Any
"""`mediapipe.tasks.python.vision.FaceLandmarker`, which is imported only when one is opened."""
REPORTS_ADDRESS = b"https://play.googleapis.com/log"
"""Where the library posts to, as it stands in its read-only data."""
NOWHERE = b"never"
"""Takes the place of "https": no protocol has that name, so that a post ends before a name is looked up."""
HALF_PIXEL = 0.5
"""Added to what the library says: its positions times width and height count from the first pixel's centre.
Measured: enlarging an image s times by repeating pixels moves them from x to s x + (s - 1) / 2."""
_STDERR = 2
_READ, _WRITE = 1, 2
"""Of mprotect."""


@dataclass(frozen=True, kw_only=True)
class RawFace:
    """One face as the library has it, in our pixels."""

    points: Float[np.ndarray, "478 2"]
    """Column and row, pixels; the first pixel's centre is (0.5, 0.5). May lie outside the image."""
    blendshapes: Float[np.ndarray, "52"]
    """0 to 1: "_neutral", then ARKit's names in alphabetical order without "tongueOut"."""


def open_landmarker(model: Path, *, faces: int, detection: float, presence: float) -> BareLandmarker:
    """Open a landmarker in image mode: every image is judged by itself.

    Args:
        model: `face_landmarker.task`.
        faces: how many it returns at most.
        detection: least confidence that there is a face.
        presence: least confidence that landmarks lie on one.

    Raises:
        ValueError: no such file, or not such a model; with what the library wrote.
    """
    if not model.is_file():
        raise ValueError(f"expected a face_landmarker.task, found no file {model}")
    silence_reports()
    from mediapipe.tasks.python import BaseOptions
    from mediapipe.tasks.python.vision import FaceLandmarker, FaceLandmarkerOptions

    options = FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model)),
        num_faces=faces,
        min_face_detection_confidence=detection,
        min_face_presence_confidence=presence,
        output_face_blendshapes=True,
    )
    with _held_back() as written:
        try:
            return FaceLandmarker.create_from_options(options)
        except (RuntimeError, ValueError) as error:
            written.seek(0)
            said = written.read().decode(errors="replace").strip().splitlines()
            raise ValueError(
                f"expected a face landmarker in {model}, got: {error} {' '.join(said[-1:])}"
            ) from error


def faces_in(bare: BareLandmarker, image: UInt8[np.ndarray, "h w 3"]) -> list[RawFace]:
    """Find faces, in no particular order."""
    import mediapipe

    pixels = np.ascontiguousarray(image)
    found = bare.detect(mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=pixels))
    size = np.array(image.shape[1::-1], np.float32)
    return [
        RawFace(
            points=np.array([(point.x, point.y) for point in points], np.float32) * size + HALF_PIXEL,
            blendshapes=np.array([category.score for category in scores], np.float32),
        )
        for points, scores in zip(found.face_landmarks, found.face_blendshapes, strict=True)
    ]


def silence_reports() -> int:
    """Make the library's usage reports fail before they reach the network, in this process.

    What it counts are images and milliseconds, with the versions of Python and the system; it would still tell
    a stranger who runs this and when, look a name up on every close, and wait for an answer on machines without
    a network. The address is overwritten in this process's private copy of the library's data; the file is left
    alone. Only Linux lets us: elsewhere nothing is done.

    Returns:
        Copies of the address that were there; 0 where there are none (any more).
    """
    if sys.platform != "linux":
        return 0
    from mediapipe.tasks.python.core.mediapipe_c_bindings import load_raw_library

    path = Path(load_raw_library()._name).resolve()  # noqa: SLF001 - ctypes has no other name for it
    addresses = [found for at in _offsets(path) for found in _addresses(path, at)]
    for address in addresses:
        _overwrite(address)
    return len(addresses)


def close_landmarker(bare: BareLandmarker) -> None:
    """Close a landmarker; at the interpreter's end, whose threads are gone by then, let it go silently."""
    try:
        bare.close()
    except RuntimeError:
        # The library calls through a thread pool, and pools take no work now: the process's end frees the rest.
        bare._handle = None  # noqa: SLF001


def _offsets(path: Path) -> list[int]:
    """Where the address stands in the library's file."""
    found = []
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = data.find(REPORTS_ADDRESS)
        while at >= 0:
            found.append(at)
            at = data.find(REPORTS_ADDRESS, at + 1)
    return found


def _addresses(path: Path, offset: int) -> list[int]:
    """Where a byte of a file lies in this process's memory, if it still holds the address."""
    found = []
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, mode, start, _, _, *name = line.split(maxsplit=5)
        low, high = (int(end, 16) for end in span.split("-"))
        place = low + offset - int(start, 16)
        mine = bool(name) and Path(name[0]) == path and mode.startswith("r")
        mine = mine and low <= place <= high - len(REPORTS_ADDRESS)
        if mine and ctypes.string_at(place, len(REPORTS_ADDRESS)) == REPORTS_ADDRESS:
            found.append(place)
    return found


def _overwrite(address: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    page = mmap.PAGESIZE
    first = address // page * page
    length = ctypes.c_size_t(address + len(NOWHERE) - first)
    for mode in (_READ | _WRITE, _READ):
        if libc.mprotect(ctypes.c_void_p(first), length, mode):
            raise OSError(ctypes.get_errno(), "could not switch the library's usage reports off")
        if mode & _WRITE:
            ctypes.memmove(address, NOWHERE, len(NOWHERE))


@contextlib.contextmanager
def _held_back() -> Iterator[Any]:
    """Catch what native code writes to the standard error, of all threads: keep the block short."""
    with tempfile.TemporaryFile() as written:
        sys.stderr.flush()
        kept = os.dup(_STDERR)
        os.dup2(written.fileno(), _STDERR)
        try:
            yield written
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)
