from dataclasses import replace

import numpy as np
import pytest

from facescale.synthesis.photo.camera_response import (
    Response,
    decoded,
    draw_response,
    jpeg,
    metered,
    on_sensor,
    toned,
)

PLAIN = Response(
    exposure=1.0, balance=np.ones(3), shoulder=0.7, blur=0.4, vignette=0.0, shot=0.0, read=0.0, quality=90
)


@pytest.mark.parametrize("shoulder", [0.5, 0.7, 1.0])
def test_more_light_is_never_darker_and_highlights_keep_their_order(shoulder):
    light = np.broadcast_to(np.linspace(0, 1.2, 2000)[None, :, None], (1, 2000, 3))
    row = toned(light, shoulder)[0, :, 0].astype(int)
    assert (np.diff(row) >= 0).all()
    assert row[0] == 0
    assert len(np.unique(row)) > 200


def test_grey_becomes_the_srgb_byte():
    assert (toned(np.full((2, 2, 3), 0.2140411), 0.9) == 128 - 1).all() or (
        toned(np.full((2, 2, 3), 0.2140411), 0.9) == 128
    ).all()


def test_noise_grows_with_light_as_photons_have_it():
    rng = np.random.default_rng(0)
    noisy = replace(PLAIN, shot=1e-3, read=1e-3)
    dark, bright = (on_sensor(np.full((200, 200, 3), level), noisy, rng) for level in (0.1, 0.9))
    assert bright.mean() == pytest.approx(0.9, abs=2e-3)
    assert bright.std() / dark.std() == pytest.approx(3, rel=0.05)


def test_a_lens_blurs_by_its_own_width():
    point = np.zeros((61, 61, 3))
    point[30, 30] = 1
    seen = on_sensor(point, replace(PLAIN, blur=1.5), np.random.default_rng(0))[..., 0]
    rows = np.arange(61) - 30
    assert seen.sum() == pytest.approx(1, abs=1e-3)
    assert (seen.sum(axis=1) * rows**2).sum() == pytest.approx(1.5**2, rel=0.02)


def test_metering_lifts_dark_pictures_but_leaves_dark_skin_darker():
    weight = np.ones((4, 4))
    dark, light = (np.full((4, 4, 3), level) for level in (0.02, 0.2))
    assert metered(dark, weight) > metered(light, weight)
    assert 0.02 * metered(dark, weight) < 0.2 * metered(light, weight)


def test_the_jpeg_is_the_picture_up_to_its_compression():
    ramp = np.stack(np.broadcast_arrays(np.arange(64)[:, None] * 3, np.arange(64)[None] * 3, 100), axis=-1)
    data = jpeg(ramp.astype(np.uint8), 95)
    assert data[:2] == b"\xff\xd8"
    assert np.abs(decoded(data).astype(int) - ramp).mean() < 2


def test_cameras_are_within_what_the_field_has():
    for seed in range(50):
        response = draw_response(np.random.default_rng(seed))
        assert 80 <= response.quality <= 95
        assert 0 < response.shot < 2e-3
        assert 0.4 <= response.blur <= 0.9
