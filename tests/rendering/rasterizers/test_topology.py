import pytest
import torch
import trimesh

from facescale.rendering.rasterizers.topology import raster_topology


def test_every_edge_of_a_closed_mesh_knows_the_vertices_across_it():
    faces = torch.tensor(trimesh.creation.icosphere(subdivisions=1).faces)
    topology = raster_topology(faces)
    assert len(topology.edges) == len(faces) * 3 // 2
    triangles = {frozenset(f) for f in faces.tolist()}
    for (a, b), thirds in zip(topology.edges.tolist(), topology.opposite.tolist(), strict=True):
        assert {frozenset((a, b, t)) for t in thirds} <= triangles
        assert thirds[0] != thirds[1]
    cyclic = {tuple(f[i:] + f[:i])[:2] for f in faces.tolist() for i in range(3)}
    assert {tuple(e) for e in topology.edges.tolist()} <= cyclic
    assert topology.least_vertices == int(faces.max()) + 1


def test_a_border_has_one_side_and_a_third_face_a_border_of_its_own():
    fan = torch.tensor([[0, 1, 2], [1, 0, 3], [0, 1, 4]])
    topology = raster_topology(fan)
    at_spine = {
        tuple(t)
        for e, t in zip(topology.edges.tolist(), topology.opposite.tolist(), strict=True)
        if set(e) == {0, 1}
    }
    assert at_spine == {(2, 3), (4, -1)}
    assert int((topology.opposite[:, 1] == -1).sum()) == 7


def test_no_face_and_negative_indices_are_refused():
    with pytest.raises(ValueError, match="at least one face"):
        raster_topology(torch.zeros(0, 3, dtype=torch.int64))
    with pytest.raises(ValueError, match="indices from 0"):
        raster_topology(torch.tensor([[0, 1, -1]]))
