"""Why a scan's file is refused: one constructor a reason, so that slugs stay stable. Reads nothing."""

from facescale.structures.errors import CaptureRejected

_EXPORT = "open it in a mesh viewer and export it again"


def not_a_mesh(expected: str, found: bytes | str) -> CaptureRejected:
    """The content is not what the file's name says."""
    shown = found if isinstance(found, str) else _beginning(found)
    return CaptureRejected("not-a-mesh", f"expected {expected}, found {shown}", "remove the file or " + _EXPORT)


def empty_file() -> CaptureRejected:
    """Zero bytes."""
    return CaptureRejected("empty-file", "expected a mesh, found 0 bytes", "copy the file again")


def truncated(expected: str, found: str) -> CaptureRejected:
    """The header promises more than the file holds."""
    return CaptureRejected("truncated", f"expected {expected}, found {found}", "copy or export the file again")


def too_large(detail: str) -> CaptureRejected:
    """More than the reader may hold in memory."""
    return CaptureRejected("too-large", detail, "decimate the scan or raise max_bytes")


def unsupported(feature: str) -> CaptureRejected:
    """A valid file with a feature that this reader lacks."""
    return CaptureRejected("unsupported", f"found {feature}", "export it as a plain binary PLY")


def bad_face_index(lowest: int, highest: int, vertices: int) -> CaptureRejected:
    """A face points at a vertex that is not there."""
    found = f"{lowest}..{highest}"
    return CaptureRejected(
        "bad-face-index", f"expected face indices within 0..{vertices - 1}, found {found}", _EXPORT
    )


def bad_keypoints(expected: str, found: str) -> CaptureRejected:
    """The keypoint file beside a scan cannot be used."""
    hint = "correct or remove the keypoint file, or ignore keypoint files in the corpus settings"
    return CaptureRejected("bad-keypoints", f"expected {expected}, found {found}", hint)


def _beginning(data: bytes) -> str:
    """How a file begins: as text where it is some, else in hexadecimal."""
    text = data[:24].decode("ascii", errors="replace")
    if text.isascii() and text.replace("\n", " ").replace("\r", " ").replace("\t", " ").isprintable():
        return f"a file that begins with {' '.join(text.split())!r}"
    return f"a file that begins with the bytes {data[:8].hex(' ')}"


def bad_array(expected: str, found: str) -> CaptureRejected:
    """A file of numbers beside a scan cannot be used."""
    return CaptureRejected("bad-array", f"expected {expected}, found {found}", "copy the file again")


def missing_file(expected: str, where: str) -> CaptureRejected:
    """A file without which an item is of no use is not there."""
    return CaptureRejected("missing-file", f"expected {expected} in {where}, found none", "copy the item again")
