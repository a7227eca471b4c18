import io
from fractions import Fraction

import av
import numpy as np
import pytest

from facescale.corpora.video_frames import FrameChoice, chosen_numbers, read_video
from facescale.structures import CaptureRejected
from tests.corpora.clips import cut_in_the_middle, grey, number_of, with_display_matrix, write_clip
from tests.corpora.photographs import astronaut, encoded

OPEN_264 = {"x264-params": "open-gop=1:bframes=3:keyint=10:min-keyint=10:scenecut=0"}
OPEN_265 = {"x265-params": "log-level=none:keyint=10:min-keyint=10:open-gop=1:scenecut=0"}
SHARP = {"crf": "8"}
FINE = {"qmin": "1", "qmax": "2"}
KINDS = {
    "mp4": {"form": "mp4"},
    "fragmented": {"form": "mp4", "movflags": "frag_keyframe+empty_moov"},
    "open-groups": {"form": "mp4", "options": OPEN_264},
    "hevc": {"form": "mp4", "codec": "libx265", "options": OPEN_265},
    "mkv": {"form": "matroska"},
    "webm": {"form": "webm", "codec": "libvpx-vp9"},
    "ts": {"form": "mpegts"},
    "avi": {"form": "avi", "codec": "mpeg4", "options": FINE},
    "motion-jpeg": {"form": "mov", "codec": "mjpeg", "pix_fmt": "yuvj420p", "bframes": 0},
}


@pytest.fixture(scope="session")
def clip():
    """Clips of 45 numbered frames by kind, each made once."""
    made = {}

    def make(kind):
        if kind not in made:
            buffer = io.BytesIO()
            write_clip(buffer, [grey(number) for number in range(45)], **KINDS[kind])
            made[kind] = buffer.getvalue()
        return made[kind]

    return make


def noisy(count, seed=0):
    """Numbered frames that do not compress to nothing."""
    rng = np.random.default_rng(seed)
    return [
        np.clip(grey(n, 160, 120) + rng.integers(-15, 16, (120, 160, 1)), 0, 255).astype(np.uint8)
        for n in range(count)
    ]


def read(data, **choice):
    return read_video(io.BytesIO(data), FrameChoice(**choice))


def reason(data, **choice):
    with pytest.raises(CaptureRejected) as refused:
        read(data, **choice)
    assert "expected" in refused.value.detail
    return refused.value.reason


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("choice", "numbers"),
    [
        ({}, range(45)),
        ({"frames": 7}, [3, 9, 16, 22, 28, 35, 41]),
        ({"stride": 9, "start_s": 0.39, "end_s": 1.19}, [12, 21, 30]),
    ],
)
def test_frames_are_those_of_their_numbers_and_times_in_every_container(clip, kind, choice, numbers):
    video = read(clip(kind), **choice)
    assert [frame.number for frame in video.chosen] == list(numbers)
    assert [number_of(frame.image) for frame in video.chosen] == list(numbers)
    assert [frame.time_s for frame in video.chosen] == pytest.approx([n / 30 for n in numbers], abs=1e-3)
    assert (video.lost, video.frames, video.uneven) == ((), 45, False)
    assert video.duration_s == pytest.approx(1.5, abs=2e-3)


def test_evenly_spaced_frames_are_the_middles_of_equal_parts():
    assert chosen_numbers(0, 100, FrameChoice(frames=4)) == [12, 37, 62, 87]
    assert chosen_numbers(10, 13, FrameChoice(frames=4)) == [10, 11, 12]
    assert chosen_numbers(5, 20, FrameChoice(stride=5)) == [5, 10, 15]
    for count in range(1, 40):
        numbers = chosen_numbers(3, 3 + count, FrameChoice(frames=7))
        assert len(set(numbers)) == min(count, 7)
        assert 3 <= min(numbers) <= max(numbers) < 3 + count


def test_a_variable_frame_rate_keeps_its_times():
    times = np.cumsum([0.0, *np.where(np.arange(29) % 7 < 3, 1 / 90, 1 / 15)]).tolist()
    for form in ("mp4", "matroska"):
        buffer = io.BytesIO()
        write_clip(buffer, [grey(n) for n in range(30)], form=form, times=times)
        video = read(buffer.getvalue())
        assert video.uneven
        assert [frame.time_s for frame in video.chosen] == pytest.approx(times, abs=1e-3)
        part = read(buffer.getvalue(), start_s=times[9] - 2e-3, end_s=times[12] - 2e-3)
        assert [number_of(frame.image) for frame in part.chosen] == [9, 10, 11]


@pytest.mark.parametrize(
    ("matrix", "turned"),
    [
        ((1, 0, 0, 1), lambda p: p),
        ((0, 1, -1, 0), lambda p: np.rot90(p, -1)),
        ((-1, 0, 0, -1), lambda p: p[::-1, ::-1]),
        ((0, -1, 1, 0), np.rot90),
        ((-1, 0, 0, 1), lambda p: p[:, ::-1]),
        ((0, 1, 1, 0), lambda p: p.swapaxes(0, 1)),
    ],
)
def test_the_display_matrix_turns_frames_upright(matrix, turned):
    buffer = io.BytesIO()
    write_clip(buffer, [astronaut()] * 2, form="mp4", options=SHARP)
    stored = read(buffer.getvalue()).chosen[0].image
    assert np.abs(stored.astype(int) - astronaut()).mean() < 6
    shown = read(with_display_matrix(buffer.getvalue(), *matrix)).chosen[0].image
    np.testing.assert_array_equal(shown, turned(stored))


def coded(rgb, *, matrix, full, height=48):
    """A yuv444p frame of one colour by the definition of its matrix and range, untouched by swscale."""
    red, blue = {"709": (0.2126, 0.0722), "601": (0.299, 0.114)}[matrix]
    r, g, b = (value / 255 for value in rgb)
    luma = red * r + (1 - red - blue) * g + blue * b
    chroma = ((b - luma) / (2 * (1 - blue)), (r - luma) / (2 * (1 - red)))
    planes = [luma * 255, *(128 + 255 * c for c in chroma)]
    if not full:
        planes = [16 + luma * 219, *(128 + 224 * c for c in chroma)]
    frame = av.VideoFrame(64, height, "yuv444p")
    for plane, value in zip(frame.planes, planes, strict=True):
        plane.update(bytes([round(value)]) * (plane.line_size * plane.height))
    return frame


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    ("matrix", "code", "height"), [("709", 1, 48), ("601", 5, 48), ("601", 2, 48), ("709", 2, 720)]
)
def test_matrix_and_range_are_obeyed(matrix, code, height, full):
    for rgb in ((200, 30, 60), (40, 180, 90), (20, 60, 220), (255, 255, 255), (0, 0, 0)):
        buffer = io.BytesIO()
        tags = {
            "colorspace": code,
            "color_range": 2 if full else 1,
            "pix_fmt": "yuv444p",
            "options": {"qp": "0"},
        }
        write_clip(buffer, [coded(rgb, matrix=matrix, full=full, height=height)], form="mp4", **tags)
        image = read(buffer.getvalue()).chosen[0].image
        assert np.abs(image.reshape(-1, 3).astype(int) - rgb).max() <= 2


def test_large_frames_are_shrunk():
    buffer = io.BytesIO()
    write_clip(buffer, [astronaut(640, 480)] * 2, form="mp4", options=SHARP)
    video = read(buffer.getvalue(), longest_side=160)
    assert (video.size, video.chosen[0].image.shape) == ((640, 480), (120, 160, 3))
    assert np.abs(video.chosen[0].image.astype(int) - astronaut()).mean() < 5


def test_pixels_that_are_not_square_are_made_so():
    buffer = io.BytesIO()
    write_clip(buffer, [grey(n, 72, 96) for n in range(3)], form="mp4", sample_aspect_ratio=Fraction(16, 9))
    assert read(buffer.getvalue()).chosen[0].image.shape == (96, 128, 3)


def test_a_video_cut_in_the_middle_gives_what_is_there_and_names_the_rest(tmp_path):
    path = str(tmp_path / "a.mp4")
    write_clip(path, noisy(50), movflags="faststart")
    data = cut_in_the_middle((tmp_path / "a.mp4").read_bytes())
    video = read(data)
    there = [frame.number for frame in video.chosen]
    assert 15 < len(there) < 35
    assert [number_of(frame.image) for frame in video.chosen] == there == list(range(len(there)))
    assert [lost.number for lost in video.lost] == list(range(len(there), 50))
    assert "found the end of the file" in video.lost[0].reason
    assert reason(cut_in_the_middle(data, 0.001)) == "truncated"


def test_a_cut_container_without_index_is_told_by_its_length():
    buffer = io.BytesIO()
    write_clip(buffer, noisy(50), form="matroska")
    video = read(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    assert [number_of(frame.image) for frame in video.chosen] == list(range(video.frames))
    assert "expected 1.666 s, found" in video.lost[0].reason
    assert read(buffer.getvalue()).lost == ()


def test_a_hole_in_a_video_loses_its_frames_only(tmp_path):
    path = str(tmp_path / "a.mp4")
    write_clip(path, noisy(50), movflags="faststart")
    data = (tmp_path / "a.mp4").read_bytes()
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2
    video = read(data[:middle] + bytes(8000) + data[middle + 8000 :])
    assert 1 <= len(video.lost) <= 20
    assert all(15 < lost.number < 40 for lost in video.lost)
    outside = [frame for frame in video.chosen if frame.number < 18 or frame.number > 40]
    assert [number_of(frame.image) for frame in outside] == [frame.number for frame in outside]


def sound_only():
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        for place in range(4):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.rate, frame.pts = 44100, 1024 * place
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def without_frames():
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4", options={"movflags": "empty_moov"}) as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.start_encoding()
    return buffer.getvalue()


def test_what_has_no_frames_is_said(clip):
    assert reason(b"") == "empty-file"
    assert reason(b"hello, this is text" * 20) == "not-a-video"
    assert reason(encoded(astronaut(), "PNG")) == "not-a-video"
    assert reason(sound_only()) == "not-a-video"
    assert reason(without_frames()) == "no-frames"
    assert reason(clip("mp4"), start_s=9) == "no-frames"
    finished_by_its_index = clip("mp4")
    assert reason(finished_by_its_index[: finished_by_its_index.index(b"moov") - 20]) == "truncated"


def test_only_the_wanted_part_of_an_indexed_file_is_read(tmp_path):
    path = str(tmp_path / "a.mp4")
    write_clip(path, noisy(200), movflags="faststart", gop=4)

    class Counting(io.FileIO):
        count = 0

        def read(self, size=-1):
            data = super().read(size)
            self.count += len(data)
            return data

    with Counting(path) as opened:
        video = read_video(opened, FrameChoice(frames=3, start_s=5, end_s=5.29))
        size = (tmp_path / "a.mp4").stat().st_size
        assert [frame.number for frame in video.chosen] == [151, 154, 157]
        assert [number_of(frame.image) for frame in video.chosen] == [1, 4, 7]
        assert opened.count < size / 2
