import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facescale.corpora.keypoint_files import IBUG68, KEYPOINT_LIMIT, read_keypoints, write_keypoints
from facescale.structures import NOW7, CaptureRejected, Keypoints

POINTS = np.arange(21, dtype=np.float64).reshape(7, 3) / 7


def picked(points):
    rows = "\n".join(
        f'  <point z="{z}" x="{x}" name="{name}" y="{y}" active="{active}"/>'
        for name, active, x, y, z in points
    )
    opening = '<!DOCTYPE PickedPoints>\n<PickedPoints>\n <DocumentData><User name="me"/></DocumentData>'
    return f"{opening}\n{rows}\n</PickedPoints>"


def refused(data, suffix):
    with pytest.raises(CaptureRejected) as caught:
        read_keypoints(data, suffix)
    assert caught.value.reason == "bad-keypoints"
    assert caught.value.hint
    return caught.value.detail


@pytest.mark.parametrize("form", ["pp", "txt", "npy"])
@pytest.mark.parametrize("names", [NOW7, IBUG68])
def test_what_is_written_is_read_back_exactly(form, names):
    positions = np.random.default_rng(1).normal(size=(len(names), 3)) * 100
    found = read_keypoints(
        write_keypoints(Keypoints(names=names, positions=positions), form), f".{form}".upper()
    )
    assert found.names == names
    np.testing.assert_array_equal(found.positions, positions)


@pytest.mark.parametrize("form", ["pp", "txt"])
def test_a_partial_set_keeps_its_names(form):
    partial = Keypoints(names=("mouth_left", "nose_base", "ibug_30"), positions=POINTS[:3])
    assert read_keypoints(write_keypoints(partial, form), f".{form}").names == partial.names


def test_a_partial_set_is_never_written_without_names():
    with pytest.raises(ValueError, match="npy"):
        write_keypoints(Keypoints(names=NOW7[:3], positions=POINTS[:3]), "npy")


def test_seven_unnamed_picked_points_are_in_now_order():
    found = read_keypoints(picked([(i, 1, *row) for i, row in enumerate(POINTS)]).encode(), ".pp")
    assert found.names == NOW7
    np.testing.assert_array_equal(found.positions, POINTS)


def test_an_inactive_point_of_seven_leaves_its_place_empty():
    rows = [(i, int(i != 4), *row) for i, row in enumerate(POINTS)]
    found = read_keypoints(picked(rows).encode(), ".pp")
    assert found.names == tuple(name for name in NOW7 if name != "nose_base")


def test_an_inactive_eighth_point_is_left_out():
    rows = [("old", 0, 9, 9, 9), *((i, 1, *row) for i, row in enumerate(POINTS))]
    np.testing.assert_array_equal(read_keypoints(picked(rows).encode(), ".pp").positions, POINTS)


def test_an_inactive_point_with_a_foreign_name_does_not_hide_the_named_ones():
    rows = [("note", 0, 9, 9, 9), *((name, 1, *row) for name, row in zip(NOW7, POINTS, strict=True))]
    assert read_keypoints(picked(rows[::-1]).encode(), ".pp").names == NOW7[::-1]


def test_text_rows_may_have_names_commas_comments_and_a_byte_order_mark():
    text = "\ufeff# seven points\n" + "".join(
        f"{name}, {x}, {y}, {z} # ok\n" for name, (x, y, z) in zip(NOW7[::-1], POINTS, strict=True)
    )
    assert read_keypoints(text.encode(), ".txt").names == NOW7[::-1]


def test_an_array_with_a_leading_one_is_taken():
    buffer = io.BytesIO()
    np.save(buffer, POINTS[None].astype(np.float32))
    np.testing.assert_allclose(read_keypoints(buffer.getvalue(), ".npy").positions, POINTS, rtol=1e-6)


def test_an_entity_bomb_is_refused_unexpanded():
    bomb = picked([]).replace(
        "<!DOCTYPE PickedPoints>",
        '<!DOCTYPE PickedPoints [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>',
    )
    assert "entity" in refused(bomb.encode(), ".pp")


def test_a_pickle_in_an_array_file_is_never_run():
    buffer = io.BytesIO()
    np.save(buffer, np.array([{"a": 1}] * 7, dtype=object), allow_pickle=True)
    refused(buffer.getvalue(), ".npy")


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"1 2 3\n" * 6, ".txt"),
        (b"1 2 x\n" * 7, ".txt"),
        (b"nan 0 0\n" * 7, ".txt"),
        (b"nose_base 1 2 3\n" * 2, ".txt"),
        (b"chin 1 2 3\n" * 3, ".txt"),
        (b"\xff\xfe\x00", ".txt"),
        (b"", ".txt"),
        (b"<PickedPoints><point x='1' y='2'/></PickedPoints>", ".pp"),
        (b"<PickedPoints>", ".pp"),
        (b"", ".pp"),
        (b"junk", ".npy"),
        (b"", ".npy"),
        (b"1 2 3\n" * (KEYPOINT_LIMIT // 4), ".txt"),
    ],
)
def test_what_is_no_set_of_keypoints_is_refused(data, suffix):
    refused(data, suffix)


@given(st.binary(max_size=300), st.sampled_from([".pp", ".txt", ".npy"]))
def test_any_bytes_give_keypoints_or_a_refusal(data, suffix):
    try:
        found = read_keypoints(data, suffix)
    except CaptureRejected:
        return
    assert np.isfinite(found.positions).all()
