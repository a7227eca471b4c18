import numpy as np
import torch

from facescale.geometry.subdivision import catmull_clark
from facescale.geometry.topology import boundary_loops, pieces
from facescale.heads.builtin import controls
from facescale.heads.builtin.eyelids import MARGIN_RING
from facescale.heads.builtin.masks import OUTER_RINGS, outer_skin, subdivided_mask
from facescale.heads.builtin.mouth import CONTACT_RING
from facescale.heads.builtin.topology import COLUMNS, skin_topology


def outer_faces():
    topology = skin_topology()
    quads = topology.quads[outer_skin(topology)[topology.quads].all(axis=1)]
    return torch.from_numpy(quads[:, [[0, 1, 2], [0, 2, 3]]].reshape(-1, 3))


def test_the_outer_skin_is_one_piece_that_ends_at_neck_lips_lids_and_nostrils():
    topology = skin_topology()
    loops = sorted(sorted(loop.tolist()) for loop in boundary_loops(outer_faces()))
    rings = [
        (name, OUTER_RINGS[name.removesuffix(".right")])
        for name in topology.rings
        if not name.startswith("ear")
    ]
    expected = [topology.rings[name][ring] for name, ring in rings] + [topology.grid[0]]
    assert loops == sorted(sorted(ring.tolist()) for ring in expected)
    assert len(loops) == 6
    assert len(topology.grid[0]) == COLUMNS
    assert pieces(outer_faces(), topology.num_vertices).max() == 0


def test_the_outer_skin_ends_where_lips_meet_at_the_lid_margin_and_at_the_nostrils_rim():
    assert OUTER_RINGS == {"mouth": CONTACT_RING, "eye": MARGIN_RING, "nostril": 2}
    rim, inside = (controls.NOSTRIL_RINGS[ring][1] for ring in (2, 3))
    assert rim < 2 < inside


def test_the_outer_skin_is_alike_on_both_sides_and_holds_the_whole_grid():
    topology = skin_topology()
    outer = outer_skin(topology)
    np.testing.assert_array_equal(outer[topology.mirror], outer)
    assert outer[topology.grid[topology.grid >= 0]].all()
    assert outer[topology.crown].all()
    assert outer[topology.rings["ear"]].all()
    assert not outer[topology.caps["mouth"]].any()


def test_a_mask_grows_by_edges_and_quads_that_lie_wholly_within():
    quads = np.array([[0, 1, 4, 3], [1, 2, 5, 4]])
    step = catmull_clark(quads, 6)
    mask = np.array([True, True, False, True, True, False])
    finer = subdivided_mask(mask, step, quads)
    assert finer[:6].tolist() == mask.tolist()
    edges = {tuple(edge) for edge, kept in zip(step.edges.tolist(), finer[6:-2], strict=True) if kept}
    assert edges == {(0, 1), (1, 4), (3, 4), (0, 3)}
    assert finer[-2:].tolist() == [True, False]


def test_whole_quads_of_a_mask_become_whole_quads():
    topology = skin_topology()
    step = catmull_clark(topology.quads, topology.num_vertices)
    outer = outer_skin(topology)
    finer = subdivided_mask(outer, step, topology.quads)
    whole = outer[topology.quads].all(axis=1)
    np.testing.assert_array_equal(finer[step.quads].all(axis=1), np.repeat(whole, 4))
