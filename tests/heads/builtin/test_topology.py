import numpy as np
import pytest

from facescale.heads.builtin.topology import BLOCKS, COLUMNS, CROWN, PAIRED, ROWS, skin_topology
from tests.heads.builtin.surfaces import border_edges

LEAST_RINGS = {"eye": 6, "mouth": 8, "nostril": 3, "ear": 6}


def cyclic(quads):
    """Each quad turned until its lowest vertex comes first."""
    first = quads.argmin(axis=1)
    return np.take_along_axis(quads, (first[:, None] + np.arange(4)) % 4, axis=1)


def as_set(quads):
    return set(map(tuple, cyclic(quads).tolist()))


def test_all_faces_are_quads_of_four_different_vertices_and_every_vertex_is_used():
    topology = skin_topology()
    quads = topology.quads
    assert all(len(set(quad)) == 4 for quad in quads.tolist())
    assert len(as_set(quads)) == len(quads)
    np.testing.assert_array_equal(np.unique(quads), np.arange(topology.num_vertices))


def test_the_surface_is_a_disc_whose_only_border_is_the_neck():
    topology = skin_topology()
    border = border_edges(topology.quads)
    following = dict(border.tolist())
    walk = [int(topology.grid[0, 0])]
    while following[walk[-1]] != walk[0]:
        walk.append(following[walk[-1]])
    assert len(border) == len(walk) == COLUMNS
    assert set(walk) == set(topology.grid[0].tolist())
    assert walk == topology.grid[0].tolist(), "seen from outside, with the surface on the left"
    edges = (4 * len(topology.quads) + len(border)) // 2
    assert topology.num_vertices - edges + len(topology.quads) == 1


def test_counts_follow_from_grid_blocks_and_crown():
    topology = skin_topology()
    cells, vertices = (ROWS - 1) * COLUMNS + CROWN**2, ROWS * COLUMNS + (CROWN - 1) ** 2
    for name, block in BLOCKS.items():
        (across, up), times = block.shape, 2 if name in PAIRED else 1
        around = 2 * (across + up)
        cells += times * (block.rings * around)
        vertices += times * (block.rings * around)
    assert (len(topology.quads), topology.num_vertices) == (cells, vertices)
    assert COLUMNS == 72
    assert CROWN == 18
    assert all(block.rings >= LEAST_RINGS[name] for name, block in BLOCKS.items())


def test_the_mirror_is_an_involution_that_maps_quads_to_quads_turned_over():
    topology = skin_topology()
    mirror = topology.mirror
    np.testing.assert_array_equal(mirror[mirror], np.arange(topology.num_vertices))
    assert as_set(mirror[topology.quads][:, ::-1]) == as_set(topology.quads)


def test_the_midline_is_its_own_mirror_image_and_nothing_else_is():
    topology = skin_topology()
    own = np.flatnonzero(topology.mirror == np.arange(topology.num_vertices))
    columns = topology.grid[:, [0, COLUMNS // 2]]
    rings, cap = topology.rings["mouth"], topology.caps["mouth"]
    across = BLOCKS["mouth"].shape[0]
    expected = [
        columns[columns >= 0],
        rings[:, [across // 2, rings.shape[1] // 2 + across // 2]].ravel(),
        cap[across // 2],
        topology.crown[CROWN // 2],
    ]
    np.testing.assert_array_equal(own, np.unique(np.concatenate(expected)))


def test_places_on_a_ring_run_counter_clockwise_and_right_twins_mirror_left_ones():
    topology = skin_topology()
    for name in PAIRED:
        left, right = topology.rings[name], topology.rings[f"{name}.right"]
        np.testing.assert_array_equal(topology.mirror[left], right)
        quads = as_set(topology.quads)
        first = np.array([[left[0, 0], left[0, 1], left[1, 1], left[1, 0]]])
        assert as_set(first) <= quads
        assert as_set(topology.mirror[first][:, ::-1]) <= quads


def test_only_corners_of_patches_have_other_than_four_quads():
    topology = skin_topology()
    valence = np.bincount(topology.quads.ravel(), minlength=topology.num_vertices)
    valence[topology.grid[0]] += 2
    blocks = sum(2 if name in PAIRED else 1 for name in BLOCKS)
    # a block's border has a corner of five quads where its cap has one of three; the crown has four of three
    assert (valence == 5).sum() == 4 * blocks
    assert (valence == 3).sum() == 4 * blocks + 4
    assert set(valence) == {3, 4, 5}


@pytest.mark.parametrize("name", list(BLOCKS))
def test_a_blocks_border_is_counted_once_around_and_lies_in_the_grid(name):
    block = BLOCKS[name]
    border = block.border()
    assert len(set(border)) == len(border) == 2 * sum(block.shape)
    steps = np.abs(np.diff([*border, border[0]], axis=0)).sum(axis=1)
    np.testing.assert_array_equal(steps, 1)
    columns, rows = np.array(border).T
    np.testing.assert_array_equal(skin_topology().grid[rows, columns % COLUMNS], skin_topology().rings[name][0])
