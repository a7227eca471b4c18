import numpy as np
import pytest
from PIL import Image

from facescale.corpora.jpeg_damage import jpeg_damage
from tests.corpora.photographs import astronaut, encoded


@pytest.mark.parametrize("size", [(160, 120), (161, 121), (17, 301), (16, 16)])
@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"optimize": True}, {"restart_marker_blocks": 3}]
)
@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_whole_pictures_of_every_kind_are_free_of_damage(size, options, subsampling):
    for quality in (5, 60, 100):
        data = encoded(astronaut(*size), quality=quality, subsampling=subsampling, **options)
        assert not jpeg_damage(data)


@pytest.mark.parametrize("mode", ["L", "CMYK", "YCbCr"])
def test_whole_pictures_of_other_colours_are_free_of_damage(mode):
    assert not jpeg_damage(encoded(Image.fromarray(astronaut()).convert(mode)))


def test_a_white_picture_is_free_of_damage_though_its_codes_are_mostly_zero():
    assert not jpeg_damage(encoded(np.full((1000, 1500, 3), 255, np.uint8), optimize=True))


def test_what_is_missing_is_said_in_words():
    data = encoded(astronaut())
    assert jpeg_damage(data[:3000]) == "3,000 bytes that stop within the picture"
    assert jpeg_damage(data[:100]) == "100 bytes and no end marker"
    assert jpeg_damage(data[:3000] + b"\xff\xd9") == "image data that break off or make no sense"


def test_the_thumbnail_in_exif_is_no_end_of_the_picture():
    thumbnail = encoded(astronaut(64, 48))
    segment = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    data = encoded(astronaut())
    with_thumbnail = data[:2] + segment + data[2:]
    assert not jpeg_damage(with_thumbnail)
    assert jpeg_damage(with_thumbnail[:-500])


def test_most_pictures_with_a_lost_block_are_found():
    data = encoded(astronaut(640, 480))
    found = 0
    for place in np.linspace(2000, len(data) - 4096, 25).astype(int):
        found += bool(jpeg_damage(data[:place] + data[place + 512 :]))
    assert found >= 20
