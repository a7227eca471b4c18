import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.multiface.files import (
    read_camera_split,
    read_frame_list,
    read_test_segments,
    read_tracked,
    read_transform,
)
from facescale.structures import CaptureRejected

POSE = b"0.0 -1.0 0.0 10\n1.0 0.0 0.0 20.5\n0.0 0.0 1.0 -30\n"
FRAMES = b"E001_Neutral_Eyes_Open 000102\nE001_Neutral_Eyes_Open 000105\nSEN_a_b 001002\n"


def test_a_mesh_is_7306_rows_of_three_little_endian_numbers():
    rows = np.arange(7306 * 3).reshape(7306, 3)
    assert len(rows.astype("<f4").tobytes()) == 87672
    np.testing.assert_array_equal(read_tracked(rows.astype("<f4").tobytes()), rows)


def test_a_transform_takes_the_head_to_the_world():
    turn, shift = read_transform(POSE)
    np.testing.assert_allclose(turn @ [1, 2, 3] + shift, [-2 + 10, 1 + 20.5, 3 - 30])


def test_lists_are_read_as_they_are_written():
    assert read_frame_list(FRAMES) == {"E001_Neutral_Eyes_Open": ("000102", "000105"), "SEN_a_b": ("001002",)}
    assert read_camera_split(b'{"full": {"train": ["400002"], "test": [400003]}}') == {
        "train": ("400002",), "test": ("400003",),
    }  # fmt: skip
    assert read_test_segments(b'{"segment": ["EXP_ROM", "EXP_free_face"]}') == ("EXP_ROM", "EXP_free_face")


@pytest.mark.parametrize(
    ("read", "bad"),
    [
        (read_tracked, b""),
        (read_tracked, bytes(87671)),
        (read_tracked, np.full(21918, np.nan, "<f4").tobytes()),
        (read_transform, POSE[:-4]),
        (read_transform, POSE.replace(b"-1.0", b"-2.0")),
        (read_transform, POSE.replace(b"-1.0", b"1.0")),
        (read_transform, POSE.replace(b"10", b"nan")),
        (read_transform, b"\xff"),
        (read_frame_list, b"E001\n"),
        (read_frame_list, b"../x 000102\n"),
        (read_frame_list, b"E001 12a\n"),
        (read_camera_split, b"{}"),
        (read_camera_split, b'{"full": {"train": 7}}'),
        (read_test_segments, b"[1]"),
        (read_test_segments, b"[" * 9999),
    ],
)
def test_what_is_no_such_file_is_refused(read, bad):
    with pytest.raises(CaptureRejected, match="expected"):
        read(bad)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_raises_anything_but_a_rejection(data):
    cases = [
        (read_transform, POSE), (read_frame_list, FRAMES), (read_tracked, bytes(87672)),
        (read_camera_split, b'{"full": {"train": ["400002"]}}'), (read_test_segments, b'{"segment": ["a"]}'),
    ]  # fmt: skip
    read, whole = data.draw(st.sampled_from(cases))
    at = data.draw(st.integers(0, min(len(whole), 90)))
    junk = data.draw(st.binary(max_size=6))
    try:
        read(whole[:at] + junk + whole[at + len(junk) :])
    except CaptureRejected:
        return
