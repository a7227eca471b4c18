import numpy as np
import pytest

from facescale.synthesis.photo.camera_arcs import Optics, cameras_on_arcs
from facescale.synthesis.photo.lens import project

AIM = np.array([0.0, -20, -60])
NAMES = tuple(f"c{k}" for k in range(16))


def arcs(count: int, **optics):
    rng = np.random.default_rng(3)
    return cameras_on_arcs(NAMES[:count], rng, aim=AIM, optics=Optics(size=(1100, 1604), **optics))


@pytest.mark.parametrize("count", [1, 2, 3, 6, 7, 16])
def test_all_cameras_see_the_whole_head_upright_and_the_first_stands_in_front(count):
    cameras = arcs(count)
    assert list(cameras) == list(NAMES[:count])
    ways = np.random.default_rng(0).standard_normal((200, 3))
    ball = AIM + 130 * ways / np.linalg.norm(ways, axis=1, keepdims=True)
    for camera in cameras.values():
        np.testing.assert_allclose(camera.rotation @ camera.rotation.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(camera.rotation) > 0
        at = project(camera, ball)
        assert ((at > 0) & (at < camera.size)).all()
        assert camera.rotation[1, 1] < -0.8
    places = np.stack([-camera.rotation.T @ camera.translation for camera in cameras.values()])
    assert np.abs(places[0, 0]) < 60
    if count > 1:
        apart = np.linalg.norm(places[:, None] - places[None], axis=2)[np.triu_indices(count, 1)]
        assert apart.min() > 100


def test_one_lens_is_shared_by_all_and_otherwise_none_is():
    shared = arcs(4, one_lens=True)
    assert len({tuple(camera.focal) for camera in shared.values()}) == 1
    assert len({tuple(camera.principal) for camera in arcs(4).values()}) == 4


def test_lenses_bend_only_where_asked_to():
    assert not any(camera.distortion.any() for camera in arcs(3).values())
    assert all(camera.distortion[:4].all() for camera in arcs(3, distorted=True).values())
