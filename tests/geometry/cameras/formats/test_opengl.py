import math

import pytest
import torch

from facescale.geometry.cameras.formats.opengl import camera_from_opengl, opengl_from_camera
from tests.geometry.cameras import scenes
from tests.geometry.cameras.formats import goldens

SIZE = torch.tensor([[640, 360]])


def frustum(left, right, bottom, top, near, far):
    """glFrustum of the OpenGL 2.1 reference."""
    return [
        [2 * near / (right - left), 0, (right + left) / (right - left), 0],
        [0, 2 * near / (top - bottom), (top + bottom) / (top - bottom), 0],
        [0, 0, -(far + near) / (far - near), -2 * far * near / (far - near)],
        [0, 0, -1, 0],
    ]


def test_the_golden_pixel_is_that_of_gl_frustum_and_the_viewport():
    """The eye at (0, 0, 5) turned half-way to +x; window rows count from the bottom, ours from the top."""
    projection = frustum(-0.4, 0.6, -0.2, 0.5, 1.0, 100.0)
    c, s = math.cos(0.3), math.sin(0.3)
    modelview = [[c, 0, s, -5 * s], [0, 1, 0, 0], [-s, 0, c, -5 * c], [0, 0, 0, 1]]
    x, y, z = goldens.POINT
    eye = [c * x + s * z - 5 * s, y, -s * x + c * z - 5 * c]
    clip = [sum(row[k] * value for k, value in enumerate([*eye, 1])) for row in projection]
    window = [(clip[0] / clip[3] + 1) / 2 * 640, (clip[1] / clip[3] + 1) / 2 * 360]
    camera = camera_from_opengl(torch.tensor([projection]).double(), torch.tensor([modelview]).double(), SIZE)
    assert goldens.pixel(camera, 0, goldens.POINT) == pytest.approx([window[0], 360 - window[1]], abs=1e-4)


def test_cameras_come_back_and_depth_runs_from_near_to_far():
    camera = scenes.pinhole(distorted=False)
    projection, modelview = opengl_from_camera(camera, near=10.0, far=3000.0)
    back = camera_from_opengl(projection, modelview, camera.size)
    for name in ("rotation", "translation", "focal", "principal", "distortion", "size"):
        assert torch.allclose(getattr(back, name), getattr(camera, name)), name
    for depth, expected in ((10.0, -1.0), (3000.0, 1.0)):
        clip = projection @ torch.tensor([0, 0, -depth, 1]).double()
        assert torch.allclose(clip[:, 2] / clip[:, 3], torch.tensor([expected] * 2).double())


def test_what_is_no_such_camera_is_refused():
    camera = scenes.pinhole(distorted=False)
    projection, modelview = opengl_from_camera(camera, near=1.0, far=10.0)
    with pytest.raises(ValueError, match="without distortion"):
        opengl_from_camera(scenes.pinhole(), near=1.0, far=10.0)
    with pytest.raises(ValueError, match="0 < near < far"):
        opengl_from_camera(camera, near=0.0, far=10.0)
    with pytest.raises(ValueError, match="perspective matrix"):
        camera_from_opengl(torch.eye(4).double().expand(2, 4, 4), modelview, camera.size)
    with pytest.raises(ValueError, match="rigid"):
        camera_from_opengl(projection, 2 * modelview, camera.size)
    skewed = projection.clone()
    skewed[:, 0, 1] = 0.1
    with pytest.raises(ValueError, match="skew"):
        camera_from_opengl(skewed, modelview, camera.size)


def test_conversion_carries_gradients():
    camera = scenes.pinhole(batch=1, distorted=False)
    projection, modelview = (x.requires_grad_() for x in opengl_from_camera(camera, near=1.0, far=10.0))
    pixels = camera_from_opengl(projection, modelview, camera.size).project(scenes.points(0, 1, 5)).pixels
    pixels.sum().backward()
    assert projection.grad.abs().sum() > 0
    assert modelview.grad.abs().sum() > 0
