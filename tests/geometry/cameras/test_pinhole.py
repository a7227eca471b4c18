import dataclasses

import torch

from facescale.geometry.cameras import PinholeCamera
from tests.geometry.cameras import scenes


def looking_ahead(**changes):
    values = {
        "rotation": torch.eye(3)[None],
        "translation": torch.zeros(1, 3),
        "focal": torch.tensor([[100.0, 200.0]]),
        "principal": torch.tensor([[32.0, 24.0]]),
        "distortion": torch.zeros(1, 5),
        "size": torch.tensor([[64, 48]]),
    }
    return PinholeCamera(
        **{k: v.double() if v.is_floating_point() else v for k, v in (values | changes).items()}
    )


def test_right_is_more_columns_and_down_is_more_rows():
    points = torch.tensor([[[0.0, 0, 2], [1, 0, 2], [0, 1, 2]]]).double()
    assert looking_ahead().project(points).pixels[0].tolist() == [[32, 24], [82, 24], [32, 124]]


def test_points_behind_are_flagged_and_have_no_gradient():
    points = torch.tensor([[[0.1, 0.2, -1], [0.1, 0.2, 0], [0.1, 0.2, 1]]]).double().requires_grad_()
    seen = looking_ahead().project(points)
    assert seen.usable[0].tolist() == [False, False, True]
    assert seen.pixels[0, :2].isnan().all()
    assert seen.depth[0].tolist() == [-1, 0, 1]
    torch.where(seen.usable[..., None], seen.pixels, 0.0).sum().backward()
    assert points.grad.isfinite().all()
    assert points.grad[0, :2].abs().sum() == 0


def test_a_point_that_the_lens_folds_back_into_the_image_is_flagged():
    """At 63 degrees the polynomial lands in the middle of the image; the lens never shows it there."""
    camera = looking_ahead(distortion=torch.tensor([[-0.3, 0, 0, 0, 0]]))
    seen = camera.project(torch.tensor([[[1.8, 0.0, 1.0], [0.5, 0, 1]]]).double())
    assert seen.usable[0].tolist() == [False, True]
    jacobians = camera.jacobians(torch.tensor([[[1.8, 0.0, 1.0], [0.5, 0, 1]]]).double())
    assert jacobians.by_point[0, 0].abs().sum() == 0
    assert jacobians.by_point.isfinite().all()


def test_points_come_back_from_pixel_and_depth():
    camera, points = scenes.pinhole(), scenes.points(5, 2, 30)
    seen = camera.project(points)
    assert torch.allclose(camera.unproject(seen.pixels, seen.depth), points, atol=1e-7)


def test_the_centre_is_seen_at_no_depth_and_k_is_the_usual_matrix():
    camera = scenes.pinhole(distorted=False)
    assert torch.allclose(camera.to_camera(camera.centre[:, None]), torch.zeros(2, 1, 3).double(), atol=1e-9)
    points = scenes.points(6, 2, 10)
    homogeneous = camera.to_camera(points) @ camera.matrix.mT
    assert torch.allclose(homogeneous[..., :2] / homogeneous[..., 2:], camera.project(points).pixels)


def test_a_ray_beyond_the_lens_is_flagged():
    camera = looking_ahead(distortion=torch.tensor([[-0.3, 0, 0, 0, 0]]))
    rays = camera.rays(torch.tensor([[[132.0, 24.0], [42.0, 24.0]]]).double())
    assert rays.usable[0].tolist() == [False, True]
    assert rays.directions[0, 0].isnan().all()


def test_removing_the_distortion_keeps_the_rest():
    camera = scenes.pinhole()
    ideal = camera.without_distortion()
    assert ideal.distortion.abs().sum() == 0
    assert dataclasses.replace(ideal, distortion=camera.distortion).focal is camera.focal


def test_every_device_sees_the_same(device):
    camera, points = scenes.pinhole(), scenes.points(5, 2, 30)
    there = camera.to(device)
    seen = there.project(points.to(device))
    assert torch.allclose(seen.pixels.cpu(), camera.project(points).pixels, atol=1e-9)
    assert torch.allclose(there.unproject(seen.pixels, seen.depth).cpu(), points, atol=1e-7)
    found, expected = there.jacobians(points.to(device)), camera.jacobians(points)
    assert torch.allclose(found.by_rotation.cpu(), expected.by_rotation, atol=1e-6)
