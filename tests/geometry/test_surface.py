import math

import pytest
import torch
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.geometry.closest_point import closest_point_reference
from facescale.geometry.rays import first_hit_reference
from facescale.geometry.sites import points_at
from facescale.geometry.surface import SurfaceBvh, warm_up

RELATIVE = 4e-7
"""Of the largest coordinate or distance in play: about three float32 roundings."""


def sphere(subdivisions=2, radius=100.0):
    mesh = trimesh.creation.icosphere(subdivisions=subdivisions, radius=radius)
    return torch.tensor(mesh.vertices, dtype=torch.float32), torch.tensor(mesh.faces)


def random(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def assert_nearest(found, points, vertices, faces):
    """Compare one shape's answer with the twin: distance, and that the named site is where it says."""
    exact, _, _ = closest_point_reference(points, vertices.double()[faces])
    size = max(points.abs().max().item(), vertices.abs().max().item(), exact.max().item())
    assert (found.distance[0].double().cpu() - exact).abs().max() <= RELATIVE * size
    sites = found.sites.to("cpu")
    at = points_at(vertices[None], faces, sites)[0]
    assert (at - found.points[0].cpu()).abs().max() <= 4 * RELATIVE * size
    assert (sites.barycentric >= 0).all()
    assert (sites.barycentric.sum(-1) - 1).abs().max() <= 1e-6


def soup(seed, count, kind):
    """Faces of one kind; every corner is its own vertex."""
    corners = random(seed, count, 3, 3) * 30
    a, b = corners[:, 0], corners[:, 1]
    if kind == "needle":
        corners[:, 2] = (a + b) / 2 + random(seed + 1, count, 3) * 1e-4
    if kind == "collinear":
        corners[:, 2] = a + (b - a) * random(seed + 1, count, 1)
    if kind == "two corners":
        corners[:, 2] = a
    if kind == "one corner":
        corners[:, 1] = corners[:, 2] = a
    if kind == "cap":
        corners[:, 2] = a + (b - a) * 0.3 + random(seed + 1, count, 3) * 1e-6
    return corners.reshape(-1, 3), torch.arange(count * 3).reshape(-1, 3)


KINDS = ["healthy", "needle", "cap", "collinear", "two corners", "one corner"]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.sampled_from(KINDS), st.integers(1, 60), st.sampled_from([0.1, 30.0, 1e5]))
def test_every_kind_of_face_is_found_as_by_the_twin(device, seed, kind, count, spread):
    vertices, faces = soup(seed, count, kind)
    points = random(seed + 2, 50, 3) * spread
    found = SurfaceBvh(vertices[None].to(device), faces.to(device)).closest(points[None].to(device))
    assert_nearest(found, points, vertices, faces)


def test_points_on_vertices_and_edges_have_distance_zero(device):
    vertices, faces = sphere()
    corners = vertices[faces]
    on_edges = (corners[:, 0] + corners[:, 1]) / 2
    found = SurfaceBvh(vertices[None].to(device), faces.to(device)).closest(
        torch.cat([vertices, on_edges])[None].to(device)
    )
    assert found.distance.max() <= RELATIVE * 100
    assert (found.distance[0, : len(vertices)] == 0).all()


def test_a_sliver_alone_is_not_skipped(device):
    vertices = torch.tensor([[0.0, 0, 0], [100, 0, 0], [50, 1e-5, 0]])
    found = SurfaceBvh(vertices[None].to(device), torch.tensor([[0, 1, 2]], device=device)).closest(
        torch.tensor([[[50.0, 0, 3]]], device=device)
    )
    assert found.distance.item() == pytest.approx(3.0, rel=RELATIVE)


@pytest.mark.parametrize("batch", [1, 3])
def test_thousands_of_faces_in_one_place_are_searched_too(device, batch):
    """No tree can separate them; a search that runs out of stack would lose the one face apart."""
    corners = torch.tensor([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [9, 9, 9], [9, 8, 9], [8, 9, 9]])
    faces = torch.tensor([[0, 1, 2]] * 5000 + [[3, 4, 5]])
    surface = SurfaceBvh(corners.repeat(batch, 1, 1).to(device), faces.to(device))
    points = torch.tensor([[0.25, 0.25, 2], [9, 9, 10]]).repeat(batch, 1, 1).to(device)
    found = surface.closest(points)
    assert torch.allclose(found.distance, torch.tensor([2.0, 1.0], device=device))
    assert (found.sites.face[:, 1] == 5000).all()
    down = torch.tensor([[0.0, 0, -1], [0, 0, -1]]).repeat(batch, 1, 1).to(device)
    assert torch.allclose(surface.first_hit(points, down).length[:, 0], torch.tensor(2.0, device=device))


def test_shapes_of_a_batch_never_see_each_other(device):
    vertices, faces = sphere()
    batch = torch.stack([vertices, vertices * 2, vertices + 500])
    points = random(0, 3, 40, 3) * 80
    together = SurfaceBvh(batch.to(device), faces.to(device)).closest(points.to(device))
    for row in range(3):
        alone = SurfaceBvh(batch[row : row + 1].to(device), faces.to(device)).closest(
            points[row : row + 1].to(device)
        )
        assert torch.equal(together.distance[row], alone.distance[0])
        assert_nearest(alone, points[row], batch[row], faces)


def test_meshes_of_different_topologies_share_a_tree(device):
    meshes = [sphere(1), sphere(3, radius=50.0), soup(3, 20, "needle")]
    surface = SurfaceBvh.of_meshes([(v.to(device), f.to(device)) for v, f in meshes])
    points = random(1, 3, 30, 3) * 60
    found = surface.closest(points.to(device))
    hits = surface.first_hit(torch.zeros(3, 30, 3, device=device), points.to(device))
    for row, (vertices, faces) in enumerate(meshes):
        exact, _, _ = closest_point_reference(points[row], vertices[faces])
        assert (found.distance[row].cpu() - exact).abs().max() <= RELATIVE * 200
        assert int(found.sites.face[row].max()) < len(faces)
        length, face, _ = first_hit_reference(torch.zeros(30, 3), points[row], vertices[faces])
        if row < 2:
            assert torch.allclose(hits.length[row].cpu().double(), length, rtol=1e-5)
            assert int(hits.sites.face[row].max()) < len(faces)
            assert (face >= 0).all()


def test_a_refitted_tree_answers_like_a_new_one(device):
    vertices, faces = sphere(3)
    moved = vertices * torch.tensor([1.3, 0.7, 1.1]) + torch.tensor([5.0, -40, 3])
    points = (random(0, 1, 500, 3) * 100).to(device)
    surface = SurfaceBvh(vertices[None].to(device), faces.to(device))
    surface.refit(moved[None].to(device))
    found = surface.closest(points)
    fresh = SurfaceBvh(moved[None].to(device), faces.to(device)).closest(points)
    assert torch.allclose(found.distance, fresh.distance, rtol=1e-6)
    assert_nearest(found, points[0].cpu(), moved, faces)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31))
def test_hints_never_change_the_distance(device, seed):
    vertices, faces = sphere(2)
    points = (random(seed, 1, 80, 3) * 90).to(device)
    hint = torch.randint(-5, len(faces) + 500, (1, 80), generator=torch.Generator().manual_seed(seed)).to(
        device
    )
    surface = SurfaceBvh(vertices[None].to(device), faces.to(device))
    plain, hinted = surface.closest(points), surface.closest(points, hint=hint)
    assert torch.allclose(plain.distance, hinted.distance, rtol=1e-6, atol=1e-5)


def test_sites_beyond_the_maximum_distance_are_none(device):
    vertices, faces = sphere(3)
    points = torch.tensor([[[0.0, 0, 130], [0, 0, 110], [0, 0, 100.5]]], device=device)
    found = SurfaceBvh(vertices[None].to(device), faces.to(device)).closest(points, max_distance=11.0)
    assert found.sites.face[0, 0] == -1
    assert math.isinf(found.distance[0, 0])
    assert (found.sites.barycentric[0, 0] == 0).all()
    assert (found.sites.face[0, 1:] >= 0).all()


def test_a_face_at_exactly_the_maximum_distance_counts(device):
    vertices = torch.tensor([[[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]], device=device)
    surface = SurfaceBvh(vertices, torch.tensor([[0, 1, 2]], device=device))
    points = torch.tensor([[[0.25, 0.25, 3.0]]], device=device)
    assert surface.closest(points, max_distance=3.0).sites.face.item() == 0
    assert surface.closest(points, max_distance=2.9999).sites.face.item() == -1


def test_a_query_with_nan_finds_nothing_and_spares_its_neighbours(device):
    vertices, faces = sphere()
    points = random(0, 1, 3, 3).to(device) * 50
    points[0, 1, 2] = torch.nan
    surface = SurfaceBvh(vertices[None].to(device), faces.to(device))
    found = surface.closest(points)
    assert found.sites.face[0, 1] == -1
    assert found.distance[0, 1].isnan()
    assert found.distance[0, [0, 2]].isfinite().all()
    assert surface.first_hit(points, points).sites.face[0, 1] == -1


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**31), st.floats(0.01, 50), st.floats(-200, 200))
def test_distances_turn_move_and_scale_with_the_scene(device, seed, scale, shift):
    vertices, faces = sphere(2)
    points = random(seed, 60, 3) * 90
    turn, _ = torch.linalg.qr(random(seed + 1, 3, 3))
    plain = SurfaceBvh(vertices[None].to(device), faces.to(device)).closest(points[None].to(device))
    moved = [(x @ turn * scale + shift)[None].to(device) for x in (vertices, points)]
    found = SurfaceBvh(moved[0], faces.to(device)).closest(moved[1])
    size = 250 * scale + abs(shift) * 2
    assert (found.distance - plain.distance * scale).abs().max() <= 4 * RELATIVE * size


def test_the_order_of_faces_and_points_does_not_matter(device):
    vertices, faces = sphere(2)
    points = random(0, 1, 100, 3).to(device) * 90
    faces_order = torch.randperm(len(faces), generator=torch.Generator().manual_seed(1))
    order = torch.randperm(100, generator=torch.Generator().manual_seed(2))
    plain = SurfaceBvh(vertices[None].to(device), faces.to(device)).closest(points)
    shuffled = SurfaceBvh(vertices[None].to(device), faces[faces_order].to(device)).closest(points[:, order])
    assert torch.allclose(shuffled.distance, plain.distance[:, order], rtol=1e-6)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**31), st.floats(0.01, 100))
def test_rays_hit_as_by_the_twin_whatever_the_length_of_their_direction(device, seed, norm):
    vertices, faces = soup(seed, 40, "healthy")
    origins, ways = random(seed + 1, 200, 3) * 60, random(seed + 2, 200, 3) * norm
    hits = SurfaceBvh(vertices[None].to(device), faces.to(device)).first_hit(
        origins[None].to(device), ways[None].to(device)
    )
    length, face, weights = first_hit_reference(origins, ways, vertices[faces])
    # Rays within float32 rounding of a face's edge may go either way.
    border = weights.min(-1).values
    clear = (face >= 0) & (border > 1e-3)
    found = hits.sites.face[0].cpu()
    assert (found[clear] == face[clear]).float().mean() >= 0.95
    same = clear & (found == face)
    assert ((hits.length[0].cpu() - length).abs()[same] <= 1e-3 + 1e-5 * length[same]).all()


def test_rays_from_inside_see_backs_and_rays_from_outside_see_fronts(device):
    vertices, faces = sphere(3)
    ways = random(0, 1, 200, 3).to(device)
    ways /= ways.norm(dim=-1, keepdim=True)
    surface = SurfaceBvh(vertices[None].to(device), faces.to(device))
    inside = surface.first_hit(torch.zeros_like(ways), ways)
    outside = surface.first_hit(ways * 300, -ways)
    assert (inside.sites.face >= 0).all()
    assert not inside.front.any()
    assert outside.front.all()
    assert torch.allclose(inside.length + outside.length, torch.full_like(inside.length, 300.0), atol=1e-3)


def test_no_ray_slips_between_two_faces(device):
    vertices, faces = sphere(2)
    corners = vertices[faces]
    targets = torch.cat([vertices, (corners[:, 0] + corners[:, 1]) / 2])[None].to(device)
    hits = SurfaceBvh(vertices[None].to(device), faces.to(device)).first_hit(torch.zeros_like(targets), targets)
    assert (hits.sites.face >= 0).all()


def test_rays_shorter_than_the_way_to_the_surface_miss(device):
    vertices, faces = sphere(3)
    ways = torch.tensor([[[0.0, 0, 1], [0, 0, 0]]], device=device)
    surface = SurfaceBvh(vertices[None].to(device), faces.to(device))
    assert surface.first_hit(torch.zeros_like(ways), ways, max_length=90.0).sites.face[0, 0] == -1
    hits = surface.first_hit(torch.zeros_like(ways), ways, max_length=101.0)
    assert hits.sites.face[0, 0] >= 0
    assert hits.sites.face[0, 1] == -1
    assert hits.length[0, 1].isinf()


def test_what_cannot_be_a_surface_is_refused():
    vertices, faces = sphere(1)
    with pytest.raises(ValueError, match="at least one face"):
        SurfaceBvh(vertices[None], faces[:0])
    with pytest.raises(ValueError, match="vertex indices within"):
        SurfaceBvh(vertices[None], faces + 1)
    with pytest.raises(ValueError, match="finite"):
        SurfaceBvh(vertices[None] / 0, faces)
    surface = SurfaceBvh(vertices[None], faces)
    with pytest.raises(ValueError, match="expected 1 shapes"):
        surface.refit(vertices[None].repeat(2, 1, 1))
    with pytest.raises(ValueError, match="queries for 1 shapes"):
        surface.closest(torch.zeros(2, 4, 3))


def test_warming_up_leaves_nothing_to_load(device, monkeypatch):
    from facescale.geometry import kernels

    warm_up(device)
    loads = kernels._load.cache_info().misses
    surface = SurfaceBvh(*(x.to(device) for x in (sphere(1)[0][None], sphere(1)[1])))
    surface.first_hit(
        surface.closest(torch.zeros(1, 4, 3, device=device)).points, torch.ones(1, 4, 3, device=device)
    )
    assert kernels._load.cache_info().misses == loads


def test_no_queries_give_no_answers(device):
    vertices, faces = sphere(1)
    found = SurfaceBvh(vertices[None].to(device), faces.to(device)).closest(torch.zeros(1, 0, 3, device=device))
    assert found.distance.shape == (1, 0)
