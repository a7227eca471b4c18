import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.geometry.closest_point import closest_point_reference, site_distance
from facescale.geometry.sites import Sites
from facescale.geometry.surface import SurfaceBvh


def random(seed, *shape, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**31), st.integers(1, 8))
def test_the_twin_is_no_farther_than_any_point_of_any_face(seed, count):
    points, corners = random(seed, 20, 3) * 5, random(seed + 1, count, 3, 3)
    distance, face, weights = closest_point_reference(points, corners)
    shares = torch.distributions.Dirichlet(torch.full((3,), 0.5)).sample((300,)).double()
    anywhere = torch.einsum("sk,fkd->fsd", shares, corners).reshape(-1, 3)
    assert (distance[:, None] <= torch.cdist(points, anywhere) + 1e-12).all()
    foot = (weights[..., None] * corners[face]).sum(1)
    assert torch.allclose((foot - points).norm(dim=-1), distance, atol=1e-12)


def test_the_twin_knows_the_distance_to_plane_edge_and_vertex():
    corners = torch.tensor([[[0.0, 0, 0], [4, 0, 0], [0, 4, 0]]])
    points = torch.tensor([[1.0, 1, 2], [1, -3, 0], [-3, -4, 0], [4, 4, 0]])
    distance, _, weights = closest_point_reference(points, corners)
    assert distance.tolist() == pytest.approx([2, 3, 5, 8**0.5])
    assert weights[2].tolist() == [1, 0, 0]


def test_a_face_without_area_is_its_edges_and_one_without_length_its_point():
    corners = torch.tensor([[[0.0, 0, 0], [4, 0, 0], [1, 0, 0]]])
    assert closest_point_reference(torch.tensor([[2.0, 3, 0]]), corners)[0].item() == 3
    point = torch.ones(1, 3, 3)
    assert closest_point_reference(torch.tensor([[1.0, 1, 3]]), point)[0].item() == 2


def test_site_distance_differentiates_like_the_true_distance(device):
    """Where the nearest site is inside a face, the frozen site's gradient is that of the exact distance."""
    vertices = random(0, 30, 3, dtype=torch.float32) * 20
    faces = torch.arange(30).reshape(-1, 3)
    points = random(1, 1, 200, 3, dtype=torch.float32) * 20
    found = SurfaceBvh(vertices[None].to(device), faces.to(device)).closest(points.to(device))
    sites = found.sites.to("cpu")
    moving_points, moving_vertices = (x.double().requires_grad_() for x in (points, vertices[None]))
    site_distance(moving_points, moving_vertices, faces, sites).sum().backward()

    twin_points, twin_vertices = (x.double().requires_grad_() for x in (points, vertices))
    distance, _, _ = closest_point_reference(twin_points[0], twin_vertices[faces])
    distance.sum().backward()
    assert torch.allclose(moving_points.grad, twin_points.grad, atol=1e-4)
    assert torch.allclose(moving_vertices.grad[0], twin_vertices.grad, atol=1e-3)


def test_site_distance_has_no_gradient_at_zero_and_none_without_a_site():
    vertices = torch.tensor([[[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]], requires_grad=True)
    faces = torch.tensor([[0, 1, 2]])
    sites = Sites(face=torch.tensor([[0, -1]]), barycentric=torch.tensor([[[1.0, 0, 0], [0, 0, 0]]]))
    distance = site_distance(torch.tensor([[[0.0, 0, 0], [5, 5, 5]]]), vertices, faces, sites)
    distance.sum().backward()
    assert distance.tolist() == [[0, 0]]
    assert (vertices.grad == 0).all()


def test_site_distance_passes_gradcheck():
    vertices = random(0, 2, 6, 3).requires_grad_()
    points = (random(1, 2, 4, 3) * 3).requires_grad_()
    faces = torch.tensor([[0, 1, 2], [3, 4, 5]])
    sites = Sites(face=torch.tensor([[0, 1, 0, 1]] * 2), barycentric=torch.full((2, 4, 3), 1 / 3).double())
    torch.autograd.gradcheck(lambda p, v: site_distance(p, v, faces, sites), (points, vertices))
    torch.autograd.gradgradcheck(lambda p, v: site_distance(p, v, faces, sites), (points, vertices))
