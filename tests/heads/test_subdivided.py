from dataclasses import replace

import numpy as np
import pytest
import torch

from facescale.geometry.loop_subdivision import loop_step
from facescale.geometry.sites import points_at
from facescale.heads.converted import read_head, write_head
from facescale.heads.flame import convert_flame
from facescale.heads.subdivided import subdivided
from tests.heads.random_skinned_head import random_skinned_head
from tests.heads.seamed_head import COLUMNS, seamed_head


@pytest.fixture(scope="module")
def flame(flame_folder):
    return convert_flame(flame_folder / "flame2023.pkl", "flame2023")


def params(head, seed=0, turn=1.0):
    rng = torch.Generator().manual_seed(seed)
    turned = getattr(head, "turned", ())
    return {
        b.name: torch.randn(2, b.size, generator=rng) * (turn if b.name in turned else 1) for b in head.blocks
    }


def by_mesh(head, vertices):
    step = loop_step(head.faces.numpy(), head.num_vertices)
    return np.stack([step(shape.double().numpy()) for shape in vertices])


def test_subdividing_the_mesh_is_evaluating_the_subdivided_head():
    head = seamed_head()
    fine = subdivided(head)
    chosen = params(head)
    expected = by_mesh(head, head.evaluate(chosen))
    np.testing.assert_allclose(fine.evaluate(chosen).numpy(), expected, atol=1e-4)
    assert len(fine.faces) == 4 * len(head.faces)
    assert fine.quads is None


def test_two_steps_are_one_after_the_other():
    once, twice = subdivided(seamed_head()), subdivided(seamed_head(), 2)
    assert torch.equal(twice.faces, subdivided(once).faces)
    assert torch.equal(twice.zero, subdivided(once).zero)
    assert twice.card.name == "seamed-x16"


def test_texture_seams_stay_where_they_are():
    head = seamed_head()
    fine = subdivided(head)
    assert fine.uv is not None
    assert fine.faces_uv is not None
    low, high = head.uv.amin(dim=0), head.uv.amax(dim=0)
    assert torch.equal(fine.uv.amin(dim=0), low)
    assert torch.equal(fine.uv.amax(dim=0), high)
    # a column of the tube is a line of the chart: nothing crosses the seam
    spans = fine.uv[fine.faces_uv.long()][..., 0]
    assert float((spans.amax(dim=1) - spans.amin(dim=1)).max()) < 0.2


def test_landmarks_and_regions_come_along():
    head = seamed_head()
    fine = subdivided(head)
    vertices = fine.mean_vertices()
    for name, sites in head.landmarks.items():
        moved = fine.landmarks[name]
        flat = torch.from_numpy(loop_step(head.faces.numpy(), head.num_vertices)(head.zero.double().numpy()))
        assert torch.equal(flat.float(), vertices)
        old = points_at(head.mean_vertices()[None], head.faces, sites)[0]
        new = points_at(vertices[None], fine.faces, moved)[0]
        assert float((old - new).norm(dim=1).max()) < 40  # a tube of triangles 36 mm long
    for name, mask in head.regions.items():
        assert torch.equal(fine.regions[name][: head.num_vertices], mask)


def test_a_skinned_head_agrees_at_rest_and_nearly_where_joints_turn(flame):
    head, fine = flame, subdivided(flame)
    shape = {k: v for k, v in params(head).items() if k not in head.turned}
    np.testing.assert_allclose(fine.evaluate(shape).numpy(), by_mesh(head, head.evaluate(shape)), atol=1e-3)
    turned = {**shape, **{k: v for k, v in params(head, turn=0.3).items() if k in head.turned}}
    apart = np.abs(fine.evaluate(turned).numpy() - by_mesh(head, head.evaluate(turned)))
    assert np.sqrt(np.square(apart).mean()) < 0.05
    assert (
        apart.max() < 2.5
    )  # a jaw turned by a fifth of a right angle, where its weights change within a triangle
    assert torch.allclose(fine.weights.sum(dim=1), torch.ones(fine.num_vertices), atol=1e-5)


def test_a_mirror_map_pairs_edges_as_it_pairs_their_ends():
    head = seamed_head()
    place = torch.arange(head.num_vertices)
    mirror = place - place % COLUMNS + (COLUMNS - place % COLUMNS) % COLUMNS
    fine = subdivided(replace(head, mirror=mirror))
    known = (fine.mirror >= 0).nonzero()[:, 0]
    assert torch.equal(fine.mirror[: head.num_vertices], mirror)
    assert torch.equal(fine.mirror[fine.mirror[known]], known)
    # rings and columns have counterparts, the quads' diagonals run one way only
    edges = len(fine.mirror) - head.num_vertices
    assert edges / 2 < len(known) - head.num_vertices < edges
    edge = {tuple(e): n for n, e in enumerate(loop_step(head.faces.numpy(), head.num_vertices).edges.tolist())}
    count = head.num_vertices
    assert int(fine.mirror[count + edge[1, 2]]) == count + edge[10, 11]


def test_the_file_of_a_subdivided_head_is_a_head(tmp_path):
    for head in (seamed_head(), random_skinned_head()):
        fine = subdivided(head)
        write_head(fine, tmp_path / "fine.npz")
        assert torch.equal(read_head(tmp_path / "fine.npz").zero, fine.zero)


def test_no_step_is_refused():
    with pytest.raises(ValueError, match="at least one step, got 0"):
        subdivided(seamed_head(), 0)
