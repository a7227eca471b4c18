import io
import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.nersemble.colours import TERMS, affine, polynomial, read_affine, read_polynomials
from facescale.structures import CaptureRejected

PICTURE = np.random.default_rng(0).integers(0, 256, (7, 5, 3), np.uint8)


def linear(image):
    value = image / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def encoded(light):
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def test_expansions_have_the_published_numbers_of_terms():
    assert list(TERMS) == [3, 4, 5, 7, 8, 10, 11, 14, 16, 17, 19, 20, 22, 35]
    assert all(len(set(terms)) == count for count, terms in TERMS.items())


def test_eleven_terms_are_what_the_paper_writes():
    matrix = np.random.default_rng(1).normal(0, 0.2, (3, 11))
    r, g, b = np.moveaxis(linear(PICTURE), -1, 0)
    expanded = np.stack(
        [r, g, b, r * g, r * b, g * b, r * r, g * g, b * b, r * g * b, np.ones_like(r)], axis=-1
    )
    np.testing.assert_allclose(polynomial(matrix)(PICTURE), encoded(expanded @ matrix.T), atol=0.6)


def test_a_matrix_that_changes_nothing_changes_nothing():
    for count in TERMS:
        same = np.zeros((3, count))
        same[:, :3] = np.eye(3)
        np.testing.assert_array_equal(polynomial(same)(PICTURE), PICTURE)
    np.testing.assert_array_equal(affine(np.eye(3, 4))(PICTURE), PICTURE)


def test_the_affine_map_takes_colours_as_rows():
    matrix = np.zeros((3, 4))
    matrix[0, 1] = 1.0  # red goes to green
    matrix[2, 3] = 0.25
    out = affine(matrix)(PICTURE)
    np.testing.assert_array_equal(out[..., 1], PICTURE[..., 0])
    np.testing.assert_array_equal(out[..., 2], 64)
    assert not out[..., 0].any()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def test_the_affine_file_may_have_a_fourth_row():
    matrix = np.arange(16.0).reshape(4, 4)
    np.testing.assert_array_equal(read_affine(npy(matrix)), matrix[:3])
    for wrong in (np.eye(3), np.full((3, 4), np.nan), np.array(["a"]), np.array({"a": 1}, object), np.zeros(4)):
        with pytest.raises(CaptureRejected, match="bad-colours"):
            read_affine(npy(wrong))


@pytest.mark.parametrize(
    "rows", [[[1, 0], [0, 1]], [[1] * 6] * 3, [[1, 0, 0], [0, 1], [0]], [["1"] * 3] * 3, 7]
)
def test_other_widths_and_words_are_refused(rows):
    with pytest.raises(CaptureRejected, match="bad-colours"):
        read_polynomials(json.dumps({"222200037": rows}).encode())


@given(place=st.integers(0, 400), byte=st.integers(0, 255), cut=st.integers(0, 400))
@settings(max_examples=80, deadline=None)
def test_damaged_files_are_read_or_refused(place, byte, cut):
    for data, read in (
        (npy(np.eye(3, 4)), read_affine),
        (b'{"1": [[1,0,0],[0,1,0],[0,0,1]]}', read_polynomials),
    ):
        spoiled = bytearray(data)
        spoiled[place % len(data)] = byte
        for damaged in (bytes(spoiled), data[:cut]):
            with suppress(CaptureRejected):
                read(damaged)
