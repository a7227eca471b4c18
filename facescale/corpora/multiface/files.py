"""Multiface's small files: tracked meshes and their poses, lists of frames, splits. Knows nothing of folders.

A tracked mesh is 7306 rows of three little-endian float32, mm, in the head's own frame, without a header. Its
transform is the 3 x 4 matrix [R|t] that takes it to the world of the cameras: world = R v + t.
"""

import json
from collections.abc import Mapping

import numpy as np

from facescale.structures.errors import CaptureRejected

VERTICES = 7306
MESH_BYTES = VERTICES * 3 * 4
TEXT_LIMIT = 32 << 20
MOST_FRAMES = 5_000_000
LARGEST = 1e6
"""mm that a vertex or a translation may be away."""
_ROUNDED = 2e-3


def read_tracked(data: bytes) -> np.ndarray:
    """Read the vertices of a tracked mesh.

    Returns:
        (7306, 3) float32 in the head's own frame, mm.

    Raises:
        CaptureRejected: bad-mesh.
    """
    if len(data) != MESH_BYTES:
        raise _bad("bad-mesh", f"{MESH_BYTES:,} bytes (7306 x 3 float32)", f"{len(data):,}")
    vertices = np.frombuffer(data, "<f4").reshape(VERTICES, 3)
    if not (np.abs(vertices) < LARGEST).all():  # NaN is not smaller
        raise _bad("bad-mesh", f"coordinates below {LARGEST:g} mm", "NaN, infinity or larger ones")
    return vertices


def read_transform(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Read the pose of a tracked mesh: rotation (3, 3) and translation (3,) mm, head to world.

    Raises:
        CaptureRejected: bad-transform.
    """
    words = _text(data, "bad-transform").split()
    if len(words) != 12:  # noqa: PLR2004 - three rows of four
        raise _bad("bad-transform", "3 rows of 4 numbers", f"{len(words)} words")
    try:
        matrix = np.array([float(word) for word in words]).reshape(3, 4)
    except ValueError as error:
        raise _bad("bad-transform", "numbers", str(error)) from error
    turn, shift = matrix[:, :3], matrix[:, 3]
    if not (np.abs(matrix) < LARGEST).all():
        raise _bad("bad-transform", f"numbers below {LARGEST:g}", "NaN, infinity or larger ones")
    if np.abs(turn @ turn.T - np.eye(3)).max() > _ROUNDED or np.linalg.det(turn) < 0:
        raise _bad("bad-transform", "a rotation and a translation", f"rows {turn.round(3).tolist()}")
    left, _, right = np.linalg.svd(turn)
    return left @ right, shift


def read_frame_list(data: bytes) -> dict[str, tuple[str, ...]]:
    """Read "segment frame" lines: segment -> its frames as they are written, in order.

    Raises:
        CaptureRejected: bad-list.
    """
    found: dict[str, list[str]] = {}
    lines = _text(data, "bad-list").splitlines()
    if len(lines) > MOST_FRAMES:
        raise _bad("bad-list", f"at most {MOST_FRAMES:,} frames", f"{len(lines):,}")
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words:
            continue
        if len(words) != 2 or not (words[1].isascii() and words[1].isdigit()) or "/" in words[0]:  # noqa: PLR2004
            raise _bad("bad-list", f"frame_list.txt, line {number}: a segment and a frame", line)
        found.setdefault(words[0], []).append(words[1])
    return {segment: tuple(frames) for segment, frames in found.items()}


def read_camera_split(data: bytes) -> Mapping[str, tuple[str, ...]]:
    """Read camera-split-config_<entity>.json: "train", "test" and "visual" -> cameras.

    Raises:
        CaptureRejected: bad-list.
    """
    full = _object(data).get("full")
    if not isinstance(full, dict) or not full:
        raise _bad("bad-list", '{"full": {"train": [...], ...}}', full)
    return {str(name): _words(cameras) for name, cameras in full.items()}


def read_test_segments(data: bytes) -> tuple[str, ...]:
    """Read test_segment.json: beginnings of the names of segments that are for tests.

    Raises:
        CaptureRejected: bad-list.
    """
    return _words(_object(data).get("segment"))


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str | int) for word in value):
        raise _bad("bad-list", "a list of names", value)
    return tuple(str(word) for word in value)


def _object(data: bytes) -> dict[str, object]:
    try:
        found = json.loads(_text(data, "bad-list"))
    except (ValueError, RecursionError) as error:
        raise _bad("bad-list", "JSON", error) from error
    if not isinstance(found, dict):
        raise _bad("bad-list", "a JSON object", type(found).__name__)
    return found


def _text(data: bytes, reason: str) -> str:
    if len(data) > TEXT_LIMIT:
        raise _bad(reason, f"at most {TEXT_LIMIT:,} bytes", f"{len(data):,}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad(reason, "text in UTF-8", f"the bytes {data[:8].hex(' ')}") from error


def _bad(reason: str, expected: str, found: object) -> CaptureRejected:
    shown = " ".join(str(found).split())[:80]
    return CaptureRejected(reason, f"expected {expected}, found {shown}", "download it again")
