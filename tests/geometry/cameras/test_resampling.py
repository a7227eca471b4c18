import dataclasses

import pytest
import torch

from facescale.geometry.cameras.resampling import resample, source_positions, undistort_image
from tests.geometry.cameras import scenes


def ramps(width, height):
    """An image whose channels are the column and the row of each pixel's centre."""
    columns = torch.arange(width, dtype=torch.float64) + 0.5
    rows = torch.arange(height, dtype=torch.float64) + 0.5
    return torch.stack(torch.meshgrid(columns, rows, indexing="xy"))[None]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_a_ramp_image_tells_from_where_every_pixel_came(dtype):
    """The value found is the position in the original that the lens model names, to 1e-3 px."""
    camera = scenes.pinhole(batch=1)
    camera = dataclasses.replace(camera, focal=torch.tensor([[420.0, 410.0]]).double())
    image, seen = undistort_image(ramps(640, 480).to(dtype), camera)
    y, x = 37, 501
    looked = torch.tensor([(x + 0.5 - camera.principal[0, 0]) / 420, (y + 0.5 - camera.principal[0, 1]) / 410])
    k1, k2, p1, p2, k3 = scenes.DISTORTION
    a, b = looked.tolist()
    s = a * a + b * b
    radial = 1 + k1 * s + k2 * s**2 + k3 * s**3
    u = 420 * (a * radial + 2 * p1 * a * b + p2 * (s + 2 * a * a)) + camera.principal[0, 0].item()
    v = 410 * (b * radial + p1 * (s + 2 * b * b) + 2 * p2 * a * b) + camera.principal[0, 1].item()
    assert image[0, :, y, x].tolist() == pytest.approx([u, v], abs=1e-3)
    positions, usable = source_positions(camera, camera.without_distortion())
    inner = ((positions > 0.5) & (positions < torch.tensor([639.5, 479.5]))).all(-1)
    assert usable.all()
    assert inner.float().mean() > 0.9
    assert (image.double().movedim(1, -1) - positions)[inner].abs().max() < 1e-3
    assert torch.equal(seen, ((positions >= 0) & (positions <= torch.tensor([640, 480]))).all(-1))


def test_the_same_camera_leaves_an_image_alone():
    camera = scenes.pinhole(batch=1, distorted=False)
    image = torch.rand(1, 3, 480, 640, generator=torch.Generator().manual_seed(0))
    same, seen = undistort_image(image, camera)
    assert torch.allclose(same, image, atol=1e-4)
    assert seen.all()


def test_a_smaller_image_shows_the_same_ramp_without_a_shift():
    """Halving the size puts each new centre between two old ones: the ramp's value says exactly where."""
    camera = scenes.pinhole(batch=1, distorted=False)
    half, _ = resample(ramps(640, 480), camera, camera.resize(torch.tensor([[320, 240]])))
    assert torch.allclose(half, 2 * ramps(320, 240), atol=1e-3)
    cut, _ = resample(
        ramps(640, 480), camera, camera.crop(torch.tensor([[100.0, 50.0]]).double(), torch.tensor([[64, 32]]))
    )
    assert torch.allclose(cut, ramps(64, 32) + torch.tensor([100.0, 50.0])[:, None, None], atol=1e-3)


def test_distorting_is_the_inverse_of_undistorting():
    camera = scenes.pinhole(batch=1)
    ideal = camera.without_distortion()
    positions, _ = source_positions(camera, ideal)
    inner = ((positions > 0.5) & (positions < torch.tensor([639.5, 479.5]))).all(-1)
    image, _ = undistort_image(ramps(640, 480), camera)
    back, _ = resample(image, ideal, camera)
    covered, seen = resample(inner[:, None].double(), ideal, camera)
    between, _ = source_positions(ideal, camera)
    within = ((between > 0.5) & (between < torch.tensor([639.5, 479.5]))).all(-1)
    both = seen[0] & (covered[0, 0] > 0.999) & within[0]
    assert both.double().mean() > 0.9
    assert (back - ramps(640, 480))[0, :, both].abs().max() < 0.01


def test_images_and_cameras_of_other_sizes_are_refused():
    camera = scenes.pinhole(batch=2)
    with pytest.raises(ValueError, match="expected an image of 640 x 480"):
        undistort_image(torch.zeros(2, 1, 640, 480), camera)
    mixed = dataclasses.replace(camera, size=torch.tensor([[640, 480], [480, 640]]))
    with pytest.raises(ValueError, match="one image size"):
        undistort_image(torch.zeros(2, 1, 480, 640), mixed)


def test_the_image_carries_gradients_and_so_does_the_lens():
    camera = dataclasses.replace(
        scenes.pinhole(batch=1).resize(torch.tensor([[12, 9]])),
        distortion=torch.tensor([[-0.1, 0.02, 0.001, 0.002, 0.0]]).double().requires_grad_(),
    )
    image = torch.rand(1, 1, 9, 12, dtype=torch.float64, requires_grad=True)
    undistort_image(image, camera)[0].square().sum().backward()
    assert image.grad.abs().sum() > 0
    assert camera.distortion.grad.isfinite().all()
    assert camera.distortion.grad.abs().sum() > 0
