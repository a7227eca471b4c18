import io
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.arrays import read_npy, read_npz


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def test_arrays_come_back():
    one = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(read_npy(npy(one)), one)
    found = read_npz(npz(a=one, b=np.array("text"), c=np.float32(2)), limit=1 << 20)
    np.testing.assert_array_equal(found["a"], one)
    assert str(found["b"]) == "text"
    assert found["c"].shape == ()


def test_objects_are_never_unpickled():
    for data, read in ((npy(np.array({"a": 1}, object)), read_npy), (npz(a=np.array([[], 1], object)), _npz)):
        with pytest.raises(ValueError, match="objects"):
            read(data)


def test_a_header_that_announces_more_than_there_is_allocates_nothing():
    data = npy(np.zeros(4)).replace(b"(4,)", b"(4000000000000,)")
    with pytest.raises(ValueError, match="expected an array"):
        read_npy(data)


def test_an_archive_larger_than_the_limit_is_refused_before_it_is_unpacked():
    with pytest.raises(ValueError, match="more than 1,000"):
        read_npz(npz(a=np.zeros(100_000)), limit=1000)


def _npz(data):
    return read_npz(data, limit=1 << 16)


@given(place=st.integers(0, 600), byte=st.integers(0, 255), cut=st.integers(0, 600))
@settings(max_examples=150, deadline=None)
def test_damage_is_read_or_a_value_error(place, byte, cut):
    for data, read in ((npy(np.eye(3)), read_npy), (npz(a=np.eye(3), b=np.arange(9)), _npz)):
        spoiled = bytearray(data)
        spoiled[place % len(data)] = byte
        for damaged in (bytes(spoiled), data[:cut]):
            with suppress(ValueError):
                read(damaged)
