import math

import pytest
import torch

from facescale.geometry.cameras.formats.pytorch3d import (
    Pytorch3dCamera,
    camera_from_pytorch3d,
    pytorch3d_from_camera,
)
from tests.geometry.cameras import scenes
from tests.geometry.cameras.formats import goldens

C, S = math.cos(0.4), math.sin(0.4)
R = [[C, 0, -S], [0, 1, 0], [S, 0, C]]
T = [0.2, -0.1, 3.0]


def view():
    x, y, z = goldens.POINT
    return [x * R[0][k] + y * R[1][k] + z * R[2][k] + T[k] for k in range(3)]


def source(*, in_ndc, focal, principal, height, width):
    return Pytorch3dCamera(
        rotation=torch.tensor([R]).double(),
        translation=torch.tensor([T]).double(),
        focal_length=torch.tensor([focal]).double(),
        principal_point=torch.tensor([principal]).double(),
        in_ndc=in_ndc,
        image_size=torch.tensor([[height, width]]),
    )


@pytest.mark.parametrize(("height", "width"), [(480, 640), (640, 480), (512, 512)])
def test_the_golden_pixel_is_that_of_ndc(height, width):
    """x_ndc = f X/Z + p with +1 at the left; the shorter side spans [-1, 1]."""
    x, y, z = view()
    ndc = [2.5 * x / z + 0.05, 2.4 * y / z - 0.03]
    half = min(height, width) / 2
    expected = [width / 2 - half * ndc[0], height / 2 - half * ndc[1]]
    camera = camera_from_pytorch3d(
        source(in_ndc=True, focal=[2.5, 2.4], principal=[0.05, -0.03], height=height, width=width)
    )
    assert goldens.pixel(camera, 0, goldens.POINT) == pytest.approx(expected, abs=1e-4)
    assert camera.size.tolist() == [[width, height]]


def test_the_golden_pixel_is_that_of_screen_space():
    """Screen units are pixels, but view axes still point left and up."""
    x, y, z = view()
    expected = [330 - 700 * x / z, 250 - 690 * y / z]
    camera = camera_from_pytorch3d(
        source(in_ndc=False, focal=[700, 690], principal=[330, 250], height=480, width=640)
    )
    assert goldens.pixel(camera, 0, goldens.POINT) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("in_ndc", [True, False])
def test_cameras_come_back(in_ndc):
    camera = scenes.pinhole(distorted=False)
    back = camera_from_pytorch3d(pytorch3d_from_camera(camera, in_ndc=in_ndc))
    for name in ("rotation", "translation", "focal", "principal", "distortion", "size"):
        assert torch.allclose(getattr(back, name), getattr(camera, name)), name


def test_distortion_is_refused():
    with pytest.raises(ValueError, match="without distortion"):
        pytorch3d_from_camera(scenes.pinhole())
