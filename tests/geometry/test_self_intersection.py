import math

import numpy as np
import pytest
import torch
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.geometry.self_intersection import crossing_depth, crossings_reference
from facescale.geometry.surface import SurfaceBvh
from tests.geometry.test_surface import KINDS, random, soup, sphere

NEAR = 1e-5
"""mm and parts: as near to the tolerance as this, kernel and twin may decide differently."""
FLOOR = torch.tensor([[-10.0, -10, 0], [10, -10, 0], [0, 10, 0]])


def crossings_of(triangles, device, tolerance=1e-3, **options):
    """Crossings of a soup [f 3 3] in which no two faces share a vertex by number."""
    corners = torch.as_tensor(triangles, dtype=torch.float32)
    faces = torch.arange(3 * len(corners)).reshape(-1, 3)
    return SurfaceBvh(corners.reshape(1, -1, 3).to(device), faces.to(device)).crossings(tolerance, **options)


def pairs_of(crossings):
    return [tuple(pair) for pair in crossings.faces.tolist()]


def assert_agrees_with_the_twin(found, corners, tolerance):
    pairs, depth = crossings_reference(corners, tolerance=tolerance)
    ours = dict(zip(pairs_of(found), found.depth.tolist(), strict=True))
    twins = dict(zip(map(tuple, pairs.tolist()), depth.tolist(), strict=True))
    for one, other in ((ours, twins), (twins, ours)):
        for pair, deep in one.items():
            assert pair in other or deep <= tolerance + NEAR
    for pair in ours.keys() & twins.keys():
        assert ours[pair] == pytest.approx(twins[pair], rel=NEAR, abs=NEAR)


def pierced(one, other):
    """Whether an edge of one triangle passes through the other's inside, [n]; blind to coplanar ones."""
    found = np.zeros(len(one), bool)
    for near, far in ((one, other), (other, one)):
        a, b, c = near[:, 0], near[:, 1], near[:, 2]
        for k in range(3):
            p, way = far[:, k], far[:, (k + 1) % 3] - far[:, k]
            matrix = np.stack([b - a, c - a, -way], axis=2)
            u, v, t = np.linalg.solve(matrix, (p - a)[..., None])[..., 0].T
            found |= (u > 0) & (v > 0) & (u + v < 1) & (t > 0) & (t < 1)
    return found


def sheet(cells, *, shift=0.0):
    """A square of cells x cells x 2 triangles in the plane z = 0, its corner at (shift, shift)."""
    axis = torch.arange(cells + 1, dtype=torch.float32) + shift
    vertices = torch.cartesian_prod(axis, axis, torch.zeros(1))
    corner = (torch.arange(cells)[:, None] * (cells + 1) + torch.arange(cells)).reshape(-1)
    right, up = corner + cells + 1, corner + 1
    faces = torch.cat([torch.stack([corner, right, right + 1], 1), torch.stack([corner, right + 1, up], 1)])
    return vertices, faces


def test_a_blade_through_a_floor_is_one_crossing_as_deep_as_its_shorter_side(device):
    blade = torch.tensor([[0.0, -1, -1.5], [0, 1, -1.5], [0, 0, 4]])
    found = crossings_of(torch.stack([FLOOR, blade]), device)
    assert pairs_of(found) == [(0, 1)]
    assert found.depth.item() == pytest.approx(1.5)
    assert found.shape.tolist() == [0]


def test_a_blade_above_beside_or_on_the_floor_does_not_cross_it(device):
    blade = torch.tensor([[0.0, -1, 0], [0, 1, 0], [0, 0, 4]])
    for shift in ([0.0, 0, 0.5], [40, 0, -1], [0, 0, 0]):
        assert len(crossings_of(torch.stack([FLOOR, blade + torch.tensor(shift)]), device, 0.0)) == 0


def test_contacts_below_the_tolerance_do_not_count(device):
    blade = torch.tensor([[0.0, -1, 4], [0, 1, 4], [0, 0, -0.005]])
    scene = torch.stack([FLOOR, blade])
    assert len(crossings_of(scene, device, 0.01)) == 0
    assert len(crossings_of(scene, device, 0.004)) == 1


def test_closed_smooth_surfaces_do_not_cross_themselves(device):
    for mesh in (trimesh.creation.icosphere(subdivisions=4, radius=100.0), trimesh.creation.torus(80, 20)):
        vertices, faces = torch.tensor(mesh.vertices, dtype=torch.float32), torch.tensor(mesh.faces)
        assert len(SurfaceBvh(vertices[None].to(device), faces.to(device)).crossings(0.0)) == 0


def test_two_sheets_cross_once_for_every_piece_of_their_common_line(device):
    """In each cell the line is cut at the common side and at the two diagonals, 0.3 and 0.57 along."""
    cells = 7
    vertices, faces = sheet(cells)
    other = vertices[:, [0, 2, 1]] + torch.tensor([0.0, 0.3, -3.57])
    both = torch.cat([vertices, other])
    found = SurfaceBvh(both[None].to(device), torch.cat([faces, faces + len(vertices)]).to(device)).crossings(
        0.0
    )
    assert len(found) == 3 * cells
    assert (found.faces[:, 0] < len(faces)).all()
    assert (found.faces[:, 1] >= len(faces)).all()


def test_two_spheres_through_each_other_cross_and_one_inside_the_other_does_not(device):
    vertices, faces = sphere(3)
    both = torch.cat([faces, faces + len(vertices)]).to(device)
    through = torch.cat([vertices, vertices + torch.tensor([60.0, 0, 0])])
    inside = torch.cat([vertices, vertices * 0.5])
    found = SurfaceBvh(torch.stack([inside, through, inside]).to(device), both).crossings()
    assert (found.shape == 1).all()
    assert_agrees_with_the_twin(found, through.double()[both.cpu()], 1e-3)
    centres = through[both.cpu()[found.faces.cpu()]].mean(dim=(1, 2))
    assert (centres[:, 0] - 30).abs().max() < 20
    assert len(found) > 50


def test_overlap_within_a_plane_counts_and_neighbours_within_it_do_not(device):
    shifted = FLOOR + torch.tensor([5.0, 0, 0])
    assert pairs_of(crossings_of(torch.stack([FLOOR, shifted]), device)) == [(0, 1)]
    assert pairs_of(crossings_of(torch.stack([FLOOR, FLOOR.flip(0)]), device)) == [(0, 1)]
    assert len(crossings_of(torch.stack([FLOOR, shifted + torch.tensor([0.0, 0, 0.1])]), device)) == 0
    assert len(crossings_of(torch.stack([FLOOR, FLOOR - torch.tensor([0.0, 20, 0])]), device)) == 0
    vertices, faces = sheet(6)
    turn, _ = torch.linalg.qr(random(3, 3, 3))
    assert len(SurfaceBvh((vertices @ turn * 7)[None].to(device), faces.to(device)).crossings()) == 0


def test_overlap_within_a_plane_is_as_deep_as_the_shortest_way_out(device):
    square = torch.tensor([[[0.0, 0, 0], [4, 0, 0], [4, 4, 0]], [[3, 2, 0], [9, -4, 0], [9, 4, 0]]])
    assert crossings_of(square, device).depth.item() == pytest.approx(1.0)


def test_faces_that_share_a_vertex_cross_only_where_they_go_through_each_other(device):
    wedge = torch.tensor([[0.0, 0, 0], [10, -5, 0], [10, 5, 0]])
    through = torch.tensor([[0.0, 0, 0], [5, 0, -3], [5, 0, 3]])
    away, above = (
        through * torch.tensor([-1.0, 1, 1]),
        through + torch.tensor([[0.0, 0, 0], [0, 0, 4], [0, 0, 4]]),
    )
    assert len(crossings_of(torch.stack([wedge, through]), device)) == 1
    assert len(crossings_of(torch.stack([wedge, away]), device, 0.0)) == 0
    assert len(crossings_of(torch.stack([wedge, above]), device, 0.0)) == 0


@pytest.mark.parametrize(
    ("degrees", "folded"), [(0.0, True), (0.5, True), (2.0, False), (90, False), (180, False)]
)
def test_faces_that_share_an_edge_cross_only_when_folded_together(device, degrees, folded):
    angle = math.radians(degrees)
    leaf = torch.tensor([[0.0, 0, 0], [0, 8, 0], [6, 3, 0]])
    other = torch.tensor([[0.0, 8, 0], [0, 0, 0], [4 * math.cos(angle), 5, 4 * math.sin(angle)]])
    found = crossings_of(torch.stack([leaf, other]), device, 0.0)
    assert len(found) == int(folded)
    assert len(crossings_of(torch.stack([leaf, other]), device, fold_angle=math.radians(3))) == int(degrees < 3)
    if degrees == 0:
        assert found.depth.item() == pytest.approx(4.0, abs=1e-4)


def test_a_fan_with_one_rim_vertex_beyond_its_neighbour_crosses_three_times(device):
    angles = torch.tensor([0.0, 60, 30, 180, 240, 300]).deg2rad()
    rim = torch.stack([angles.cos(), angles.sin(), torch.zeros(6)], dim=1) * 10
    vertices = torch.cat([torch.zeros(1, 3), rim])
    faces = torch.tensor([[0, k + 1, (k + 1) % 6 + 1] for k in range(6)])
    found = SurfaceBvh(vertices[None].to(device), faces.to(device)).crossings()
    assert pairs_of(found) == [(0, 1), (0, 2), (1, 2)]


def test_a_dent_pushed_out_at_the_back_crosses_until_it_is_pulled_back(device):
    vertices, faces = sphere(3)
    dented = vertices.clone()
    top = dented[:, 2] > 95
    dented[top, 2] -= 230
    surface = SurfaceBvh(vertices[None].to(device), faces.to(device))
    surface.refit(dented[None].to(device))
    found = surface.crossings()
    assert len(found) > 0
    assert_agrees_with_the_twin(found, dented.double()[faces], 1e-3)
    surface.refit(vertices[None].to(device))
    assert len(surface.crossings()) == 0


def test_a_face_without_area_crosses_what_it_passes_through(device):
    needle = torch.tensor([[0.0, 0, -2], [0, 0, 3], [0, 0, 1]])
    point = torch.zeros(3, 3)
    assert pairs_of(crossings_of(torch.stack([FLOOR, needle, point]), device)) == [(0, 1)]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.sampled_from(KINDS), st.integers(2, 60), st.sampled_from([0.0, 1e-3, 2.0]))
def test_soups_of_every_kind_cross_as_by_the_twin(device, seed, kind, count, tolerance):
    vertices, faces = soup(seed, count, kind)
    found = SurfaceBvh(vertices[None].to(device), faces.to(device)).crossings(tolerance)
    assert_agrees_with_the_twin(found, vertices.double()[faces], tolerance)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.integers(4, 40))
def test_crumpled_meshes_cross_as_by_the_twin(device, seed, count):
    """Few vertices, many faces: pairs with a common vertex or edge are the rule."""
    generator = torch.Generator().manual_seed(seed)
    vertices = random(seed, count, 3) * 20
    faces = torch.stack([torch.randperm(count, generator=generator)[:3] for _ in range(50)])
    found = SurfaceBvh(vertices[None].to(device), faces.to(device)).crossings()
    assert_agrees_with_the_twin(found, vertices.double()[faces], 1e-3)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**31))
def test_triangles_cross_where_an_edge_of_one_pierces_the_other(seed):
    a, b = random(seed, 400, 3, 3).double() * 10, random(seed + 1, 400, 3, 3).double() * 10
    depth = crossing_depth(a, b, tolerance=0.0)
    clear = crossing_depth(a, b, tolerance=1e-6) > 0
    assert (pierced(a.numpy(), b.numpy()) == (depth > 0).numpy()).mean() >= 0.99
    assert pierced(a.numpy(), b.numpy())[clear].all()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**31))
def test_no_motion_shorter_than_the_depth_parts_a_pair_and_moving_both_changes_nothing(seed):
    a, b = random(seed, 300, 3, 3).double() * 10, random(seed + 1, 300, 3, 3).double() * 10
    depth = crossing_depth(a, b, tolerance=0.0)
    crossing = depth > 0
    a, b, depth = a[crossing], b[crossing], depth[crossing]
    way = torch.nn.functional.normalize(random(seed + 2, len(a), 1, 3).double(), dim=-1)
    assert (crossing_depth(a, b + way * 0.999 * depth[:, None, None], tolerance=0.0) > 0).all()
    turn, _ = torch.linalg.qr(random(seed + 3, 3, 3).double())
    moved = crossing_depth(a @ turn + 5, b @ turn + 5, tolerance=0.0)
    assert torch.allclose(moved, depth, atol=1e-6)
    assert torch.allclose(crossing_depth(b, a, tolerance=0.0), depth, atol=1e-9)


def test_more_crossings_than_a_first_search_has_room_for_are_all_found(device):
    vertices, faces = soup(0, 300, "healthy")
    found = SurfaceBvh(vertices[None].repeat(2, 1, 1).to(device), faces.to(device)).crossings()
    pairs, _ = crossings_reference(vertices.double()[faces], tolerance=1e-3)
    assert len(pairs) > 4096
    for row in range(2):
        assert torch.equal(found.faces[found.shape == row].cpu(), pairs)


def test_shapes_of_different_topologies_keep_their_own_face_numbers(device):
    blade = torch.tensor([[0.0, -1, -1.5], [0, 1, -1.5], [0, 0, 4]])
    scene = torch.cat([FLOOR, blade])
    meshes = [sphere(1), (scene, torch.tensor([[0, 1, 2], [3, 4, 5]])), sphere(2)]
    found = SurfaceBvh.of_meshes([(v.to(device), f.to(device)) for v, f in meshes]).crossings()
    assert found.shape.tolist() == [1]
    assert pairs_of(found) == [(0, 1)]


def test_negative_tolerances_and_angles_are_refused():
    surface = SurfaceBvh(FLOOR[None], torch.tensor([[0, 1, 2]]))
    with pytest.raises(ValueError, match="tolerance >= 0"):
        surface.crossings(-1.0)
    with pytest.raises(ValueError, match="angle in"):
        surface.crossings(fold_angle=4.0)
    with pytest.raises(ValueError, match="tolerance >= 0"):
        surface.crossings(math.nan)
