import json
from contextlib import suppress

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.corpora.facescape.params import read_params, read_scales
from facescale.geometry.cameras.pinhole import PinholeCamera
from facescale.structures import CaptureRejected

K = [[4000.0, 0.0, 1700.0], [0.0, 4010.0, 1150.0], [0.0, 0.0, 1.0]]
RT = [[0.96, 0.0, 0.28, 0.5], [0.0, 1.0, 0.0, -0.25], [-0.28, 0.0, 0.96, 6.0]]
LENS = [0.11, -0.05, 0.002, -0.001, 0.01]


def view(place=0, **changes):
    fields = {
        "K": K, "Rt": RT, "distortion": LENS, "width": 3456, "height": 2304, "matches": 812, "valid": True,
        "sn": "123", "ori": 0,
    } | changes  # fmt: skip
    return {f"{place}_{key}": value for key, value in fields.items() if value is not None}


def project(record, points):
    """Through our own camera."""
    tensors = {
        name: torch.from_numpy(np.asarray(getattr(record, name), np.float64))
        for name in ("rotation", "translation", "focal", "principal", "distortion")
    }
    camera = PinholeCamera(**tensors, size=torch.tensor(record.size))
    return camera.project(torch.from_numpy(points)).pixels.numpy()


def opencv_pixels(points):
    """The reference's own formula: world to camera, distortion k1 k2 p1 p2 k3, K; first pixel's centre at 0."""
    pixels = []
    for point in points:
        x, y, z = (sum(RT[r][c] * point[c] for c in range(3)) + RT[r][3] for r in range(3))
        x, y = x / z, y / z
        r2 = x * x + y * y
        k1, k2, p1, p2, k3 = LENS
        radial = 1 + k1 * r2 + k2 * r2**2 + k3 * r2**3
        bent_x = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
        bent_y = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
        pixels.append([4000 * bent_x + 1700, 4010 * bent_y + 1150])
    return np.array(pixels)


POINTS = np.array([[0.0, 0.0, 0.0], [0.7, -0.4, 0.3], [-0.9, 0.8, -0.5]])


@pytest.mark.parametrize("square", [False, True])
def test_pixels_are_those_of_the_references_formula_plus_our_half(square):
    k = [[*row, 0.0] for row in K] + [[0.0, 0.0, 0.0, 1.0]] if square else K
    (camera,) = read_params(json.dumps(view(K=k)).encode()).cameras.values()
    assert camera.size == (3456, 2304)
    np.testing.assert_allclose(project(camera, POINTS), opencv_pixels(POINTS) + 0.5, atol=1e-9)
    (other,) = read_params(json.dumps(view()).encode(), pixel_centre=0.5).cameras.values()
    np.testing.assert_allclose(project(other, POINTS), opencv_pixels(POINTS), atol=1e-9)


def test_the_canonical_space_sees_the_same_pixels():
    """X_tu = R (scale X) + t, as Rt_scale_dict.json has it."""
    rt = [[0.0, -1.0, 0.0, 3.0], [1.0, 0.0, 0.0, -20.0], [0.0, 0.0, 1.0, 45.0]]
    to_tu = read_scales(json.dumps({"12": {"3": [41.5, rt]}}).encode(), "12", 3)
    moved = np.array([[-41.5 * y + 3, 41.5 * x - 20, 41.5 * z + 45] for x, y, z in POINTS])
    np.testing.assert_allclose(to_tu.points(POINTS), moved)
    (camera,) = read_params(json.dumps(view()).encode()).cameras.values()
    np.testing.assert_allclose(project(to_tu.camera(camera), moved), opencv_pixels(POINTS) + 0.5, atol=1e-8)


def test_bad_views_do_not_spoil_good_ones():
    record = (
        view(0) | view(1, valid=False) | view(2, K=None) | view(3, width="wide") | view(10, distortion=None)
        | view(11, Rt=[[2.0, 0, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0]]) | {"note": 1}
    )  # fmt: skip
    found = read_params(json.dumps(record).encode())
    assert list(found.cameras) == [0, 10]
    assert not found.cameras[10].distortion.any()
    assert {place: why.reason for place, why in found.refused.items()} == {
        1: "invalid-view", 2: "bad-cameras", 3: "bad-cameras", 11: "bad-cameras",
    }  # fmt: skip
    assert "no K" in found.refused[2].detail


@pytest.mark.parametrize("bad", [b"", b"[]", b"{}", b'{"a": 1}', b"\xff", b"[" * 5000])
def test_what_is_no_calibration_is_refused(bad):
    with pytest.raises(CaptureRejected, match=r"params\.json"):
        read_params(bad)


@pytest.mark.parametrize(
    "bad", [{}, {"12": {}}, {"12": {"3": [0, RT]}}, {"12": {"3": [1, [[2, 0, 0, 0]] * 3]}}, {"12": {"3": 7}}]
)
def test_a_scale_that_is_not_there_or_none_is_refused(bad):
    with pytest.raises(CaptureRejected, match=r"Rt_scale_dict\.json"):
        read_scales(json.dumps(bad).encode(), "12", 3)


LEAVES = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3)
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4), max_leaves=8)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(view())), ANYTHING, st.integers(0, 400), st.binary(max_size=4))
def test_no_damage_raises_anything_but_a_rejection(key, value, at, junk):
    whole = json.dumps(view() | {key: value}).encode()
    for data in (whole, whole[:at] + junk + whole[at + 1 :]):
        try:
            read_params(data)
        except CaptureRejected:
            continue
    with suppress(CaptureRejected):
        read_scales(json.dumps({"1": {"1": [value, value]}}).encode(), "1", 1)
