import base64

import numpy as np

from facescale.rendering.encode import data_address, decode, encode, sheet


def picture(seed=0, size=32):
    smooth = np.linspace(0, 255, size)
    rgb = np.stack(
        [np.tile(smooth, (size, 1)), np.tile(smooth[:, None], (1, size)), np.full((size, size), seed)], -1
    )
    alpha = np.where(np.hypot(*(np.indices((size, size)) - size / 2)) < size / 3, 255, 0)
    return np.concatenate([rgb, alpha[..., None]], axis=-1).astype(np.uint8)


def test_png_is_exact():
    np.testing.assert_array_equal(decode(encode(picture(), "png")), picture())


def test_webp_is_near_where_it_is_opaque_and_keeps_its_outline():
    found = decode(encode(picture(), "webp"))
    opaque = picture()[..., 3] == 255
    np.testing.assert_array_equal(found[..., 3] > 127, opaque)
    assert np.abs(found[opaque].astype(int) - picture()[opaque].astype(int)).mean() < 8


def test_a_sheet_puts_pictures_in_their_places():
    a, b, c = (picture(seed) for seed in (1, 2, 3))
    found = sheet([[a, b], [c]])
    assert found.shape == (64, 64, 4)
    np.testing.assert_array_equal(found[:32, 32:], b)
    np.testing.assert_array_equal(found[32:, :32], c)
    assert not found[32:, 32:].any()


def test_a_data_address_holds_the_file():
    data = encode(picture(), "png")
    head, text = data_address(data, "png").split(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(text) == data
