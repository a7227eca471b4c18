import pytest
import torch
import trimesh
from torch.autograd import gradcheck

from facescale.geometry.watertight import enclosed_volume, surface_faults, with_lids
from tests.geometry.test_surface import random, sphere


def test_closed_surfaces_have_no_faults():
    for mesh in (trimesh.creation.box(), trimesh.creation.icosphere(), trimesh.creation.torus(8, 2)):
        faults = surface_faults(torch.tensor(mesh.faces))
        assert not faults
        assert str(faults) == "closed and consistently wound"


def test_a_missing_face_leaves_its_three_edges_open():
    faces = sphere(1)[1]
    faults = surface_faults(faces[1:])
    assert {frozenset(edge) for edge in faults.boundary.tolist()} == {
        frozenset(faces[0][[i, (i + 1) % 3]].tolist()) for i in range(3)
    }
    assert len(faults.non_manifold) == len(faults.inconsistent) == len(faults.degenerate) == 0
    assert "3 boundary edges" in str(faults)


def test_a_turned_face_disagrees_with_its_three_neighbours():
    faces = sphere(1)[1].clone()
    faces[5] = faces[5].flip(0)
    faults = surface_faults(faces)
    assert len(faults.inconsistent) == 3
    assert {v for edge in faults.inconsistent.tolist() for v in edge} == set(faces[5].tolist())
    assert "3 edges between faces of opposite winding" in str(faults)


def test_a_surface_turned_as_a_whole_is_consistent_but_its_volume_is_negative():
    vertices, faces = sphere(4)
    assert not surface_faults(faces.flip(1))
    volume = enclosed_volume(vertices[None], faces).item()
    assert volume == pytest.approx(trimesh.Trimesh(vertices.numpy(), faces.numpy()).volume)
    assert enclosed_volume(vertices[None], faces.flip(1)).item() == pytest.approx(-volume)


def test_a_wall_inside_a_box_makes_its_edges_branch():
    box = torch.tensor(trimesh.creation.box().faces)
    wall = torch.tensor([[0, 1, 7], [0, 7, 6]])
    faults = surface_faults(torch.cat([box, wall]))
    assert len(faults.non_manifold) > 0
    assert "three or more faces" in str(faults)


def test_a_face_that_names_a_vertex_twice_is_told_and_hides_nothing_else():
    faults = surface_faults(torch.cat([sphere(1)[1], torch.tensor([[3, 3, 4]])]))
    assert faults.degenerate.tolist() == [80]
    assert len(faults.non_manifold) == 0


def test_lids_close_every_opening_and_leave_the_rest_as_it_was():
    vertices, faces = sphere(4)
    height = vertices[faces][:, :, 2]
    open_ball = faces[(height.amin(1) > -60) & (height.amax(1) < 80)]
    closed_vertices, closed_faces = with_lids(vertices, open_ball)
    assert not surface_faults(closed_faces)
    assert torch.equal(closed_vertices[: len(vertices)], vertices)
    assert torch.equal(closed_faces[: len(open_ball)], open_ball)
    assert len(closed_vertices) == len(vertices) + 2
    volume = enclosed_volume(closed_vertices[None], closed_faces).item()
    assert 0.8 < volume / enclosed_volume(vertices[None], faces).item() < 0.98
    same_vertices, same_faces = with_lids(vertices, faces)
    assert same_vertices is vertices
    assert same_faces is faces


def test_the_volume_scales_does_not_move_and_is_differentiable():
    vertices, faces = sphere(1)
    vertices = vertices.double()
    batch = torch.stack([vertices, vertices * 2, vertices + 1000])
    volume = enclosed_volume(batch, faces)
    assert torch.allclose(volume, volume[0] * torch.tensor([1.0, 8, 1]).double(), rtol=1e-10)
    bent = (vertices[None] / 100 + 0.05 * random(0, *vertices.shape)).requires_grad_()
    assert gradcheck(lambda x: enclosed_volume(x, faces), bent)
