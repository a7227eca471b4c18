"""Frames to the bytes of an MP4, and a video in the layout `videos`: `<subject>/<name>.mp4`. Reads nothing."""

import io
from collections.abc import Iterable
from fractions import Fraction

import numpy as np
from jaxtyping import UInt8

from facescale.corpora.files import join, write_bytes

CODECS = ("libx264", "mpeg4")
"""The first that PyAV was built with is taken."""
OPTIONS = {
    # one thread and fixed settings: the same frames give the same bytes
    "libx264": {"crf": "18", "preset": "medium", "threads": "1"},
    "mpeg4": {"qscale": "3", "threads": "1"},
}
TICKS = 90_000
"""A second in units of the stream's clock."""


def encode_mp4(frames: Iterable[UInt8[np.ndarray, "h w 3"]], *, rate: float) -> bytes:
    """Compress frames.

    Args:
        frames: sRGB, all of one size with even sides.
        rate: frames a second; frame k is shown from k / rate on.

    Returns:
        An MP4 file.

    Raises:
        ValueError: no frame, odd sides, sizes that differ, or a rate that is not positive.
    """
    import av

    if not rate > 0:
        raise ValueError(f"expected a positive rate, got {rate}")
    codec = next(name for name in CODECS if name in av.codecs_available)
    buffer = io.BytesIO()
    shape = None
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream(codec, rate=Fraction(rate).limit_denominator(1001))
        assert isinstance(stream, av.VideoStream)
        stream.codec_context.options = dict(OPTIONS[codec])
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, TICKS)
        for number, image in enumerate(frames):
            if shape is None:
                shape = image.shape
                stream.height, stream.width = _even(shape)
            if image.shape != shape:
                raise ValueError(f"expected frames of one size {shape}, got {image.shape}")
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = round(number * TICKS / rate), Fraction(1, TICKS)
            container.mux(stream.encode(frame))
        if shape is None:
            raise ValueError("expected at least one frame, got none")
        container.mux(stream.encode())
    return buffer.getvalue()


def write_video(item: str, data: bytes, root: str) -> str:
    """Write a video's bytes.

    Args:
        item: "<subject>/<name>", without an ending.
        data: of an MP4 file.
        root: a local folder or s3:// prefix.

    Returns:
        The relative path written.

    Raises:
        ValueError: an item that is no plain relative path of a subject and a name.
        OSError: it cannot be written.
    """
    parts = item.split("/")
    if len(parts) != 2 or any(not part or part.startswith(".") for part in parts):  # noqa: PLR2004
        raise ValueError(f"expected an item of the form subject/name, got {item!r}")
    write_bytes(join(root, f"{item}.mp4"), data)
    return f"{item}.mp4"


def _even(shape: tuple[int, ...]) -> tuple[int, int]:
    height, width = shape[:2]
    if height % 2 or width % 2:
        raise ValueError(f"expected even sides, got {width} x {height}")
    return height, width
