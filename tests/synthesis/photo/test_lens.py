import numpy as np
import torch

from facescale.geometry.cameras.pinhole import PinholeCamera
from facescale.synthesis.photo.framing import draw_lens, stand
from facescale.synthesis.photo.lens import pixel_rays, project


def drawn(seed: int):
    rng = np.random.default_rng(seed)
    lens = draw_lens(rng, (640, 480), calibrated=True)
    return stand(lens, rng, aim=np.array([0.0, -30, 10]), face_height=185.0, yaw=0.5)


def exact(camera) -> PinholeCamera:
    parts = {
        name: torch.from_numpy(getattr(camera, name))
        for name in ("rotation", "translation", "focal", "principal", "distortion")
    }
    return PinholeCamera(**parts, size=torch.tensor(camera.size))


def test_points_land_where_the_exact_camera_puts_them():
    for seed in range(5):
        camera = drawn(seed)
        points = np.random.default_rng(seed).normal(0, 60, (200, 3))
        wanted = exact(camera).project(torch.from_numpy(points)).pixels.numpy()
        np.testing.assert_allclose(project(camera, points), wanted, atol=1e-9)


def test_a_ray_through_a_pixel_comes_back_to_that_pixel_through_the_exact_camera():
    for seed in range(5):
        camera = drawn(seed)
        pixels = np.random.default_rng(seed).uniform(0, 1, (500, 2)) * camera.size
        centre = -camera.rotation.T @ camera.translation
        points = centre + 700 * pixel_rays(camera, pixels)
        found = exact(camera).project(torch.from_numpy(points)).pixels.numpy()
        np.testing.assert_allclose(found, pixels, atol=5e-3)


def test_a_face_fills_the_stated_share_of_the_picture_and_nobody_stands_too_near():
    for seed in range(40):
        rng = np.random.default_rng(seed)
        camera = stand(draw_lens(rng, (640, 640), calibrated=False), rng, aim=np.zeros(3), face_height=185.0)
        depth = float(camera.translation[2])
        fill = camera.focal[0] * 185.0 / depth / 640
        assert depth >= 279.9
        assert 0.25 < fill < 0.71
        assert 0.79 * 640 < camera.focal[0] < 2.01 * 640
