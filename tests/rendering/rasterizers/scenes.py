"""Small meshes in front of a pinhole camera, projected to pixels."""

import math

import torch
import trimesh

from facescale.rendering.rasterizers.fragments import ImageSize

SIZE = ImageSize(height=40, width=48)
FOCAL = 60.0


def project(points, size=SIZE, focal=FOCAL):
    """Camera frame (x right, y down, z forward) to (x, y, depth)."""
    z = points[..., 2]
    centre = torch.tensor([size.width / 2, size.height / 2], dtype=points.dtype)
    return torch.cat([points[..., :2] / z[..., None] * focal + centre, z[..., None]], dim=-1)


def soup(seed, count=12, batch=2):
    """Triangles at random, some of them half outside of the image."""
    generator = torch.Generator().manual_seed(seed)
    vertices = torch.rand(batch, 3 * count, 3, generator=generator)
    low, span = torch.tensor([-10.0, -10, 50]), torch.tensor([70.0, 60, 100])
    return low + span * vertices, torch.arange(3 * count).reshape(-1, 3)


def ball(subdivisions=2, *, radius=40.0, centre=(3.0, -2.0, 160.0)):
    """A closed ball in the camera frame, its faces counter-clockwise from outside."""
    mesh = trimesh.creation.icosphere(subdivisions=subdivisions, radius=radius)
    points = torch.tensor(mesh.vertices, dtype=torch.float32)
    return points + torch.tensor(centre), torch.tensor(mesh.faces)


def head_and_nose():
    """Two balls, the smaller in front of the larger: an outline within the image."""
    large, faces = ball(2)
    small, _ = ball(2, radius=12.0, centre=(-6.0, 3.0, 110.0))
    return torch.cat([large, small]), torch.cat([faces, faces + len(large)])


def turned(points, angle, centre=(3.0, -2.0, 160.0)):
    """Points turned around the vertical through a centre."""
    c, s = math.cos(angle), math.sin(angle)
    rotation = torch.tensor([[c, 0, s], [0, 1, 0], [-s, 0, c]], dtype=points.dtype)
    middle = torch.tensor(centre, dtype=points.dtype)
    return (points - middle) @ rotation.T + middle
