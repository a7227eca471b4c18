import io
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.now.files import read_box, read_image_list, read_points
from facescale.structures import NOW7, CaptureRejected

SIDES = {"left": 100, "top": np.float64(50.5), "right": np.int64(300), "bottom": 400.0}
HEADER = b"1\n2\n3\n4\n5\n6\n7\n8\n"
POINTS = HEADER + b"".join(
    b' <point x="%d.5" y="-%d" name="n" active="1" z="%d"/>\n' % (k, k, 10 * k) for k in range(7)
)


def box(value, **options):
    buffer = io.BytesIO()
    np.save(buffer, np.array(value, dtype=object), allow_pickle=True, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("value", [SIDES, [SIDES], SIDES | {"image": "x.jpg"}])
def test_a_box_is_a_pickled_dictionary(value):
    assert read_box(box(value)) == (100, 50.5, 300, 400)


@pytest.mark.parametrize("protocol", range(6))
def test_boxes_of_every_protocol_are_read(protocol):
    whole = box(SIDES)
    head = whole[: whole.index(b"\n") + 1]
    assert read_box(head + pickle.dumps(np.array(SIDES, dtype=object), protocol)) == (100, 50.5, 300, 400)


def test_nothing_of_a_box_is_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    with pytest.raises(CaptureRejected, match="bad-box"):
        read_box(box(SIDES | {"left": Trap()}))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "bad",
    [b"", b"\x93NUMPY", box({}), box(SIDES | {"right": 0}), box(SIDES | {"top": "x"}), box([SIDES, SIDES]),
     box(SIDES | {"top": float("nan")}), box(SIDES) + bytes(70000), box(SIDES)[:-30], box(None)],
)  # fmt: skip
def test_what_is_no_box_is_refused(bad):
    with pytest.raises(CaptureRejected, match="bad-box"):
        read_box(bad)


def test_points_go_by_their_place_and_not_by_their_names():
    found = read_points(POINTS + b"</PickedPoints>")
    assert found.names == NOW7
    np.testing.assert_array_equal(found.positions[3], [3.5, -3, 30])
    shifted = read_points(b"one more line\n" + POINTS.replace(b"8\n", b' <point x="9" y="9" z="9"/>\n', 1))
    np.testing.assert_array_equal(shifted.positions[0], [9, 9, 9])
    for bad in (POINTS[:-20], HEADER, POINTS.replace(b'y="-3"', b""), POINTS.replace(b"3.5", b"nan"), b"\xff"):
        with pytest.raises(CaptureRejected, match="expected"):
            read_points(bad)


def test_a_list_keeps_to_the_corpus():
    found, strange = read_image_list(
        b"a/selfie/1.jpg\n\na/selfie/1.jpg\n../x/y/z.jpg\n/a/b/c.jpg\na/b.jpg\n", "l"
    )
    assert found == ("a/selfie/1.jpg",)
    assert strange == ("../x/y/z.jpg", "/a/b/c.jpg", "a/b.jpg")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_raises_anything_but_a_rejection(data):
    cases = [(read_box, box(SIDES)), (read_points, POINTS), (lambda d: read_image_list(d, "l"), b"a/b/c.jpg\n")]
    read, whole = data.draw(st.sampled_from(cases))
    at = data.draw(st.integers(0, len(whole) - 1))
    junk = data.draw(st.binary(max_size=6))
    try:
        read(whole[:at] + junk + whole[at + data.draw(st.integers(0, 8)) :])
    except CaptureRejected:
        return
