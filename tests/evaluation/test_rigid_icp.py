import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from facescale.evaluation.rigid_icp import align_surface
from facescale.heads.builtin.head import load_builtin


@pytest.fixture(scope="module")
def face():
    """The mean head's skin around the face, and some of its points."""
    head = load_builtin()
    vertices = head.mean_vertices().double().numpy()
    faces = head.faces.numpy()[head.regions["head"].numpy()[head.faces.numpy()].all(axis=1)]
    return vertices, faces, vertices[head.regions["face"].numpy()][::7]


@pytest.mark.parametrize("seed", range(3))
def test_a_moved_surface_is_brought_back(face, seed):
    vertices, faces, points = face
    rng = np.random.default_rng(seed)
    turn, shift = Rotation.from_rotvec(rng.normal(0, 0.1, 3)), rng.normal(0, 8, 3)
    motion = align_surface(turn.apply(vertices) + shift, faces, points)
    assert motion.converged
    assert np.abs(motion(turn.apply(vertices) + shift) - vertices).max() < 0.01


def test_a_larger_surface_stays_larger(face):
    vertices, faces, points = face
    motion = align_surface(1.1 * vertices, faces, points)
    sides = np.ptp(motion(1.1 * vertices), axis=0) / np.ptp(vertices, axis=0)
    np.testing.assert_allclose(motion.rotation @ motion.rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(motion.rotation) == pytest.approx(1)
    assert sides.min() > 1.05
