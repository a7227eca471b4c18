import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.perception import mediapipe_points as ids
from facescale.perception.mean_face import mean_face
from facescale.perception.regions import polygon_mask, region_masks
from facescale.structures import FaceLandmarks

SIZE = 600


def mean_landmarks(scale=3.0):
    flat = mean_face().points[:, :2] * [scale, -scale] + [SIZE / 2, SIZE / 2 - 100]
    return FaceLandmarks(
        scheme=ids.SCHEME,
        positions=flat.astype(np.float32),
        covariances=np.tile(np.eye(2, dtype=np.float32), (478, 1, 1)),
        sliding=np.zeros(478, bool),
        face_height=400.0,
        yaw=0.0,
    )


def area(loop):
    x, y = loop.T
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def test_a_pixel_belongs_to_the_polygon_that_holds_its_centre():
    square = np.array([(1.5, 1.5), (4.5, 1.5), (4.5, 3.5), (1.5, 3.5)]) + 1e-6
    mask = polygon_mask(square, width=6, height=5)
    assert np.argwhere(mask).tolist() == [[r, c] for r in (2, 3) for c in (2, 3, 4)]


@settings(deadline=None)
@given(st.floats(-20, 60), st.floats(-20, 60), st.floats(3, 40), st.integers(3, 12), st.floats(0, 6.3))
def test_masks_have_the_area_of_their_polygons_or_what_the_image_shows_of_it(x, y, radius, corners, phase):
    angle = phase + np.arange(corners) * 2 * np.pi / corners
    loop = np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1)
    # off the pixels' centres, where rounding would decide
    loop += np.random.default_rng(0).uniform(0, 0.01, loop.shape)
    small = polygon_mask(loop, width=40, height=30)
    large = polygon_mask(loop + np.array([100, 100]), width=240, height=230)
    assert np.array_equal(large[100:130, 100:140], small)
    # each pixel on the border may be wrong by half
    assert abs(large.sum() - area(loop)) < 0.5 * (2 * math.pi * radius + 8)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 1000))
def test_polygons_that_share_an_edge_share_no_pixel_and_leave_none_out(seed):
    corners = np.random.default_rng(seed).uniform(-5, 35, (4, 2))
    centre = corners.mean(axis=0)
    order = np.argsort(np.arctan2(*(corners - centre).T))
    quad = corners[order]
    both = polygon_mask(quad, width=30, height=30)
    halves = [polygon_mask(quad[list(k)], width=30, height=30) for k in ((0, 1, 2), (0, 2, 3))]
    assert np.array_equal(halves[0] ^ halves[1], both)


def test_regions_have_the_areas_of_their_loops_and_part_the_face():
    landmarks = mean_landmarks()
    masks = region_masks(landmarks, width=SIZE, height=SIZE)
    points = landmarks.positions.astype(float)
    for name, loop in (("oval", ids.OVAL), ("left_eye", ids.LEFT_EYE), ("right_eye", ids.RIGHT_EYE)):
        assert masks[name].sum() == pytest.approx(area(points[list(loop)]), rel=0.02)
    parts = ("skin", "left_eye", "right_eye", "lips", "mouth")
    assert (sum(masks[name].astype(int) for name in parts) == masks["oval"]).all()
    assert (masks["left_iris"] <= masks["left_eye"]).all()
    # an iris of 11.8 mm
    assert 0.5 < masks["right_iris"].sum() / (math.pi * (3 * 5.9) ** 2) <= 1.05


def test_points_lie_in_their_regions():
    landmarks = mean_landmarks()
    masks = region_masks(landmarks, width=SIZE, height=SIZE)
    column, row = landmarks.positions.astype(int).T
    for name, point in (("left_iris", 473), ("right_iris", 468), ("skin", 1), ("skin", 50), ("skin", 280)):
        assert masks[name][row[point], column[point]]
    # halfway between outer and inner edge
    upper, lower = (landmarks.positions[[a, b]].mean(axis=0).astype(int) for a, b in ((0, 13), (17, 14)))
    assert masks["lips"][upper[1], upper[0]]
    assert masks["lips"][lower[1], lower[0]]


def test_another_scheme_is_refused():
    with pytest.raises(ValueError, match="expected landmarks of 'mediapipe478', got 'ibug68'"):
        region_masks(replace(mean_landmarks(), scheme="ibug68"), width=SIZE, height=SIZE)
