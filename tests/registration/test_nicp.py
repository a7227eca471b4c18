import functools
from dataclasses import replace

import numpy as np
import pytest
import torch

from facescale.geometry.surface import SurfaceBvh
from facescale.heads.library import load_head
from facescale.registration.beyond_model import BeyondModel
from facescale.registration.config import RegistrationConfig
from facescale.registration.folds import folds_of, laid_flat
from facescale.registration.head_frame import into_head
from facescale.registration.head_template import HeadTemplate
from facescale.registration.nicp import NicpSettings, Subject, System, conjugate_gradients, deform, searched
from facescale.registration.nicp_template import NicpTemplate
from facescale.registration.registrar import Registrar
from facescale.registration.result import RegistrationResult
from facescale.registration.sample import ScanPoints
from facescale.registration.scan_targets import ScanTargets
from facescale.synthesis.scans import ScanSynthesis, ScanSynthesizer

CLEAN = ScanSynthesis(
    points=(30_000, 30_000), hair_share=0.0, shoulder_share=0.0, cameras=(6, 6), keypoint_share=1.0
)
FAR = 25.0


@functools.cache
def builtin():
    return load_head("builtin")


@functools.cache
def beyond():
    sites = HeadTemplate.of(builtin()).keypoint_sites
    return BeyondModel.of(builtin(), sites, RegistrationConfig(method="nicp"))


@functools.cache
def mean():
    return builtin().mean_vertices().double().numpy()


def points_of(vertices, count, *, keep=lambda points: np.ones(len(points), dtype=bool), seed=0):
    """A scan without noise of the skin of a head in the head frame."""
    faces = builtin().faces.numpy()
    faces = faces[(builtin().regions["head"] | builtin().regions["face"]).numpy()[faces].all(axis=1)]
    corners = vertices[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(normal, axis=1) / 2
    rng = np.random.default_rng(seed)
    drawn = rng.choice(len(faces), count, p=area / area.sum())
    positions = np.einsum("nk,nkd->nd", rng.dirichlet((1, 1, 1), count), corners[drawn])
    normals = (normal / np.linalg.norm(normal, axis=1, keepdims=True))[drawn]
    kept = keep(positions)
    return ScanPoints(
        positions=positions[kept],
        normals=normals[kept].astype(np.float32),
        weights=np.ones(int(kept.sum()), np.float32),
        area_mm2=float(area.sum() / count),
    )


def targets_of(points):
    return ScanTargets.of(points, np.eye(3), np.zeros(3), 1.0)


def bumped(*, height=1.5, wide=18.0, at=(35.0, -20.0)):
    """The mean head with a smooth bump on the left cheek, out of its surface, that no coefficient makes."""
    vertices = mean()
    off = vertices[:, :2] - np.array(at)
    share = np.exp(-np.square(off).sum(axis=1) / (2 * wide**2)) * (vertices[:, 2] > 0)
    return vertices + height * share[:, None] * np.array([0.0, 0.0, 1.0])


def from_surface(vertices, truth, *, where=None):
    """Mean distance in mm of the face's true vertices, or of some of them, from a surface."""
    face = builtin().regions["face"].numpy() if where is None else where
    tree = SurfaceBvh(torch.from_numpy(vertices).float()[None], builtin().faces)
    return float(tree.closest(torch.from_numpy(truth[face]).float()[None]).distance.mean())


def test_gradients_arrive_where_a_dense_solve_in_float64_does():
    rng = np.random.default_rng(0)
    whole = beyond().template
    level = whole.levels[-1]
    kept = np.arange(600)
    stiff = level.stiffness[kept][:, kept]
    count, lanes = len(kept), 2
    import scipy.sparse as sp

    from facescale.geometry.sparse_factor import SparseFactor

    keypoints = sp.csr_array((np.ones(3), ([0, 0, 1], [4, 9, 300])), shape=(2, count))
    nominal = sp.csr_array(stiff + sp.diags_array(np.full(count, 0.5)))
    template = replace(whole, keypoints=keypoints, keypoint_names=("a", "b"))
    small = replace(level, stiffness=sp.csr_array(stiff), factor=SparseFactor(nominal))
    normals = rng.normal(size=(lanes, count, 3))
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    system = System(
        weights=rng.uniform(0, 1, (lanes, count)) * (rng.uniform(size=(lanes, count)) < 0.7),
        normals=normals,
        right=rng.normal(size=(lanes, count, 3)),
        keypoint_weights=np.array([[0.5, 0.0], [2.0, 1.0]]),
    )
    start = rng.normal(size=(lanes, count, 3))
    found = conjugate_gradients(template, small, system, start, steps=120)
    for lane in range(lanes):
        dense = np.kron(stiff.toarray(), np.eye(3))
        for vertex in range(count):
            n, own = normals[lane, vertex], slice(3 * vertex, 3 * vertex + 3)
            dense[own, own] += system.weights[lane, vertex] * np.outer(n, n)
        pull = keypoints.toarray().T @ np.diag(system.keypoint_weights[lane]) @ keypoints.toarray()
        dense += np.kron(pull, np.eye(3))
        wanted = np.linalg.solve(dense, system.right[lane].ravel()).reshape(count, 3)
        assert np.abs(found[lane] - wanted).max() < 1e-6 * np.abs(wanted).max()


def test_a_bump_that_the_model_cannot_make_is_found_and_nothing_is_turned_over():
    truth = bumped()
    subject = Subject(fitted=mean(), targets=targets_of(points_of(truth, 12_000)), keypoints={})
    (moved,) = deform(beyond().template, [subject], beyond().settings)
    bump = (np.abs(truth - mean()).max(axis=1) > 0.5) & builtin().regions["face"].numpy()
    before, after = (from_surface(v, truth, where=bump) for v in (mean(), mean() + moved))
    assert before > 0.4
    assert after < 0.25 * before
    skin = beyond().template.solved
    assert len(folds_of(mean()[skin], moved[skin], beyond().template.faces).flipped) == 0
    flat = laid_flat(mean()[skin], moved[skin], beyond().template.faces)
    assert flat.folds == 0
    assert np.abs(flat.displaced - moved[skin]).mean() < 0.01


def test_where_nothing_was_scanned_the_model_stays_and_beside_it_the_displacement_fades():
    truth = bumped(height=3.0)
    right = points_of(truth, 12_000, keep=lambda p: p[:, 0] < 0)
    (moved,) = deform(
        beyond().template, [Subject(fitted=mean(), targets=targets_of(right), keypoints={})], beyond().settings
    )
    skin = beyond().template.solved
    unseen = skin[mean()[skin, 0] > FAR]
    assert np.abs(moved[unseen]).max() < 0.35
    nothing = points_of(truth + 500.0, 5_000)
    (still,) = deform(
        beyond().template,
        [Subject(fitted=mean(), targets=targets_of(nothing), keypoints={})],
        beyond().settings,
    )
    assert np.abs(still).max() == 0


def test_hair_outside_the_face_pulls_less_than_the_head_inside():
    hood = mean() + 6.0 * mean() / np.linalg.norm(mean(), axis=1, keepdims=True)
    outer = Subject(fitted=mean(), targets=targets_of(points_of(hood, 12_000)), keypoints={})
    inner = Subject(fitted=hood, targets=targets_of(points_of(mean(), 12_000)), keypoints={})
    pulled, pressed = deform(beyond().template, [outer, inner], beyond().settings)
    seen = beyond().template.solved[(beyond().template.areas > 0) & ~beyond().template.front]
    assert np.linalg.norm(pulled[seen], axis=1).mean() < 0.4 * np.linalg.norm(pressed[seen], axis=1).mean()


def test_subjects_side_by_side_do_not_touch_each_other():
    subjects = [
        Subject(
            fitted=mean(),
            targets=targets_of(points_of(bumped(height=h), 6_000, seed=k)),
            keypoints={} if k else {name: mean()[0] for name in beyond().template.keypoint_names[:2]},
        )
        for k, h in enumerate((1.0, -1.5, 2.0))
    ]
    together = deform(beyond().template, subjects, beyond().settings)
    for lane, subject in enumerate(subjects):
        (alone,) = deform(beyond().template, [subject], beyond().settings)
        assert np.abs(together[lane] - alone).max() < 1e-9


def test_teeth_and_eyeballs_move_as_a_whole_with_the_skin_around_them():
    template = beyond().template
    moved = np.asarray(template.follow @ np.tile([1.0, 2.0, 3.0], (len(template.solved), 1)))
    assert np.abs(moved - [1.0, 2.0, 3.0]).max() < 1e-9
    rng = np.random.default_rng(0)
    uneven = np.asarray(template.follow @ rng.normal(size=(len(template.solved), 3)))
    others = np.setdiff1d(np.arange(len(mean())), template.solved)
    assert len(others) > 100
    # a piece is a few numbers, however many vertices it has
    assert len(np.unique(uneven[others].round(9), axis=0)) < 100


def test_a_keypoint_pulls_its_place_towards_where_it_was_seen():
    template, settings = beyond().template, NicpSettings(keypoint_mm2=1e4)
    name = template.keypoint_names[0]
    own = NicpTemplate.of(
        builtin(),
        HeadTemplate.of(builtin()).keypoint_sites,
        stiffness_mm=(6.0,),
        hold_mm=settings.hold_mm,
        keypoint_mm2=settings.keypoint_mm2,
    )
    place = template.keypoints[[0]] @ mean()[template.solved]
    wanted = place[0] + [0.0, 0.0, 2.0]
    subject = Subject(
        fitted=mean(), targets=targets_of(points_of(mean() + 500.0, 500)), keypoints={name: wanted}
    )
    (moved,) = deform(own, [subject], replace(settings, stiffness_mm=(6.0,), steps=20))
    reached = place[0] + (template.keypoints[[0]] @ moved[template.solved])[0]
    assert np.linalg.norm(reached - wanted) < 0.05


def test_a_search_finds_the_plane_in_front_and_believes_none_that_looks_away():
    points = points_of(mean(), 12_000)
    turned = replace(points, normals=-points.normals)
    start = mean()[beyond().template.solved][None]
    near, away = (
        searched(
            beyond().template,
            [Subject(fitted=mean(), targets=targets_of(p), keypoints={})],
            start,
            np.zeros_like(start),
            2.0,
            beyond().settings,
        )
        for p in (points, turned)
    )
    seen = beyond().template.areas > 0
    assert (near.weights[0, seen] > 0.5 * beyond().template.areas[seen]).mean() > 0.8
    # thin parts, such as the rims of ears, have a side that looks the other way
    assert away.weights.sum() < 0.02 * near.weights.sum()


@pytest.mark.slow
def test_scans_of_people_outside_the_span_are_met_far_closer_than_by_the_model():
    config = RegistrationConfig(points=8000, method="nicp")
    registrar = Registrar(builtin(), config)
    plain = Registrar(builtin(), replace(config, method="model"))
    synthesizer = ScanSynthesizer(builtin(), CLEAN)
    closer = []
    for index in range(2):
        scan = synthesizer.make(11, index)
        sample = registrar.prepare(scan.capture, index)
        (model,), (result,) = plain.register([sample]), registrar.register([sample])
        assert isinstance(model, RegistrationResult)
        assert isinstance(result, RegistrationResult)
        assert result.displacement is not None
        assert result.folded == 0
        assert result.model_vertices is not None
        assert np.array_equal(result.model_vertices, model.vertices)
        assert "nicp" in result.preset
        assert "nicp" not in model.preset
        for name, value in model.params.items():
            assert np.array_equal(value, result.params[name])
        pose = (result.rotation, result.translation, result.scale)
        rebuilt = into_head(model.vertices, *pose) + result.displacement
        assert np.abs(into_head(result.vertices, *pose) - rebuilt).max() < 1e-4
        truth = scan.truth.vertices.astype(np.float64)
        errors = [from_surface(v - truth.mean(axis=0), truth - truth.mean(axis=0)) for v in
                  (model.vertices, result.vertices)]  # fmt: skip
        closer.append(errors[1] / errors[0])
    assert np.mean(closer) < 0.75, closer
