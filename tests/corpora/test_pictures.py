import contextlib
import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from facescale.corpora.pictures import decode_picture, shrunk_size
from facescale.structures import CaptureRejected
from tests.corpora.photographs import astronaut, chunk, encoded, oriented, png


def reason(data, **limits):
    with pytest.raises(CaptureRejected) as refused:
        decode_picture(data, **limits)
    assert refused.value.detail
    return refused.value.reason


def error(image, picture):
    assert image.shape == picture.shape
    return np.abs(image.astype(int) - picture).mean()


@pytest.mark.parametrize("form", ["PNG", "TIFF", "BMP", "WEBP", "JPEG"])
def test_a_picture_of_every_form_is_read(form):
    picture = astronaut()
    found = decode_picture(encoded(picture, form, **({"lossless": True} if form == "WEBP" else {})))
    assert (found.form, found.size, found.image.dtype) == (form, (160, 120), np.uint8)
    assert error(found.image, picture) <= (2.5 if form == "JPEG" else 0)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright(form, orientation):
    picture = astronaut()
    found = decode_picture(oriented(picture, orientation, form))
    assert found.size == (160, 120)
    assert error(found.image, picture) <= (2.5 if form == "JPEG" else 0)


@pytest.mark.parametrize("colour", [0, 2, 4, 6])
def test_a_png_of_16_bits_becomes_8_bits(colour):
    picture = astronaut()
    values = picture[..., :1] if colour in {0, 4} else picture
    samples = values.astype(np.uint16) * 257
    if colour in {4, 6}:
        samples = np.concatenate([samples, np.full_like(samples[..., :1], 65535)], axis=-1)
    found = decode_picture(png(samples, colour=colour)).image
    np.testing.assert_array_equal(found, np.broadcast_to(values, picture.shape))


@pytest.mark.parametrize(
    ("photometric", "order"),
    [("minisblack", "<"), ("minisblack", ">"), ("miniswhite", "<"), ("rgb", "<"), ("rgb", ">")],
)
def test_a_tiff_of_16_bits_becomes_8_bits(photometric, order):
    import tifffile

    picture = astronaut()
    values = picture if photometric == "rgb" else picture[..., 0]
    samples = values.astype(np.uint16) * 257
    stored = 65535 - samples if photometric == "miniswhite" else samples
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, stored, photometric=photometric, byteorder=order)
    found = decode_picture(buffer.getvalue()).image
    np.testing.assert_array_equal(found, picture if photometric == "rgb" else np.dstack([values] * 3))


def test_16_bits_are_rounded():
    steps = np.linspace(0, 65535, 64 * 64).round().astype(np.uint16).reshape(64, 64)
    found = decode_picture(encoded(steps, "PNG")).image
    np.testing.assert_array_equal(found[..., 0], np.round(steps / 257).astype(np.uint8))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK"])
def test_other_modes_keep_their_colours(mode):
    picture = Image.fromarray(astronaut())
    form = "TIFF" if mode == "CMYK" else "PNG"
    converted = picture.convert(mode)
    expected = np.asarray(converted.convert("RGB"))
    np.testing.assert_array_equal(decode_picture(encoded(converted, form)).image, expected)


def test_a_cmyk_jpeg_keeps_its_colours():
    picture = astronaut()
    found = decode_picture(encoded(Image.fromarray(picture).convert("CMYK")))
    assert error(found.image, picture) < 4


def test_lab_is_converted():
    picture = Image.fromarray(astronaut())
    lab = ImageCms.profileToProfile(
        picture, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert error(decode_picture(encoded(lab, "TIFF")).image, np.asarray(picture)) < 2


def test_transparency_is_shown_over_white():
    picture = np.dstack([np.full((32, 32, 3), 100, np.uint8), np.full((32, 32, 1), 128, np.uint8)])
    picture[:16, :, 3] = 0
    for form in ("PNG", "TIFF"):
        found = decode_picture(encoded(picture, form)).image
        assert (found[:16] == 255).all()
        assert np.abs(found[16:].astype(int) - (100 * 128 + 255 * 127) / 255).max() <= 1


def swapped_profile():
    """sRGB but for exchanged red and green primaries: a profile whose effect cannot be missed."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = data.index(b"rXYZ"), data.index(b"gXYZ")
    data[red : red + 4], data[green : green + 4] = b"gXYZ", b"rXYZ"
    named = data.replace("sRGB built-in".encode("utf-16-be"), "RGBX built-in".encode("utf-16-be"))
    return bytes(named)


def test_an_embedded_profile_is_converted_to_srgb():
    picture = astronaut()
    for form in ("JPEG", "PNG", "TIFF"):
        found = decode_picture(encoded(picture, form, icc_profile=swapped_profile())).image
        assert error(found, picture[..., [1, 0, 2]]) < 3.5


def test_a_profile_of_srgb_changes_nothing_and_a_broken_one_is_ignored():
    picture = astronaut()
    for profile in (ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), b"nonsense" * 40):
        np.testing.assert_array_equal(
            decode_picture(encoded(picture, "PNG", icc_profile=profile)).image, picture
        )


def test_large_pictures_are_shrunk_by_area():
    blocks = np.random.default_rng(0).integers(0, 256, (40, 60, 3)).astype(np.uint8)
    # Every 10 x 10 block is a checkerboard around its mean, which sampling would miss.
    checks = (np.indices((400, 600)).sum(axis=0) % 2)[..., None] * 100
    large = (np.repeat(np.repeat(blocks // 2, 10, 0), 10, 1) + checks).astype(np.uint8)
    found = decode_picture(encoded(large, "PNG"), longest_side=60)
    assert found.size == (600, 400)
    assert np.abs(found.image.astype(int) - (blocks // 2 + 50)).max() <= 1


@pytest.mark.parametrize(
    ("size", "longest", "shrunk"),
    [((600, 400), 0, (600, 400)), ((600, 400), 600, (600, 400)), ((600, 400), 100, (100, 67)),
     ((5000, 16), 50, (50, 1))],
)  # fmt: skip
def test_the_shape_is_kept_to_a_pixel(size, longest, shrunk):
    assert shrunk_size(size, longest) == shrunk


def test_twenty_megapixels_are_read():
    tall = Image.fromarray(astronaut()).resize((5472, 3648), Image.Resampling.NEAREST)
    found = decode_picture(encoded(tall, quality=60), longest_side=160)
    assert (found.size, found.image.shape) == ((5472, 3648), (107, 160, 3))
    assert error(found.image, astronaut(160, 107)) < 6


def test_a_decompression_bomb_is_refused_before_it_is_decoded(monkeypatch):
    header = np.array([200_000, 200_000], ">u4").tobytes() + bytes([8, 2, 0, 0, 0])
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", bytes(100)) + chunk(b"IEND", b"")
    assert reason(bomb) == "too-large"
    data = encoded(astronaut())
    monkeypatch.setattr(Image.Image, "load", None)
    assert reason(data, max_pixels=160 * 120 - 1) == "too-large"


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("ending", [b"", b"\xff\xd9", bytes(5000)])
def test_a_jpeg_that_breaks_off_is_never_a_half_grey_picture(progressive, ending):
    data = encoded(astronaut(), progressive=progressive)
    for share in (0.3, 0.6, 0.9):
        assert reason(data[: int(len(data) * share)] + ending) == "truncated"
    assert reason(data[:-2]) == "truncated"


def test_a_hole_in_a_jpeg_is_found():
    data = encoded(astronaut(640, 480))
    middle = len(data) // 2
    assert reason(data[:middle] + bytes(8192) + data[middle + 8192 :]) == "truncated"


def test_bytes_after_a_jpeg_and_odd_segments_in_it_are_no_damage():
    data = encoded(astronaut(), restart_marker_rows=1, subsampling=0)
    odd = data[:2] + b"\xff\xe7\x00\x08odd\xff\xd9x" + data[2:] + b"appended by a phone" * 100
    np.testing.assert_array_equal(decode_picture(odd).image, decode_picture(data).image)


@pytest.mark.parametrize("form", ["PNG", "TIFF", "BMP", "WEBP"])
def test_other_forms_that_break_off_are_refused(form):
    data = encoded(astronaut(), form)
    for share in (0.2, 0.5, 0.95):
        assert reason(data[: int(len(data) * share)]) in {"truncated", "damaged", "not-a-picture"}


def test_a_changed_byte_in_a_png_is_found():
    data = encoded(astronaut(), "PNG")
    for place in np.linspace(60, len(data) - 20, 40).astype(int):
        changed = bytearray(data)
        changed[place] ^= 0x10
        assert reason(bytes(changed)) in {"damaged", "truncated"}


def test_random_damage_is_a_reason_or_a_picture_of_the_right_size():
    rng = np.random.default_rng(1)
    for form in ("JPEG", "PNG", "TIFF", "BMP", "WEBP"):
        data = encoded(astronaut(64, 48), form)
        for _ in range(60):
            changed = bytearray(data)
            for place in rng.integers(0, len(data), 3):
                changed[place] = rng.integers(256)
            with contextlib.suppress(CaptureRejected):
                found = decode_picture(bytes(changed), max_pixels=1_000_000)
                assert found.image.shape == (found.size[1], found.size[0], 3)


def test_what_is_no_picture_is_said():
    assert reason(b"") == "empty-file"
    assert reason(b"%PDF-1.4 and so on") == "not-a-picture"
    assert reason(encoded(astronaut(), "PNG")[:20]) == "damaged"
    assert reason(b"\0\0\0\x18ftypheic" + bytes(100)) == "unsupported"
    assert reason(encoded(np.zeros((64, 64), np.float32), "TIFF")) == "unsupported"


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 15)])
def test_a_picture_of_hardly_any_pixel_is_refused(size):
    assert reason(encoded(Image.new("RGB", size), "PNG")) == "tiny-picture"


def test_the_focal_length_of_exif_is_a_hint():
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA405] = 85
    assert decode_picture(encoded(astronaut(), exif=exif)).focal_35mm == 85.0
    assert decode_picture(encoded(astronaut())).focal_35mm is None


def test_exif_that_cannot_be_read_is_ignored():
    data = encoded(astronaut(), exif=b"Exif\0\0nonsense" * 3)
    assert decode_picture(data).size == (160, 120)
