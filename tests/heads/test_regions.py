import pytest
import torch

from facescale.heads.regions import boundary_edges, boundary_loops, boundary_vertices, region_faces
from tests.heads.random_head import random_head

GRID = 4


def grid() -> torch.Tensor:
    """A square of GRID x GRID vertices, counter-clockwise seen from +z."""
    faces = []
    for row in range(GRID - 1):
        for column in range(GRID - 1):
            a = row * GRID + column
            faces += [(a, a + 1, a + GRID + 1), (a, a + GRID + 1, a + GRID)]
    return torch.tensor(faces, dtype=torch.int32)


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


def test_region_faces_are_those_with_all_corners_inside():
    head = random_head()
    head.regions["face"][100:] = False
    chosen = region_faces(head, "face").long()
    inside = (head.faces < 100).all(dim=1)
    assert torch.equal(chosen, inside.nonzero()[:, 0])


def test_an_unknown_region_is_refused():
    with pytest.raises(ValueError, match=r"expected one of the regions .*scannable.* got 'nose'"):
        region_faces(random_head(), "nose")
