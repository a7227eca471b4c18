import io

import numpy as np
import pytest

from facescale.corpora.video_writing import encode_mp4, write_video


def frames(count: int = 9) -> list[np.ndarray]:
    row, column = np.mgrid[:64, :96]
    return [
        np.stack([2 * column, (2 * row + 9 * k) % 256, np.full_like(row, 90)], axis=-1).astype(np.uint8)
        for k in range(count)
    ]


def test_frames_come_back_in_order_at_their_times_and_nearly_as_they_were():
    import av

    data = encode_mp4(frames(), rate=25.0)
    with av.open(io.BytesIO(data)) as container:
        read = list(container.decode(video=0))
    assert [frame.time for frame in read] == [pytest.approx(k / 25) for k in range(9)]
    for frame, image in zip(read, frames(), strict=True):
        away = np.abs(frame.to_ndarray(format="rgb24").astype(int) - image)
        assert away.mean() < 4


def test_a_rate_that_is_no_whole_number_keeps_its_times():
    import av

    with av.open(io.BytesIO(encode_mp4(frames(4), rate=30000 / 1001))) as container:
        times = [frame.time for frame in container.decode(video=0)]
    np.testing.assert_allclose(times, np.arange(4) * 1001 / 30000, atol=2e-5)


def test_the_same_frames_give_the_same_bytes():
    assert encode_mp4(frames(), rate=25.0) == encode_mp4(iter(frames()), rate=25.0)


@pytest.mark.parametrize(
    ("images", "rate", "said"),
    [
        ([], 25.0, "at least one frame"),
        ([np.zeros((63, 96, 3), np.uint8)], 25.0, "even sides"),
        ([np.zeros((64, 96, 3), np.uint8), np.zeros((64, 64, 3), np.uint8)], 25.0, "one size"),
        (frames(1), 0.0, "positive rate"),
    ],
)
def test_what_no_video_can_be_made_of_is_refused(images, rate, said):
    with pytest.raises(ValueError, match=said):
        encode_mp4(images, rate=rate)


def test_a_video_lies_in_the_folder_of_its_subject(tmp_path):
    assert write_video("s1/clip", b"film", str(tmp_path)) == "s1/clip.mp4"
    assert (tmp_path / "s1" / "clip.mp4").read_bytes() == b"film"
    with pytest.raises(ValueError, match="subject/name"):
        write_video("clip", b"film", str(tmp_path))
