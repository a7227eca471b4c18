from dataclasses import replace

import numpy as np
import pytest
import trimesh

from facescale.registration.landmark_judge import LandmarkJudge
from facescale.registration.rigid import angles_between
from facescale.registration.scan_surface import draw, faces_inwards, scan_surface
from facescale.structures.mesh import Mesh
from tests.heads.ict_assets import needs_ict
from tests.perception.landmarker_asset import needs_landmarker
from tests.registration.ict_scans import honest_scan

JUDGE = LandmarkJudge()
NO_FACES = np.zeros((0, 3), dtype=np.int32)


def verdict_on(scan: Mesh):
    rng = np.random.default_rng(0)
    surface = scan_surface(scan, rng)
    drawn = draw(surface, 4000, rng)
    if faces_inwards(drawn):
        surface = replace(surface, winding=-1.0)
    return JUDGE.judge(surface, drawn)


def degrees_off(scan, verdict) -> float:
    assert verdict.rotation is not None
    return float(np.rad2deg(angles_between(scan.truth.rotation, verdict.rotation[None])[0]))


@needs_ict
@needs_landmarker
@pytest.mark.parametrize(
    ("index", "kind"),
    [(0, {"cameras": 3}), (1, {"cameras": 8, "shoulders": 1.0}), (3, {"hair": 1.0})],
    ids=["front-only", "bust", "hair"],
)
def test_the_judge_finds_the_pose_of_a_scan_turned_any_way_and_in_any_unit(index, kind):
    scan = honest_scan(index, **kind)
    verdict = verdict_on(scan.capture.scan)
    assert degrees_off(scan, verdict) < 12
    assert verdict.agreed >= 4


@needs_ict
@needs_landmarker
@pytest.mark.slow
def test_a_scan_that_is_turned_further_turns_the_verdict_along():
    scan = honest_scan(0, cameras=3)
    turn = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    first = verdict_on(scan.capture.scan)
    again = verdict_on(replace(scan.capture.scan, vertices=scan.capture.scan.vertices @ turn.T, normals=None))
    assert np.rad2deg(angles_between(turn @ first.rotation, again.rotation[None])[0]) < 8


@needs_ict
@needs_landmarker
@pytest.mark.slow
def test_a_cloud_and_a_scan_that_winds_inwards_are_judged_alike():
    scan = honest_scan(0, cameras=3)
    vertices, faces = scan.capture.scan.vertices, scan.capture.scan.faces
    assert degrees_off(scan, verdict_on(Mesh(vertices=vertices, faces=NO_FACES))) < 12
    inside_out = Mesh(vertices=vertices, faces=np.ascontiguousarray(faces[:, ::-1]))
    assert degrees_off(scan, verdict_on(inside_out)) < 12


@needs_landmarker
@pytest.mark.slow
def test_a_ball_has_no_face():
    ball = trimesh.creation.icosphere(subdivisions=4, radius=100)
    scan = Mesh(vertices=np.asarray(ball.vertices), faces=np.asarray(ball.faces, dtype=np.int32))
    verdict = verdict_on(scan)
    assert verdict.rotation is None
    assert verdict.agreed < 4
    assert "48 sides" in verdict.detail
    assert not verdict.advice


@needs_ict
@needs_landmarker
@pytest.mark.slow
def test_the_back_of_a_head_has_no_face():
    made = honest_scan(1, cameras=8)
    scan, truth = made.capture.scan, made.truth
    depth = scan.vertices.astype(np.float64) @ truth.rotation[:, 2]
    keep = depth < np.quantile(depth, 0.5)
    renamed = np.cumsum(keep) - 1
    faces = renamed[scan.faces[keep[scan.faces].all(axis=1)]].astype(np.int32)
    assert verdict_on(Mesh(vertices=scan.vertices[keep], faces=faces)).rotation is None


def test_without_the_detector_the_judge_says_what_would_bring_it(monkeypatch):
    monkeypatch.setattr("facescale.perception.face_landmarker.find", lambda _asset: None)
    monkeypatch.setattr("facescale.registration.landmark_judge.pictures", None)  # nobody is shown anything
    ball = trimesh.creation.icosphere(subdivisions=4, radius=100)
    rng = np.random.default_rng(0)
    surface = scan_surface(
        Mesh(vertices=np.asarray(ball.vertices), faces=np.asarray(ball.faces, dtype=np.int32)), rng
    )
    verdict = LandmarkJudge().judge(surface, draw(surface, 1000, rng))
    assert verdict.rotation is None
    assert "facescale assets fetch mediapipe" in verdict.advice
