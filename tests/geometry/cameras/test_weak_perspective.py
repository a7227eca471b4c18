import dataclasses

import pytest
import torch

from facescale.geometry.cameras.weak_perspective import weak_perspective_at
from tests.geometry.cameras import scenes


def test_a_far_camera_is_a_weak_perspective_one():
    """With distance and focal length growing together the difference falls like size over distance."""
    points = scenes.points(1, 2, 30)
    near = scenes.pinhole(distorted=False)
    near = dataclasses.replace(near, focal=near.focal[:, :1].expand(2, 2))
    gaps = []
    for factor in (1.0, 10.0, 100.0):
        camera = dataclasses.replace(
            near,
            translation=near.translation * torch.tensor([1, 1, factor]).double(),
            focal=near.focal * factor,
        )
        weak = weak_perspective_at(camera, torch.zeros(2, 3).double())
        gaps.append((weak.project(points).pixels - camera.project(points).pixels).abs().max().item())
        origin = torch.zeros(2, 1, 3).double()
        assert torch.allclose(weak.project(origin).pixels, camera.project(origin).pixels)
    assert gaps[1] < gaps[0] / 8
    assert gaps[2] < gaps[1] / 8


def test_what_it_cannot_hold_is_refused():
    camera = scenes.pinhole()
    with pytest.raises(ValueError, match="square pixels"):
        weak_perspective_at(camera, torch.zeros(2, 3).double())
    square = dataclasses.replace(camera, focal=camera.focal[:, :1].expand(2, 2))
    with pytest.raises(ValueError, match="in front"):
        weak_perspective_at(square, 2 * square.centre)
    with pytest.raises(ValueError, match="one factor"):
        scenes.weak().resize(torch.tensor([[640, 240]] * 2))
