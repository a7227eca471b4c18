import dataclasses

import numpy as np
import pytest
import torch

from facescale.geometry.normals import vertex_normals
from facescale.reconstruction.landmark_fit.batch import packed
from facescale.reconstruction.landmark_fit.config import LandmarkFitConfig
from facescale.reconstruction.landmark_fit.contour import find_outline
from facescale.reconstruction.landmark_fit.fitter import LandmarkFitter
from facescale.reconstruction.landmark_fit.sample import prepare
from facescale.reconstruction.landmark_fit.unknowns import LandmarkUnknowns
from tests.reconstruction.landmark_fit.subjects import (
    embedding_of,
    known_camera,
    landmarks_of,
    subject_of,
    truth_of,
    turn_of,
)

JAW = slice(51, 68)


@pytest.fixture(scope="module")
def jawed(head):
    return embedding_of(head, extra=0, outline=True)


@pytest.fixture(scope="module")
def fitter(head, jawed):
    return LandmarkFitter(head, jawed, LandmarkFitConfig())


def slid_subject(fitter, head, jawed, truth, *, slide=0.0, across=0.0, seed=0):
    """Landmarks whose outline points lie on the true outline, shifted along it and across it, pixels."""
    rng = np.random.default_rng(seed)
    subject = subject_of(head, jawed, truth, seed=seed, camera=known_camera(truth.focal))
    problem = fitter.problem([prepare(subject, jawed, fitter.config)])
    at = LandmarkUnknowns(
        rotation=torch.from_numpy(truth.rotation),
        translation=torch.from_numpy(truth.translation),
        log_focal=torch.zeros(len(truth.rotation), dtype=torch.float64),
        expression=torch.from_numpy(truth.expression),
        identity=torch.from_numpy(truth.identity)[None],
        shared_log_focal=torch.zeros(1, 0, dtype=torch.float64),
    )
    sight = problem.sight(at)
    camera = sight.sliding.camera.numpy()
    pixels = camera[..., :2] / camera[..., 2:] * truth.focal + problem.batch.principal.numpy()[:, None]
    normal = sight.outline.normal.numpy()
    along = np.stack([-normal[..., 1], normal[..., 0]], axis=-1)
    shape = (*normal.shape[:2], 1)
    pixels = pixels + along * rng.uniform(-slide, slide, shape) + normal * rng.normal(0, 1, shape) * across
    seen = sight.outline.seen.numpy()
    views = []
    for view, jaw, ok in zip(subject.views, pixels, seen, strict=True):
        positions = view.landmarks.positions.copy()
        # where the outline is hidden, a detector still guesses
        positions[JAW] = np.where(ok[:, None], jaw, jaw + 40)
        marks = landmarks_of(positions, sliding=jawed.sliding)
        views.append(dataclasses.replace(view, landmarks=marks))
    return dataclasses.replace(subject, views=tuple(views)), seen


def jaw_errors(head, fitter, fit, truth):
    """Root mean square distance of the outer face (not the ears) from the truth across the surface, mm."""
    expected = {
        "identity": torch.from_numpy(truth.identity).float()[None],
        "expression": torch.zeros(1, 52),
    }
    true = head.evaluate(expected)
    still = dataclasses.replace(
        fit, views=tuple(dataclasses.replace(v, expression=np.zeros(52, np.float32)) for v in fit.views[:1])
    )
    found = torch.from_numpy(fitter.vertices(still))
    rows = fitter.model.tracks.vertices.unique()
    normals = vertex_normals(true, head.faces)[:, rows]
    return float(((found - true)[:, rows] * normals).sum(-1).square().mean().sqrt())


def test_tracks_run_from_front_to_back_in_their_plane(head, jawed, fitter):
    found = fitter.model.tracks
    mean = head.mean_vertices().double()
    for row, (length, outward) in enumerate(zip(found.length, found.outward, strict=True)):
        line = mean[found.vertices[row, :length]]
        assert length > 8
        assert (line[1:, 2] < line[:-1, 2]).all()
        aside = torch.linalg.cross(outward, torch.tensor([0.0, 0, 1]).double())
        assert (line @ aside).max() - (line @ aside).min() < 10


def test_the_jaw_is_one_line_with_two_open_ends(fitter):
    found = fitter.model.tracks
    own = torch.arange(17)
    assert int((found.before == own).sum()) == int((found.after == own).sum()) == 1
    inner = (found.after != own).nonzero()[:, 0]
    assert (found.before[found.after[inner]] == inner).all()


@pytest.mark.parametrize("yaw", [-50, -30, 30, 50])
def test_outline_points_lie_where_the_skin_turns_away_from_the_viewer(head, fitter, yaw):
    found = fitter.model.tracks
    mean = head.mean_vertices().double()
    turn = torch.from_numpy(turn_of(yaw))
    images = (mean @ turn.T)[found.vertices][None][..., :2]
    outline = find_outline(images, (found.outward @ turn.T)[None, :, :2], found)
    # at the end of a track the outline is the curve of nominal sites, wherever the skin faces there; and below
    # the chin it is a fold, not a bend
    cheeks = found.outward[:, 0].abs() > 0.6
    bent = outline.seen[0] & (outline.candidate[0] < found.length - 1) & cheeks
    seen = bent.nonzero()[:, 0]
    spots = found.vertices[seen, outline.candidate[0, seen]]
    normals = vertex_normals(mean[None], head.faces)[0, spots] @ turn.T
    assert len(seen) >= 3
    # within 27 degrees of edge-on: candidates are vertices, some millimetres apart
    assert normals[:, 2].abs().max() < 0.45
    # the outline's normal is that of the skin there, seen from the front
    flat = normals[:, :2] / normals[:, :2].norm(dim=1, keepdim=True)
    agreement = (flat * outline.normal[0, seen]).sum(1).abs()
    assert agreement.median() > 0.95


def test_the_side_turned_to_the_viewer_ends_at_the_nominal_sites(head, fitter):
    found = fitter.model.tracks
    mean = head.mean_vertices().double()
    sides = []
    for yaw in (-50, 50):
        turn = torch.from_numpy(turn_of(yaw))
        images = (mean @ turn.T)[found.vertices][None][..., :2]
        sides.append(find_outline(images, (found.outward @ turn.T)[None, :, :2], found).candidate[0])
    right, left, last = slice(0, 6), slice(11, 17), found.length - 1
    # turned to its left, the head shows its right side, and its left cheek is the outline
    assert (sides[1][right] == last[right]).all()
    assert (sides[0][left] == last[left]).all()
    assert (sides[1][left] < last[left] - 2).all()
    assert (sides[0][right] < last[right] - 2).all()


def test_sliding_along_the_outline_costs_nothing_and_the_outline_gives_the_jaw(head, jawed, fitter):
    ours, slid, without = [], [], []
    for seed in range(3):
        truth = truth_of(head, views=3, seed=seed, still=True, yaws=[-35, 5, 35])
        subject, seen = slid_subject(fitter, head, jawed, truth, across=1.0, seed=seed)
        moved, _ = slid_subject(fitter, head, jawed, truth, slide=6.0, across=1.0, seed=seed)
        assert seen.mean() > 0.8
        blank = []
        for view in subject.views:
            positions = view.landmarks.positions.copy()
            positions[JAW] = np.nan
            blank.append(
                dataclasses.replace(view, landmarks=dataclasses.replace(view.landmarks, positions=positions))
            )
        fits = fitter.fit([subject, moved, dataclasses.replace(subject, views=tuple(blank))])
        errors = [jaw_errors(head, fitter, fit, truth) for fit in fits]
        for total, error in zip((ours, slid, without), errors, strict=True):
            total.append(error)
    assert np.mean(ours) < 0.75 * np.mean(without)
    assert np.mean(slid) < np.mean(ours) + 0.3


def test_order_along_the_outline_is_kept_in_batches(head, jawed, fitter):
    truth = truth_of(head, views=2, seed=9)
    subject, _ = slid_subject(fitter, head, jawed, truth, across=1.0, seed=9)
    batch = packed([prepare(subject, jawed, fitter.config)] * 2)
    problem = fitter.problem([prepare(subject, jawed, fitter.config)] * 2)
    sight = problem.sight(fitter.start(batch)[0])
    torch.testing.assert_close(sight.distance[:2], sight.distance[2:])
