import numpy as np
import pytest

from facescale.synthesis.cameras import AIM, HALF_ARC, look, stand_around
from tests.synthesis.spheres import sphere_scene

RADIUS = 90.0


@pytest.fixture(scope="module")
def images():
    cameras = stand_around(np.random.default_rng(0), count=4, pitch=3.0)
    return look(cameras, sphere_scene(RADIUS, AIM))


@pytest.mark.parametrize("count", sorted(HALF_ARC))
def test_cameras_are_right_handed_and_look_at_the_head_from_outside(count):
    cameras = stand_around(np.random.default_rng(count), count=count, pitch=2.0)
    assert len(cameras) == count
    for camera in cameras:
        np.testing.assert_allclose(camera.rotation @ camera.rotation.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(camera.rotation) == pytest.approx(1)
        x, y, depth = camera.project(np.array([AIM]))
        assert 400 < depth[0] < 950
        assert abs(x[0] - camera.width / 2) < 0.1 * camera.width
        assert abs(y[0] - camera.height / 2) < 0.1 * camera.height
        assert camera.rotation[1, 1] < -0.5  # image rows run downwards


def test_a_pixel_centre_projects_to_itself(images):
    camera = images[0].camera
    points = camera.centre + 500 * camera.rays().astype(np.float64)
    x, y, depth = camera.project(points)
    columns, rows = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
    np.testing.assert_allclose(x, columns.ravel(), atol=1e-3)
    np.testing.assert_allclose(y, rows.ravel(), atol=1e-3)
    np.testing.assert_allclose(depth, 500, atol=1e-3)


def test_neighbouring_rays_are_as_far_apart_as_asked(images):
    camera = images[0].camera
    distance = float(np.linalg.norm(camera.rotation @ np.array(AIM) + camera.translation))
    assert distance / camera.focal == pytest.approx(3.0, rel=0.05)


def test_ideal_points_lie_on_the_surface(images):
    for image in images:
        radius = np.linalg.norm(image.points() - np.array(AIM), axis=1)
        assert image.seen.sum() > 500
        # a chord of the finest edges of this sphere sags by less than 0.03 mm
        np.testing.assert_allclose(radius, RADIUS, atol=0.03)


def test_incidence_is_the_angle_to_the_sphere_normal(images):
    image = images[0]
    normals = (image.points() - np.array(AIM)) / RADIUS
    rays = image.camera.rays()[image.seen]
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    np.testing.assert_allclose(image.cosine[image.seen], -(normals * rays).sum(axis=1), atol=0.03)


def test_a_surface_seen_from_behind_is_not_measured():
    scene = sphere_scene(RADIUS, AIM, splits=3)
    inside_out = scene.faces[:, ::-1].copy()
    cameras = stand_around(np.random.default_rng(0), count=3, pitch=5.0)
    turned = type(scene)(vertices=scene.vertices, faces=inside_out, part=scene.part)
    for image in look(cameras, turned):
        assert not image.seen.any()
        assert not image.cosine.any()
