import pytest
import torch
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from facescale.geometry.topology import (
    border_sides,
    boundary_edges,
    boundary_loops,
    boundary_vertices,
    joined_faces,
    pieces,
    undirected_edges,
)

GRID = 4


def grid() -> torch.Tensor:
    """A square of GRID x GRID vertices, counter-clockwise seen from +z."""
    faces = []
    for row in range(GRID - 1):
        for column in range(GRID - 1):
            a = row * GRID + column
            faces += [(a, a + 1, a + GRID + 1), (a, a + GRID + 1, a + GRID)]
    return torch.tensor(faces, dtype=torch.int32)


def sphere(subdivisions=2):
    mesh = trimesh.creation.icosphere(subdivisions=subdivisions)
    return torch.tensor(mesh.vertices), torch.tensor(mesh.faces)


def test_a_closed_surface_obeys_euler_and_has_no_border():
    vertices, faces = sphere()
    edges, of_face = undirected_edges(faces)
    assert len(vertices) - len(edges) + len(faces) == 2
    assert (torch.bincount(of_face.reshape(-1)) == 2).all()
    assert not border_sides(faces).any()
    assert len(boundary_edges(faces)) == 0
    assert not boundary_vertices(faces, len(vertices)).any()
    opposite = edges[of_face]
    assert not (opposite == faces[:, :, None]).any()


def test_a_hole_is_ringed_by_border():
    vertices, faces = sphere()
    mask = boundary_vertices(faces[1:], len(vertices))
    assert sorted(mask.nonzero()[:, 0].tolist()) == sorted(faces[0].tolist())
    edges = boundary_edges(faces[1:])
    assert sorted(map(sorted, edges.tolist())) == sorted(
        sorted(faces[0][[i, j]].tolist()) for i, j in ((0, 1), (1, 2), (0, 2))
    )
    # The border runs against the missing face: it keeps the mesh on its left.
    missing = {tuple(faces[0][[i, j]].tolist()) for i, j in ((0, 1), (1, 2), (2, 0))}
    assert {tuple(edge[::-1]) for edge in edges.tolist()} == missing


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31), st.lists(st.integers(0, 3), min_size=1, max_size=5))
def test_pieces_are_found_whatever_the_order_of_faces(seed, sizes):
    parts, offset, owner = [], 0, []
    for number, size in enumerate(sizes):
        vertices, faces = sphere(size)
        parts.append(faces + offset)
        owner += [number] * len(faces)
        offset += len(vertices)
    faces, owner = torch.cat(parts), torch.tensor(owner)
    order = torch.randperm(len(faces), generator=torch.Generator().manual_seed(seed))
    found = pieces(faces[order], offset)
    assert len({(a, b) for a, b in zip(found.tolist(), owner[order].tolist(), strict=True)}) == len(sizes)
    counts = torch.bincount(found)
    assert len(counts) == len(sizes)
    assert (counts.diff() <= 0).all()


def test_a_soup_of_triangles_is_joined_where_corners_coincide():
    vertices, faces = sphere()
    soup = vertices[faces].reshape(-1, 3)
    loose = torch.arange(len(soup)).reshape(-1, 3)
    assert boundary_vertices(loose, len(soup)).all()
    joined = joined_faces(soup, loose)
    assert not boundary_vertices(joined, len(soup)).any()
    assert torch.equal(soup[joined], soup[loose])
    assert pieces(joined, len(soup)).max() == 0


def test_a_mesh_without_faces_has_neither_border_nor_pieces():
    nothing = torch.zeros(0, 3, dtype=torch.int64)
    assert not boundary_vertices(nothing, 4).any()
    assert len(pieces(nothing, 4)) == 0


def test_the_border_of_a_square_is_its_outline():
    border = boundary_vertices(grid(), GRID * GRID).reshape(GRID, GRID)
    expected = torch.ones(GRID, GRID, dtype=torch.bool)
    expected[1:-1, 1:-1] = False
    assert torch.equal(border, expected)
    assert len(boundary_edges(grid())) == 4 * (GRID - 1)


def test_a_closed_surface_has_no_border():
    tetrahedron = torch.tensor([(0, 2, 1), (0, 1, 3), (1, 2, 3), (2, 0, 3)], dtype=torch.int32)
    assert len(boundary_edges(tetrahedron)) == 0
    assert boundary_loops(tetrahedron) == []


def test_a_square_with_a_hole_has_two_loops_of_known_length():
    faces = grid()
    middle = (faces.long() == GRID + 1).any(dim=1) & (faces.long() == 2 * GRID + 2).any(dim=1)
    assert middle.sum() == 2
    loops = boundary_loops(faces[~middle])
    assert sorted(len(loop) for loop in loops) == [4, 4 * (GRID - 1)]
    for loop in loops:
        assert len(set(loop.tolist())) == len(loop)


def test_loops_that_touch_in_a_vertex_are_refused():
    two = torch.tensor([(0, 1, 2), (0, 3, 4)], dtype=torch.int32)
    with pytest.raises(ValueError, match="one successor"):
        boundary_loops(two)
