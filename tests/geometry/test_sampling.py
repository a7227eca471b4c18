import pytest
import torch

from facescale.geometry.sampling import sample_cloud, sample_surface
from facescale.geometry.sites import points_at


def generator(seed=0, device="cpu"):
    return torch.Generator(device=device).manual_seed(seed)


def square():
    vertices = torch.tensor([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [5, 5, 5]])
    return vertices, torch.tensor([[0, 1, 2], [0, 2, 3], [4, 4, 4]])


def test_samples_are_uniform_over_the_area(device):
    vertices, faces = square()
    sites = sample_surface(vertices.to(device), faces.to(device), 40_000, generator=generator(0, device))
    points = points_at(vertices[None], faces, sites.to("cpu"))[0, :, :2]
    counts = torch.histogramdd(points, bins=[10, 10], range=[0.0, 1, 0, 1])[0]
    # 400 a cell: five standard deviations of a binomial.
    assert (counts - 400).abs().max() < 100
    assert (points.mean(0) - 0.5).abs().max() < 0.01


def test_a_prefix_is_a_uniform_sample_too():
    vertices, faces = square()
    points = points_at(vertices[None], faces, sample_surface(vertices, faces, 40_000, generator=generator()))[0]
    assert (points[:4000, :2].mean(0) - 0.5).abs().max() < 0.03


def test_faces_get_their_share_of_samples_and_none_without_area():
    vertices = torch.tensor([[0.0, 0, 0], [3, 0, 0], [0, 1, 0], [1, 0, 0]])
    faces = torch.tensor([[1, 1, 1], [0, 1, 2], [0, 3, 2], [2, 2, 2]])
    face = sample_surface(vertices, faces, 8000, generator=generator()).face
    assert torch.bincount(face, minlength=4).tolist() == pytest.approx([0, 6000, 2000, 0], abs=1)


def test_the_same_seed_gives_the_same_sample_and_another_seed_another():
    vertices, faces = square()
    one, same, other = (
        sample_surface(vertices, faces, 50, generator=generator(seed)).barycentric for seed in (1, 1, 2)
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_barycentrics_are_those_of_points_inside():
    vertices, faces = square()
    weights = sample_surface(vertices, faces, 1000, generator=generator()).barycentric
    assert (weights >= 0).all()
    assert torch.allclose(weights.sum(-1), torch.ones(1000), atol=1e-6)


def test_a_surface_without_area_is_refused():
    vertices, faces = square()
    with pytest.raises(ValueError, match="positive area"):
        sample_surface(vertices, faces[2:], 5, generator=generator())
    with pytest.raises(ValueError, match="positive area"):
        sample_surface(vertices / 0, faces, 5, generator=generator())
    with pytest.raises(ValueError, match="positive area"):
        sample_surface(vertices, faces[:0], 5, generator=generator())


def test_a_cloud_is_sampled_without_repeats():
    chosen = sample_cloud(100, 30, generator=generator())
    assert len(chosen.unique()) == 30
    assert sorted(sample_cloud(10, 30, generator=generator()).tolist()) == list(range(10))
