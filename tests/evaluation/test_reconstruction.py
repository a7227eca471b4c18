import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from facescale.evaluation.reconstruction import (
    ReconstructedShape,
    TrueShape,
    focal_errors,
    rotation_errors,
    score_shape,
)
from facescale.geometry.sites import points_at
from facescale.heads.builtin.head import load_builtin


@pytest.fixture(scope="module")
def head():
    return load_builtin()


def somebody(head, seed):
    draw = torch.from_numpy(np.random.default_rng(seed).normal(0, 0.8, (1, head.blocks[0].size))).float()
    return head.evaluate({"identity": draw})[0].double().numpy()


def scored(head, vertices, true):
    faces = head.faces.numpy()
    scannable = head.regions["scannable"].numpy()[faces].all(axis=1)
    nose = points_at(torch.from_numpy(true).float()[None], head.faces, head.landmarks["ibug68"])[0, 30]
    return score_shape(
        ReconstructedShape(
            vertices=vertices,
            mean_vertices=head.mean_vertices().double().numpy(),
            faces=faces,
            regions={name: mask.numpy() for name, mask in head.regions.items()},
        ),
        TrueShape(vertices=true, faces=faces[scannable], nose=nose.double().numpy(), corresponds=True),
    ).scalars


def test_the_true_shape_moved_away_has_no_error_and_the_mean_head_has(head):
    true = somebody(head, 1)
    moved = Rotation.from_euler("xyz", [0.05, -0.08, 0.03]).apply(true) + np.array([5.0, -4.0, 9.0])
    scores = scored(head, moved, true)
    assert scores["face_scan_to_mesh_mean_mm"] < 0.01
    assert scores["face_vertex_error_mean_mm"] < 0.02
    assert scores["mean_head_face_scan_to_mesh_mean_mm"] > 0.5
    assert scores["face_observed"] > 0.95


def test_a_wrong_size_is_an_error(head):
    true = somebody(head, 2)
    sizes = [scored(head, factor * true, true)["face_scan_to_mesh_mean_mm"] for factor in (1.0, 1.02, 1.05)]
    assert sizes[0] < 0.01
    assert 0.3 < sizes[1] < sizes[2]


def test_the_mean_head_scores_itself(head):
    scores = scored(head, head.mean_vertices().double().numpy(), somebody(head, 3))
    assert scores["face_scan_to_mesh_mean_mm"] == pytest.approx(
        scores["mean_head_face_scan_to_mesh_mean_mm"], rel=1e-6
    )


def test_errors_of_rotations_are_their_angles():
    true = Rotation.from_rotvec([[0.1, 0.2, 0.3], [0.0, 1.0, 0.0]])
    off = Rotation.from_rotvec([[0.0, 0.0, 0.0], np.radians([0, 0, 30])])
    np.testing.assert_allclose(rotation_errors((true * off).as_matrix(), true.as_matrix()), [0, 30], atol=1e-5)


def test_errors_of_focal_lengths_are_relative():
    np.testing.assert_allclose(focal_errors(np.array([[1100.0, 1100.0]]), np.array([[1000.0, 1000.0]])), [0.1])
