import io

import numpy as np
import pytest
from hypothesis import given, settings

from facescale.corpora.nphm.tracker_files import read_cam_params, read_kinect_intrinsics, read_pipnet
from facescale.structures import CaptureRejected
from tests.corpora.scan_corpora import SPIN, damaged


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


K = np.array([[500.0, 0, 31], [0, 510, 47], [0, 0, 1]])
GOLDEN = npz(K=K[None], R=SPIN[None], t=np.array([[0.01, -0.02, 0.6]]))


def test_a_camera_has_leading_axes_of_one_and_metres():
    found = read_cam_params(GOLDEN, "cam")
    np.testing.assert_allclose(found.rotation, SPIN, atol=1e-12)
    np.testing.assert_allclose(found.translation, [10, -20, 600])
    np.testing.assert_array_equal(found.intrinsics.focal, [500, 510])
    np.testing.assert_array_equal(found.intrinsics.principal, [31, 47])


def test_a_factor_that_no_picture_shows_is_taken_out():
    scaled = read_cam_params(npz(K=K[None], R=4 * SPIN[None], t=np.array([[0.04, -0.08, 2.4]])), "cam")
    np.testing.assert_allclose(scaled.translation, [10, -20, 600])
    np.testing.assert_allclose(scaled.rotation, SPIN, atol=1e-12)


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        npz(K=K[None], R=SPIN[None]),
        npz(K=K[None], R=-SPIN[None], t=np.zeros((1, 3))),
        npz(K=K[None], R=np.diag([1.0, 2, 3])[None], t=np.zeros((1, 3))),
        npz(K=-K[None], R=SPIN[None], t=np.zeros((1, 3))),
        npz(K=K[None], R=SPIN[None], t=np.zeros((2, 3))),
    ],
)
def test_what_is_no_camera_is_refused(bad):
    with pytest.raises(CaptureRejected, match="bad-array"):
        read_cam_params(bad, "cam")


def test_kinect_intrinsics_begin_with_the_principal_point():
    found = read_kinect_intrinsics(b"959.5 539.25 1081.5 1082.75\nmore\n")
    np.testing.assert_array_equal(found.principal, [959.5, 539.25])
    np.testing.assert_array_equal(found.focal, [1081.5, 1082.75])
    for bad in (b"", b"1 2 3", b"1 2 0 4", b"a b c d"):
        with pytest.raises(CaptureRejected, match="bad-"):
            read_kinect_intrinsics(bad)


def test_98_points_become_ibugs_68():
    table = np.zeros((2, 98, 2))
    table[:, :, 0] = np.arange(98) / 100
    names, shares = read_pipnet(npy(table.astype(np.float32)))
    at = dict(zip(names, shares[1, :, 0], strict=True))
    # by hand: the outer corner of an eye is 60 of WFLW, the chin 16, the nose's base 57, mouth corners 76, 82
    expected = {"ibug_36": 0.60, "ibug_08": 0.16, "ibug_33": 0.57, "ibug_48": 0.76, "ibug_54": 0.82}
    assert {name: round(at[name], 6) for name in expected} == expected
    assert read_pipnet(npy(np.zeros((1, 5, 2))))[0][4] == "pipnet_04"
    with pytest.raises(CaptureRejected, match="bad-array"):
        read_pipnet(npy(np.zeros((98, 2))))


@settings(deadline=None)
@given(damaged(GOLDEN) | damaged(b"959.5 539.25 1081.5 1082.75\n") | damaged(npy(np.zeros((2, 98, 2)))))
def test_damage_is_refused_or_read(data):
    for read in (lambda d: read_cam_params(d, "cam"), read_kinect_intrinsics, read_pipnet):
        try:
            read(data)
        except CaptureRejected:
            continue
