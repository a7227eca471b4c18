import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from facescale.corpora.planes import decode_plane
from facescale.structures import CaptureRejected
from tests.corpora.scan_corpora import damaged


def encoded(array, form="PNG"):
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, form)
    return buffer.getvalue()


RAMP = np.arange(20 * 30, dtype=np.uint16).reshape(20, 30)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_depths_of_16_bits_keep_their_numbers(form):
    found = decode_plane(encoded(RAMP * 100, form))
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found, RAMP * 100)


def test_masks_and_labels_keep_their_numbers_and_of_colours_the_first_is_taken():
    labels = (RAMP % 19).astype(np.uint8)
    np.testing.assert_array_equal(decode_plane(encoded(labels)), labels)
    colours = np.stack([labels, labels + 1, labels + 2], axis=-1)
    np.testing.assert_array_equal(decode_plane(encoded(colours)), labels)
    np.testing.assert_array_equal(decode_plane(encoded(labels > 9)), (labels > 9) * np.uint8(255))


def test_a_plane_larger_than_allowed_is_refused_by_its_header():
    with pytest.raises(CaptureRejected, match="too-large"):
        decode_plane(encoded(RAMP), max_pixels=100)


@settings(deadline=None)
@given(damaged(encoded(RAMP)) | st.binary(max_size=99))
def test_damage_is_refused_or_a_plane(data):
    try:
        assert decode_plane(data).ndim == 2
    except CaptureRejected:
        return
