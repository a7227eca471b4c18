import dataclasses

import numpy as np
import pytest
import torch

from facescale.fitting.status import SolveStatus
from facescale.geometry.cameras.distortion import distort
from facescale.reconstruction.landmark_fit.config import LandmarkFitConfig
from facescale.reconstruction.landmark_fit.fitter import LandmarkFitter
from facescale.reconstruction.landmark_fit.result import LandmarkFit
from facescale.reconstruction.landmark_fit.sample import LandmarkSubject
from facescale.structures.errors import CaptureRejected
from tests.reconstruction.landmark_fit.subjects import (
    SIZE,
    head_points,
    known_camera,
    landmarks_of,
    project,
    subject_of,
    truth_of,
    turn_of,
)

EXACT = LandmarkFitConfig(prior_weight=1e-6, tolerance=1e-4, iterations=80)
"""Exact landmarks believed to 0.01 px, against which the priors hardly count."""


@pytest.fixture(scope="module")
def fitter(head, embedding):
    return LandmarkFitter(head, embedding, LandmarkFitConfig())


def vertex_errors(head, found, truth):
    """(v,) root mean square distance over the face between fitted and true vertices, mm."""
    face = head.regions["face"]
    expected = {
        "identity": torch.from_numpy(truth.identity).float().expand(len(truth.expression), -1),
        "expression": torch.from_numpy(truth.expression).float(),
    }
    apart = torch.from_numpy(found) - head.evaluate(expected)
    return apart[:, face].square().sum(-1).mean(1).sqrt().numpy()


def angle(first, second):
    return np.degrees(np.arccos(np.clip((np.trace(first.T @ second) - 1) / 2, -1, 1)))


def with_views(subject, views, key=None):
    return dataclasses.replace(subject, views=tuple(views), key=key or subject.key)


def test_exact_landmarks_of_a_head_in_the_span_give_its_parameters_back(head, embedding):
    truth = truth_of(head, views=6, seed=1)
    subject = subject_of(head, embedding, truth, sigma=0.01)
    fitter = LandmarkFitter(head, embedding, EXACT)
    (fit,) = fitter.fit([subject])
    assert fit.status == SolveStatus.CONVERGED
    assert max(view.rms_px for view in fit.views) < 2e-3
    assert vertex_errors(head, fitter.vertices(fit), truth).max() < 0.1
    (focal,) = fit.focals
    assert focal.identified
    assert abs(np.log(focal.focal[0] / truth.focal)) < 2e-3
    for view, rotation, translation in zip(fit.views, truth.rotation, truth.translation, strict=True):
        assert angle(view.rotation, rotation) < 0.05
        np.testing.assert_allclose(view.translation, translation, rtol=3e-3, atol=0.2)


def test_exact_landmarks_in_a_known_camera_give_distance_and_shape(head, embedding):
    truth = truth_of(head, views=4, seed=2)
    subject = subject_of(head, embedding, truth, sigma=0.01, camera=known_camera(truth.focal))
    fitter = LandmarkFitter(head, embedding, EXACT)
    (fit,) = fitter.fit([subject])
    assert fit.focals == ()
    assert vertex_errors(head, fitter.vertices(fit), truth).max() < 0.1
    found = np.stack([view.translation for view in fit.views])
    np.testing.assert_allclose(found, truth.translation, atol=0.5)


@pytest.mark.parametrize("seed", range(3))
def test_three_views_of_different_yaw_with_a_pixel_of_noise_give_the_focal_length(
    fitter, head, embedding, seed
):
    truth = truth_of(head, views=3, seed=seed, yaws=[-35, 0, 35], focal=[900.0, 1500.0, 2400.0][seed])
    (fit,) = fitter.fit([subject_of(head, embedding, truth, seed=seed)])
    (focal,) = fit.focals
    error = np.log(focal.focal[0] / truth.focal)
    assert abs(error) < 0.1
    assert abs(error) < 3 * focal.log_sd
    assert focal.identified
    assert focal.sd_px == pytest.approx(focal.log_sd * focal.focal[0])


def test_the_focal_length_of_one_view_is_hardly_known_and_flagged(fitter, head, embedding):
    truth = truth_of(head, views=1, seed=5, focal=3000.0)
    (fit,) = fitter.fit([subject_of(head, embedding, truth, sigma=4.0, seed=5)])
    (focal,) = fit.focals
    assert not focal.identified
    assert 0.1 < focal.log_sd <= fitter.config.focal_sd
    assert fit.views[0].used


def test_noise_leads_to_errors_of_the_predicted_size(head, embedding):
    truths = [truth_of(head, views=4, seed=seed, still=True) for seed in range(24)]
    rng = np.random.default_rng(0)
    # from the prior that fits have: it knows no correlations
    truths = [dataclasses.replace(t, identity=rng.standard_normal(t.identity.shape)) for t in truths]
    still = dataclasses.replace(
        head,
        blocks=tuple(
            b if b.name == "identity" else dataclasses.replace(b, prior_std=torch.full((b.size,), 1e-3))
            for b in head.blocks
        ),
    )
    fitter = LandmarkFitter(still, embedding, LandmarkFitConfig(robust_sigma=1e3))
    subjects = [subject_of(head, embedding, truth, seed=k) for k, truth in enumerate(truths)]
    fits = fitter.fit(subjects)
    apart = np.stack([(f.identity - t.identity) / f.identity_sd for f, t in zip(fits, truths, strict=True)])
    # 24 subjects of 52 measures, which go together: the mean square of standard normal numbers
    assert 0.85 < np.mean(apart**2) < 1.15
    found = [fit.focals[0] for fit in fits]
    focal = np.array([np.log(f.focal[0] / truths[0].focal) / f.log_sd for f in found])
    assert 0.4 < np.mean(focal**2) < 2.0


def test_the_order_of_views_does_not_matter(fitter, head, embedding):
    subject = subject_of(head, embedding, truth_of(head, views=5, seed=3), seed=3)
    order = [3, 0, 4, 2, 1]
    (plain,), (turned,) = (
        fitter.fit([s]) for s in (subject, with_views(subject, [subject.views[k] for k in order]))
    )
    apart = fitter.vertices(plain)[order] - fitter.vertices(turned)
    assert np.abs(apart).max() < 1e-3
    assert [view.name for view in turned.views] == [f"view{k}" for k in order]
    for place, k in enumerate(order):
        np.testing.assert_allclose(turned.views[place].translation, plain.views[k].translation, atol=5e-3)


def test_company_does_not_matter(fitter, head, embedding):
    subjects = [
        subject_of(head, embedding, truth_of(head, views=views, seed=views), seed=views, key=str(views))
        for views in (1, 4, 2, 7)
    ]
    together = fitter.fit(subjects)
    for subject, fit in zip(subjects, together, strict=True):
        (alone,) = fitter.fit([subject])
        assert fit.key == subject.key
        # rounding in company may cost a step more or less; the last, exact steps lead to the same place
        assert np.abs(fitter.vertices(fit) - fitter.vertices(alone)).max() < 2e-4
        assert abs(fit.iterations - alone.iterations) <= 1


def test_a_mirrored_subject_gives_the_mirrored_head(head):
    inner = np.arange(17, 68)
    mirror = np.concatenate([np.arange(26, 16, -1), np.arange(27, 31), np.arange(35, 30, -1)])
    mirror = np.concatenate([mirror, [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]])
    mirror = np.concatenate([mirror, np.arange(54, 47, -1), np.arange(59, 54, -1)])
    mirror = np.concatenate([mirror, np.arange(64, 59, -1), np.arange(67, 64, -1)]) - 17
    from facescale.geometry.sites import Sites
    from facescale.reconstruction.landmark_fit.embedding import LandmarkEmbedding

    sites = head.landmarks["ibug68"]
    embedding = LandmarkEmbedding(
        scheme="drawn",
        sites=Sites(face=sites.face[inner], barycentric=sites.barycentric[inner]),
        points=np.arange(51),
        sliding=np.zeros(51, dtype=bool),
    )
    fitter = LandmarkFitter(head, embedding, LandmarkFitConfig(tolerance=1e-3))
    subject = subject_of(head, embedding, truth_of(head, views=3, seed=4), seed=4)

    def mirrored(view):
        positions = view.landmarks.positions[mirror] * [-1, 1] + [SIZE[0], 0]
        landmarks = dataclasses.replace(view.landmarks, positions=positions.astype(np.float32))
        return dataclasses.replace(view, landmarks=landmarks)

    (plain,), (other,) = (
        fitter.fit([s]) for s in (subject, with_views(subject, [mirrored(v) for v in subject.views]))
    )
    kind = torch.float32
    apart = fitter.vertices(plain)[:, _mirror_map(head)] * np.array([-1, 1, 1]) - fitter.vertices(other)
    face = head.regions["face"].numpy()
    assert kind == head.zero.dtype
    assert np.sqrt((apart[:, face] ** 2).sum(-1)).max() < 0.02
    flip = np.diag([-1.0, 1.0, 1.0])
    for one, two in zip(plain.views, other.views, strict=True):
        assert angle(flip @ one.rotation @ flip, two.rotation) < 0.01
        np.testing.assert_allclose(two.translation, flip @ one.translation, atol=0.05)


def _mirror_map(head):
    """The vertex at the mirrored place of each vertex of the mean head."""
    from scipy.spatial import KDTree

    mean = head.mean_vertices().numpy()
    away, index = KDTree(mean * [-1, 1, 1]).query(mean)
    assert away[head.regions["face"].numpy()].max() < 1e-2
    return index


def test_views_of_one_instant_share_pose_and_expression(head, embedding):
    truth = truth_of(head, views=1, seed=6)
    turns = [turn_of(yaw) @ np.diag([1.0, -1, -1]) for yaw in (-50, 0, 45)]
    points = head_points(head, embedding, truth)
    # the world is the head's frame moved
    world = points @ truth.rotation.swapaxes(1, 2)
    views = []
    distortion = np.array([-0.1, 0.02, 1e-3, -1e-3, 0.0])
    for index, turn in enumerate(turns):
        camera = known_camera(
            rotation=turn, translation=np.array([10.0 * index, 5, 700]), distortion=distortion
        )
        seen = world[0] @ turn.T + camera.translation
        normalised = torch.from_numpy(seen[:, :2] / seen[:, 2:])
        pixels = distort(normalised, torch.from_numpy(distortion)).numpy() * camera.focal + camera.principal
        view = subject_of(head, embedding, truth, camera=camera).views[0]
        landmarks = landmarks_of(pixels, sigma=0.01)
        views.append(dataclasses.replace(view, name=str(index), landmarks=landmarks, instant="now"))
    fitter = LandmarkFitter(head, embedding, EXACT)
    (fit,) = fitter.fit([LandmarkSubject(key="rig", views=tuple(views))])
    assert fit.status == SolveStatus.CONVERGED
    np.testing.assert_array_equal(fit.views[0].expression, fit.views[2].expression)
    for view, given in zip(fit.views, views, strict=True):
        assert view.rms_px < 5e-3
        assert angle(view.rotation, given.camera.rotation @ truth.rotation[0]) < 0.05
        np.testing.assert_allclose(view.translation, given.camera.translation, atol=0.2)
    assert vertex_errors(head, fitter.vertices(fit)[:1], truth).max() < 0.05


@pytest.mark.parametrize("yaw", [-70, -35, 0, 70])
@pytest.mark.parametrize("roll", [-170, -90, 0, 60])
def test_any_roll_and_yaws_up_to_70_degrees_are_posed(fitter, head, embedding, yaw, roll):
    truth = truth_of(head, views=1, seed=abs(yaw) + roll + 200)
    truth = dataclasses.replace(truth, rotation=turn_of(yaw, 10, roll)[None])
    (fit,) = fitter.fit([subject_of(head, embedding, truth, seed=1, camera=known_camera())])
    assert angle(fit.views[0].rotation, truth.rotation[0]) < 3
    assert fit.views[0].rms_px < 2


def test_outliers_are_left_out(fitter, head, embedding):
    truth = truth_of(head, views=4, seed=7)
    subject = subject_of(head, embedding, truth, seed=7)
    rng = np.random.default_rng(0)
    views = []
    for view in subject.views:
        positions = view.landmarks.positions.copy()
        positions[rng.choice(len(positions), 17, replace=False)] += rng.uniform(30, 80, (17, 2)).astype(
            np.float32
        )
        views.append(
            dataclasses.replace(view, landmarks=dataclasses.replace(view.landmarks, positions=positions))
        )
    (clean,), (dirty,) = fitter.fit([subject]), fitter.fit([with_views(subject, views)])
    ours, theirs = (vertex_errors(head, fitter.vertices(f), truth).mean() for f in (dirty, clean))
    assert ours < 1.25 * theirs + 0.1
    assert all(0.85 < view.inliers < 0.93 for view in dirty.views)


def test_a_view_of_something_else_is_dropped_with_its_reason_and_harms_nobody(fitter, head, embedding):
    subject = subject_of(head, embedding, truth_of(head, views=4, seed=8), seed=8)
    rng = np.random.default_rng(1)
    noise = landmarks_of(rng.uniform(300, 800, subject.views[0].landmarks.positions.shape))
    views = list(subject.views)
    views[2] = dataclasses.replace(views[2], landmarks=noise)
    (fit,) = fitter.fit([with_views(subject, views)])
    (without,) = fitter.fit([with_views(subject, views[:2] + views[3:])])
    assert [view.used for view in fit.views] == [True, True, False, True]
    assert "of the face's height" in fit.views[2].reason
    np.testing.assert_allclose(fit.identity, without.identity, atol=1e-3)


def test_landmarks_that_are_not_finite_do_not_count(fitter, head, embedding):
    subject = subject_of(head, embedding, truth_of(head, views=3, seed=9), seed=9)
    views = list(subject.views)
    for index, lost in ((0, 20), (1, len(embedding.points) - 5)):
        positions = views[index].landmarks.positions.copy()
        positions[:lost] = np.nan
        landmarks = dataclasses.replace(views[index].landmarks, positions=positions)
        views[index] = dataclasses.replace(views[index], landmarks=landmarks)
    (fit,) = fitter.fit([with_views(subject, views)])
    assert [view.used for view in fit.views] == [True, False, True]
    assert fit.views[1].reason == "expected at least 12 finite landmarks with covariances, found 5"
    assert np.isfinite(fit.identity).all()


def test_a_subject_without_a_usable_view_is_rejected_beside_its_neighbours(fitter, head, embedding):
    good = subject_of(head, embedding, truth_of(head, views=2, seed=10), seed=10)
    lost = dataclasses.replace(
        good.views[0].landmarks, positions=np.full_like(good.views[0].landmarks.positions, np.nan)
    )
    bad = with_views(good, [dataclasses.replace(good.views[0], landmarks=lost)], key="bad")
    rejected, fit = fitter.fit([bad, good])
    assert isinstance(rejected, CaptureRejected)
    assert rejected.reason == "no-usable-view"
    assert "found 0" in rejected.detail
    assert isinstance(fit, LandmarkFit)


def test_a_camera_that_looks_away_from_the_head_is_dropped(fitter, head, embedding):
    truth = truth_of(head, views=1, seed=11)
    points = head_points(head, embedding, truth)
    pixels = project(points, truth)[0]
    away = known_camera(rotation=np.diag([-1.0, 1.0, -1.0]), translation=np.array([0.0, 0, -200]))
    views = []
    for index, camera in enumerate((known_camera(), known_camera(), away)):
        view = subject_of(head, embedding, truth, seed=index, camera=camera).views[0]
        landmarks = landmarks_of(pixels, rng=np.random.default_rng(index))
        views.append(dataclasses.replace(view, name=str(index), landmarks=landmarks, instant="now"))
    (fit,) = fitter.fit([LandmarkSubject(key="rig", views=tuple(views))])
    assert [view.used for view in fit.views] == [True, True, False]
    assert "behind the camera" in fit.views[2].reason


def test_a_face_found_upside_down_in_one_view_of_a_rig_is_dropped_and_the_others_serve(fitter, head, embedding):
    truth = truth_of(head, views=1, seed=13)
    points = head_points(head, embedding, truth)
    pixels = project(points, truth)[0]
    views = []
    for index in range(3):
        view = subject_of(head, embedding, truth, seed=index, camera=known_camera()).views[0]
        # its own pose would explain it as well as any other
        shown = 2 * pixels.mean(axis=0) - pixels if index == 1 else pixels
        landmarks = landmarks_of(shown, rng=np.random.default_rng(index))
        views.append(dataclasses.replace(view, name=str(index), landmarks=landmarks, instant="now"))
    (fit,) = fitter.fit([LandmarkSubject(key="rig", views=tuple(views))])
    assert [view.used for view in fit.views] == [True, False, True]
    assert "as other views see it" in fit.views[1].reason
    assert fit.views[0].rms_px < 3


def test_bad_calls_say_what_was_expected(fitter, head, embedding):
    subject = subject_of(head, embedding, truth_of(head, views=2, seed=12))
    other = dataclasses.replace(subject.views[0].landmarks, scheme="ibug68")
    with pytest.raises(ValueError, match="expected landmarks of the scheme 'drawn'"):
        fitter.fit([with_views(subject, [dataclasses.replace(subject.views[0], landmarks=other)])])
    with pytest.raises(ValueError, match="expected a known camera of view0"):
        fitter.fit([with_views(subject, [dataclasses.replace(v, instant="now") for v in subject.views])])
    with pytest.raises(ValueError, match="expected views of someone"):
        fitter.fit([with_views(subject, [])])
    with pytest.raises(ValueError, match="expected prior_weight to be positive"):
        LandmarkFitConfig(prior_weight=0)
