import io
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.array_files import read_npy, read_npz, shaped
from facescale.structures import CaptureRejected


def npy(array, **more):
    buffer = io.BytesIO()
    np.save(buffer, array, **more)
    return buffer.getvalue()


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12.0).reshape(3, 4),
        np.asfortranarray(np.arange(6, dtype=">i2").reshape(2, 3)),
        np.float64(0.004),
        np.zeros((0, 3), np.float32),
        np.array([True, False]),
    ],
)
def test_an_array_comes_back_as_numpy_wrote_it(array):
    np.testing.assert_array_equal(read_npy(npy(array), "s"), array)


def test_a_pickle_is_refused_and_not_run():
    with pytest.raises(CaptureRejected, match="bad-array"):
        read_npy(npy(np.array([{"a": 1}], object), allow_pickle=True), "box")


def test_a_header_that_claims_more_than_the_file_holds_is_refused_before_room_is_made():
    data = npy(np.zeros((2, 3)))
    for claim in (b"(200000000000, 3)", b"(-1, 3), }"):
        # the header is padded with spaces: a longer claim takes their place
        damaged = data[:128].replace(b"(2, 3)", claim).replace(b" " * (len(claim) - 6) + b"\n", b"\n")
        assert len(damaged) == 128
        with pytest.raises(CaptureRejected, match="bad-array"):
            read_npy(damaged + data[128:], "points")


def test_only_the_wanted_arrays_of_an_archive_are_read():
    found = read_npz(npz(K=np.eye(3)[None], other=np.zeros(5)), {"K", "R"}, "cam")
    assert found.keys() == {"K"}
    np.testing.assert_array_equal(shaped(found["K"], (3, 3), "K"), np.eye(3))


def test_an_archive_that_swells_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("K.npy", b"\0" * (1 << 20))
    with pytest.raises(CaptureRejected, match="bad-array"):
        read_npz(buffer.getvalue(), {"K"}, "cam", limit=1 << 10)


@pytest.mark.parametrize("bad", [np.zeros((2, 3)), np.full((3, 3), np.nan)])
def test_an_array_of_another_shape_or_without_numbers_is_refused(bad):
    with pytest.raises(CaptureRejected, match="bad-array"):
        shaped(bad, (3, 3), "R")


@settings(deadline=None)
@given(data=st.data())
def test_damage_is_refused_or_read_but_never_a_crash(data):
    archive = data.draw(st.booleans())
    whole = npz(K=np.eye(3), R=np.arange(4)) if archive else npy(np.arange(6.0).reshape(2, 3))
    damaged = bytearray(whole)
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=8)):
        damaged[at] = data.draw(st.integers(0, 255))
    del damaged[data.draw(st.integers(0, len(whole))) :]
    try:
        if archive:
            found = read_npz(bytes(damaged), {"K", "R"}, "cam")
            assert all(array.nbytes <= len(damaged) + 1000 for array in found.values())
        else:
            assert read_npy(bytes(damaged), "points").nbytes <= len(damaged)
    except CaptureRejected:
        return
