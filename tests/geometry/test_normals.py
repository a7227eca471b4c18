import numpy as np
import pytest
import torch
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.geometry.normals import cloud_normals, face_normals, vertex_normals
from facescale.geometry.rotations import rotation_from_vector


def sphere(subdivisions=3):
    mesh = trimesh.creation.icosphere(subdivisions=subdivisions)
    return torch.tensor(mesh.vertices)[None], torch.tensor(mesh.faces)


@pytest.mark.parametrize("weighting", ["area", "angle"])
def test_normals_of_a_sphere_point_outward(weighting):
    vertices, faces = sphere()
    assert (vertex_normals(vertices, faces, weighting=weighting) * vertices).sum(-1).min() > 0.9999
    assert (face_normals(vertices, faces) * vertices[:, faces].mean(2)).sum(-1).min() > 0.99


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31), st.sampled_from([1e-12, 1.0, 1e6]))
def test_normals_turn_with_the_shape_and_ignore_its_size(seed, scale):
    generator = torch.Generator().manual_seed(seed)
    vertices, faces = sphere(1)
    vertices = vertices + 0.2 * torch.randn(vertices.shape, generator=generator, dtype=torch.float64)
    turn = rotation_from_vector(torch.randn(3, generator=generator, dtype=torch.float64))
    for normals in (face_normals, vertex_normals):
        assert torch.allclose(normals(vertices @ turn.mT * scale, faces), normals(vertices, faces) @ turn.mT)


def test_angle_weighting_ignores_how_a_cube_is_cut():
    cube = trimesh.creation.box()
    vertices = torch.tensor(cube.vertices)[None]
    normals = vertex_normals(vertices, torch.tensor(cube.faces))
    assert torch.allclose(normals, torch.nn.functional.normalize(vertices, dim=-1))


def test_what_has_no_normal_gets_zero_and_spoils_nothing():
    vertices = torch.tensor([[[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [2, 0, 0], [9, 9, 9]]]).requires_grad_()
    faces = torch.tensor([[0, 1, 2], [0, 1, 3], [1, 1, 1]])
    assert face_normals(vertices, faces)[0].tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]
    for weighting in ("area", "angle"):
        normals = vertex_normals(vertices, faces, weighting=weighting)
        assert normals[0, :3].tolist() == [[0, 0, 1]] * 3
        assert (normals[0, 3:] == 0).all()
        normals.sum().backward()
        assert vertices.grad.isfinite().all()


@pytest.mark.parametrize("weighting", ["area", "angle"])
def test_normals_pass_gradcheck(weighting):
    vertices, faces = sphere(0)
    vertices = (vertices + 0.1 * torch.randn(vertices.shape, dtype=torch.float64)).requires_grad_()
    torch.autograd.gradcheck(lambda v: vertex_normals(v, faces, weighting=weighting), vertices)
    torch.autograd.gradcheck(lambda v: face_normals(v, faces), vertices)


def test_normals_of_a_cloud_point_away_from_a_closed_shape():
    points = trimesh.creation.icosphere(subdivisions=4).vertices * [1, 1.5, 0.8]
    gradient = points / np.array([1, 1.5, 0.8]) ** 2
    truth = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    normals = cloud_normals(points)
    assert np.einsum("ni,ni->n", normals, truth).min() > 0.97


def test_normals_of_a_cloud_agree_across_a_deep_fold():
    """A wavy sheet whose valleys a centroid rule alone would turn the wrong way round."""
    x, y = np.meshgrid(np.linspace(0, 6, 80), np.linspace(0, 6, 80))
    points = np.stack([x, y, 1.5 * np.sin(2 * x)], axis=-1).reshape(-1, 3)
    normals = cloud_normals(points, viewpoint=np.array([3.0, 3, 50]))
    assert (normals[:, 2] > 0).mean() > 0.999


def test_separate_parts_of_a_cloud_are_turned_apart_and_types_are_kept():
    ball = trimesh.creation.icosphere(subdivisions=3).vertices
    points = np.concatenate([ball, ball + np.array([10, 0, 0])]).astype(np.float32)
    normals = cloud_normals(points)
    assert normals.dtype == np.float32
    assert np.einsum("ni,ni->n", normals, np.concatenate([ball, ball])).min() > 0.9


def test_too_few_points_have_no_normals():
    assert (cloud_normals(np.zeros((3, 3))) == 0).all()
    assert cloud_normals(np.zeros((0, 3))).shape == (0, 3)


def test_repeated_points_still_get_unit_normals():
    points = np.repeat(trimesh.creation.icosphere(subdivisions=2).vertices, 3, axis=0)
    assert np.allclose(np.linalg.norm(cloud_normals(points), axis=1), 1)
