import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.nersemble.calibration import calibrated_size, read_camera_params
from facescale.structures import CaptureRejected
from tests.corpora.nersemble.deliveries import SERIALS, K, params, poses


def read(data, intrinsics="shared", **changes):
    return read_camera_params(data, intrinsics=intrinsics, **changes)


def test_units_and_pixel_centres_are_the_callers():
    metres, millimetres = read(params()), read(params(), unit="mm", pixel_centre=0.5)
    np.testing.assert_allclose(metres.translations[SERIALS[0]], [10, 20, 1050])
    np.testing.assert_allclose(millimetres.translations[SERIALS[0]], [0.01, 0.02, 1.05])
    np.testing.assert_allclose(metres.matrices[SERIALS[0]][:2, 2], [54.7, 81.4])
    np.testing.assert_allclose(millimetres.matrices[SERIALS[0]][:2, 2], [54.2, 80.9])


def test_shared_and_own_intrinsics_are_told_apart():
    own = params(intrinsics=dict.fromkeys(SERIALS, K))
    assert read(own, "per-serial").matrices.keys() == set(SERIALS)
    with pytest.raises(CaptureRejected, match=r"for all cameras.*a matrix for every camera.*benchmark"):
        read(own)
    with pytest.raises(CaptureRejected, match=r"one a camera.*raw corpus"):
        read(params(), "per-serial")


@pytest.mark.parametrize(
    ("middle", "stored", "expected"),
    [
        ((1100, 1604), (2200, 3208), (2200, 3208)),
        ((1100, 1604), (1100, 1604), (2200, 3208)),
        ((550, 802), (1100, 1604), (1100, 1604)),
        ((275, 401), (550, 802), (550, 802)),
        ((1090, 1650), (275, 401), (2200, 3208)),
    ],
)
def test_the_principal_point_tells_what_size_is_meant(middle, stored, expected):
    matrix = np.array([[4000.0, 0, middle[0]], [0, 4000, middle[1]], [0, 0, 1]])
    assert calibrated_size(matrix, stored) == expected


def test_a_stated_size_counts():
    assert read(params(width=110, height=160)).camera(SERIALS[0], (55, 80)).focal[0] == 102.5
    with pytest.raises(CaptureRejected, match="near the middle"):
        read(params(width=1100, height=1600)).camera(SERIALS[0], (55, 80))


def test_pictures_of_another_shape_are_refused():
    with pytest.raises(CaptureRejected, match="shape of 110 x 160"):
        read(params(width=110, height=160)).camera(SERIALS[0], (80, 55))


def test_what_is_no_rigid_pose_is_refused():
    mirrored, scaled, projective = poses(), poses(), poses()
    mirrored[SERIALS[0]][0] = [-x for x in mirrored[SERIALS[0]][0]]
    scaled[SERIALS[1]] = (np.array(scaled[SERIALS[1]]) * 2).tolist()
    projective[SERIALS[2]][3] = [0, 0, 0.5, 1]
    for wrong in (mirrored, scaled, projective, {}, {"1": "nothing"}, {"1": [[True] * 4] * 4}, None):
        with pytest.raises(CaptureRejected, match="bad-cameras"):
            read(params(world_2_cam=wrong))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(poses=JSON, intrinsics=JSON, width=JSON)
@settings(max_examples=60, deadline=None)
def test_any_json_is_read_or_refused(poses, intrinsics, width):
    data = json.dumps({"world_2_cam": poses, "intrinsics": intrinsics, "width": width}).encode()
    for kind in ("shared", "per-serial"):
        with suppress(CaptureRejected):
            read(data, kind)


@given(place=st.integers(0, 2000), byte=st.integers(0, 255), cut=st.integers(0, 2000))
@settings(max_examples=80, deadline=None)
def test_damaged_bytes_are_read_or_refused(place, byte, cut):
    data = bytearray(params())
    data[place % len(data)] = byte
    for damaged in (bytes(data), bytes(data[:cut])):
        with suppress(CaptureRejected):
            read(damaged)
