import pytest
import torch
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.geometry.signed_distance import signed_distance, signed_distance_reference


def random(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def mesh(shape):
    vertices = torch.tensor(shape.vertices, dtype=torch.float32)
    return vertices[None], torch.tensor(shape.faces)


SHAPES = {
    "box": lambda: trimesh.creation.box((40, 2, 90)),
    "cone": lambda: trimesh.creation.cone(radius=50, height=100, sections=7),
    "ring": lambda: trimesh.creation.torus(60, 15, 24, 12),
    "ball": lambda: trimesh.creation.icosphere(subdivisions=2, radius=70),
}


@pytest.mark.parametrize("inside_by", ["normals", "winding"])
@pytest.mark.parametrize("name", SHAPES)
def test_both_ways_agree_with_the_twin_on_closed_shapes(device, name, inside_by):
    vertices, faces = mesh(SHAPES[name]())
    points = random(0, 1, 400, 3) * 50
    found = signed_distance(points.to(device), vertices.to(device), faces.to(device), inside_by=inside_by)
    exact = signed_distance_reference(points[0], vertices[0][faces])
    # On the approximate winding number, a point within a thousandth of the shape's size may go either way.
    clear = exact.abs() > (0.1 if inside_by == "winding" else 1e-4)
    assert ((found[0].cpu() - exact)[clear]).abs().max() < 1e-4


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31))
def test_normals_are_right_beyond_the_sharpest_corner(seed):
    """A needle-sharp tip, where the nearest face's own normal is often on the wrong side."""
    vertices, faces = mesh(trimesh.creation.cone(radius=2, height=100, sections=5))
    points = random(seed, 1, 300, 3) * 5 + torch.tensor([0.0, 0, 100])
    found = signed_distance(points, vertices, faces)
    exact = signed_distance_reference(points[0], vertices[0][faces])
    clear = exact.abs() > 1e-4
    assert torch.equal(found[0].sign()[clear], exact.float().sign()[clear])


def test_winding_holds_for_a_shape_with_a_hole(device):
    vertices, faces = mesh(trimesh.creation.icosphere(subdivisions=3, radius=80))
    open_faces = faces[vertices[0][faces].mean(1)[:, 2] > -60]
    points = random(1, 1, 400, 3) * 60
    points = points[(points[..., 2] > -20)][None]
    found = signed_distance(points.to(device), vertices.to(device), open_faces.to(device), inside_by="winding")
    radius = points.norm(dim=-1)
    clear = (radius - 80).abs() > 2
    assert torch.equal((found.cpu() < 0)[clear], (radius < 80)[clear])


def test_every_shape_of_a_batch_has_its_own_inside(device):
    vertices, faces = mesh(trimesh.creation.icosphere(subdivisions=2, radius=10))
    batch = torch.cat([vertices, vertices + 100]).to(device)
    points = torch.zeros(2, 1, 3, device=device)
    for inside_by in ("normals", "winding"):
        found = signed_distance(points, batch, faces.to(device), inside_by=inside_by)
        assert found[0].item() < 0 < found[1].item()
