"""Which frames a video has and when each is shown, read part by part. Knows nothing of pixels.

A video is a row of groups of pictures, each from one key frame to the next. All frames of a group are shown
after those of earlier groups: the number of a frame is the count of frames in earlier groups plus its rank by
time in its own. MP4 and MOV list all frames in an index: only groups that are wanted are read. Other containers
are read through once, without decoding.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from av import Packet

_UNEVEN = 1.5
_NEAR = 2


@dataclass(frozen=True, kw_only=True)
class Group:
    """The frames from one key frame to the next."""

    first: int
    """Number of its earliest frame."""
    count: int
    """Frames that are shown."""
    packets: int
    """Frames with those that an edit list hides."""
    key: int
    """Time stamp that its first packet is known by: decoding time with an index, otherwise the time shown."""
    seeks: tuple[int, ...]
    """Time stamps that lead to it; demuxers differ in whether they go by times shown or decoded."""


@dataclass(frozen=True, kw_only=True)
class _Entry:
    stamp: int
    decoded: int
    key: bool
    hidden: bool


class Timeline:
    """The frames of one video stream; owns what is known of their times.

    Args:
        container: opened by PyAV; this moves its position.
        stream: its video stream.
    """

    def __init__(self, container: Any, stream: Any) -> None:
        self._container = container
        self._stream = stream
        self._times: dict[int, list[int]] = {}
        index = [
            _Entry(stamp=e.timestamp, decoded=e.timestamp, key=e.is_keyframe, hidden=e.is_discard)
            for e in stream.index_entries
        ]
        self.indexed = 0 < stream.frames == len(index)
        entries = index if self.indexed else self._read_through()
        self.groups = _groups(entries, indexed=self.indexed)
        self.frames = sum(group.count for group in self.groups)
        stamps = np.sort([entry.stamp for entry in entries if not entry.hidden])
        gaps = np.diff(stamps)
        gaps = gaps[gaps > 0]
        self.uneven = len(gaps) > 1 and gaps.max() > _UNEVEN * gaps.min() + 1
        """Frames are not shown equally long."""
        self.span = int(stamps[-1] - stamps[0] + np.median(gaps)) if len(gaps) else 0
        """In units of the stream's time base."""

    def group_of(self, frame: int) -> int:
        """The group that a frame belongs to."""
        return bisect_right(self.groups, frame, key=lambda group: group.first) - 1

    def first_at(self, stamp: int) -> int:
        """Number of the earliest frame that is shown at a time or later; as many as there are where none is."""
        # Nothing is shown before it is decoded: the stamps of key frames are a bound, seldom far from it.
        high = bisect_right(self.groups, stamp, key=lambda group: group.key)
        low = max(0, high - _NEAR)
        if low and self._latest(low - 1) >= stamp:
            low = 0
        place = bisect_left(range(high), stamp, lo=low, key=self._latest)
        if place == len(self.groups):
            return self.frames
        return self.groups[place].first + bisect_left(self.times(place), stamp)

    def times(self, place: int) -> list[int]:
        """When the frames of a group are shown, in order; fewer than announced where the file lacks some."""
        if place not in self._times:
            self._times[place] = shown_times(self.packets(place))
        return self._times[place]

    def packets(self, place: int) -> "list[Packet]":
        """Read one group; in memory as long as the caller keeps it. What cannot be read is left out."""
        from av.error import FFmpegError

        group = self.groups[place]
        for target in dict.fromkeys(group.seeks):
            try:
                self._container.seek(target, stream=self._stream)
                found = self._collect(group)
            except FFmpegError:
                found = []
            if found:
                return found
        return []

    def _collect(self, group: Group) -> "list[Packet]":
        from av.error import FFmpegError

        found: list[Packet] = []
        packets = self._container.demux(self._stream)
        while len(found) < group.packets:
            try:
                packet = next(packets)
            except (FFmpegError, StopIteration):
                break
            stamp = packet.dts if self.indexed else _shown(packet)
            if _shown(packet) is None or (
                packet.is_keyframe and not found and stamp is not None and stamp > group.key
            ):
                break
            if (found or stamp == group.key) and not packet.is_corrupt:
                found.append(packet)
        return found

    def _latest(self, place: int) -> int:
        times = self.times(place)
        return times[-1] if times else self.groups[place].seeks[0]

    def _read_through(self) -> list[_Entry]:
        from av.error import FFmpegError

        entries: list[_Entry] = []
        shown: list[list[int]] = []
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except (FFmpegError, StopIteration):
                break
            stamp = _shown(packet)
            if stamp is None or packet.is_corrupt:
                continue
            decoded = stamp if packet.dts is None else packet.dts
            entries.append(
                _Entry(stamp=stamp, decoded=decoded, key=packet.is_keyframe, hidden=packet.is_discard)
            )
            if packet.is_keyframe or not shown:
                shown.append([])
            if not packet.is_discard:
                shown[-1].append(stamp)
        self._times = {place: sorted(stamps) for place, stamps in enumerate(shown)}
        return entries


def shown_times(packets: "Iterable[Packet]") -> list[int]:
    """When packets are shown, in order, without those that an edit list hides."""
    return sorted(stamp for p in packets if not p.is_discard and (stamp := _shown(p)) is not None)


def _shown(packet: "Packet") -> int | None:
    """When it is shown; AVI states decoding times only. None at the end of the stream."""
    return packet.dts if packet.pts is None else packet.pts


def _groups(entries: list[_Entry], *, indexed: bool) -> list[Group]:
    starts = [place for place, entry in enumerate(entries) if entry.key or place == 0]
    groups: list[Group] = []
    first = 0
    for start, end in pairwise([*starts, len(entries)]):
        members = entries[start:end]
        count = sum(not entry.hidden for entry in members)
        # MP4 goes by times shown, of which its index knows nothing: the last decoding time of a group is later
        # than its key frame is shown, and earlier than the next one is.
        seek = members[-1].decoded if indexed else members[0].stamp
        group = Group(
            first=first,
            count=count,
            packets=len(members),
            key=members[0].stamp,
            seeks=(seek, members[0].decoded),
        )
        groups.append(group)
        first += count
    return groups
