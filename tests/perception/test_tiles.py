import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.perception.tiles import Window, around_box, same_face, square, tiles, whole_in

lengths = st.integers(1, 300)


@settings(deadline=None, max_examples=50)
@given(lengths, lengths, st.integers(16, 400), st.floats(0, 0.8))
def test_tiles_cover_every_pixel_and_stay_inside(width, height, side, overlap):
    seen = np.zeros((height, width), bool)
    for tile in tiles(width, height, side=side, overlap=overlap):
        assert tile.left >= 0
        assert tile.top >= 0
        assert tile.cut(seen).shape == (tile.height, tile.width) == (min(side, height), min(side, width))
        tile.cut(seen)[:] = True
    assert seen.all()


@settings(deadline=None)
@given(st.integers(200, 700), st.integers(200, 700), st.floats(0, 1), st.floats(0, 1))
def test_what_is_no_larger_than_the_overlap_lies_whole_in_one_tile(width, height, x, y):
    side, size = 120, int(0.4 * 120) - 2
    left, top = int(x * (width - size)), int(y * (height - size))
    assert any(
        tile.left <= left
        and tile.top <= top
        and left + size <= tile.left + tile.width
        and top + size <= tile.top + tile.height
        for tile in tiles(width, height, side=side, overlap=0.4)
    )


def test_an_image_smaller_than_a_tile_is_one_tile():
    assert tiles(50, 40, side=100, overlap=0.4) == [Window(left=0, top=0, width=50, height=40)]


def test_a_box_is_seen_with_its_surroundings_within_the_image():
    assert around_box((100, 100, 200, 180), 1000, 1000) == Window(left=40, top=30, width=220, height=220)
    assert around_box((0, 0, 100, 100), 1000, 120) == Window(left=0, top=0, width=160, height=120)


@pytest.mark.parametrize(
    "box", [(5, 5, 5, 9), (9, 5, 5, 9), (np.nan, 0, 5, 5), (0, 0, np.inf, 5), (300, 0, 310, 9)]
)
def test_a_box_without_pixels_is_no_window(box):
    assert around_box(box, 100, 100) is None
    assert square(500, 50, 20, 100, 100) is None


def corners(left, top, right, bottom):
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def test_a_face_cut_by_a_tile_is_not_whole_but_one_at_the_image_s_border_is():
    tile = Window(left=100, top=0, width=100, height=100)
    assert whole_in(corners(120, 20, 180, 80), tile, 400, 300)
    assert whole_in(corners(98, 20, 160, 80), tile, 400, 300)
    assert not whole_in(corners(80, 20, 160, 80), tile, 400, 300)
    assert not whole_in(corners(120, 60, 180, 120), tile, 400, 300)
    assert whole_in(corners(120, -30, 180, 40), tile, 400, 300)
    assert whole_in(corners(120, 60, 180, 120), tile, 400, 100)


def test_findings_are_of_one_face_where_a_third_of_both_is_common():
    assert same_face(corners(0, 0, 10, 10), corners(2, 2, 12, 12))
    assert not same_face(corners(0, 0, 10, 10), corners(7, 0, 17, 10))
    assert not same_face(corners(0, 0, 10, 10), corners(30, 30, 40, 40))
