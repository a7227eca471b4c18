"""Chosen frames of a video, decoded with the exact times at which they are shown. Knows nothing of corpora.

Only the groups of pictures around the chosen frames are decoded; one group's compressed data are in memory at a
time. Damage that still decodes is not noticed: the usual codecs have no checksums.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import UInt8

from facescale.corpora.picture_rejections import (
    empty_picture,
    no_frames,
    not_a_video,
    tiny_picture,
    truncated_picture,
)
from facescale.corpora.pictures import SMALLEST
from facescale.corpora.video_pixels import frame_pixels, transfer_of
from facescale.corpora.video_timeline import Timeline, shown_times

if TYPE_CHECKING:
    from av import VideoFrame

_HEAD = 12
_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,flv,ogg,h264,hevc"
"""No still pictures, and no play lists: those would open other files."""
_MISSING_S, _MISSING_SHARE = 0.5, 0.05
"""A container whose frames end so much before the length it announces has been cut."""


@dataclass(frozen=True, kw_only=True)
class FrameChoice:
    """Which frames are wanted."""

    frames: int = 60
    """So many, evenly spaced in number; all where there are no more."""
    stride: int = 0
    """Every so many frames instead; 0: `frames` decides."""
    start_s: float = 0.0
    """From this time on, seconds after the first frame."""
    end_s: float = 0.0
    """Before this time; 0: to the end."""
    start: int = 0
    """From this frame on."""
    numbers: tuple[int, ...] = ()
    """Just these, growing; empty: the rest decides."""
    longest_side: int = 0
    """Pixels to whose longest side larger frames are shrunk by area; 0 keeps them."""


@dataclass(frozen=True, kw_only=True)
class TimedFrame:
    """One decoded frame."""

    number: int
    """In the order shown, from 0."""
    time_s: float
    """Seconds after the first frame is shown, from the container's time stamp."""
    image: UInt8[np.ndarray, "h w 3"]
    """sRGB but for high dynamic range; upright."""


@dataclass(frozen=True, kw_only=True)
class LostFrame:
    """A chosen frame that there is not."""

    number: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Video:
    """What was read of a video."""

    chosen: tuple[TimedFrame, ...]
    lost: tuple[LostFrame, ...]
    frames: int
    """In the whole file, as far as it says."""
    duration_s: float
    codec: str
    size: tuple[int, int]
    """Width and height as stored, before turning and shrinking."""
    uneven: bool
    """Variable frame rate."""
    transfer: str
    """"HLG" or "PQ" of high dynamic range; otherwise empty."""
    interlaced: bool


def read_video(opened: Any, choice: FrameChoice) -> Video:
    """Decode the chosen frames of a video.

    Args:
        opened: a binary file that can seek; only what is needed is read where the container has an index.
        choice: which frames.

    Raises:
        CaptureRejected: no video, none that can be read, or no frame within the times.
        OSError: the file cannot be read.
    """
    import av
    from av.error import FFmpegError

    head = opened.read(_HEAD)
    if not head:
        raise empty_picture("a video")
    opened.seek(0)
    try:
        container = av.open(opened, "r", options={"format_whitelist": _CONTAINERS})
    except FFmpegError as error:
        if head[4:8] in {b"ftyp", b"mdat", b"wide"}:
            raise truncated_picture(
                "an MP4 or MOV with its index (moov)", "none: the file was not finished"
            ) from error
        raise not_a_video(f"a file that begins with the bytes {head.hex(' ')}") from error
    with container:
        stream = _video_stream(container)
        timeline = Timeline(container, stream)
        if not timeline.frames:
            raise no_frames("a video stream without any")
        return _chosen(container, stream, timeline, choice)


def chosen_numbers(first: int, end: int, choice: FrameChoice) -> list[int]:
    """Numbers of the wanted frames out of first..end-1; evenly spaced ones are the middles of equal parts."""
    count = end - first
    if choice.stride:
        return list(range(first, end, choice.stride))
    if count <= choice.frames:
        return list(range(first, end))
    return [first + (2 * k + 1) * count // (2 * choice.frames) for k in range(choice.frames)]


def _video_stream(container: Any) -> Any:
    from av.stream import Disposition

    kinds = [stream.type for stream in container.streams]
    found = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not found:
        raise not_a_video(f"{' and '.join(dict.fromkeys(kinds)) or 'no'} streams only")
    stream = found[0]
    if stream.codec_context is None:
        raise not_a_video("a video codec that cannot be decoded")
    if 0 < min(stream.width, stream.height) < SMALLEST:
        raise tiny_picture(f"frames of at least {SMALLEST} x {SMALLEST} pixels", stream.width, stream.height)
    stream.codec_context.thread_count = 1  # a worker is one core
    return stream


def _chosen(container: Any, stream: Any, timeline: Timeline, choice: FrameChoice) -> Video:
    unit = stream.time_base
    times = timeline.times(0)
    origin = times[0] if times else timeline.groups[0].key
    first, end = 0, timeline.frames
    if choice.start_s:
        first = timeline.first_at(origin + round(choice.start_s / unit))
    if choice.end_s:
        end = timeline.first_at(origin + round(choice.end_s / unit))
    first = max(first, choice.start)
    numbers = list(choice.numbers) or chosen_numbers(first, max(first, end), choice)
    duration = float(timeline.span * unit)
    if not numbers:
        if choice.start >= timeline.frames:
            raise no_frames(f"none from frame {choice.start:,} on of {timeline.frames:,}")
        wanted = f"none within {choice.start_s:g}..{choice.end_s or duration:g} s of {duration:.3f} s"
        raise no_frames(wanted)
    aspect = float(stream.sample_aspect_ratio or 1)
    found: list[TimedFrame] = []
    lost: list[LostFrame] = []
    transfer, interlaced = "", False
    for number, frame in _decoded(stream.codec_context, timeline, numbers):
        if isinstance(frame, str):
            lost.append(LostFrame(number=number, reason=frame))
            continue
        assert frame.pts is not None  # it was found by it
        image = frame_pixels(frame, aspect=aspect, longest_side=choice.longest_side)
        found.append(TimedFrame(number=number, time_s=float((frame.pts - origin) * unit), image=image))
        transfer, interlaced = transfer_of(frame), interlaced or bool(frame.interlaced_frame)
    lost += _announced(container, timeline, choice, duration)
    if not found:
        raise truncated_picture(f"{len(numbers):,} frames", f"none: {lost[0].reason}")
    return Video(
        chosen=tuple(found),
        lost=tuple(sorted(lost, key=lambda one: one.number)),
        frames=timeline.frames,
        duration_s=duration,
        codec=stream.codec_context.name,
        size=(stream.width, stream.height),
        uneven=bool(timeline.uneven),
        transfer=transfer,
        interlaced=interlaced,
    )


def _announced(container: Any, timeline: Timeline, choice: FrameChoice, duration: float) -> list[LostFrame]:
    """What a container without an index is short of, by the length that it announces."""
    announced = (container.duration or 0) / 1e6
    short = announced - duration
    wanted = not choice.end_s or choice.end_s > duration
    if timeline.indexed or not wanted or short < max(_MISSING_S, _MISSING_SHARE * announced):
        return []
    reason = f"expected {announced:.3f} s, found {duration:.3f} s: the file ends there"
    return [LostFrame(number=timeline.frames, reason=reason)]


def _decoded(decoder: Any, timeline: Timeline, numbers: list[int]) -> "Iterator[tuple[int, VideoFrame | str]]":
    """Frames by number, group by group; a sentence in place of one that there is not."""
    for place, members in groupby(numbers, timeline.group_of):
        group = timeline.groups[place]
        packets = timeline.packets(place)
        times = shown_times(packets)
        wanted = {}
        for number in members:
            if number - group.first < len(times):
                wanted[times[number - group.first]] = number
            else:
                yield number, "expected a frame, found the end of the file or data that cannot be read"
        if not wanted:
            continue
        # Frames shown before their group's key frame lean on the group before.
        leading = packets[0].pts is not None and min(wanted) < packets[0].pts and place > 0
        before = timeline.packets(place - 1) if leading else []
        for frame in _frames(decoder, [*before, *packets]):
            number = wanted.pop(frame.pts, None)
            if number is not None:
                yield number, "expected a frame, found a damaged one" if frame.is_corrupt else frame
            if not wanted:
                break
        yield from (
            (number, "expected a frame, found data that cannot be decoded") for number in wanted.values()
        )


def _frames(decoder: Any, packets: list[Any]) -> "Iterator[VideoFrame]":
    from av.error import FFmpegError

    decoder.flush_buffers()
    for packet in [*packets, None]:
        if packet is not None and packet.pts is None:
            packet.pts = packet.dts
        try:
            yield from decoder.decode(packet)
        except (FFmpegError, EOFError):
            continue
