"""Short videos that the tests share: every frame carries its own number in its brightness."""

import struct
from fractions import Fraction

import av
import numpy as np

TICKS = Fraction(1, 90000)


def shade(number):
    """The grey of a frame, which starts anew after 50."""
    return 20 + 4 * (number % 50)


def grey(number, width=64, height=48):
    return np.full((height, width, 3), shade(number), np.uint8)


def number_of(image):
    return round((float(image.mean()) - 20) / 4)


def write_clip(
    target, pictures, *, times=None, codec="libx264", form=None, gop=10, bframes=2, movflags="", **tags
):
    """Encode pictures; `times` in seconds, 30 a second where they are left out.

    Args:
        target: path or file object.
        pictures: (h, w, 3) uint8 RGB, or ready frames.
        times: of each.
        codec: the encoder.
        form: container, where the target's name does not say it.
        gop: frames from one key frame to the next.
        bframes: frames between others that lean on both.
        movflags: of MP4.
        tags: attributes of the codec context, such as color_range, and `options`.
    """
    pictures = list(pictures)
    times = [number / 30 for number in range(len(pictures))] if times is None else times
    options = {"movflags": movflags} if movflags else {}
    with av.open(target, "w", format=form, options=options) as container:
        rate = 30 if codec == "mpeg4" else Fraction(90000)
        stream = container.add_stream(codec, rate=rate, options=tags.pop("options", {}))
        first = pictures[0]
        height, width = (first.height, first.width) if isinstance(first, av.VideoFrame) else first.shape[:2]
        stream.width, stream.height, stream.pix_fmt = width, height, tags.pop("pix_fmt", "yuv420p")
        stream.codec_context.gop_size, stream.codec_context.max_b_frames = gop, bframes
        unit = Fraction(1, 30) if codec == "mpeg4" else TICKS
        stream.codec_context.time_base = unit
        for name, value in tags.items():
            setattr(stream.codec_context, name, value)
        for picture, time in zip(pictures, times, strict=True):
            frame = (
                picture if isinstance(picture, av.VideoFrame) else av.VideoFrame.from_ndarray(picture, "rgb24")
            )
            frame.pts, frame.time_base = round(time / unit), unit
            _mux(container, stream.encode(frame), unit)
        _mux(container, stream.encode(None), unit)


def _mux(container, packets, unit):
    for packet in packets:
        # Without it the last frame of an MP4 is too short to be shown.
        packet.duration = round(1 / 30 / unit)
        container.mux(packet)


def with_display_matrix(data, a, b, c, d):
    """An MP4 whose track header says that it is to be turned."""
    data = bytearray(data)
    place = data.index(b"tkhd") + 4
    matrix = place + 4 + (20 if data[place] == 0 else 32) + 16
    data[matrix : matrix + 36] = struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    return bytes(data)


def cut_in_the_middle(data, share=0.5):
    """An MP4 with its index in front whose pictures break off."""
    begin = data.index(b"mdat") + 4
    return data[: begin + int((len(data) - begin) * share)]
