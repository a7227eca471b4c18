"""Random cameras that look at random points: what the tests of cameras share."""

import torch

from facescale.geometry.cameras import OrthographicCamera, PinholeCamera, WeakPerspectiveCamera
from facescale.geometry.rotations import rotation_from_vector

DISTORTION = (-0.21, 0.06, 0.0021, -0.0013, 0.011)


def random(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def points(seed, batch, count):
    """Points of a head's size about the origin, mm."""
    return 60 * random(seed, batch, count, 3)


def pose(seed, batch):
    rotation = rotation_from_vector(random(seed, batch, 3))
    shift = torch.tensor([0.0, 0.0, 900.0], dtype=torch.float64) + 30 * random(seed + 1, batch, 3)
    return rotation, shift


def pinhole(seed=0, batch=2, *, distorted=True):
    rotation, translation = pose(seed, batch)
    wobble = random(seed + 2, batch, 4)
    return PinholeCamera(
        rotation=rotation,
        translation=translation,
        focal=torch.tensor([1500.0, 1450.0], dtype=torch.float64) + 20 * wobble[:, :2],
        principal=torch.tensor([333.0, 251.0], dtype=torch.float64) + 10 * wobble[:, 2:],
        distortion=torch.tensor([DISTORTION if distorted else (0.0,) * 5] * batch, dtype=torch.float64),
        size=torch.tensor([[640, 480]] * batch),
    )


def orthographic(seed=0, batch=2):
    rotation, translation = pose(seed, batch)
    return OrthographicCamera(
        rotation=rotation,
        translation=translation,
        scale=torch.tensor([[2.0, 1.8]] * batch, dtype=torch.float64),
        principal=torch.tensor([[310.0, 255.0]] * batch, dtype=torch.float64),
        size=torch.tensor([[640, 480]] * batch),
    )


def weak(seed=0, batch=2):
    return WeakPerspectiveCamera(
        rotation=pose(seed, batch)[0],
        scale=torch.tensor([1.7, 2.1], dtype=torch.float64)[:batch],
        shift=torch.tensor([[310.0, 255.0]] * batch, dtype=torch.float64),
        size=torch.tensor([[640, 480]] * batch),
    )
