import io

import av
import pytest

from facescale.corpora.video_timeline import Timeline
from tests.corpora.clips import grey, write_clip


def opened(**options):
    buffer = io.BytesIO()
    write_clip(buffer, [grey(number) for number in range(25)], **options)
    buffer.seek(0)
    container = av.open(buffer)
    return container, container.streams.video[0]


@pytest.mark.parametrize(
    ("form", "indexed"), [("mp4", True), ("mov", True), ("matroska", False), ("mpegts", False)]
)
def test_groups_hold_all_frames_in_the_order_shown(form, indexed):
    container, stream = opened(form=form)
    with container:
        timeline = Timeline(container, stream)
        assert timeline.indexed == indexed
        assert [(group.first, group.count) for group in timeline.groups] == [(0, 10), (10, 10), (20, 5)]
        times = [time for place in range(3) for time in timeline.times(place)]
        origin = times[0]
        expected = [number / 30 for number in range(25)]
        assert [float((time - origin) * stream.time_base) for time in times] == pytest.approx(
            expected, abs=1e-3
        )
        # Groups are read in any order, and as often as wanted.
        for place in (2, 0, 1, 1):
            assert len(timeline.packets(place)) == timeline.groups[place].packets


@pytest.mark.parametrize("form", ["mp4", "matroska"])
def test_the_frame_at_a_time_is_found(form):
    container, stream = opened(form=form, gop=3, bframes=0)
    with container:
        timeline = Timeline(container, stream)
        times = [time for place in range(len(timeline.groups)) for time in timeline.times(place)]
        assert [timeline.first_at(time) for time in times] == list(range(25))
        assert [timeline.first_at(time + 1) for time in times] == list(range(1, 26))
        assert timeline.first_at(times[0] - 10**6) == 0
        assert [timeline.group_of(number) for number in range(25)] == [number // 3 for number in range(25)]


def test_only_groups_that_are_asked_for_are_read_with_an_index():
    container, stream = opened(form="mp4")
    with container:
        timeline = Timeline(container, stream)
        assert timeline._times == {}
        timeline.times(1)
        assert set(timeline._times) == {1}
