"""Why a photograph or video is refused: one constructor a reason, so that slugs stay stable. Reads nothing."""

from facescale.structures.errors import CaptureRejected

_COPY = "copy the file again"


def empty_picture(expected: str) -> CaptureRejected:
    """Zero bytes."""
    return CaptureRejected("empty-file", f"expected {expected}, found 0 bytes", _COPY)


def not_a_picture(data: bytes) -> CaptureRejected:
    """The content begins like no picture that can be read."""
    found = f"a file that begins with the bytes {data[:12].hex(' ')}"
    hint = "remove the file or save it as JPEG or PNG"
    return CaptureRejected("not-a-picture", f"expected JPEG, PNG, WebP, TIFF or BMP, found {found}", hint)


def unsupported_picture(found: str) -> CaptureRejected:
    """A valid file with something that this reader lacks."""
    return CaptureRejected("unsupported", f"found {found}", "save it as JPEG or 8-bit PNG")


def damaged_picture(form: str, found: str) -> CaptureRejected:
    """The file begins well and cannot be decoded to its end."""
    return CaptureRejected("damaged", f"expected a whole {form} picture, found {found}", _COPY)


def truncated_picture(expected: str, found: str) -> CaptureRejected:
    """The file ends before what it announces."""
    return CaptureRejected("truncated", f"expected {expected}, found {found}", _COPY)


def too_large_picture(detail: str) -> CaptureRejected:
    """More bytes or pixels than the settings allow; refused before decoding."""
    return CaptureRejected("too-large", detail, "shrink it or raise max_bytes or max_pixels")


def tiny_picture(expected: str, width: int, height: int) -> CaptureRejected:
    """Too few pixels to show anything."""
    return CaptureRejected(
        "tiny-picture",
        f"expected {expected}, found {width} x {height}",
        "remove the file or supply the original",
    )


def not_a_video(found: str) -> CaptureRejected:
    """The content is no video container, or it holds no video."""
    return CaptureRejected(
        "not-a-video", f"expected a video, found {found}", "remove the file or encode it as H.264"
    )


def no_frames(found: str) -> CaptureRejected:
    """A video stream that shows nothing within the wanted times."""
    return CaptureRejected("no-frames", f"expected video frames, found {found}", "look at it in a video player")


def bad_cameras(expected: str, found: str) -> CaptureRejected:
    """The calibration beside pictures cannot be used."""
    hint = "correct or remove cameras.json, or ignore it in the corpus settings"
    return CaptureRejected("bad-cameras", f"expected {expected}, found {found}", hint)


def no_usable_view(listed: str) -> CaptureRejected:
    """Every picture of an item was refused for a reason of its own."""
    return CaptureRejected("no-usable-view", f"expected a readable picture, found {listed}", "see each reason")
