import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.npy_files import npy_header, read_npy, read_npz


def npy(array, **options):
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6, dtype=">i2").reshape(2, 3)),
        np.array(3.5, np.float32),
        np.zeros((0, 3)),
        np.array([True, False]),
    ],
)
def test_numbers_are_read_as_numpy_writes_them(array):
    found = read_npy(npy(array))
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype


def test_a_shape_larger_than_the_file_makes_nothing():
    claimed = npy(np.zeros(4)).replace(b"(4,)", b"(4000000000000,)".ljust(4))
    with pytest.raises(ValueError, match="expected"):
        read_npy(claimed)
    head = b"{'descr': '<f8', 'fortran_order': False, 'shape': (900000000000, 9)}\n"
    forged = b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head
    assert npy_header(forged)[1] == (900000000000, 9)
    with pytest.raises(ValueError, match=r"expected 8,100,000,000,000 numbers .* got 0 bytes"):
        read_npy(forged)


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"\x93NUMPY",
        npy(np.array([None]), allow_pickle=True),
        npy(np.array(["text"])),
        npy(np.zeros(9))[:-1],
    ],
)
def test_what_holds_no_numbers_is_refused(bad):
    with pytest.raises(ValueError, match="expected"):
        read_npy(bad)


def test_an_archive_gives_the_arrays_that_are_asked_for():
    buffer = io.BytesIO()
    np.savez_compressed(buffer, a=np.arange(3), b=np.zeros(1000))
    data = buffer.getvalue()
    assert {name: len(array) for name, array in read_npz(data, ["a", "c"], limit=4096).items()} == {"a": 3}
    with pytest.raises(ValueError, match="at most 4,096 bytes for b"):
        read_npz(data, ["a", "b"], limit=4096)
    with pytest.raises(ValueError, match="npz archive"):
        read_npz(data[:40], ["a"], limit=4096)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_random_damage_is_a_value_error(data):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, a=np.arange(12.0))
    whole = data.draw(st.sampled_from([npy(np.arange(12.0).reshape(3, 4)), buffer.getvalue()]))
    at = data.draw(st.integers(0, len(whole) - 1))
    bad = whole[:at] + data.draw(st.binary(max_size=9)) + whole[data.draw(st.integers(at, len(whole))) :]
    for read in (read_npy, lambda one: read_npz(one, ["a"], limit=9999)):
        try:
            read(bad)
        except ValueError:
            continue
