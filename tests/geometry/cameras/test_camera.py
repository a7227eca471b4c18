"""What holds for every camera of the family."""

import dataclasses

import pytest
import torch

from facescale.geometry.rotations import rotation_from_vector
from tests.geometry.cameras import scenes

FAMILY = [scenes.pinhole, scenes.orthographic, scenes.weak]
MIRROR = torch.tensor([-1.0, 1, 1], dtype=torch.float64)

everyone = pytest.mark.parametrize("make", FAMILY, ids=lambda make: make.__name__)


@everyone
def test_cropping_the_image_is_cropping_the_camera(make):
    camera, points = make(), scenes.points(3, 2, 20)
    corner = torch.tensor([[12.0, -7.5], [100.25, 31.0]], dtype=torch.float64)
    size = torch.tensor([[200, 150], [50, 60]])
    cropped = camera.crop(corner, size)
    assert torch.equal(cropped.size, size)
    expected = camera.project(points).pixels - corner[:, None]
    assert torch.allclose(cropped.project(points).pixels, expected)


@everyone
def test_resizing_the_image_is_resizing_the_camera_without_a_half_pixel(make):
    camera, points = make(), scenes.points(3, 2, 20)
    resized = camera.resize(torch.tensor([[320, 240], [1280, 960]]))
    expected = camera.project(points).pixels * torch.tensor([0.5, 2.0])[:, None, None]
    assert torch.allclose(resized.project(points).pixels, expected)


@everyone
def test_the_mirrored_world_appears_as_the_mirrored_image(make):
    camera, points = make(), scenes.points(3, 2, 20)
    flipped = camera.flip()
    assert torch.allclose(torch.linalg.det(flipped.rotation), torch.ones(2).double())
    seen, mirrored = camera.project(points), flipped.project(points * MIRROR)
    expected = torch.stack([640 - seen.pixels[..., 0], seen.pixels[..., 1]], dim=-1)
    assert torch.allclose(mirrored.pixels, expected)
    assert torch.allclose(mirrored.depth, seen.depth)
    for field in dataclasses.fields(camera):
        assert torch.allclose(getattr(flipped.flip(), field.name), getattr(camera, field.name))


@everyone
def test_a_ray_passes_through_the_point_whose_pixel_it_is(make):
    camera, points = make(), scenes.points(3, 2, 20)
    rays = camera.rays(camera.project(points).pixels)
    assert rays.usable.all()
    assert torch.allclose(rays.directions.norm(dim=-1), torch.ones(2, 20).double())
    off = points - rays.origins
    miss = torch.linalg.cross(off, rays.directions).norm(dim=-1)
    assert miss.max() < 1e-8
    depth = camera.project(rays.origins + 10 * rays.directions).depth
    assert (depth > camera.project(rays.origins).depth).all()


def numerical(camera, points, field, step):
    """Central differences of the pixels by each number of a field, [b, n, 2, k]."""
    columns = []
    value = getattr(camera, field)
    flat = value.reshape(value.shape[0], -1)
    for k in range(flat.shape[1]):
        ends = []
        for sign in (1, -1):
            moved = flat.clone()
            moved[:, k] += sign * step
            ends.append(
                dataclasses.replace(camera, **{field: moved.reshape(value.shape)}).project(points).pixels
            )
        columns.append((ends[0] - ends[1]) / (2 * step))
    return torch.stack(columns, dim=-1)


@everyone
def test_closed_form_derivatives_agree_with_finite_differences(make):
    camera, points = make(), scenes.points(3, 2, 8)
    jacobians = camera.jacobians(points)
    assert torch.allclose(jacobians.projection.pixels, camera.project(points).pixels)
    for field, step in {"translation": 1e-3, "focal": 1e-3, "principal": 1e-3, "distortion": 1e-5}.items():
        if hasattr(camera, field):
            found = getattr(jacobians, f"by_{field}").expand(2, 8, 2, -1)
            assert torch.allclose(found, numerical(camera, points, field, step), atol=1e-4), field
    for field in ("scale", "shift"):
        if hasattr(camera, field):
            found = getattr(jacobians, f"by_{field}")
            assert torch.allclose(found, numerical(camera, points, field, 1e-4), atol=1e-6), field
    for k in range(3):
        step = torch.zeros(3).double()
        step[k] = 1e-4
        difference = camera.project(points + step).pixels - camera.project(points - step).pixels
        assert torch.allclose(jacobians.by_point[..., k], difference / 2e-4, atol=1e-5)
        turns = [
            dataclasses.replace(camera, rotation=rotation_from_vector(sign * step) @ camera.rotation)
            for sign in (1, -1)
        ]
        difference = turns[0].project(points).pixels - turns[1].project(points).pixels
        assert torch.allclose(jacobians.by_rotation[..., k], difference / 2e-4, atol=1e-3)


@everyone
def test_closed_form_derivatives_are_those_of_autograd(make):
    camera, points = make(batch=1), scenes.points(3, 1, 4)
    jacobians = camera.jacobians(points)

    def project(points, turn, values):
        moved = dataclasses.replace(camera, **values, rotation=rotation_from_vector(turn) @ camera.rotation)
        return moved.project(points).pixels

    names = [f.name for f in dataclasses.fields(camera) if f.name not in {"rotation", "size"}]
    values = {name: getattr(camera, name) for name in names}
    by_points, by_turn, by_values = torch.func.jacrev(project, argnums=(0, 1, 2))(
        points, torch.zeros(1, 3).double(), values
    )
    each = torch.arange(4)
    assert torch.allclose(jacobians.by_point[0], by_points[0, each, :, 0, each])
    assert torch.allclose(jacobians.by_rotation[0], by_turn[0, :, :, 0], atol=1e-9)
    for name in names:
        found = getattr(jacobians, f"by_{name}")[0].expand(4, 2, -1)
        assert torch.allclose(found, by_values[name][0].reshape(4, 2, -1), atol=1e-9), name


@everyone
def test_projection_has_right_first_and_second_derivatives(make):
    camera, points = make(batch=1), scenes.points(3, 1, 2).requires_grad_()
    names = [f.name for f in dataclasses.fields(camera) if f.name != "size"]

    def project(points, *values):
        return dataclasses.replace(camera, **dict(zip(names, values, strict=True))).project(points).pixels

    values = [getattr(camera, name).clone().requires_grad_() for name in names]
    torch.autograd.gradcheck(project, (points, *values))
    torch.autograd.gradgradcheck(project, (points, *values), atol=1e-4)


@everyone
def test_one_camera_of_a_batch_is_that_camera(make):
    camera, points = make(), scenes.points(3, 2, 5)
    alone = camera.select(1)
    assert alone.rotation.shape == (3, 3)
    assert torch.allclose(alone.project(points[1]).pixels, camera.project(points).pixels[1])
    single = camera.to(torch.float32)
    assert single.rotation.dtype == torch.float32
    assert single.size.dtype == torch.int64
    assert torch.allclose(
        single.project(points.float()).pixels.double(), camera.project(points).pixels, atol=1e-2
    )


@everyone
def test_projection_maps_over_cameras(make):
    camera, points = make(), scenes.points(3, 2, 5)
    names = [f.name for f in dataclasses.fields(camera)]

    def project(points, *values):
        return type(camera)(**dict(zip(names, values, strict=True))).project(points).pixels

    mapped = torch.func.vmap(project)(points, *(getattr(camera, name) for name in names))
    assert torch.allclose(mapped, camera.project(points).pixels)
