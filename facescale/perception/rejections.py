"""Why an image yields no landmarks: one constructor a reason, so that slugs stay stable. Detects nothing."""

from facescale.structures.errors import CaptureRejected


def no_face(width: int, height: int, looked: str) -> CaptureRejected:
    """Nothing that can be taken for a face."""
    return CaptureRejected(
        "no-face",
        f"expected a face in an image of {width} x {height} pixels, found none in {looked}",
        "look at the image; lower min_detection and min_presence, or give the corpus' boxes",
    )


def image_too_small(width: int, height: int, least: int) -> CaptureRejected:
    """Too few pixels for any face."""
    return CaptureRejected(
        "image-too-small", f"expected at least {least} pixels a side, found {width} x {height}"
    )


def face_too_small(height: float, least: float) -> CaptureRejected:
    """A face of too few pixels to say where its points are."""
    return CaptureRejected(
        "face-too-small",
        f"expected a face at least {least:.0f} pixels high, found {height:.0f}",
        "use the images in their original size, or lower least_face",
    )
