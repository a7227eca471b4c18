import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.facescape.lists import (
    EXPRESSIONS,
    read_info,
    read_landmark_indices,
    read_publishable,
)
from facescale.structures import CaptureRejected

INFO = b"1 m 24 10000\n2 f - 10010\n66 - 31 00100\n"


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def test_the_info_list_says_who_and_what_is_missing():
    for text in (INFO, INFO.replace(b" ", b"\t"), INFO.replace(b" ", b","), b"index gender age valid\n" + INFO):
        found = read_info(text)
        assert list(found) == ["1", "2", "66"]
        assert found["1"].attributes() == {"valid": "true", "gender": "m", "age": "24"}
        assert found["2"].attributes() == {"valid": "true", "gender": "f", "listed_missing": "jpg"}
        assert found["66"].attributes() == {"valid": "false", "age": "31", "listed_missing": "mtl"}


def test_the_publishable_list_is_one_line():
    assert read_publishable(b"122, 212,340,007\n") == {"122", "212", "340", "7"}


def test_twenty_expressions_have_their_numbers():
    assert (EXPRESSIONS[1], EXPRESSIONS[12], EXPRESSIONS[20], len(EXPRESSIONS)) == (
        "neutral", "lip_puckerer", "brow_lower", 20,
    )  # fmt: skip


def test_landmarks_of_both_topologies():
    found = read_landmark_indices(npz(v10=np.arange(68), v16=np.arange(68, dtype=np.int32) + 9))
    assert {name: (int(row[0]), row.dtype) for name, row in found.items()} == {
        "v10": (0, np.int64), "v16": (9, np.int64),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("read", "bad", "expected"),
    [
        (read_info, b"1 m 24\n", "line 1: an id"),
        (read_info, b"1 m 24 10002\n", "five digits"),
        (read_info, b"1 m old 10000\n", "an age"),
        (read_info, b"\xff\xfe\n", "UTF-8"),
        (read_publishable, b"122, ../x\n", "ids parted by commas"),
        (read_publishable, b"", "found nothing"),
        (read_landmark_indices, b"", "an .npz"),
        (read_landmark_indices, npz(v10=np.arange(67)), "68 places"),
        (read_landmark_indices, npz(v10=np.arange(68) - 1), "68 places"),
        (read_landmark_indices, npz(v10=np.arange(68.0)), "68 places"),
        (read_landmark_indices, npz(v10=np.array([None] * 68)), "array of numbers"),
        (read_landmark_indices, npz(other=np.arange(68)), "neither"),
        (read_landmark_indices, npz(v10=np.arange(99_999)), "arrays below"),
    ],
)
def test_a_bad_list_is_refused_in_words(read, bad, expected):
    with pytest.raises(CaptureRejected, match=expected) as refused:
        read(bad)
    assert refused.value.reason in {"bad-list", "bad-landmarks", "bad-array"}


def test_a_pickle_within_the_landmarks_is_never_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    with pytest.raises(CaptureRejected, match="bad-array"):
        read_landmark_indices(npz(v10=np.array([Trap()] * 68)))
    assert not (tmp_path / "ran").exists()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damage_raises_anything_but_a_rejection(data):
    whole_npz = npz(v10=np.arange(68), v16=np.arange(68))
    cases = [(read_info, INFO), (read_publishable, b"122, 212, 340"), (read_landmark_indices, whole_npz)]
    read, whole = data.draw(st.sampled_from(cases))
    at = data.draw(st.integers(0, len(whole) - 1))
    junk = data.draw(st.binary(max_size=6))
    try:
        read(whole[:at] + junk + whole[data.draw(st.integers(at, min(len(whole), at + 8))) :])
    except CaptureRejected:
        return
