import numpy as np
from scipy.spatial.transform import Rotation

from facescale.registration.rigid import Motions, angles_between, exponential, kabsch


def test_kabsch_recovers_a_similarity():
    rng = np.random.default_rng(0)
    source = rng.normal(size=(9, 3))
    rotation = Rotation.random(random_state=1).as_matrix()
    target = 2.5 * source @ rotation.T + [1.0, -2.0, 3.0]
    found, shift, scale = kabsch(source, target, scaled=True)
    np.testing.assert_allclose(found, rotation, atol=1e-12)
    np.testing.assert_allclose(shift, [1.0, -2.0, 3.0], atol=1e-12)
    assert abs(scale - 2.5) < 1e-12


def test_kabsch_never_mirrors():
    source = np.random.default_rng(2).normal(size=(8, 3))
    rotation, _, _ = kabsch(source, source * [-1, 1, 1])
    assert np.linalg.det(rotation) > 0.999


def test_the_exponential_is_scipys():
    vectors = np.random.default_rng(3).normal(size=(20, 3)) * np.geomspace(1e-9, 3, 20)[:, None]
    np.testing.assert_allclose(exponential(vectors), Rotation.from_rotvec(vectors).as_matrix(), atol=1e-12)


def test_angles_between_rotations():
    turns = Rotation.from_rotvec([[0, 0, 0.3], [1.2, 0, 0]]).as_matrix()
    np.testing.assert_allclose(angles_between(np.eye(3), turns), [0.3, 1.2], atol=1e-9)


def test_motions_apply_to_points_and_directions():
    turn = Rotation.from_rotvec([[0, 0, np.pi / 2]]).as_matrix()
    motions = Motions(rotation=turn, translation=np.array([[1.0, 0, 0]]))
    np.testing.assert_allclose(motions.apply(np.array([[1.0, 0, 0]])), [[[1, 1, 0]]], atol=1e-12)
    np.testing.assert_allclose(motions.turn(np.array([[1.0, 0, 0]])), [[[0, 1, 0]]], atol=1e-12)
