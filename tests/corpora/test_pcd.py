from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.pcd import parse_pcd
from facescale.structures import CaptureRejected

POINTS = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.float32)


def header(fields="x y z", sizes="4 4 4", kinds="F F F", counts="1 1 1", points="3", data="binary"):
    return (
        f"# .PCD v0.7\nVERSION 0.7\nFIELDS {fields}\nSIZE {sizes}\nTYPE {kinds}\nCOUNT {counts}\n"
        f"WIDTH {points}\nHEIGHT 1\nPOINTS {points}\nDATA {data}\n"
    ).encode()


def test_binary_points_with_normals_and_colours():
    kind = [("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("rgb", "<f4"), *((f"normal_{a}", "<f8") for a in "xyz")]
    rows = np.zeros(3, kind)
    for place, name in enumerate("xyz"):
        rows[name] = POINTS[:, place]
    rows["normal_z"] = 1
    rows["rgb"] = np.array([0x102030] * 3, np.uint32).view(np.float32)
    head = header("x y z rgb normal_x normal_y normal_z", "4 4 4 4 8 8 8", "F F F F F F F", "1 1 1 1 1 1 1")
    found = parse_pcd(head + rows.tobytes())
    np.testing.assert_array_equal(found.vertices, POINTS)
    np.testing.assert_array_equal(found.normals[:, 2], 1)
    np.testing.assert_array_equal(found.colours, [[16, 32, 48]] * 3)


def test_text_points_with_a_field_of_several_numbers():
    lines = "\n".join(f"{x} {y} {z} 9 9" for x, y, z in POINTS)
    found = parse_pcd(header("x y z d", "4 4 4 4", "F F F F", "1 1 1 2", data="ascii") + lines.encode())
    np.testing.assert_array_equal(found.vertices, POINTS)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ply\n",
        header(points="999999999999") + POINTS.tobytes(),
        header(points="4") + POINTS.tobytes(),
        header(data="binary_compressed") + POINTS.tobytes(),
        header(fields="x x z") + POINTS.tobytes(),
        header(fields="a b c") + POINTS.tobytes(),
        header(sizes="3 4 4") + POINTS.tobytes(),
        header(points="0"),
        header(data="ascii") + b"1 2 three 4 5 6 7 8 9",
    ],
)
def test_what_cannot_be_read_is_refused(data):
    with pytest.raises(CaptureRejected):
        parse_pcd(data)


@given(place=st.integers(0, 300), byte=st.integers(0, 255), cut=st.integers(0, 300), text=st.booleans())
@settings(max_examples=150, deadline=None)
def test_damage_is_read_or_refused(place, byte, cut, text):
    data = header(data="ascii") + b"1 2 3 4 5 6 7 8 9" if text else header() + POINTS.tobytes()
    spoiled = bytearray(data)
    spoiled[place % len(data)] = byte
    for damaged in (bytes(spoiled), data[:cut]):
        with suppress(CaptureRejected):
            parse_pcd(damaged)
