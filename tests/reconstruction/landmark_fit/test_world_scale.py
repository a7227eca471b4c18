import dataclasses

import numpy as np
import pytest

from facescale.reconstruction.landmark_fit.config import LandmarkFitConfig
from facescale.reconstruction.landmark_fit.fitter import LandmarkFitter
from facescale.reconstruction.landmark_fit.sample import LandmarkSubject
from tests.reconstruction.landmark_fit.subjects import (
    head_points,
    known_camera,
    landmarks_of,
    subject_of,
    truth_of,
    turn_of,
)

UNIT = 137.0
"""Millimetres in a unit of the world of these cameras."""


@pytest.fixture(scope="module")
def fitter(head, embedding):
    return LandmarkFitter(head, embedding, LandmarkFitConfig(iterations=20))


def rig(head, embedding, *, yaws=(-40, 0, 35), unit=UNIT):
    """One moment, seen by cameras whose translations are in units."""
    truth = truth_of(head, views=1, seed=6)
    world = (head_points(head, embedding, truth) @ truth.rotation.swapaxes(1, 2))[0]
    views = []
    for index, yaw in enumerate(yaws):
        turn = turn_of(yaw) @ np.diag([1.0, -1, -1])
        away = np.array([10.0 * index, 5, 700])
        camera = known_camera(rotation=turn, translation=away / unit)
        seen = world @ turn.T + away
        pixels = seen[:, :2] / seen[:, 2:] * camera.focal + camera.principal
        view = subject_of(head, embedding, truth, camera=camera).views[0]
        landmarks = landmarks_of(pixels, rng=np.random.default_rng(index))
        views.append(dataclasses.replace(view, name=str(index), landmarks=landmarks, instant="now"))
    return LandmarkSubject(key="rig", views=tuple(views), metric=False)


def test_the_unit_of_a_world_comes_from_the_size_of_an_average_head(fitter, head, embedding):
    (fit,) = fitter.fit([rig(head, embedding)])
    assert fit.millimetres_per_unit == pytest.approx(UNIT, rel=0.06)
    assert all(view.used and view.rms_px < 2 for view in fit.views)
    # whoever says units for mm sends the head through the cameras
    (wrong,) = fitter.fit([dataclasses.replace(rig(head, embedding), metric=True)])
    assert not (all(view.used for view in getattr(wrong, "views", ())) and hasattr(wrong, "views"))


def test_what_is_fitted_does_not_depend_on_the_unit(fitter, head, embedding):
    one, other = fitter.fit([rig(head, embedding), rig(head, embedding, unit=1e-3 * UNIT)])
    assert other.millimetres_per_unit == pytest.approx(1e-3 * one.millimetres_per_unit)
    np.testing.assert_allclose(other.identity, one.identity, atol=1e-3)
    for ours, theirs in zip(one.views, other.views, strict=True):
        np.testing.assert_allclose(theirs.translation, ours.translation, atol=0.05)


def test_one_camera_alone_needs_no_unit(fitter, head, embedding):
    (fit,) = fitter.fit([rig(head, embedding, yaws=(10,))])
    assert fit.millimetres_per_unit == 1
    assert fit.views[0].rms_px < 2


def test_a_world_in_millimetres_and_unknown_cameras_are_left_alone(fitter, head, embedding):
    metric = dataclasses.replace(rig(head, embedding, unit=1.0), metric=True)
    bare = dataclasses.replace(subject_of(head, embedding, truth_of(head, views=2), seed=0), metric=False)
    for fit in fitter.fit([metric, bare]):
        assert fit.millimetres_per_unit is None
