"""Why a camera file is refused: one constructor a reason, so that slugs stay stable. Reads nothing."""

from facescale.structures.errors import CaptureRejected

_SHOWN = 80


def bad_file(source: str, expected: str, found: object) -> CaptureRejected:
    """The content is not what the format says."""
    return CaptureRejected(
        "bad-cameras", f"{source}: expected {expected}, found {shown(found)}", "export it again"
    )


def too_large(source: str, limit: str, found: object) -> CaptureRejected:
    """More than the reader takes."""
    return CaptureRejected("too-many-cameras", f"{source}: expected at most {limit}, found {shown(found)}")


def unsupported(
    source: str, feature: str, hint: str = "undistort the images and export again"
) -> CaptureRejected:
    """A valid file with a lens or layout that a pinhole camera with k1 k2 p1 p2 k3 cannot hold."""
    return CaptureRejected("unsupported-cameras", f"{source}: found {feature}", hint)


def shown(found: object) -> str:
    """What was found, short enough for a table."""
    try:
        text = found if isinstance(found, str) else repr(found)
    except (ValueError, RecursionError):  # a whole number of many thousand digits; lists in lists
        text = type(found).__name__
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
