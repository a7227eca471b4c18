import io
import json
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.vhap.landmarks import points_of, read_landmarks
from facescale.corpora.vhap.options import VhapOptions
from facescale.corpora.vhap.transforms import export_camera, read_transforms
from facescale.structures import CaptureRejected
from tests.corpora.vhap.deliveries import frame, landmarks, npz, shares, transforms

GOLDEN = transforms(frame(0), frame(1))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def cameras(data):
    for found in read_transforms(data, "a"):
        export_camera(found, VhapOptions())


@given(key=st.sampled_from([*frame(), "frames"]), value=JSON)
@settings(max_examples=150, deadline=None)
def test_any_value_of_any_key_is_read_or_refused(key, value):
    data = transforms(frame() | {key: value}) if key != "frames" else json.dumps({"frames": value}).encode()
    with suppress(CaptureRejected):
        cameras(data)


@given(place=st.integers(0, 4000), byte=st.integers(0, 255), cut=st.integers(0, 4000))
@settings(max_examples=100, deadline=None)
def test_damaged_lists_are_read_or_refused(place, byte, cut):
    data = bytearray(GOLDEN)
    data[place % len(data)] = byte
    for damaged in (bytes(data), GOLDEN[:cut]):
        with suppress(CaptureRejected):
            cameras(damaged)


@given(place=st.integers(0, 10_000), byte=st.integers(0, 255), cut=st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_damaged_landmarks_are_read_or_refused(place, byte, cut):
    golden = landmarks(2)
    data = bytearray(golden)
    data[place % len(data)] = byte
    for damaged in (bytes(data), golden[:cut]):
        with suppress(CaptureRejected):
            for row in read_landmarks(damaged):
                points_of(row, (10, 10))


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 68, 2)),
        np.zeros((2, 51, 3)),
        np.zeros(3),
        np.full((1, 68, 3), np.nan),
        np.full((1, 68, 3), 640.0),
        np.full((1, 68, 3), "a"),
        np.zeros((1, 68, 3), bool),
        np.zeros((1, 68, 3), complex),
    ],
    ids=range(8),
)
def test_landmarks_of_other_shapes_kinds_and_scales_are_refused(array):
    with pytest.raises(CaptureRejected, match="bad-array"):
        read_landmarks(npz(face_landmark_2d=array))


def test_pickles_and_archives_that_grow_are_refused():
    for found in (npz(face_landmark_2d=np.array([{}], object)), npz(other=shares())):
        with pytest.raises(CaptureRejected, match="bad-array"):
            read_landmarks(found)
    header = b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (99999999, 68, 3), }"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("face_landmark_2d.npy", header.ljust(127) + b"\n")
    with pytest.raises(CaptureRejected, match="claims"):
        read_landmarks(buffer.getvalue())


def test_a_point_is_absent_where_either_number_is_minus_one():
    found = shares(1)
    found[0, 3, 1] = -1
    absent = np.isnan(read_landmarks(npz(face_landmark_2d=found))[0]).any(axis=1)
    assert np.flatnonzero(absent).tolist() == [3, 67]
