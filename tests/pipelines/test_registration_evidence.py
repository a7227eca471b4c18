from dataclasses import replace

import numpy as np
import pytest

from facescale.heads.library import load_head
from facescale.pipelines.registration_evidence import CommonJudge, judged_by, nose_tip_of, scan_keypoints
from facescale.registration.config import RegistrationConfig
from facescale.registration.registrar import Registrar
from facescale.structures.keypoints import NOW7, Keypoints
from facescale.synthesis.scans import ScanSynthesis, ScanSynthesizer

CONFIG = RegistrationConfig(points=600, held_out=600)


@pytest.fixture(scope="module")
def synthetic():
    config = ScanSynthesis(
        points=(20_000, 30_000), hair_share=0.0, shoulder_share=0.0, cameras=(5, 5), keypoint_share=1.0
    )
    return ScanSynthesizer(load_head("builtin"), config).make(7, 0)


@pytest.fixture(scope="module")
def common():
    return CommonJudge(CONFIG)


def test_the_common_judge_is_the_built_in_head_s_own(synthetic, common):
    head = load_head("builtin")
    own = judged_by(Registrar(head, CONFIG).prepare(synthetic.capture, 5), nose_tip_of(head))
    found = common.look(synthetic.capture, 5)
    for name in ("nose", "held_out", "normals"):
        np.testing.assert_array_equal(getattr(found, name), getattr(own, name))


def test_its_points_lie_on_the_scan_and_its_nose_at_the_true_one_s(synthetic, common):
    found = common.look(synthetic.capture, 5)
    truth = synthetic.truth
    unit = np.linalg.norm(truth.keypoints[0] - truth.keypoints[3]) / np.linalg.norm(
        synthetic.capture.keypoints.positions[0] - synthetic.capture.keypoints.positions[3]
    )
    nose_base = truth.keypoints[NOW7.index("nose_base")]
    assert np.linalg.norm(found.nose * unit - nose_base) < 35
    lengths = np.linalg.norm(found.normals, axis=1)
    np.testing.assert_allclose(lengths[lengths > 0], 1.0, atol=1e-5)


def test_no_point_that_judges_drives_the_fit_of_another_head(synthetic, common):
    """The halves are of faces, so that a point of one half may be near the other's, but never on its faces."""
    import trimesh

    capture = synthetic.capture
    sample = Registrar(load_head("asm-builtin"), CONFIG).prepare(capture, 5)
    mesh = trimesh.Trimesh(capture.surface.vertices, capture.surface.faces, process=False)
    judged = common.look(capture, 5).held_out
    driving = sample.fit.positions / sample.millimetres_per_unit
    _, apart, on = trimesh.proximity.closest_point(mesh, judged[:200])
    _, _, driven = trimesh.proximity.closest_point(mesh, driving[:200])
    assert np.max(apart) < 1e-3 * np.ptp(judged, axis=0).max()
    assert not set(on.tolist()) & set(driven.tolist())


def test_true_keypoints_come_before_the_corpus_s(synthetic):
    capture, truth = synthetic.capture, synthetic.truth
    found = scan_keypoints(capture, truth, 1000.0)
    np.testing.assert_array_equal(np.array([found[name] for name in NOW7]), truth.keypoints)
    given = scan_keypoints(capture, None, 1000.0)
    np.testing.assert_allclose(
        given["nose_base"], 1000.0 * capture.keypoints.positions[NOW7.index("nose_base")]
    )


def test_keypoints_of_other_sets_and_broken_ones_are_left_out(synthetic):
    points = Keypoints(
        names=("ibug_30", "nose_base", "mouth_left"),
        positions=np.array([[1.0, 1, 1], [2, 2, 2], [np.nan, 0, 0]]),
    )
    found = scan_keypoints(replace(synthetic.capture, keypoints=points), None, 10.0)
    assert list(found) == ["nose_base"]
    assert scan_keypoints(replace(synthetic.capture, keypoints=None), None, 10.0) is None
