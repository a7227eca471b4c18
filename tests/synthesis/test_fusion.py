import numpy as np
import pytest
import torch

from facescale.geometry.topology import boundary_edges
from facescale.synthesis.cameras import AIM, look, stand_around
from facescale.synthesis.fusion import fuse, fuse_to_count
from tests.synthesis.spheres import sphere_scene

RADIUS = 80.0
CENTRE = np.array(AIM)


@pytest.fixture(scope="module")
def images():
    cameras = stand_around(np.random.default_rng(1), count=8, pitch=1.5)
    return look(cameras, sphere_scene(RADIUS, AIM))


@pytest.mark.parametrize("voxel", [2.0, 3.5])
def test_a_sphere_seen_from_all_around_comes_back(images, voxel):
    vertices, faces = fuse(images, voxel=voxel)
    away = np.abs(np.linalg.norm(vertices - CENTRE, axis=1) - RADIUS)
    assert away.mean() < 0.02 * voxel
    assert np.quantile(away, 0.99) < 0.2 * voxel
    corners = vertices[faces].astype(np.float64) - CENTRE
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert ((normals * corners.mean(axis=1)).sum(axis=1) > 0).mean() > 0.999
    covered = np.linalg.norm(normals, axis=1).sum() / 2 / (4 * np.pi * RADIUS**2)
    assert 0.9 < covered < 1.01


def test_vertices_are_shared_finite_and_all_used(images):
    vertices, faces = fuse(images, voxel=3.0)
    assert vertices.dtype == np.float32
    assert faces.dtype == np.int32
    assert np.isfinite(vertices).all()
    np.testing.assert_array_equal(np.unique(faces), np.arange(len(vertices)))
    border = boundary_edges(torch.from_numpy(faces))
    assert len(border) < 0.1 * len(faces)


def test_one_camera_gives_an_open_surface_without_walls(images):
    vertices, faces = fuse(images[:1], voxel=3.0)
    away = np.abs(np.linalg.norm(vertices - CENTRE, axis=1) - RADIUS)
    assert away.max() < 2.0
    facing = (vertices - CENTRE) @ (images[0].camera.centre - CENTRE)
    assert (facing > 0).all()
    assert len(boundary_edges(torch.from_numpy(faces))) > 50


@pytest.mark.parametrize("wanted", [4000, 20_000])
def test_the_wanted_number_of_vertices_is_met_closely(images, wanted):
    vertices, _ = fuse_to_count(images, wanted, limits=(2000, 40_000), finest=0.1)
    assert len(vertices) == pytest.approx(wanted, rel=0.25)


def test_the_number_of_vertices_stays_within_limits(images):
    vertices, _ = fuse_to_count(images, 20_000, limits=(2000, 10_000), finest=0.1)
    assert 2000 <= len(vertices) <= 10_000


def test_nothing_seen_gives_nothing(images):
    blind = [type(i)(camera=i.camera, depth=i.depth * np.inf, face=i.face, cosine=i.cosine) for i in images]
    vertices, faces = fuse(blind, voxel=3.0)
    assert vertices.shape == (0, 3)
    assert faces.shape == (0, 3)


def test_crumbs_are_thrown_away(images):
    image = images[0]
    depth = np.where(np.arange(len(image.depth)) % 400 < 4, image.depth, np.inf).astype(np.float32)
    crumbs = type(image)(camera=image.camera, depth=depth, face=image.face, cosine=image.cosine)
    assert len(fuse([crumbs], voxel=3.0)[0]) == 0
